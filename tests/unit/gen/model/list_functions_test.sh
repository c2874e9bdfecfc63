#!/bin/bash
# The table of functions and types that cannot name an enum or struct has all of this system's headers.
set -euo pipefail
export LC_ALL=C

list="$1"
table="$2"
if ! command -v "${CC:-gcc}" >/dev/null; then
    echo "SKIPPED: ${CC:-gcc} is not installed"
    exit 0
fi
"$list" --names >"$TEST_TMPDIR/found"
if [ "$(wc -l <"$TEST_TMPDIR/found")" -lt 1000 ]; then
    echo "FAILED: $list found $(wc -l <"$TEST_TMPDIR/found") functions and types; the headers of C and POSIX have 1,000"
    exit 1
fi
missing="$(grep -o '"[A-Za-z0-9_]*"' "$table" | tr -d '"' | sort | comm -23 "$TEST_TMPDIR/found" -)"
if [ -n "$missing" ]; then
    echo "FAILED: these functions and types are not in the table; regenerate it with $list:"
    echo "$missing"
    exit 1
fi
