#!/bin/bash
# The lint of words must refuse each of its words where it reads, and nothing else.
set -uo pipefail

lint="$(pwd)/$1"
failed=0

# check CODE MESSAGE PATH TEXT: the lint of a tree with this one file ends so, and says so.
check() {
    local code="$1" message="$2" path="$3" text="$4" tree said status
    tree="$(mktemp -d)"
    mkdir -p "$tree/$(dirname "$path")"
    printf '%b' "$text" >"$tree/$path"
    said="$("$lint" "$tree" 2>&1)"
    status="$?"
    rm -rf "$tree"
    if [ "$status" != "$code" ] || [[ "$said" != *"$message"* ]]; then
        echo "FAILED: $path: exit $status, expected $code with '$message'; it said: $said"
        failed=1
    fi
}

check 0 '' core/store/read.c '/* The process that reads. */\n'
check 1 'core/store/read.c:2:' core/store/read.c '\n/* Who''ever reads. */\n'
check 1 'write "the process that"' docs/durability.md 'who''ever reads\n'
check 1 'write "no process"' gen/main.c '/* No''body reads. */\n'
check 1 'write "recovering writer"' core/store/claim.h '/* the he''ir of a slot */\n'
check 1 'write "recovering writer"' core/store/claim.h '/* he''irs */\n'
check 1 'write "after"' rules/defs.bzl '"""The targets be''hind it."""\n'
check 1 'write "after"' bindings/python/native/rows.c '/* be''hind */\n'
check 1 'write "after"' bench/micro/loop.h '/* be''hind */\n'
check 1 'write "after"' tests/robustness/python/stress_test.py '# be''hind\n'
check 1 'write "after"' tests/robustness/model/machine.h '/* be''hind */\n'
check 1 'write "checksummed"' core/store/verify.c '/* a sea''led record */\n'
check 1 'write "checksummed"' tests/support/fixture.h 'int t_sea''led_row;\n'
check 1 'write "checksummed"' core/store/verify.c 'int mmfi_sum''med_set;\n'
check 1 'write "recovery"' tests/unit/core/store/read_test.cpp 'TEST(A, ByWho''everMeetsIt)\n'
check 1 'write "recovery"' core/store/join.c 'void take''_over(void);\n'
check 1 'write "recovery"' tests/robustness/model/parts.h '/* the success''or */\n'
check 1 'write "truncated"' core/store/open.c '/* cut o''ff */\n'
check 1 'write "after"' README.md 'be''hind\n'
check 1 'write "layout"' core/format/header.c 'mmfi_geo''metry layout;\n'
check 1 'write "shared page"' tests/unit/core/store/read_test.cpp '// live con''trol\n'
check 1 'write "fake store"' tests/robustness/model/README.md 'a to''y, near mis''ses, a men''der\n'
# A part of another word is none of these, and other directories are not read.
check 0 '' core/store/read.c 'int be''hindness, he''irloom;\n'
check 2 'there is none of' other/a.c '/* No''body. */\n'

exit "$failed"
