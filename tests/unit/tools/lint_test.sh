#!/bin/bash
# Each rule of the lints must catch a sample that breaks it, and pass a clean one.
set -uo pipefail

lint="$(pwd)/$1"
style="$(readlink -f "$2")"
buildifier="$(pwd)/$3"
failed=0

# check CODE MESSAGE PATH TEXT: the lint of a tree with this one file ends so, and says so.
check() {
    local code="$1" message="$2" path="$3" text="$4" tree said status
    tree="$(mktemp -d)"
    mkdir -p "$tree/$(dirname "$path")"
    cp "$style" "$tree/.clang-format"
    printf '%b' "$text" >"$tree/$path"
    said="$("$lint" "$tree" 2>&1)"
    status="$?"
    rm -rf "$tree"
    if [ "$status" != "$code" ] || [[ "$said" != *"$message"* ]]; then
        echo "FAILED: $path: exit $status, expected $code with '$message'; it said: $said"
        failed=1
    fi
}

long="/* $(printf 'x%.0s' {1..110}) */"
check 0 '' core/store/open.c '#include "../os/map.h"\n'
check 0 '' core/store/read.c '#include "mmapforge/detail/columns.h"\n\n#include "read.h"\n#include "state.h"\n'
check 0 '' core/include/mmapforge/detail/atomic.h 'int __atomic_x;\n'
check 0 '' gen/model/sema.c '#include "mmapforge/schema.h"\n'
check 0 '' gen/emit_c/layout.c '#include "../front/source.h"\n#include "parts.h"\n'
check 1 'core/os/map.c:1: "core/include/mmapforge/store.h" is of a higher layer' core/os/map.c \
    '#include "mmapforge/store.h"\n'
check 1 'core/os/map.c:1: "core/store/state.h" is of a higher layer' core/os/map.c '#include "../store/state.h"\n'
check 1 'core/store/bounds.c:1: "core/store/sync.h" is of a higher layer' core/store/bounds.c '#include "sync.h"\n'
check 1 'core/os/lock.c:2: "core/os/file.h" is of a higher layer' core/os/lock.c '#include "open_file.h"\n#include "file.h"\n'
check 1 'core/store/join.c:1: "core/store/several_writers.h" is of' core/store/join.c '#include "several_writers.h"\n'
check 1 'core/include/mmapforge/store.h:1: "core/include/mmapforge/value.h" is of a higher' \
    core/include/mmapforge/store.h '#include "mmapforge/value.h"\n'
check 1 'gen/front/lexer.c:2: "gen/emit/text.h" is of a higher' gen/front/lexer.c '\n#include "../emit/text.h"\n'
check 1 'gen/front/tokens.h:1: "gen/front/parser.h" is of a higher' gen/front/tokens.h '#include "parser.h"\n'
check 1 'gen/model/lexer.c:1: the layer of this file' gen/model/lexer.c '#include "../front/diag.h"\n'
check 1 'core/os/map.c:1: core includes' core/os/map.c '#include "../../gen/front/diag.h"\n'
check 1 'gen/emit/text.c:1: gen includes' gen/emit/text.c '#include "mmapforge/store.h"\n'
check 1 'examples/a.c:1: an example includes' examples/a.c '#include "gen/front/diag.h"\n'
check 1 'core/os/new.c:1: the layer of this file' core/os/new.c '#include "mmapforge/detail/port.h"\n'
check 1 'core/os/map.c:1: a builtin for atomics' core/os/map.c 'int __atomic_x;\n'
check 1 'tests/a.cpp:1: a builtin for atomics' tests/a.cpp 'int __sync_x;\n'
check 1 'core/os/map.c:1: a line of 116 columns' core/os/map.c "$long\n"
check 1 'core/os/map.c:1: a note of unfinished work' core/os/map.c '/* TO''DO: later */\n'
check 1 'core/os/map.c:1: a note of unfinished work' core/os/map.c '/* FIX''ME */\n'
check 1 'core/os/map.c:1: an absolute path' core/os/map.c 'const char *p = "/home/me/x";\n'
check 1 'clang-format' core/os/map.c 'int  x;\n'
check 2 'no C or C++ file' core/README.md 'words\n'

