#!/bin/sh
# words.sh [DIRECTORY]: prints each line of a tree (of ".", if none is named) that has a word which
# readers of these files stumbled over, and the plain one in its place. Only for the paths
# that are listed here; it is to be extended, never shortened.
set -eu

paths="core gen bindings rules docs bench examples tests README.md CONTRIBUTING.md CHANGELOG.md SECURITY.md"

if [ "$#" -gt 1 ] || [ ! -d "${1:-.}" ]; then
    echo "usage: words.sh [DIRECTORY]" >&2
    exit 2
fi
cd "${1:-.}"

set --
for path in $paths; do
    [ ! -e "$path" ] || set -- "$@" "$path"
done
if [ "$#" = 0 ]; then
    echo "words.sh: there is none of $paths" >&2
    exit 2
fi

failed=0

# refuse WORDS PLAIN: an extended regular expression, and what to write instead.
words="$*"
refuse() {
    # shellcheck disable=SC2086
    if grep -rnIiwE "$1" $words; then
        echo "words.sh: in the lines above, write $2"
        failed=1
    fi
}
refuse 'whoever' '"the process that", "a thread that" or what it is'
refuse 'nobody' '"no process", "no writer" or what it is'
refuse 'heirs?' '"recovering writer"'
refuse 'behind' '"after"'
refuse '[a-z0-9_]*sealed[a-z0-9_]*|mmfi_summed[a-z0-9_]*' '"checksummed"'
# As parts of names, too.
refuse '[a-z0-9_]*(whoever|nobody|take_?over|successor)[a-z0-9_]*' '"recovery", "recovering writer" or what it is'
refuse 'cut off|reread' '"truncated" or "slow read"'
refuse '[a-z0-9_]*geometry[a-z0-9_]*' '"layout" or "file layout"'
refuse 'live control' '"shared page"'
refuse '(toy|mender|mortal|near[ _]miss)(e?s)?' '"fake store", "repairer", "killable" or "incorrect variant"'
exit "$failed"
