#!/bin/bash
# Compares generated files, given as arguments, with expected/, and checks that C follows .clang-format.
set -uo pipefail

failed=0
for file in "$@"; do
    # NAME-python/NAME/__init__.py is kept as NAME.py.
    directory="${file%%-python/*}"
    [ "$directory" = "$file" ] && name="$(basename "$file")" || name="$(basename "$directory").${file##*.}"
    if ! diff -u "$(dirname "$directory")/expected/$name" "$file"; then
        echo "$file differs from expected/$name; if the change is intended, copy it there and read the diff"
        failed=1
    fi
    case "$file" in
        *.py | *.pyi) continue ;;
    esac
    # A pointer that is written through a pointer of another type is undefined behaviour.
    if grep -nF '**)' "$file"; then
        echo "$file: casts the address of a pointer"
        failed=1
    fi
    if command -v clang-format >/dev/null &&
        ! clang-format --style=file --assume-filename="$file" <"$file" | diff -u "$file" -; then
        echo "$file: clang-format would change it"
        failed=1
    fi
done
# Without files nothing was tested.
[ "$#" -ge 2 ] && exit "$failed"
