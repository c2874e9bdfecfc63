"""What must be compiled with -c opt whatever the build's mode is."""

# Of these, arithmetic of this project must know nothing: NaN is a value of fields. And a linker that
# is given one of them adds a constructor to a library (crtfastmath.o, gcc up to 12) that makes the
# thread that loads it, and those that it starts, take every subnormal number for 0. An author may
# choose that for a program; a module that is imported does not do it to all other code.
_OF_FAST_MATH = [
    "-fassociative-math",
    "-ffast-math",
    "-ffinite-math-only",
    "-funsafe-math-optimizations",
]

_FLAGS = ["//command_line_option:" + name for name in ["conlyopt", "copt", "linkopt"]]

_DYNAMIC_MODE = "//command_line_option:dynamic_mode"

def _exact(flag):
    return "-O3" if flag == "-Ofast" else flag

def _optimise_impl(settings, _attr):
    result = {
        name: [_exact(flag) for flag in settings[name] if flag not in _OF_FAST_MATH]
        for name in _FLAGS
    }
    result["//command_line_option:compilation_mode"] = "opt"

    # One file is one file: with "fully" it would look for parts that stay in the build's output.
    result[_DYNAMIC_MODE] = "default"
    return result

# For attributes of rules that need a program as it ships: cfg = optimise.
optimise = transition(
    implementation = _optimise_impl,
    inputs = _FLAGS,
    outputs = _FLAGS + [_DYNAMIC_MODE, "//command_line_option:compilation_mode"],
)

def _optimised_impl(ctx):
    return [DefaultInfo(
        files = depset(ctx.files.file),
        runfiles = ctx.runfiles(files = ctx.files.file),
    )]

optimised = rule(
    implementation = _optimised_impl,
    doc = "One file, a library or a program, compiled with -c opt whatever the build's mode is.",
    attrs = {
        "file": attr.label(cfg = optimise, allow_single_file = True, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
