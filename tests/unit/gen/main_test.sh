#!/bin/bash
# The command line of mmfgen: exit codes, messages, and that all outputs are written or none.
set -uo pipefail

mmfgen="$(pwd)/$1"
explained="$(pwd)/$2"
cd "$(mktemp -d)" || exit 1
failed=0

fail() {
    echo "FAILED: $1"
    failed=1
}

# expect CODE WHAT ARGUMENTS...: the generator must exit with CODE; its messages go to `log`.
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
    [ -z "$left" ] || fail "$1: $left was left"
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

# says TEXT: the last command must have printed TEXT.
says() {
    grep -qF -- "$1" log || fail "expected '$1' in: $(cat log)"
}

# ---- Answers ----

expect 0 "--help" --help
says "usage: mmfgen --schema FILE.mmfs"
says "--explain-layout FILE.mmfs"
expect 0 "-h" -h
expect 0 "--version" --version
grep -qx 'mmfgen [0-9]*\.[0-9]*\.[0-9]*' log || fail "--version said $(cat log)"
expect 2 "--version among others" --version --schema good.mmfs
says "--version stands alone"
"$mmfgen" --help >/dev/full 2>log && fail "--help succeeded on a full disk"
says "cannot write to the standard output"
cat >tick.mmfs <<'END'
record Tick version 1 { symbol: string[64]; price: float64; volume: float64; timestamp: timestamp[ns]; }
END
expect 0 "--explain-layout" --explain-layout tick.mmfs
diff "$explained" log || fail "--explain-layout differs from $explained"
expect 1 "--explain-layout of a wrong schema" --explain-layout bad.mmfs
says "bad.mmfs:2:10: error: "
expect 2 "--explain-layout of no file" --explain-layout no.mmfs
expect 2 "--explain-layout without a file" --explain-layout
expect 2 "--explain-layout with outputs" --explain-layout good.mmfs --name s
says "stands alone"
"$mmfgen" --explain-layout tick.mmfs >/dev/full 2>log && fail "--explain-layout succeeded on a full disk"
says "cannot write to the standard output"

# ---- Layout of the text ----

printf 'record Tick version 1{price:float64;\n\n\n  volume:uint32; // shares\n}' >rough.mmfs
printf 'record Tick version 1 {\n    price: float64;\n\n    volume: uint32; // shares\n}\n' >smooth.mmfs
cp rough.mmfs before.mmfs
expect 1 "--format-check of a rough file" --format-check rough.mmfs
says "rough.mmfs: not laid out as mmfgen --format does it; run that"
cmp -s rough.mmfs before.mmfs || fail "--format-check changed the file"
chmod 640 rough.mmfs
expect 0 "--format" --format rough.mmfs
diff smooth.mmfs rough.mmfs || fail "--format laid it out otherwise"
expect 0 "--format-check after --format" --format-check rough.mmfs
[ ! -s log ] || fail "--format-check says: $(cat log)"
before="$(stat -c %Y.%i rough.mmfs)"
expect 0 "--format of what is laid out already" --format rough.mmfs
[ "$before" = "$(stat -c %Y.%i rough.mmfs)" ] || fail "--format wrote a file that was right"
cp bad.mmfs before.mmfs
expect 1 "--format of a wrong schema" --format bad.mmfs
cmp -s bad.mmfs before.mmfs || fail "--format changed a wrong schema"
expect 2 "--format of no file" --format none.mmfs
expect 2 "--format with outputs" --format good.mmfs --name s
says "--format FILE.mmfs stands alone"

# ---- Two versions ----

printf 'record Tick version 2 {\n  price: float64;\n  volume: uint32 = 7;\n}\n' >next.mmfs
printf 'record Tick version 2 {\n  price: float64;\n  volume: uint32;\n}\n' >unkind.mmfs
expect 0 "--check of a kind change" --check good.mmfs next.mmfs
[ ! -s log ] || fail "--check says: $(cat log)"
expect 1 "--check of an unkind one" --check good.mmfs unkind.mmfs
says "unkind.mmfs: record 'Tick': programs of version 2 could not read files of version 1: field 'volume' is not in the file"
says "hint: a field that is added needs a default"
expect 0 "--compatibility forward" --check good.mmfs unkind.mmfs --compatibility forward
expect 1 "--compatibility backward" --compatibility backward --check good.mmfs unkind.mmfs
expect 1 "--check of a wrong schema" --check good.mmfs bad.mmfs
says "bad.mmfs:2:10: error: "
expect 2 "--check of one schema" --check good.mmfs
says "--check takes two schemas"
expect 2 "--check of no file" --check good.mmfs none.mmfs
expect 2 "--check with outputs" --check good.mmfs next.mmfs --header out/s.h
expect 2 "an unknown compatibility" --check good.mmfs next.mmfs --compatibility some
says "--compatibility is 'some'; expected full, backward or forward"
expect 2 "--compatibility alone" --compatibility full

