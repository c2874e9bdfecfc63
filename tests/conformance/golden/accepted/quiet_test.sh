#!/bin/bash
# Generated headers cause no warnings of those that other projects enable, with any installed compiler and in
# every language that includes them, nor do generated sources, also where a project compiles them as C++. The
# headers of the library are system headers, as Bazel passes them.
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

# source_is_quiet COMPILER LANGUAGE STANDARD OPTIONS...: each source.
source_is_quiet() {
    local compiler="$1" language="$2" standard="$3"
    shift 3
    command -v "$compiler" >/dev/null || return 0
    for source in "${sources[@]}"; do
        "$compiler" -x "$language" "-std=$standard" "${stern[@]}" "$@" -isystem "$core" -I"${source%/*}" -c \
            -o /dev/null "$source" && continue
        echo "FAILED: $compiler as $standard: $source"
        failed=1
    done
}

top="$PWD"
core="$top/$core"
headers=()
sources=()
for file in "$@"; do
    case "$file" in
    *.h) headers+=("$top/$file") ;;
    *) sources+=("$top/$file") ;;
    esac
done
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
[ "${#sources[@]}" -ge 5 ] || { echo "FAILED: ${#sources[@]} sources were given"; exit 1; }
for standard in c++11 c++17 c++20; do
    source_is_quiet g++ c++ "$standard" -Wold-style-cast -fsyntax-only
    source_is_quiet clang++-14 c++ "$standard" -Wold-style-cast -fsyntax-only
done
# A thread of a runtime may have a stack of 64 KiB, and records of a schema here are larger: none lies on it.
source_is_quiet gcc c c11 -O2 -fkeep-static-functions -Wframe-larger-than=512
[ "$compiled" -gt 0 ] || { echo "FAILED: nothing was compiled"; exit 1; }
exit "$failed"