# Without an argument it reads the directory that it is run in, by any shell of POSIX.
tree="$(mktemp -d)"
cp "$style" "$tree/.clang-format"
echo 'int  x;' >"$tree/a b.c"
said="$(cd "$tree" && sh "$lint" 2>&1)"
status="$?"
rm -rf "$tree"
if [ "$status" != 1 ] || [[ "$said" != *"a b.c:1:4: error"* ]]; then
    echo "FAILED: without an argument: exit $status; it said: $said"
    failed=1
fi

# The calls of compiled files; the symbols of one that uses another stand in its archive.
calls="$(dirname "$lint")/calls.sh"

# calls_of CODE MESSAGE FILE TEXT [FILE TEXT]: the lint of these files, compiled, ends so, and says so.
calls_of() {
    local code="$1" message="$2" tree said status
    shift 2
    tree="$(mktemp -d)"
    while [ "$#" -gt 0 ]; do
        printf '%s\n' "$2" | cc -x c -c -o "$tree/$1.o" - || failed=1
        shift 2
    done
    ar rc "$tree/lib.a" "$tree"/*.o
    said="$(sh "$calls" "$tree/lib.a" 2>&1)"
    status="$?"
    rm -rf "$tree"
    if [ "$status" != "$code" ] || [[ "$said" != *"$message"* ]]; then
        echo "FAILED: calls: exit $status, expected $code with '$message'; it said: $said"
        failed=1
    fi
}

low='int low = 1; int use(void) { return low; }'
high='extern int low; int high(void) { return low; }'
calls_of 0 '' bounds "$low" sync "$high"
calls_of 0 '' bounds.pic "$low" sync.pic "$high"
calls_of 1 'core/store/bounds.c uses low of core/store/sync.c' sync "$low" bounds "$high"
calls_of 1 'is of no file in layers.txt' bounds "$low" other "$high"
calls_of 1 'no file uses another one' bounds "$low"
said="$(sh "$calls" 2>&1)"
if [ "$?" != 2 ] || [[ "$said" != usage:* ]]; then
    echo "FAILED: calls without an archive said: $said"
    failed=1
fi

# Where there is no buildifier, its lint passes, and says aloud that it has checked nothing.
said="$(env -u BUILDIFIER PATH=/nowhere "$buildifier" .)"
status="$?"
if [ "$status" != 0 ] || [[ "$said" != SKIPPED:*"npm install @bazel/buildifier"* ]]; then
    echo "FAILED: without a buildifier: exit $status; it said: $said"
    failed=1
fi

lint="$buildifier"
if program="${BUILDIFIER:-$(command -v buildifier)}"; then
    export BUILDIFIER="$program"
    good='"""What it is."""\n\nX = 1\n'
    check 0 '' core/a.bzl "$good"
    check 4 'core/a.bzl # reformat' core/a.bzl "${good/ = /=}"
    check 4 'core/BUILD.bazel # reformat' core/BUILD.bazel 'filegroup( name="a" )\n'
    check 4 'core/a.BUILD # reformat' core/a.BUILD 'filegroup( name="a" )\n'
    check 4 'WORKSPACE # reformat' WORKSPACE 'workspace(name="a")\n'
    check 4 'Loaded symbol "b" is unused' BUILD 'load(":a.bzl", "b")\n'
    check 1 'syntax error' core/BUILD 'x = (\n'
    check 2 'no Bazel file' core/README.md 'words\n'
    BUILDIFIER=/nowhere/buildifier check 2 'which does not run' core/a.bzl "$good"
else
    echo "SKIPPED: there is no buildifier to try its lint with; see what that says:"
    echo "$said"
fi

exit "$failed"
