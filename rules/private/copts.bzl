"""The one place that says how C and C++ of this repository are compiled."""

_WARNINGS = ["-Wall", "-Wextra", "-Wshadow"]

# Errors in this repository (its .bazelrc sets the define), plain warnings in a consumer's build: a
# compiler newer than ours must not break theirs.
_STRICT = select({
    str(Label("//rules:warnings_are_errors")): ["-Werror"],
    "//conditions:default": [],
})

# The public headers, here by a path that is not a system path, for clang's warnings in them to be seen;
# gcc goes by the directory, and is asked by tests/conformance/library/headers_test.sh.
_HEADERS = select({
    str(Label("//rules:warnings_are_errors")): ["-iquote", "core/include"],
    "//conditions:default": [],
})

# For every C target: core, the generator, generated code, examples.
MMF_COPTS = ["-std=c11"] + _WARNINGS + ["-Wpedantic", "-Wconversion"] + _STRICT + _HEADERS

# For what cffi writes, which is neither pedantic nor careful with conversions.
MMF_CFFI_COPTS = ["-std=c11"] + _WARNINGS + _STRICT + _HEADERS

# For our C++, which is tests and benchmarks only.
MMF_CXXOPTS = ["-std=c++17"] + _WARNINGS + _STRICT + _HEADERS
