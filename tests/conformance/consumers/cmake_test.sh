#!/bin/bash
# mmapforge as a part of a project of CMake, and what CMakeLists.txt and mmf_add_store say to mistakes.
set -uo pipefail
. tests/conformance/consumers/support.sh
need cmake make gcc

# ---- A part of another project ----

project cmake_subdirectory
mkdir cmake_subdirectory/third_party
mv "$tree" cmake_subdirectory/third_party/mmapforge
tree="$work/cmake_subdirectory/third_party/mmapforge"
# Two stores that have a record of the same name.
cat >>cmake_subdirectory/CMakeLists.txt <<'END'
mmf_add_store(NAME other_store SCHEMA other.mmfs)
add_executable(clash EXCLUDE_FROM_ALL recorder.c)
target_link_libraries(clash PRIVATE tick_store other_store)
install(TARGETS recorder tick_store)
install(TARGETS other_store ARCHIVE DESTINATION stores PUBLIC_HEADER DESTINATION headers)
END
sed 's/float64/float32/' cmake_subdirectory/tick.mmfs >cmake_subdirectory/other.mmfs
configure() { cmake -S cmake_subdirectory -B cmake_subdirectory/build "$@"; }
build() { cmake --build cmake_subdirectory/build "$@"; }

quiet "configure" configure -DBUILD_SHARED_LIBS=ON || exit 1
quiet "build" build || exit 1
quiet "the program runs" cmake_subdirectory/build/recorder ticks.mmf && says "the program" log "3 rows are as written"
readelf -dW cmake_subdirectory/build/recorder | grep -q 'NEEDED.*libmmapforge' || fail "BUILD_SHARED_LIBS makes no shared library"
[ -z "$(find cmake_subdirectory/build -name libmmapforge.a)" ] || fail "a kind of library was built that is not used"
refused "two records of one name" "multiple definition of \`tick_store_open'" build --target clash

# What the project has set for all of its targets does not break these; nor is the Python package a part of it.
settings="-DCMAKE_UNITY_BUILD=ON -DCMAKE_C_VISIBILITY_PRESET=hidden -DBUILD_SHARED_LIBS=ON -DSKBUILD=2"
# shellcheck disable=SC2086 # several options
quiet "configure with $settings" cmake -S cmake_subdirectory -B settings $settings
quiet "build with $settings" cmake --build settings
quiet "the program runs" settings/recorder settings.mmf && says "the program" log "3 rows are as written"
[ -z "$(find settings -name '_core*')" ] || fail "the Python package was built into the project around"
rm -rf settings

# The project decides for itself.
expect "the type of build" "" "$(sed -n 's/^CMAKE_BUILD_TYPE:.*=//p' cmake_subdirectory/build/CMakeCache.txt)"
quiet "install" cmake --install cmake_subdirectory/build --prefix "$work/installed"
expect "what is installed" \
    "bin/recorder headers/other_store.h include/tick_store.h lib/libtick_store.a stores/libother_store.a" \
    "$(cd installed && find . ! -type d -printf '%P\n' | sort | xargs)"
# An installed store is used as one that was built: its header says what its library has.
library="$(dirname "$(find "$work/cmake_subdirectory/build" -name libmmapforge.so)")"
quiet "a program of the installed store" gcc -o installed/program "$here/program/recorder.c" \
    -Iinstalled/include "-I$tree/core/include" -Linstalled/lib -ltick_store "-L$library" -lmmapforge
quiet "the program runs" env "LD_LIBRARY_PATH=$library" installed/program installed.mmf &&
    says "the program" log "3 rows are as written"
grep -o '^MMF_[A-Z_]*\|^CMAKE_[A-Z_]*FLAGS:[^=]*=..*' cmake_subdirectory/build/CMakeCache.txt | sort >found
printf '%s\n' MMF_BOTH MMF_HAS_ATOMICS MMF_INSTALL MMF_MMFGEN MMF_SHARED | diff -u - found || fail "other variables were set"

# A new source file is found, and the version is parsed again when it changes.
echo 'extern const int made_for_this_test; const int made_for_this_test = 1;' >"$tree/core/base/made.c"
quiet "build with a new source file" build
[ -n "$(find cmake_subdirectory/build -name 'made.c.o')" ] || fail "a new source file is not compiled"
sed -i 's/^#define MMF_VERSION_PATCH .*/#define MMF_VERSION_PATCH 77/' "$tree/core/include/mmapforge/version.h"
quiet "build after a change of the version" build
[ -e "$(find cmake_subdirectory/build -name 'libmmapforge.so.*.77')" ] || fail "the version of the library is not parsed again"

# For another machine: what runs here is given.
refused "another machine without MMF_MMFGEN" "whose mmfgen does not run here; set MMF_MMFGEN" \
    cmake -S cmake_subdirectory -B cross -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=other
quiet "another machine with MMF_MMFGEN" cmake -S cmake_subdirectory -B cross \
    "-DMMF_MMFGEN=$(find "$work/cmake_subdirectory/build" -name mmfgen -type f)"

# C that only the part of the project has is not there for its stores.
if command -v g++ >/dev/null; then
    mkdir cxx
    cp "$here/program/tick.mmfs" cxx
    cat >cxx/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.16)
project(cxx LANGUAGES CXX)
add_subdirectory("$tree" mmapforge)
mmf_add_store(NAME tick_store SCHEMA tick.mmfs)
END
    refused "a project without C" "write project(... LANGUAGES C CXX)" cmake -S cxx -B cxx/build
fi

# ---- The extension, when pip builds it ----

