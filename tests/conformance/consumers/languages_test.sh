#!/bin/bash
# Tools of other languages read the public headers and those of a store: cgo of Go, and bindgen of Rust.
set -uo pipefail
. tests/conformance/consumers/support.sh
need cmake make pkg-config gcc

# Where Go's own archive is unpacked, if no package of it is on PATH.
[ ! -x /usr/local/go/bin/go ] || PATH="$PATH:/usr/local/go/bin"
languages=""
for program in go bindgen; do
    if command -v "$program" >/dev/null; then
        languages="$languages $program"
    else
        echo "SKIPPED: there is no $program; on Debian: apt-get install $(echo "$program" | sed 's/^go$/golang-go/')"
    fi
done
[ -n "$languages" ] || exit 0

quiet "tools/install" "$tree/tools/install" --prefix "$prefix" || exit 1
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig" LD_LIBRARY_PATH="$prefix/lib" PATH="$prefix/bin:$PATH"

# in_place NAME COMMAND...: in the directory of a project.
in_place() { (cd "$1" && shift && "$@"); }

if [[ "$languages" == *go* ]]; then
    project cgo
    rm cgo/recorder.c
    # Nothing is fetched, and nothing is kept elsewhere.
    export GOCACHE="$work/go cache" GOPATH="$work/go" GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-buildvcs=false CGO_ENABLED=1
    quiet "go generate" in_place cgo go generate && quiet "go vet" in_place cgo go vet . &&
        quiet "go build" in_place cgo go build -o recorder . &&
        quiet "the Go program runs" cgo/recorder go.mmf && says "the Go program" log "3 rows are as written"
fi

if [[ "$languages" == *bindgen* ]]; then
    project bindgen
    rm bindgen/recorder.c
    # bindgen reads the flags of C after --; pkg-config escapes blanks in them.
    eval "flags=($(pkg-config --cflags mmapforge))"
    bind() {
        bindgen --allowlist-function '(mmf|tick)_.*' --allowlist-type '(mmf|tick)_.*' --allowlist-var '(MMF|TICK)_.*' \
            --output "$1" "$2" -- -std=c11 "${flags[@]}"
    }
    quiet "bindgen, the public headers" bind public.rs "$prefix/include/mmapforge/mmapforge.h"
    sed -n 's/^ *\(mmf_[a-z_]*\);$/\1/p' "$tree/core/exports.lds" | sort >expected
    sed -n 's/^    pub fn \(mmf_[a-z_]*\)(.*/\1/p' public.rs | sort >found
    # rustfmt may be missing, and then all is on a few lines.
    [ -s found ] || grep -o 'pub fn mmf_[a-z_]* ' public.rs | sed 's/pub fn //; s/ //' | sort >found
    [ -s expected ] || fail "core/exports.lds has no names"
    [ "$(comm -23 expected found | wc -l)" = 0 ] || fail "bindgen does not find $(comm -23 expected found | xargs)"
    cd bindgen || exit 1
    quiet "mmfgen" mmfgen --schema tick.mmfs --name tick_store --header tick_store.h --source tick_store.c &&
        quiet "bindgen, the header of a store" bind bindings.rs calls.h &&
        quiet "gcc" gcc -std=c11 -O1 -fPIC "${flags[@]}" -c tick_store.c calls.c && quiet "ar" ar rcs libtick_store.a tick_store.o calls.o
    if command -v rustc >/dev/null; then
        quiet "rustc" rustc --edition 2021 -L . -L "$prefix/lib" -l static=tick_store -l static=mmapforge recorder.rs &&
            quiet "the Rust program runs" ./recorder rust.mmf && says "the Rust program" ../log "3 rows are as written"
    else
        echo "SKIPPED: there is no rustc to compile what bindgen wrote; on Debian: apt-get install rustc"
    fi
fi

exit "$failed"
