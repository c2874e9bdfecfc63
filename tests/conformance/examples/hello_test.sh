#!/bin/bash
# What hello.c writes it reads back, and hello.py after it, and again; and mistakes are messages.
set -u

hello="$PWD/$1"
read="$PWD/$2"
file="$TEST_TMPDIR/hello.mmf"
failed=0

# same WHAT EXPECTED FOUND
same() {
    [ "$2" = "$3" ] || { echo "FAILED: $1: expected '$2', found '$3'"; failed=1; }
}

two=$'1700000000  21.5  kitchen\n1700000060  12.0  cellar'
same "C" "$two" "$("$hello" "$file")"
other="$TEST_TMPDIR/other.mmf"
echo "no store" > "$other"
same "a file that is no store" 1 "$("$hello" "$other" >/dev/null 2>&1; echo $?)"
same "a file that is no store stays" "no store" "$(cat "$other")"
same "no argument" 2 "$("$hello" 2>/dev/null; echo $?)"
case "$("$hello" "$other" 2>&1)" in
    *other.mmf*"not a mmapforge file"*) ;;
    *) echo "FAILED: the message does not say what the file is: $("$hello" "$other" 2>&1)"; failed=1 ;;
esac
# (21.5 + 12) / 2
same "Python" $'1700000000 21.5 kitchen\n1700000060 12.0 cellar\nmean of 2 readings: 16.75' "$("$read" "$file")"
same "C, again" "$two"$'\n'"$two" "$("$hello" "$file")"
exit "$failed"