# extension ENDING INTERFACE OPTIONS...: which kind it is, by what the compiler and the linker would be told.
extension() {
    local ending="$1" interface="$2" rules="extension/bindings/python/CMakeFiles/mmapforge_python.dir"
    shift 2
    rm -rf extension
    quiet "the extension: cmake $*" cmake -S "$tree" -B extension -G "Unix Makefiles" -DSKBUILD=2 "$@" || return
    expect "the interface of the extension$ending" "$interface" "$(grep -o -e '-DPy_LIMITED_API=[^ ]*' "$rules/flags.make")"
    says "the extension$ending" "$rules/link.txt" "-o _core$ending "
}
if command -v python3-config >/dev/null; then
    cp -RL "$runfiles/bindings" "$tree"
    # As scikit-build-core sets them: for every Python, and for one without the global lock.
    extension .abi3.so -DPy_LIMITED_API=0x03090000 -DSKBUILD_SOABI=abi3 -DSKBUILD_SABI_VERSION=3.9
    extension .cpython-314t-x86_64-linux-gnu.so "" -DSKBUILD_SOABI=cpython-314t-x86_64-linux-gnu -DSKBUILD_SABI_VERSION=
else
    echo "SKIPPED: there is no Python.h to find, so the extension was not configured; Debian has it in python3-dev"
fi

# ---- Where it cannot be built ----

# unable TEXT OPTIONS...
unable() {
    local text="$1"
    shift
    rm -rf unable
    refused "cmake $*" "$text" cmake -S "$tree" -B unable "$@"
}
unable "this build is for FreeBSD, and mmapforge runs on Linux only" -DCMAKE_SYSTEM_NAME=FreeBSD
# Without the 32-bit libraries nothing is linked.
unable "has pointers of 4 bytes, and mmapforge needs a 64-bit machine" -DCMAKE_C_FLAGS=-m32 \
    -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY
unable "cannot compile atomics of C11 by the builtins that gcc and clang have" -DCMAKE_C_FLAGS=-D__atomic_thread_fence=missing
# shellcheck disable=SC2016 # the script's own arguments
printf '#!/bin/sh\nexec gcc -U__GNUC__ "$@"\n' >unknown
chmod +x unknown
unable "CMake knows no way to compile C11 with $work/unknown" "-DCMAKE_C_COMPILER=$work/unknown"
sed -i '/MMF_VERSION_MINOR/d' "$tree/core/include/mmapforge/version.h"
unable 'has no single line "#define MMF_VERSION_MINOR NUMBER"; restore the file'

# ---- Wrong calls of mmf_add_store ----

mkdir wrong
cp "$here/program/tick.mmfs" wrong
cp wrong/tick.mmfs wrong/tick.txt
mkdir wrong/directory.mmfs

# wrong TEXT CALL LANGUAGES
wrong() {
    cat >wrong/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.16)
project(wrong LANGUAGES ${3:-NONE})
include("$tree/tools/cmake/mmf_add_store.cmake")
add_custom_target(taken)
$2
END
    rm -rf wrong/build
    refused "$2" "$1" cmake -S wrong -B wrong/build
}
usage="write mmf_add_store(NAME tick_store SCHEMA tick.mmfs)"
wrong "NAME is missing, or without a value; $usage" 'mmf_add_store()'
wrong "NAME is missing, or without a value; $usage" 'mmf_add_store(SCHEMA tick.mmfs)'
wrong "NAME is missing, or without a value; $usage" 'mmf_add_store(NAME SCHEMA tick.mmfs)'
wrong "NAME is missing, or without a value; $usage" 'mmf_add_store(NAME "" SCHEMA tick.mmfs)'
wrong "SCHEMA is missing, or without a value; $usage" 'mmf_add_store(NAME tick_store)'
wrong "SCHEMA is missing, or without a value; $usage" 'mmf_add_store(NAME tick_store SCHEMA)'
wrong "unknown argument \"tick_store\"; $usage" 'mmf_add_store(tick_store SCHEMA tick.mmfs)'
wrong "unknown argument \"OUTPUT;x\"; $usage" 'mmf_add_store(NAME tick_store SCHEMA tick.mmfs OUTPUT x)'
wrong "unknown argument \"more.mmfs\"; $usage" 'mmf_add_store(NAME tick_store SCHEMA tick.mmfs more.mmfs)'
wrong "SCHEMA is given 2 times; $usage" 'mmf_add_store(NAME tick_store SCHEMA tick.mmfs SCHEMA tick.mmfs)'
for name in Tick 1tick tick-store tick__store tick_ _tick 'tick store' "tick'" täck; do
    wrong "NAME is \"$name\"; it must be a C identifier in lower case" "mmf_add_store(NAME \"$name\" SCHEMA tick.mmfs)"
done
wrong 'there is a target "taken" already; choose another NAME' 'mmf_add_store(NAME taken SCHEMA tick.mmfs)'
wrong 'SCHEMA is "tick.txt"; it must be a file whose name ends in .mmfs' 'mmf_add_store(NAME tick_store SCHEMA tick.txt)'
wrong "there is no schema $work/wrong/tock.mmfs; give SCHEMA a path from $work/wrong, or an absolute one" \
    'mmf_add_store(NAME tick_store SCHEMA tock.mmfs)'
wrong "there is no schema $work/wrong/directory.mmfs" 'mmf_add_store(NAME tick_store SCHEMA directory.mmfs)'
echo "record Tick version 1 { price: float64; }" >"wrong/a#b.mmfs"
wrong "may have a ';' or '#'" 'mmf_add_store(NAME tick_store SCHEMA "a#b.mmfs")'
wrong "write project(... LANGUAGES C CXX)" 'mmf_add_store(NAME tick_store SCHEMA tick.mmfs)'
wrong "there is no target mmapforge::mmfgen here; call find_package(mmapforge)" \
    'mmf_add_store(NAME tick_store SCHEMA tick.mmfs)' C

exit "$failed"
