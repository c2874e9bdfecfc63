#!/bin/bash
# Compares generated files, given as arguments, with expected/, and holds them to .clang-format.
set -uo pipefail

directory="$(dirname "$1")"
failed=0
for file in "$@"; do
    if ! diff -u "$directory/expected/$(basename "$file")" "$file"; then
        echo "$file is not as expected; if the change is meant, copy it there and read the diff"
        failed=1
    fi
    if command -v clang-format >/dev/null &&
        ! clang-format --style=file --assume-filename="$file" <"$file" | diff -u "$file" -; then
        echo "$file: clang-format would change it"
        failed=1
    fi
done
# Nothing compared is nothing tested.
[ "$#" -ge 2 ] && exit "$failed"
