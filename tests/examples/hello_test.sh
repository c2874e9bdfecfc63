#!/bin/bash
# What hello.c writes it reads back, and hello.py after it; and mistakes are messages.
set -u

hello="$PWD/$1"
read="$PWD/$2"
file="$TEST_TMPDIR/hello.mmf"
failed=0

# same WHAT EXPECTED FOUND
same() {
    [ "$2" = "$3" ] || { echo "FAILED: $1: expected '$2', found '$3'"; failed=1; }
}

same "C" $'1700000000  21.5  kitchen\n1700000060  12.0  cellar' "$("$hello" "$file")"
same "a file that exists" 1 "$("$hello" "$file" >/dev/null 2>&1; echo $?)"
same "no argument" 2 "$("$hello" 2>/dev/null; echo $?)"
case "$("$hello" "$file" 2>&1)" in
    *hello.mmf*exists*) ;;
    *) echo "FAILED: the message does not say that the file exists: $("$hello" "$file" 2>&1)"; failed=1 ;;
esac
# (21.5 + 12) / 2
same "Python" $'1700000000 21.5 kitchen\n1700000060 12.0 cellar\nmean of 2 readings: 16.75' "$("$read" "$file")"
exit "$failed"
