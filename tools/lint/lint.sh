#!/bin/sh
# lint.sh [DIRECTORY]: reads the C and C++ files of a tree (of ".", if none is named) and prints each
# line that breaks a rule of the repository.
set -eu

if [ "$#" -gt 1 ] || [ ! -d "${1:-.}" ]; then
    echo "usage: lint.sh [DIRECTORY]" >&2
    exit 2
fi
layers="$(cd "$(dirname "$0")" && pwd)/layers.txt"
if [ ! -r "$layers" ]; then
    echo "lint.sh: $layers cannot be read; restore it" >&2
    exit 2
fi
cd "${1:-.}"

# What stands in tests/conformance/golden is output of the generator, which has tests of its own.
files="$(find . -path './bazel-*' -prune -o -path './.git' -prune -o \
    -path './tests/conformance/golden' -prune -o -type f -regex '.*\.\(c\|h\|cpp\)' -printf '%P\n' | sort)"
if [ -z "$files" ]; then
    echo "lint.sh: no C or C++ file under ${1:-.}" >&2
    exit 2
fi
# From here on the arguments are the files, one a line above.
set -f
IFS='
'
# shellcheck disable=SC2086
set -- $files

failed=0

# The table of layers first, then the files.
awk '
BEGIN {
    # All that the generator may know of the runtime.
    count = split("port version status types schema", names, " ")
    for (i = 1; i <= count; i++)
        known["core/include/" names[i]] = 1
}
function complain(what) {
    print FILENAME ":" FNR ": " what
    bad = 1
}
# The name of a file in the table.
function layer(path) {
    sub(/^core\/include\/mmapforge\/(detail\/)?/, "core/include/", path)
    sub(/\.[a-z]+$/, "", path)
    return path
}
# The file that an include names: a public header, one beside this file, or one from the root of the tree.
function resolve(to,    from) {
    if (to ~ /^mmapforge\//)
        return "core/include/" to
    from = FILENAME
    if (to !~ /\// || to ~ /^\.\.\//) {
        sub(/[^\/]*$/, "", from)
        while (to ~ /^\.\.\//) {
            sub(/[^\/]*\/$/, "", from)
            sub(/^\.\.\//, "", to)
        }
        return from to
    }
    return to
}
function top(path) {
    sub(/\/.*/, "", path)
    return path
}
FNR == NR {
    sub(/#.*/, "")
    for (i = 1; i <= NF; i++) {
        if ($i in rank)
            complain("\"" $i "\" is in the table twice; each file has one place")
        rank[$i] = ++ranks
    }
    next
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, parts, "\"")
    to = resolve(parts[2])
    if (top(FILENAME) == "core" && top(to) != "core")
        complain("core includes \"" to "\"; it may include core only")
    else if (top(FILENAME) == "gen" && top(to) == "core" && !(layer(to) in known))
        complain("gen includes \"" to "\"; of core it may include port, version, status, types and schema")
    else if (top(FILENAME) == "examples" && top(to) == "gen")
        complain("an example includes \"" to "\"; the generator is not a library")
    else if (top(FILENAME) == top(to) && (top(to) == "core" || top(to) == "gen")) {
        from = layer(FILENAME)
        if (!(from in rank))
            complain("the layer of this file is not in tools/lint/layers.txt; add it")
        else if (!(layer(to) in rank) || rank[layer(to)] > rank[from])
            complain("\"" to "\" is of a higher layer than " from "; arrows point down")
    }
}
/__(atomic|sync)_/ && FILENAME != "core/include/mmapforge/detail/atomic.h" {
    complain("a builtin for atomics; use the calls of mmapforge/detail/atomic.h")
}
length($0) > 110 { complain("a line of " length($0) " columns; at most 110") }
/TO[D]O|FIX[M]E/ { complain("a note of unfinished work; finish it") }
/"\/(home|work|root|Users)\// { complain("an absolute path of one machine") }
END { exit bad }
' "$layers" "$@" || failed=1

# A bad file is printed with the place of the first difference.
clang-format --dry-run -Werror "$@" || failed=1

exit "$failed"
