#!/bin/bash
# Generated headers cause no warnings of those that other projects enable, with any installed compiler and in
# every language that includes them. The headers of the library are system headers, as Bazel passes them.
set -uo pipefail

core="$1"
shift
stern=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Wcast-qual -Wundef -Wdouble-promotion
    -Wmissing-declarations -Wredundant-decls -Werror)
failed=0
compiled=0

# quiet COMPILER LANGUAGE STANDARD WARNINGS...: all headers in one file.
quiet() {
    local compiler="$1" language="$2" standard="$3"
    shift 3
    if ! command -v "$compiler" >/dev/null; then
        echo "SKIPPED: $compiler is not installed"
        return
    fi
    {
        for header in "${headers[@]}"; do printf '#include "%s"\n' "$header"; done
        echo 'int main(void) { return 0; }'
    } >all
    if "$compiler" -x "$language" "-std=$standard" "${stern[@]}" "$@" -O2 -isystem "$core" -I. -c -o /dev/null all; then
        compiled=$((compiled + 1))
    else
        echo "FAILED: $compiler as $standard"
        failed=1
    fi
}

top="$PWD"
core="$top/$core"
headers=()
for header in "$@"; do headers+=("$top/$header"); done
cd "$TEST_TMPDIR" || exit 1
[ "${#headers[@]}" -ge 5 ] || { echo "FAILED: ${#headers[@]} headers were given"; exit 1; }

for standard in c11 c17 c2x; do
    quiet gcc c "$standard"
    quiet clang-14 c "$standard"
done
for standard in c++11 c++14 c++17 c++20 c++2b; do
    quiet g++ c++ "$standard" -Wold-style-cast -Wuseless-cast -Wzero-as-null-pointer-constant
    quiet clang++-14 c++ "$standard" -Wold-style-cast -Wzero-as-null-pointer-constant
done
[ "$compiled" -gt 0 ] || { echo "FAILED: nothing was compiled"; exit 1; }
exit "$failed"
