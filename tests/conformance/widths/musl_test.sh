#!/bin/bash
# The library compiles with musl, without a warning, and passes widths_test.c there.
set -euo pipefail

if ! command -v musl-gcc >/dev/null; then
    echo "SKIPPED: there is no musl-gcc on PATH; Debian has it in musl-tools"
    exit 0
fi
mapfile -t sources < <(find -L core -name '*.c' | sort)
[ "${#sources[@]}" -gt 20 ] || { echo "FAILED: ${#sources[@]} sources were found"; exit 1; }
# The kernel's headers, which Debian's musl lacks, after musl's own.
kernel=(-idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch)")
for level in -O2 -Os; do
    musl-gcc "${kernel[@]}" -std=c11 -Wall -Wextra -Werror "$level" -Icore/include -Itests/conformance/widths \
        tests/conformance/widths/widths_test.c tests/conformance/widths/widths_store.c "${sources[@]}" -o "$TEST_TMPDIR/widths"
    "$TEST_TMPDIR/widths"
done
