#!/bin/bash
# The version is one in C, in Bazel and in Python, and each form that C has of it.
set -uo pipefail

header=core/include/mmapforge/version.h
failed=0
part() { sed -n "s/^#define MMF_VERSION_$1 \([0-9][0-9]*\)\$/\1/p" "$header"; }
of_parts="$(part MAJOR).$(part MINOR).$(part PATCH)"

expect() {
    [ "$2" = "$of_parts" ] || { echo "FAILED: $1 says '$2', expected '$of_parts', the parts of $header"; failed=1; }
}
[[ "$of_parts" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "FAILED: the parts of $header are '$of_parts'"; failed=1; }
expect "version.bzl" "$(sed -n 's/^MMF_VERSION = "\(.*\)"$/\1/p' version.bzl)"
expect "MODULE.bazel" "$(sed -n '/^module(/,/^)/s/^    version = "\(.*\)",$/\1/p' MODULE.bazel)"
expect "the Python package" "$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' bindings/python/mmapforge/__init__.py)"
# Each part of the number has two digits of its own.
read -r number text < <(printf '#include "mmapforge/version.h"\nMMF_VERSION | MMF_VERSION_STRING\n' |
    gcc -E -P -Icore/include - | sed 's/ *| */|/; s/"//g' | tr -d ' ' | tr '|' ' ')
expect "MMF_VERSION_STRING" "$text"
number=$((number))
expect "MMF_VERSION" "$((number / 10000)).$((number / 100 % 100)).$((number % 100))"
exit "$failed"
