"""Stand-ins for the repositories that Bazel 4 asks for by name and would otherwise download.

Each re-exports what Bazel has built in, so a build needs no network.
"""

def _reexport(names):
    return "".join(["%s = native.%s\n" % (name, name) for name in names])

_CC_RULES = [
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_proto_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_suite",
]

_JAVA_RULES = [
    "java_binary",
    "java_import",
    "java_library",
    "java_plugin",
    "java_runtime",
    "java_test",
    "java_toolchain",
]

_PY_RULES = [
    "py_binary",
    "py_library",
    "py_runtime",
    "py_test",
]

_COVERAGE_BUILD = """package(default_visibility = ["//visibility:public"])

filegroup(name = "coverage_report_generator")
"""

# From the repository's name to its files. Every BUILD file may be empty: only .bzl files are loaded.
SHIMS = {
    "rules_cc": {
        "cc/BUILD": "",
        "cc/defs.bzl": _reexport(_CC_RULES),
    },
    "rules_java": {
        "java/BUILD": "",
        "java/defs.bzl": _reexport(_JAVA_RULES),
    },
    "rules_python": {
        "python/BUILD": "",
        "python/defs.bzl": _reexport(_PY_RULES),
    },
    "remote_coverage_tools": {
        "BUILD": _COVERAGE_BUILD,
    },
    "bazel_skylib": {
        "BUILD": "",
    },
}

def _shim_repository_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    for path, content in ctx.attr.files.items():
        ctx.file(path, content, executable = False)

shim_repository = repository_rule(
    implementation = _shim_repository_impl,
    doc = "A repository of a few small files, written and not fetched.",
    attrs = {"files": attr.string_dict(doc = "From path to content.")},
)
