#!/bin/bash
# Holds the Bazel files of a tree to buildifier's form and advice, where there is a buildifier.
set -euo pipefail

if [ "$#" != 1 ] || [ ! -d "$1" ]; then
    echo "usage: buildifier.sh DIRECTORY" >&2
    exit 2
fi

if [ -n "${BUILDIFIER:-}" ]; then
    buildifier="$BUILDIFIER"
    if ! "$buildifier" --version >/dev/null; then
        echo "buildifier.sh: BUILDIFIER names '$BUILDIFIER', which does not run" >&2
        exit 2
    fi
elif ! buildifier="$(command -v buildifier)"; then
    echo "SKIPPED: there is no buildifier on PATH, and BUILDIFIER names none; no Bazel file was checked."
    echo "It is optional. To have it checked, outside of this repository:"
    echo "    npm install @bazel/buildifier"
    echo "    bazel test --test_env=BUILDIFIER=DIRECTORY/node_modules/@bazel/buildifier/buildifier-linux_amd64 \\"
    echo "        //tools/lint:all"
    exit 0
fi

cd "$1"
mapfile -t files < <(find . -path './bazel-*' -prune -o -path './tests/conformance/consumers/bazel/*/bazel-*' -prune -o \
    -path './.git' -prune -o -type f \
    \( -name BUILD -o -name 'BUILD.*' -o -name '*.BUILD' -o -name WORKSPACE -o -name 'WORKSPACE.*' \
    -o -name MODULE.bazel -o -name '*.bzl' \) -printf '%P\n' | sort)
if [ "${#files[@]}" = 0 ]; then
    echo "buildifier.sh: no Bazel file under $1" >&2
    exit 2
fi

# Advice for another Bazel than ours (4.2.3 has these rules built in, and no rules_shell), and one
# that knows only folders: rules/private is private to the repository, and so are its copts.
declined="-native-cc-common,-native-cc-info,-bzl-visibility"

# The form first: a file that cannot be parsed is reported once.
"$buildifier" -mode=check -lint=warn -warnings="$declined" "${files[@]}"
