#!/bin/bash
# The table of macros that no field may be called by has those of this system's headers.
set -euo pipefail
export LC_ALL=C

list="$1"
table="$2"
if ! command -v "${CC:-gcc}" >/dev/null; then
    echo "SKIPPED: there is no ${CC:-gcc} to ask"
    exit 0
fi
"$list" --names >"$TEST_TMPDIR/found"
if [ "$(wc -l <"$TEST_TMPDIR/found")" -lt 1000 ]; then
    echo "FAILED: $list found $(wc -l <"$TEST_TMPDIR/found") macros; the headers of C alone have 1,000"
    exit 1
fi
missing="$(grep -o '"[A-Za-z0-9_]*"' "$table" | tr -d '"' | sort | comm -23 "$TEST_TMPDIR/found" -)"
if [ -n "$missing" ]; then
    echo "FAILED: these macros are not in the table; write it anew as $list says:"
    echo "$missing"
    exit 1
fi
