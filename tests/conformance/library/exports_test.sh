#!/bin/bash
# The shared library shows what programs call and nothing else, under one version: every mmf_ function that a public
# header declares, and of the others those that inline calls and generated code refer to. Programs link with it and
# run, and the loader refuses them a library of another version.
#
# exports_test.sh LIBRARY STORE.c STORE.h
set -uo pipefail
export LC_ALL=C

top="$PWD"
library="$top/$1"
generated="$top/$2"
header="$top/$3"
store="$(basename "$header" .h)"
exports="$top/core/exports.lds"
part() { sed -n "s/^#define MMF_VERSION_$1 \([0-9]*\)$/\1/p" "$top/core/include/mmapforge/version.h"; }
version="$(part MAJOR).$(part MINOR)"
soname="libmmapforge.so.$version"
node="MMAPFORGE_$version"
failed=0

fail() {
    echo "FAILED: $1"
    failed=1
}

# same WHAT EXPECTED-FILE FOUND-FILE
same() { diff -u "$2" "$3" || fail "$1"; }

cd "$TEST_TMPDIR" || exit 1
cp "$generated" "$store.c"
cp "$header" "$store.h"
compile=(gcc -std=c11 -Wall -Wextra -Werror "-I$top/core/include" -I.)

# ---- Which names a program may need ----

# The functions that headers declare: gcc writes a prototype of each. Inline ones are static there.
echo '#include "mmapforge/generated.h"' >all.c
"${compile[@]}" -aux-info prototypes -c -o all.o all.c || fail "the headers do not compile"
sed -n 's/.*\*\/ extern .*[ *]\(mmf_[a-z0-9_]*\) (.*/\1/p' prototypes | sort -u >functions
[ "$(wc -l <functions)" -gt 25 ] || fail "$(wc -l <functions) functions were found in the headers"
for name in mmf_store_open mmf_schema_find mmf_status_text mmf_guard_install; do
    grep -qx "$name" functions || fail "$name was not found in the headers"
done

# What inline calls refer to, in both ways of copying, and what generated code does.
: >undefined
for words in 0 1; do
    for source in all.c "$store.c"; do
        "${compile[@]}" -O0 -DMMFI_OUTLINE=1 "-DMMFI_WORD_COPY=$words" -fkeep-inline-functions -c -o kept.o "$source" ||
            fail "$source does not compile"
        nm -u kept.o | sed -n 's/^ *U \(mmfi\{0,1\}_.*\)$/\1/p' >>undefined
    done
done
grep -q '^mmfi_append_slow$' undefined || fail "the inline calls were not compiled"
sort -u functions undefined >names

# ---- What the library shows ----

readelf -dW "$library" | sed -n 's/.*(SONAME).*\[\(.*\)\]$/\1/p' >found
echo "$soname" >expected
same "the soname" expected found

# The version itself is a name, too.
{ sed "s/$/@@$node/" names; echo "$node"; } | sort >expected
nm -D --defined-only "$library" | awk '{ print $3 }' | sed "s/^$node@@$node$/$node/" | sort >found
same "what $soname shows" expected found

# ---- The list that the linker was given ----

sed -n 's/^ *\([A-Za-z0-9_]*\);$/\1/p' "$exports" >listed
sort -u listed >found
same "the names in core/exports.lds" names found
[ "$(wc -l <listed)" = "$(wc -l <found)" ] || fail "core/exports.lds has a name twice: $(sort listed | uniq -d)"
grep -qx "$node {" "$exports" || fail "core/exports.lds has no version $node"
[ "$(grep -c '{$' "$exports")" = 1 ] || fail "core/exports.lds has more than one version"

# ---- Programs that are linked with it ----

cat >program.c <<END
#include "$store.h"

#include <stdio.h>

int main(int count, char **arguments)
{
    $store *store = NULL;
    mmf_error error;
    mmf_info info;
    uint64_t row = 1;
    static const checksummed_record record;
    checksummed_record copy;
    if (count != 2 || ${store}_create(arguments[1], NULL, &store, &error) != MMF_OK)
        return 1;
    if (${store}_append(store, &record, &row) != MMF_OK || row != 0 || ${store}_get(store, 0, &copy) != MMF_OK)
        return 2;
    if (mmf_store_info(${store}_base(store), &info) != MMF_OK || info.count != 1 || info.size != sizeof info)
        return 3;
    if (${store}_verify(store, 0, MMF_TO_END, &row, &error) != MMF_OK)
        return 4;
    return ${store}_close(store) == MMF_OK ? 0 : 5;
}
END

mkdir own other
cp "$library" "own/$soname"
for options in "-O2 -fPIE -pie" "-O2 -fno-pie -no-pie"; do
    read -ra words <<<"$options"
    rm -f program records.mmf
    if ! "${compile[@]}" "${words[@]}" -o program program.c "$store.c" "own/$soname"; then
        fail "$options: does not link"
        continue
    fi
    readelf -dW program | grep -qF "Shared library: [$soname]" || fail "$options: the program does not ask for $soname"
    LD_LIBRARY_PATH=own ./program records.mmf || fail "$options: the program ends with $?"
done

# One of another version, under the same name: a symbolic link that somebody made, say.
sed 's/^MMAPFORGE_[0-9.]* {$/MMAPFORGE_99.0 {/' "$exports" >other.lds
gcc -std=c11 -shared -fPIC "-I$top/core/include" "-Wl,-soname,$soname" -Wl,--version-script=other.lds \
    -o "other/$soname" "$top"/core/*/*.c -pthread || fail "a library of another version does not link"
rm -f records.mmf
if LD_LIBRARY_PATH=other ./program records.mmf 2>log; then
    fail "a program runs with a library of another version"
elif ! grep -q "version .$node' not found" log; then
    fail "the loader says: $(cat log)"
fi
[ ! -e records.mmf ] || fail "a program began to run with a library of another version"

exit "$failed"
