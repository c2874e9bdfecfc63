# For the tests here, which source it: a copy of the tree without Bazel's files and links, and ways to look at results.
# They run in the sandbox's directory of runfiles, and work in $TEST_TMPDIR, under names that have a blank.
export LC_ALL=C

runfiles="$PWD"
here="$runfiles/tests/conformance/consumers"
work="$TEST_TMPDIR/a place"
tree="$work/the tree"
prefix="$work/installed here"
failed=0

fail() {
    echo "FAILED: $1"
    failed=1
}

# expect WHAT EXPECTED FOUND
expect() { [ "$2" = "$3" ] || fail "$1 is '$3', expected '$2'"; }

# says WHAT FILE TEXT: the file has the text, whatever its lines and blanks.
says() {
    tr -s ' \n' ' ' <"$2" | grep -qF -e "$3" || fail "$1: '$3' is not in: $(cat "$2")"
}

# need PROGRAM...: ends the test, and says why, where one of these is missing.
need() {
    local program
    for program in "$@"; do
        if ! command -v "$program" >/dev/null; then
            echo "SKIPPED: there is no $program; tools/setup installs it"
            exit 0
        fi
    done
}

# quiet WHAT COMMAND...: runs a command that must succeed; what it says is shown if it does not.
quiet() {
    local what="$1"
    shift
    "$@" >"$work/log" 2>&1 && return
    fail "$what: $(cat "$work/log")"
    return 1
}

# refused WHAT TEXT COMMAND...: the command must fail, and say the text.
refused() {
    local what="$1" text="$2"
    shift 2
    if "$@" >"$work/log" 2>&1; then
        fail "$what: it succeeds: $(cat "$work/log")"
    else
        says "$what" "$work/log" "$text"
    fi
}

# project NAME: copies a consumer, together with the program and the schema that most of them share.
project() {
    mkdir -p "$work/$1"
    cp -RL "$here/program/." "$here/$1/." "$work/$1"
    chmod -R u+w "$work/$1"
}

mkdir -p "$tree"
(cd "$runfiles" && cp -RL --parents CMakeLists.txt LICENSE core gen tools "$tree")
chmod -R u+w "$tree"
cd "$work" || exit 1
