"""Files of a target as a consumer's command line has them built."""

def _chosen_impl(settings, _attr):
    return {
        "//command_line_option:copt": settings["//command_line_option:copt"] + ["-Ofast", "-ffast-math"],
        "//command_line_option:dynamic_mode": "fully",
        "//command_line_option:linkopt": settings["//command_line_option:linkopt"] + ["-Ofast", "-ffast-math"],
    }

_chosen = transition(
    implementation = _chosen_impl,
    inputs = [
        "//command_line_option:copt",
        "//command_line_option:linkopt",
    ],
    outputs = [
        "//command_line_option:copt",
        "//command_line_option:dynamic_mode",
        "//command_line_option:linkopt",
    ],
)

def _under_flags_impl(ctx):
    # A test has this file or that of the usual flags, which is at the same place.
    return [DefaultInfo(
        files = depset(ctx.files.file),
        runfiles = ctx.runfiles(files = ctx.files.file),
    )]

under_flags = rule(
    implementation = _under_flags_impl,
    doc = "One file, built with --copt and --linkopt of -Ofast -ffast-math, --dynamic_mode=fully.",
    attrs = {
        "file": attr.label(cfg = _chosen, allow_single_file = True, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
