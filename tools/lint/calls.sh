#!/bin/sh
# calls.sh ARCHIVE...: reads the compiled files of core and prints each call, or use of a variable, of one that stands
# higher in layers.txt. Includes alone do not show these, because public headers declare what many files define.
set -eu

if [ "$#" = 0 ]; then
    echo "usage: calls.sh ARCHIVE..." >&2
    exit 2
fi
layers="$(dirname "$0")/layers.txt"

# Of the member bounds.o, or bounds.pic.o, of an archive; T, D, B and the like define a symbol, U needs it.
"${NM:-nm}" -A "$@" | awk '
FNR == NR {
    sub(/#.*/, "")
    for (i = 1; i <= NF; i++) {
        if ($i ~ /^core\// && $i !~ /^core\/include\//) {
            name = $i
            sub(/.*\//, "", name)
            rank[name] = ++ranks
            path[name] = $i
        }
    }
    next
}
NF < 2 { next }
{
    name = $1
    sub(/(\.pic)?\.o:.*/, "", name)
    sub(/.*[:\/]/, "", name)
    kind = $(NF - 1)
    symbol = $NF
    if (!(name in rank)) {
        print "calls.sh: " $1 " is of no file in layers.txt; add it there"
        bad = 1
        exit
    }
    members[name] = 1
    if (kind == "U")
        needs[name, symbol] = 1
    else if (kind ~ /^[A-Z]$/)
        home[symbol] = name
}
END {
    for (need in needs) {
        split(need, parts, SUBSEP)
        to = home[parts[2]]
        if (to == "")
            continue
        found++
        if (rank[to] > rank[parts[1]]) {
            print path[parts[1]] ".c uses " parts[2] " of " path[to] ".c, which stands higher; calls point down"
            bad = 1
        }
    }
    if (!bad && found == 0) {
        print "calls.sh: no file uses another one; name the archives of core"
        bad = 1
    }
    exit bad
}
' "$layers" -
