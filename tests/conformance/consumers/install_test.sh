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
refused "an option as the prefix" "'--prefix' is an option" "$tree/tools/install" --prefix --prefix
refused "a prefix that CMake splits" "with one of ;" "$tree/tools/install" --prefix "$work/a;b"
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
./bin/mmf
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

# with_cmake NAME OPTIONS...: configures and builds a consumer in NAME/build with CMake.
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

if command -v g++ >/dev/null; then
    project cxx20
    with_cmake cxx20 "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wuseless-cast -Werror" &&
        runs cxx20 cxx20/build/recorder static
else
    echo "SKIPPED: there is no g++ for the project in C++20; tools/setup installs it"
fi

export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
expect "the version by pkg-config" "$version" "$(pkg-config --modversion mmapforge)"
expect "what pkg-config adds for the static library" "-pthread" "$(pkg-config --static --libs mmapforge | xargs -n1 | tail -1)"
project makefile
quiet "make" make -C makefile && runs makefile makefile/recorder shared
quiet "make again" make -C makefile && says "make again" log "up to date"
rm -f makefile/recorder
static="$(pkg-config --static --libs mmapforge | sed 's/-lmmapforge/-l:libmmapforge.a/')"
quiet "make, static" make -C makefile LDLIBS="$static" && runs makefile makefile/recorder static
sed -i 's/float64/float46/' makefile/tick.mmfs
refused "a wrong schema with make" "tick.mmfs:4:14: error:" make -C makefile

if command -v meson >/dev/null && command -v ninja >/dev/null; then
    project meson
    # Meson does not undo pkg-config's escape of a blank.
    ln -s "$prefix" "$TEST_TMPDIR/linked"
    for kind in static shared; do
        prefer=false
        [ "$kind" = shared ] || prefer=true
        quiet "meson setup" env PKG_CONFIG_PATH="$TEST_TMPDIR/linked/lib/pkgconfig" \
            meson setup "-Dprefer_static=$prefer" "meson/$kind" meson && quiet "ninja" ninja -C "meson/$kind" &&
            runs meson "meson/$kind/recorder" "$kind"
    done
else
    echo "SKIPPED: the Meson project was not built, for there is no meson or no ninja; on Debian: apt-get install meson"
fi

# ---- Mistakes that a project makes ----

# Messages of CMake are broken into lines; `says` undoes that.
configure() { cmake -S cmake_find_package -B cmake_find_package/build "-DCMAKE_PREFIX_PATH=$prefix" "$@"; }
build() { cmake --build cmake_find_package/build; }

# The project of above, static, is still configured: what is generated follows the schema and mmfgen.
header=cmake_find_package/build/mmf/tick_store/tick_store.h
sed -i 's/timestamp: uint64;/&\n  volume: uint32;/' cmake_find_package/tick.mmfs
quiet "a build after the schema has changed" build
grep -q 'tick_store_get_volume' "$header" || fail "the header is not generated again when the schema changes"
touch -d '3 hours ago' cmake_find_package/tick.mmfs
touch -d '2 hours ago' "$prefix/bin/mmfgen"
touch -d '1 hour ago' stamp "$header" "${header%.h}.c"
quiet "a build after nothing has changed" build
[ ! "$header" -nt stamp ] || fail "the header is generated again when nothing has changed"
touch "$prefix/bin/mmfgen"
quiet "a build after mmfgen has changed" build
[ "$header" -nt stamp ] || fail "the header is not generated again when mmfgen changes"
sed -i 's/volume: uint32/volume: uint23/' cmake_find_package/tick.mmfs
refused "a wrong schema" "$work/cmake_find_package/tick.mmfs:6:11: error: unknown type 'uint23'" build
sed -i '/volume/d' cmake_find_package/tick.mmfs
quiet "a build after the schema was mended" build

for wanted in 0.1 0.3 1.0; do
    sed -i "s/find_package(mmapforge [0-9.]*/find_package(mmapforge $wanted/" cmake_find_package/CMakeLists.txt
    refused "version $wanted" "compatible with requested version \"$wanted\"" configure
    says "version $wanted" log "mmapforgeConfig.cmake, version: $version"
done
sed -i "s/find_package(mmapforge 1.0/find_package(mmapforge 0.2 COMPONENTS shared/" cmake_find_package/CMakeLists.txt
refused "a component" 'mmapforge has no components, so it has no "shared"; leave COMPONENTS out' configure
sed -i "s/ COMPONENTS shared//" cmake_find_package/CMakeLists.txt

refused "an MMF_MMFGEN that is missing" 'MMF_MMFGEN is "/nowhere/mmfgen", and there is no such program' \
    configure -DMMF_MMFGEN=/nowhere/mmfgen
rm -rf cmake_find_package/build
refused "another machine without MMF_MMFGEN" "set MMF_MMFGEN to the path of an mmfgen of the same version" \
    configure -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=other
quiet "another machine with MMF_MMFGEN" configure "-DMMF_MMFGEN=$prefix/bin/mmfgen" && quiet "its build" build &&
    runs cmake_find_package cmake_find_package/build/recorder static

# An installation of one kind alone, as a distribution might make.
cp -R "$prefix" "static only"
rm "static only"/lib/libmmapforge.so*
echo 'add_library(mmapforge::mmapforge_static STATIC IMPORTED)' >"static only/lib/cmake/mmapforge/mmapforgeTargets.cmake"
rm -rf cmake_find_package/build
refused "no shared library" "was installed without its shared library; install it by tools/install" \
    cmake -S cmake_find_package -B cmake_find_package/build "-DCMAKE_PREFIX_PATH=$work/static only" -DMMF_SHARED=ON

# A project that has the tree as a part, and a part of its own that looks for an installed mmapforge.
mkdir both
cat >both/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.16)
project(both LANGUAGES C)
add_subdirectory("$tree" mmapforge)
find_package(mmapforge CONFIG REQUIRED)
END
quiet "find_package after add_subdirectory" cmake -S both -B both/build "-DCMAKE_PREFIX_PATH=$prefix"

exit "$failed"
