#!/bin/bash
# Each public header has a guard that is ours alone, and compiles alone, as C11 and as C++17, without a warning.
# Bazel hands the compiler their directory as a system's, where gcc keeps warnings to itself; here it is not one.
set -uo pipefail

warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
failed=0
headers=0
while IFS= read -r header; do
    headers=$((headers + 1))
    name="${header#core/include/}"
    guard="$(echo "$name" | tr 'a-z/.' 'A-Z__')"
    [ "$(grep -m1 '^#ifndef' "$header")" = "#ifndef $guard" ] || { echo "FAILED: the guard of $name is not $guard"; failed=1; }
    printf '#include "%s"\nextern int not_empty;\n' "$name" | gcc -x c -std=c11 "${warnings[@]}" -O2 -Icore/include -c -o /dev/null - ||
        { echo "FAILED: $name as C11"; failed=1; }
    printf '#include "%s"\nextern int not_empty;\n' "$name" | g++ -x c++ -std=c++17 "${warnings[@]}" -O2 -Icore/include -c -o /dev/null - ||
        { echo "FAILED: $name as C++17"; failed=1; }
done < <(find -L core/include -name '*.h' | sort)

# The umbrella has every header that programs may use, and names no other.
expected="$(cd core/include && find -L mmapforge -maxdepth 1 -name '*.h' ! -name generated.h ! -name mmapforge.h | LC_ALL=C sort)"
found="$(sed -n 's/^#include "\(.*\)"$/\1/p' core/include/mmapforge/mmapforge.h)"
[ "$found" = "$expected" ] || { printf 'FAILED: mmapforge.h includes\n%s\nexpected\n%s\n' "$found" "$expected"; failed=1; }

[ "$headers" -gt 10 ] || { echo "FAILED: $headers headers were found"; failed=1; }
exit "$failed"
