#!/bin/bash
# tools/install, and projects that use what it has installed.
set -uo pipefail
. tests/conformance/consumers/support.sh
need cmake make pkg-config gcc

version="$(sed -n 's/^#define MMF_VERSION_STRING "\(.*\)"$/\1/p' "$tree/core/include/mmapforge/version.h")"
soname="libmmapforge.so.${version%.*}"

# ---- tools/install ----

quiet "--help" "$tree/tools/install" --help && says "--help" log "usage: tools/install --prefix DIRECTORY"
refused "no argument" "--prefix is missing, or empty; usage:" "$tree/tools/install"
refused "an empty prefix" "--prefix is missing, or empty" "$tree/tools/install" --prefix ""
refused "a prefix without a value" "--prefix needs a directory" "$tree/tools/install" --prefix
refused "an unknown argument" "unknown argument '--perfix'; usage:" "$tree/tools/install" --perfix x
mkdir bare
for program in sh dirname; do
    ln -s "$(command -v "$program")" bare/
done
refused "no cmake" "there is no cmake on PATH, and it needs 3.16 or newer; on Debian: apt-get install cmake" \
    env PATH="$work/bare" "$tree/tools/install" --prefix "$prefix"
ln -s "$(command -v cmake)" bare/
refused "neither make nor ninja" "there is neither make nor ninja on PATH; on Debian: apt-get install make" \
    env PATH="$work/bare" "$tree/tools/install" --prefix "$prefix"
[ ! -e "$prefix" ] || fail "something was installed by a refused call"

# As a packager does, and then the tree is moved to where it is used: nothing in it may name another place.
quiet "tools/install" env DESTDIR=staging "$tree/tools/install" --prefix /opt/mmf || exit 1
says "tools/install" log "installed mmapforge into $work/staging/opt/mmf"
mv staging/opt/mmf "$prefix"
(cd "$prefix" && find . -name '*.h' -prune -o ! -type d -print | sort) >found
cat >expected <<END
./bin/mmfgen
./lib/cmake/mmapforge/mmapforgeConfig.cmake
./lib/cmake/mmapforge/mmapforgeConfigVersion.cmake
./lib/cmake/mmapforge/mmapforgeTargets-release.cmake
./lib/cmake/mmapforge/mmapforgeTargets.cmake
./lib/cmake/mmapforge/mmf_add_store.cmake
./lib/libmmapforge.a
./lib/libmmapforge.so
./lib/$soname
./lib/libmmapforge.so.$version
./lib/pkgconfig/mmapforge.pc
./share/doc/mmapforge/LICENSE
END
sort expected | diff -u - found || fail "other files were installed"
(cd "$tree/core" && find include -name '*.h' | sort) >expected
(cd "$prefix" && find include ! -type d | sort) >found
diff -u expected found || fail "other headers were installed"
cmp "$tree/LICENSE" "$prefix/share/doc/mmapforge/LICENSE" || fail "the licence is another"
if grep -rIlF -e "$work" -e /opt/mmf "$prefix"; then
    fail "the files above name the directory that they were built in or for"
fi

# ---- The libraries ----

readelf -dW "$prefix/lib/libmmapforge.so" >dynamic
expect "the soname" "$soname" "$(sed -n 's/.*(SONAME).*\[\(.*\)\]$/\1/p' dynamic)"
expect "what the library needs" "libc.so.6" "$(sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' dynamic | grep -v '^ld-linux' | xargs)"
expect "the link of the soname" "libmmapforge.so.$version" "$(readlink "$prefix/lib/$soname")"
expect "the link of the linker" "$soname" "$(readlink "$prefix/lib/libmmapforge.so")"
sed -n 's/^ *\([A-Za-z0-9_]*\);$/\1/p' "$tree/core/exports.lds" | sort >expected
nm -D --defined-only "$prefix/lib/libmmapforge.so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >found
diff -u expected found || fail "the shared library shows other names than core/exports.lds"
[ "$(wc -l <found)" -gt 30 ] || fail "the shared library shows $(wc -l <found) names"
nm -g --defined-only "$prefix/lib/libmmapforge.a" | awk 'NF == 3 { print $3 }' | sort >found
comm -23 expected found | grep . && fail "the static library lacks the names above"

# ---- Projects that use it ----

# configured NAME OPTIONS...: configures and builds a consumer in NAME/build with CMake.
with_cmake() {
    local name="$1"
    shift
    rm -rf "$name/build"
    quiet "$name: cmake $*" cmake -S "$name" -B "$name/build" "-DCMAKE_PREFIX_PATH=$prefix" "$@" &&
        quiet "$name: cmake --build, $*" cmake --build "$name/build"
}

# runs NAME PROGRAM KIND: a program works, and is linked with that kind of library.
runs() {
    local name="$1" program="$2" kind="$3" needed
    rm -f ticks.mmf
    # The Makefile's and Meson's programs are not told where the shared library is.
    quiet "$name runs, $kind" env LD_LIBRARY_PATH="$prefix/lib" "$program" ticks.mmf && says "$name, $kind" log "3 rows are as written"
    needed="$(readelf -dW "$program" | sed -n 's/.*(NEEDED).*\[\(libmmapforge.*\)\]$/\1/p')"
    case "$kind" in
        static) expect "what $name needs" "" "$needed" ;;
        shared) expect "what $name needs" "$soname" "$needed" ;;
    esac
}

project cmake_find_package
with_cmake cmake_find_package -DBUILD_SHARED_LIBS=ON && runs cmake_find_package cmake_find_package/build/recorder shared
with_cmake cmake_find_package && runs cmake_find_package cmake_find_package/build/recorder static

exit "$failed"
