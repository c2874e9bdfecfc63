#!/bin/bash
# Two stores of the same content are the same bytes but for what is blanked, and a wrong one is seen.
set -euo pipefail
exchange="$1"
cd "$TEST_TMPDIR"
exchange="$OLDPWD/$exchange"
"$exchange" write one
"$exchange" write two
"$exchange" check one
if cmp -s one two; then
    echo "two files have one random id" >&2
    exit 1
fi
"$exchange" blank one
"$exchange" blank two
cmp one two
# The bool of row 0, which is false.
printf '\377' | dd of=two bs=1 seek=$((65536 + 8)) conv=notrunc status=none
"$exchange" blank two
if "$exchange" check two 2>/dev/null; then
    echo "a store with another byte in it passed for right" >&2
    exit 1
fi
