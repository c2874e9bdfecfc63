#!/bin/bash
# Generated code compiles only with headers, and links only with a library, of its own binary interface. Whatever
# the compiler and the linker optimise, the linker's message is a name that says so.
#
# abi_test.sh STORE.c STORE.h
set -uo pipefail

top="$PWD"
generated="$top/$1"
header="$top/$2"
store="$(basename "$header" .h)"
major="$(sed -n 's/^#define MMF_VERSION_MAJOR \([0-9]*\)$/\1/p' core/include/mmapforge/version.h)"
minor="$(sed -n 's/^#define MMF_VERSION_MINOR \([0-9]*\)$/\1/p' core/include/mmapforge/version.h)"
abi=$((major * 100 + minor))
rest=differs_from_the_library_regenerate_with_its_mmfgen
failed=0
compared=0
discard=(-Wl,--gc-sections)

fail() {
    echo "FAILED: $1"
    failed=1
}

cd "$TEST_TMPDIR" || exit 1

# What a later version would have: other headers, and generated code that asks for them.
for side in now later; do
    mkdir "$side"
    cp -RL "$top/core/include" "$side/include"
    cp "$generated" "$side/$store.c"
    cp "$header" "$side/$store.h"
done
chmod -R u+w now later
sed -i "s/^#define MMF_VERSION_MINOR $minor\$/#define MMF_VERSION_MINOR $((minor + 1))/" later/include/mmapforge/version.h
sed -i "s/^#if MMF_ABI != $abi\$/#if MMF_ABI != $((abi + 1))/" "later/$store.h"
for file in include/mmapforge/version.h "$store.h"; do
    cmp -s "now/$file" "later/$file" && fail "$file has no number to change"
done

# What opens a store, and what creates one: each of them alone is enough.
cat >opens.c <<END
#include "$store.h"

int main(int count, char **arguments)
{
    $store *store = NULL;
    return count > 1 ? (int)${store}_open(arguments[1], NULL, &store, NULL) : 0;
}
END
sed 's/_open(/_create(/' opens.c >creates.c

# compile COMPILER OPTIONS...: the library as it is, and programs and generated code of both versions.
compile() {
    local compiler="$1" side source
    shift
    rm -rf objects && mkdir objects
    for source in "$top"/core/*/*.c; do
        "$compiler" -std=c11 "$@" -Inow/include -c -o "objects/$(basename "$source" .c).o" "$source" || return 1
    done
    for side in now later; do
        for source in "$side/$store.c" opens.c creates.c; do
            "$compiler" -std=c11 "$@" "-I$side/include" "-I$side" -c -o "$side/$(basename "$source" .c).o" "$source" ||
                return 1
        done
    done
}

# links_only_its_own COMPILER OPTIONS...: of one version, it links and runs; of two, the linker names what differs.
links_only_its_own() {
    local name="mmfi_abi_${major}_$((minor + 1))_$rest" program
    if ! command -v "$1" >/dev/null; then
        echo "SKIPPED: there is no $1"
        return
    fi
    if ! compile "$@"; then
        fail "$*: does not compile"
        return
    fi
    for program in opens creates; do
        rm -f linked
        "$@" -o linked "now/$program.o" "now/$store.o" objects/*.o "${discard[@]}" -pthread || fail "$*: one version does not link"
        ./linked || fail "$*: the program of one version ends with $?"
        rm -f linked
        if "$@" -o linked "later/$program.o" "later/$store.o" objects/*.o "${discard[@]}" -pthread >log 2>&1; then
            fail "$*: two versions link"
        elif ! grep -q "undefined reference to .$name\b" log; then
            fail "$*: the linker does not name $name: $(cat log)"
        elif grep 'undefined reference' log | grep -qv "$name"; then
            fail "$*: something else differs: $(cat log)"
        fi
    done
    compared=$((compared + 1))
}

links_only_its_own gcc -O0
links_only_its_own gcc -O2 -ffunction-sections -fdata-sections
links_only_its_own gcc -O3 -flto -ffunction-sections -fdata-sections
links_only_its_own clang-14 -Os -ffunction-sections -fdata-sections
[ "$compared" -ge 3 ] || fail "$compared ways were compared"

# Other headers than the generator's are an error of the compiler, which says what to do.
message="#error \"$store.h needs headers of mmapforge $major.$minor; for others, run their mmfgen\""
if gcc -std=c11 -Ilater/include -Inow -c -o /dev/null "now/$store.c" >log 2>&1; then
    fail "generated code compiles with headers of another version"
elif ! grep -qF "$message" log; then
    fail "the compiler says: $(cat log)"
fi

exit "$failed"
