#!/bin/bash
# The command line of mmfgen: exit codes, messages, and both outputs or none.
set -uo pipefail

mmfgen="$(pwd)/$1"
cd "$(mktemp -d)" || exit 1
failed=0

fail() {
    echo "FAILED: $1"
    failed=1
}

# expect CODE WHAT ARGUMENTS...: the generator must end so, leaving its messages in `log`.
expect() {
    local code="$1" what="$2" found
    shift 2
    "$mmfgen" "$@" >log 2>&1
    found="$?"
    [ "$found" = "$code" ] || fail "$what: exit $found, expected $code: $(cat log)"
}

expect_no_output() {
    local left
    left="$(ls out)"
    [ -z "$left" ] || fail "$1: left $left behind"
}

mkdir out elsewhere
printf 'record Tick version 1 {\n  price: float64;\n}\n' >good.mmfs
printf 'record Tick version 1 {\n  price: flaot64;\n}\n' >bad.mmfs
cp good.mmfs elsewhere/good.mmfs

expect 1 "a schema with an error" --schema bad.mmfs --name s --header out/s.h --source out/s.c
grep -q '^bad.mmfs:2:10: error: ' log || fail "no place in: $(cat log)"
grep -q "did you mean 'float64'" log || fail "no hint in: $(cat log)"
expect_no_output "a schema with an error"

printf 'record Tick version 1 {\n  count: int8;\n}\n' >clash.mmfs
expect 1 "a clash of names" --schema clash.mmfs --name s --header out/s.h --source out/s.c
grep -q '^clash.mmfs:2:3: error: ' log || fail "no place in: $(cat log)"
expect_no_output "a clash of names"

expect 2 "no arguments"
expect 2 "an unknown option" --shema good.mmfs
expect 2 "an option without a value" --schema
expect 2 "an option given twice" --schema good.mmfs --schema good.mmfs
expect 2 "a name that is none" --schema good.mmfs --name ../s --header out/s.h --source out/s.c
expect 2 "a schema that is not there" --schema no.mmfs --name s --header out/s.h --source out/s.c
expect 2 "a directory that is not there" --schema good.mmfs --name s --header no/s.h --source out/s.c
expect_no_output "an unwritable header"
expect 2 "a directory that is not there" --schema good.mmfs --name s --header out/s.h --source no/s.c
grep -q 'no/s.c' log || fail "the message does not name the file: $(cat log)"
expect_no_output "an unwritable source"
mkdir out/s.c
expect 2 "a directory in the way" --schema good.mmfs --name s --header out/s.h --source out/s.c
rmdir out/s.c
expect_no_output "a directory in the way"
ln -s /dev/full out/s.c.tmp
expect 2 "a full disk" --schema good.mmfs --name s --header out/s.h --source out/s.c
expect_no_output "a full disk"

expect 0 "a good schema" --schema good.mmfs --name s --header out/s.h --source out/s.c
[ "$(ls out | tr '\n' ' ')" = "s.c s.h " ] || fail "a good schema: wrote $(ls out)"
[ ! -s log ] || fail "a good schema: said $(cat log)"

# Where the schema and the outputs lie must not show.
mkdir out2
expect 0 "from elsewhere" --schema "$PWD/elsewhere/good.mmfs" --name s --header out2/s.h --source "$PWD/out2/s.c"
diff -r out out2 || fail "the output depends on directories"

exit "$failed"
