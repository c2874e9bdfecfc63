#!/bin/sh
# lint.sh [DIRECTORY]: reads the C and C++ files of a tree (of ".", if none is named) and prints each
# line that breaks a rule of the repository.
set -eu

if [ "$#" -gt 1 ] || [ ! -d "${1:-.}" ]; then
    echo "usage: lint.sh [DIRECTORY]" >&2
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

# Layers from the lowest to the highest: a file includes its own layer and lower ones.
awk '
BEGIN {
    # A public header by its name, any other file by folder and name.
    core = "port version abi status types atomic store/wait seqlock crc32c checksum schema format undo store/claim"
    core = core " os/file os/map format/header format/commit format/recover store mmapforge generated"
    # The generator, by folder and file.
    gen = "front/arena front/source front/diag front/edits front/syntax front/characters front/lexer front/tokens front/unsupported front/parser"
    gen = gen " model/model model/unknown_type model/sema model/names model/names_macros model/names_store model/names_check"
    gen = gen " emit/text emit/prose emit/literal"
    gen = gen " emit_c/emit_c emit_c/wrap emit_c/comment emit_c/c_string emit_c/template emit_c/record emit_c/parts emit_c/layout emit_c/calls emit_c/field_calls emit_c/header emit_c/source_file"
    gen = gen " emit_python/emit_python emit_python/python_text emit_python/module emit_python/stub explain/explain main"
    count = split(core, names, " ")
    for (i = 1; i <= count; i++)
        rank["core/" names[i]] = i
    count = split(gen, names, " ")
    for (i = 1; i <= count; i++)
        rank["gen/" names[i]] = i
    # Files that are of one layer with another.
    same("abi", "base/abi")
    same("status", "base/status")
    same("types", "schema/types")
    same("crc32c", "base/crc32c base/crc32c_hardware base/crc32c_steps")
    same("schema", "schema/schema schema/schema_text")
    same("os/file", "os/boot_id os/create_file os/internal os/lock os/own_blocks os/random os/space os/sync_file")
    same("store", "sigbus handle scalars record access access_checksum fields columns value verify")
    same("store", "store/bounds store/check store/copy store/create store/explain store/grow")
    same("store", "store/handle store/info store/join store/link store/one_writer store/open")
    same("store", "store/read store/record store/reserve store/several_writers store/sigbus")
    same("store", "store/state store/sync store/unpublished store/value store/value_write")
    same("store", "store/verify store/verify_record store/write")
    # All that the generator may know of the runtime.
    known["core/port"] = known["core/version"] = known["core/status"] = known["core/types"] = known["core/schema"] = 1
}
function same(layer, files,    names, count, i) {
    count = split(files, names, " ")
    for (i = 1; i <= count; i++)
        rank["core/" names[i]] = rank["core/" layer]
}
function complain(what) {
    print FILENAME ":" FNR ": " what
    bad = 1
}
# The layer of a file: its folder and name; of a public header of core, its name.
function layer(path) {
    sub(/^core\/include\/mmapforge\/(detail\/)?/, "core/", path)
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
            complain("the layer of this file is not in the table of tools/lint/lint.sh; add it")
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
' "$@" || failed=1

# A bad file is printed with the place of the first difference.
clang-format --dry-run -Werror "$@" || failed=1

exit "$failed"