# ---- Usage ----

expect 2 "no arguments"
expect 2 "no outputs" --schema good.mmfs --name s
says "--schema, --name and an output are needed"
expect 2 "an unknown option" --shema good.mmfs
says "mmfgen: unknown option '--shema'"
expect 2 "an option without a value" --schema
expect 2 "an option given twice" --schema good.mmfs --schema good.mmfs
says "mmfgen: option '--schema' is given twice"
expect 2 "an empty value" --schema "" --name s --header out/s.h --source out/s.c
says "mmfgen: option '--schema' needs a value"
expect 2 "an invalid name" --schema good.mmfs --name ../s --header out/s.h --source out/s.c
longest="$(printf 'n%.0s' {1..128})"
for name in _s s_ s__t 1s S s-t 'ß' class types numpy stdint; do
    expect 2 "an invalid name" --schema good.mmfs --name "$name" --header out/s.h --source out/s.c
    says "--name '$name' cannot name a store: "
    expect_no_output "an invalid name"
done
expect 2 "a name too long" --schema good.mmfs --name "${longest}n" --header out/s.h --source out/s.c
says "at most 128 characters of a to z"
expect_no_output "a name too long"
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
# A limit on the size of files is a full disk that anybody can have.
(
    trap '' XFSZ
    ulimit -f 1
    "$mmfgen" --schema good.mmfs --name s --header out/s.h --source out/s.c
) >log 2>&1
[ "$?" = 2 ] || fail "a full disk: $(cat log)"
says "out/s.h: cannot write: File too large"
expect_no_output "a full disk"

# Files of others: the user's own, and those of runs that write the same outputs at the same time.
echo precious >out/s.h.tmp
echo kept >elsewhere/kept
ln -s ../elsewhere/kept out/s.c
expect 0 "files beside the outputs" --schema good.mmfs --name s --header out/s.h --source out/s.c
[ "$(cat out/s.h.tmp)" = precious ] || fail "a file beside the output was written over"
[ "$(cat elsewhere/kept)" = kept ] || fail "a link was followed"
[ "$(ls out)" = "$(printf 's.c\ns.h\ns.h.tmp')" ] || fail "left in out: $(ls out)"
[ "$(stat -c %a out/s.h)" = "$(printf %o $((0666 & ~$(umask))))" ] || fail "permissions $(stat -c %a out/s.h)"
cp out/s.h expected.h
for round in 1 2 3 4 5; do
    pids=""
    for _ in 1 2 3 4 5 6 7 8; do
        "$mmfgen" --schema good.mmfs --name s --header out/s.h --source out/s.c 2>>log &
        pids="$pids $!"
    done
    for pid in $pids; do
        wait "$pid" || fail "one of eight runs at once failed in round $round: $(cat log)"
    done
    cmp -s out/s.h expected.h || fail "eight runs at once left another header"
