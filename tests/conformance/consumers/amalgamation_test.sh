#!/bin/bash
# tools/amalgamate: what it makes compiles without a warning, is the same library, and serves generated code.
set -uo pipefail
. tests/conformance/consumers/support.sh
need python3 make gcc nm

# ---- The command ----

quiet "--help" "$tree/tools/amalgamate" --help && says "--help" log "usage: tools/amalgamate DIRECTORY"
refused "no argument" "it takes one directory; usage: tools/amalgamate DIRECTORY" "$tree/tools/amalgamate"
refused "two arguments" "it takes one directory; usage:" "$tree/tools/amalgamate" one two
refused "an unknown option" "unknown argument '--out'; usage:" "$tree/tools/amalgamate" --out
echo "here already" >file
refused "a file in the place of the directory" "tools/amalgamate: cannot write file/mmapforge.h:" "$tree/tools/amalgamate" file
expect "the file" "here already" "$(cat file)"

mkdir -p theirs/mmapforge
echo "int theirs;" >theirs/mmapforge/store.h
refused "a directory with headers of somebody else" "theirs/mmapforge/store.h is there and was not made by" "$tree/tools/amalgamate" theirs
expect "their header" "int theirs;" "$(cat theirs/mmapforge/store.h)"
[ "$(ls theirs)" = mmapforge ] || fail "something was written beside a header of somebody else"

# The same bytes from a tree elsewhere, and no word of where.
project amalgamation
quiet "tools/amalgamate" "$tree/tools/amalgamate" amalgamation || exit 1
mkdir elsewhere
cp -R "$tree/core" "$tree/tools" elsewhere
(cd elsewhere && quiet "tools/amalgamate elsewhere" tools/amalgamate "made/by another")
for name in mmapforge.c mmapforge.h mmapforge; do
    diff -r "amalgamation/$name" "elsewhere/made/by another/$name" || fail "$name is not the same when it is made elsewhere"
done
(cd "$tree/core/include/mmapforge" && echo *.h) >expected
(cd amalgamation/mmapforge && echo *.h) >found
diff expected found || fail "the headers of the directory mmapforge are not the public ones"
grep -n '#include "' amalgamation/mmapforge.c amalgamation/mmapforge.h | grep -v '"mmapforge.h"' && fail "the includes above were left"

# What it could only do wrong, it refuses.
echo 'extern int extra;' >elsewhere/core/include/mmapforge/extra.h
refused "a public header of which it has no part" "core/include/mmapforge/extra.h does not come with" elsewhere/tools/amalgamate out
rm elsewhere/core/include/mmapforge/extra.h
printf '#if 1\n#include "lock.h"\n#endif\n' >>elsewhere/core/os/map.c
refused "an include under a condition" "an include under a condition cannot be put in its place once" elsewhere/tools/amalgamate out
[ ! -e out ] || fail "something was written by a refused call"

# ---- The files ----

warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
cd amalgamation || exit 1
for compiler in gcc clang clang-14; do
    command -v "$compiler" >/dev/null || continue
    compiled="${compiled:-} $compiler"
    for optimised in -O0 -O2; do
        quiet "$compiler $optimised" "$compiler" -c -std=c11 "$optimised" "${warnings[@]}" -o ../whole.o mmapforge.c
    done
done
[[ "${compiled:-}" == *clang* ]] || echo "SKIPPED: there is no clang to compile the amalgamation with; tools/setup installs it"
quiet "gcc, in a program that defines more" gcc -c -std=gnu11 -D_POSIX_C_SOURCE=200809L -D_GNU_SOURCE -Wall -Werror -o ../whole.o mmapforge.c
if command -v g++ >/dev/null; then
    quiet "the header in C++" g++ -std=c++17 -x c++ "${warnings[@]}" -fsyntax-only -include mmapforge.h /dev/null
fi
quiet "gcc" gcc -c -std=c11 -O1 -o ../whole.o mmapforge.c
cd ..

# The library, file by file.
mkdir objects
for source in "$tree"/core/*/*.c; do
    room="$(basename "$(dirname "$source")")"
    gcc -c -std=c11 -O0 "-I$tree/core/include" -o "objects/$room-$(basename "$source" .c).o" "$source" || fail "$source does not compile"
done
nm -g --defined-only objects/*.o | awk 'NF == 3 { print $3 }' | sort >expected
nm -g --defined-only whole.o | awk 'NF == 3 { print $3 }' | sort >found
diff -u expected found || fail "the amalgamation does not show the same names as the library"
[ "$(grep -c '^mmf_' found)" -gt 25 ] || fail "the amalgamation shows $(grep -c '^mmf_' found) names that begin with mmf_"

# A name that two files have for variables of their own is one variable in the amalgamation, without a word.
for object in objects/*.o; do
    nm --defined-only "$object" | awk '$2 ~ /^[a-z]$/ && $3 !~ /[.]/ && $3 !~ /^mmfi_|^__/ { print $3 }' | sort -u
done | sort >found
[ "$(wc -l <found)" -gt 200 ] || fail "$(wc -l <found) names of single files were found"
[ -z "$(uniq -d found)" ] || fail "two files of core have these names of their own: $(uniq -d found | xargs)"

# ---- A program ----

# As docs/building.md has it.
(cd "$tree" && quiet "mmfgen by the compiler alone" \
    gcc -std=c11 -O1 -Icore/include -Igen -o mmfgen gen/*.c gen/*/*.c core/schema/*.c core/base/status.c)
quiet "make" env "MMFGEN='$tree/mmfgen'" make -C amalgamation || exit 1
quiet "the program runs" amalgamation/recorder ticks.mmf && says "the program" log "3 rows are as written"

# Texts of the system's errors depend on what was defined before the system's headers.
quiet "the same program with the library" gcc -std=c11 "-I$tree/core/include" -o separate \
    amalgamation/recorder.c amalgamation/tick_store.c objects/*.o -pthread
long="$(printf 'x%.0s' {1..300})"
./separate "$long" 2>expected && fail "a store is made under a name that is too long"
amalgamation/recorder "$long" 2>found && fail "a store is made under a name that is too long"
diff -u expected found || fail "messages differ from those of the library"
grep -q "File name too long" found || fail "there is no text of the system in: $(cat found)"

exit "$failed"
