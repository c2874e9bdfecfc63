"""Writes down how an interpreter is probed, for a test that does it."""

load("//rules/private:python.bzl", "probe_command", "where_command")

def _probe_command_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".json")
    ctx.actions.write(out, json.encode({
        "probe": probe_command("ENV", "PYTHON"),
        "where": where_command("PYTHON"),
    }))
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

probe_command_file = rule(
    implementation = _probe_command_impl,
    doc = "The commands as JSON, with the words ENV and PYTHON for two paths.",
)