done
[ "$(ls out)" = "$(printf 's.c\ns.h\ns.h.tmp')" ] || fail "left in out: $(ls out)"
rm -f out/*

# Files that must not be replaced: a device, a directory, the schema itself.
expect 2 "a device" --schema good.mmfs --name s --header out/s.h --source /dev/full
says "/dev/full: cannot write: it exists and is not a regular file"
[ -c /dev/full ] || fail "a device was replaced"
expect 2 "a directory as the header" --schema good.mmfs --name s --header out --source out/s.c
says "out: cannot write: it exists and is not a regular file"
cp good.mmfs kept.mmfs
ln -s good.mmfs link.mmfs
for way in good.mmfs "$PWD/elsewhere/../good.mmfs" link.mmfs; do
    expect 2 "the schema as the header" --schema good.mmfs --name s --header "$way" --source out/s.c
    says "$way: cannot write: it is the schema"
    expect 2 "the schema as the source" --schema "$way" --name s --header out/s.h --source good.mmfs
    says "good.mmfs: cannot write: it is the schema"
done
cmp good.mmfs kept.mmfs || fail "the schema was written over"
for way in out/s.h ./out/s.h "$PWD/out/s.h"; do
    expect 2 "one file for both" --schema good.mmfs --name s --header out/s.h --source "$way"
    says "--header and --source name the same file: $way"
done
expect 2 "one file for two others" --schema good.mmfs --name s --header out/s.h --python out/s.py --stub out/s.py
says "--python and --stub name the same file: out/s.py"
expect 2 "the schema as the stub" --schema good.mmfs --name s --python out/s.py --stub good.mmfs
says "good.mmfs: cannot write: it is the schema"
expect_no_output "files that must not be replaced"

# Schemas that cannot be read.
refuse_schema() {
    expect 2 "$1" --schema "$2" --name s --header out/s.h --source out/s.c
    says "$2: $3"
    expect_no_output "$1"
}
refuse_schema "no schema" no.mmfs "cannot be opened: No such file or directory"
refuse_schema "a directory" elsewhere "is a directory; expected a schema file"
refuse_schema "a device" /dev/null "is a device; expected a schema file"
mkfifo pipe
refuse_schema "a pipe without a writer" pipe "is a pipe; expected a schema file"
refuse_schema "a path through a file" good.mmfs/x "cannot be opened: Not a directory"
ln -s loop loop
refuse_schema "a link to itself" loop "cannot be opened: Too many levels of symbolic links"
refuse_schema "a path too long" "$(printf 'n%.0s' {1..300})" "cannot be opened: File name too long"
cp good.mmfs secret.mmfs
chmod 000 secret.mmfs
if [ -r secret.mmfs ]; then
    echo "SKIPPED: an unreadable file; this user ($(id -un)) may read everything"
else
    refuse_schema "an unreadable file" secret.mmfs "cannot be opened: Permission denied"
fi
chmod 600 secret.mmfs

expect 2 "a header's name too long" --schema good.mmfs --name s --header "out/$longest$longest.h" --source out/s.c
says "cannot write: File name too long"
expect_no_output "a header's name too long"
expect 2 "a path too long" --schema good.mmfs --name s --header out/s.h --source "$(printf 'out/../%.0s' {1..1000})s.c"
says "cannot write: File name too long"
expect_no_output "a path too long"

expect 0 "a good schema" --schema good.mmfs --name s --header out/s.h --source out/s.c
[ "$(ls out | tr '\n' ' ')" = "s.c s.h " ] || fail "a good schema: wrote $(ls out)"
[ ! -s log ] || fail "a good schema: said $(cat log)"

# Neither line ends nor a byte order mark change the output.
mkdir crlf mark
sed 's/$/\r/' good.mmfs >crlf/good.mmfs
printf '\xef\xbb\xbf' | cat - good.mmfs >mark/good.mmfs
for form in crlf mark; do
    expect 0 "$form" --schema "$form/good.mmfs" --name s --header "$form/s.h" --source "$form/s.c"
    cmp out/s.h "$form/s.h" || fail "$form: another header"
    cmp out/s.c "$form/s.c" || fail "$form: another source"
done

# A second run replaces the files of the first, and the longest name is valid.
echo stale >out/s.h
expect 0 "a second run" --schema good.mmfs --name s --header out/s.h --source out/s.c
cmp out/s.h mark/s.h || fail "a second run: the old header is still there"
mkdir long
expect 0 "the longest name" --schema good.mmfs --name "$longest" --header long/s.h --source long/s.c

# Each output can be written alone, with the same content.
mkdir one all
expect 0 "all outputs" --schema good.mmfs --name s --header all/s.h --source all/s.c \
    --python all/s.py --stub all/s.pyi
expect 0 "a header" --schema good.mmfs --name s --header one/s.h
expect 0 "a source" --schema good.mmfs --name s --source one/s.c
expect 0 "a module" --schema good.mmfs --name s --python one/s.py
expect 0 "a stub" --schema good.mmfs --name s --stub one/s.pyi
diff -r one all || fail "an output depends on which others are requested"
rm -r all/*
mkdir all/s.pyi
expect 2 "a directory in the way of the last" --schema good.mmfs --name s --header all/s.h \
    --source all/s.c --python all/s.py --stub all/s.pyi
[ "$(ls all)" = s.pyi ] || fail "a directory in the way of the last: left $(ls all)"

# The directories of the schema and the outputs do not change the output.
mkdir out2
expect 0 "from elsewhere" --schema "$PWD/elsewhere/good.mmfs" --name s --header out2/s.h --source "$PWD/out2/s.c"
diff -r out out2 || fail "the output depends on directories"

exit "$failed"
