"""What must be compiled with -c opt whatever the build's mode is."""

def _optimise_impl(_settings, _attr):
    return {"//command_line_option:compilation_mode": "opt"}

# For attributes of rules that need a program as it ships: cfg = optimise.
optimise = transition(
    implementation = _optimise_impl,
    inputs = [],
    outputs = ["//command_line_option:compilation_mode"],
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
