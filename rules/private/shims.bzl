"""Stand-ins for the repositories that Bazel 4 asks for by name and would otherwise download.

Each re-exports what Bazel has built in, so a build needs no network. Bazel itself declares these
names in every WORKSPACE, after its last line, so a build asks for them in any case; a library that
Bazel 4 does not ask for, such as bazel_skylib, has no stand-in here, since the real one may be
declared later. What only the real repository has is a call that fails and says what to do.
"""

def _reexport(names):
    # A rule that a Bazel does not have is left out of the file.
    return "".join(["%s = native.%s\n" % (name, name) for name in names if hasattr(native, name)])

def _forward(files):
    """From the label of a .bzl file to the names that are forwarded; all loads come first."""
    loads = []
    names = []
    for file, symbols in files.items():
        loads.append("load(\n    \"%s\",\n%s)\n" % (
            file,
            "".join(["    _%s = \"%s\",\n" % (name, name) for name in symbols]),
        ))
        names += symbols
    return "".join(loads + ["%s = _%s\n" % (name, name) for name in names])

# Macros of a WORKSPACE that declare what the real rules need: the built-in ones need nothing.
def _nothing(names):
    return "".join([
        "def %s(*_args, **_kwargs):\n    \"\"\"Declares nothing.\"\"\"\n    pass\n\n" % name
        for name in names
    ])

def _only_in_the_real(repository, names):
    return "".join([
        ("def %s(*_args, **_kwargs):\n    \"\"\"Fails.\"\"\"\n    fail(\"%s: this @%s is " +
         "mmapforge's stand-in, which has only the rules built into Bazel; declare the real one in " +
         "the WORKSPACE before it calls mmf_dependencies()\")\n\n") % (name, name, repository)
        for name in names
    ])

_CC_RULES = [
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_libc_top_alias",
    "cc_proto_library",
    "cc_shared_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_alias",
    "cc_toolchain_suite",
    "fdo_prefetch_hints",
    "fdo_profile",
    "objc_import",
    "objc_library",
]

_CC_FLAGS = {
    "@bazel_tools//tools/cpp:cc_flags_supplier.bzl": ["cc_flags_supplier"],
    "@bazel_tools//tools/cpp:compiler_flag.bzl": ["compiler_flag"],
}

_FIND_TOOLCHAIN = {"@bazel_tools//tools/cpp:toolchain_utils.bzl": ["find_cpp_toolchain"]}

_ACTION_NAMES = [
    "ACTION_NAMES",
    "ASSEMBLE_ACTION_NAME",
    "CC_FLAGS_MAKE_VARIABLE_ACTION_NAME",
    "CPP_COMPILE_ACTION_NAME",
    "CPP_HEADER_PARSING_ACTION_NAME",
    "CPP_LINK_DYNAMIC_LIBRARY_ACTION_NAME",
    "CPP_LINK_EXECUTABLE_ACTION_NAME",
    "CPP_LINK_NODEPS_DYNAMIC_LIBRARY_ACTION_NAME",
    "CPP_LINK_STATIC_LIBRARY_ACTION_NAME",
    "CPP_MODULE_CODEGEN_ACTION_NAME",
    "CPP_MODULE_COMPILE_ACTION_NAME",
    "C_COMPILE_ACTION_NAME",
    "LINKSTAMP_COMPILE_ACTION_NAME",
    "LTO_BACKEND_ACTION_NAME",
    "LTO_INDEXING_ACTION_NAME",
    "OBJCPP_COMPILE_ACTION_NAME",
    "OBJC_COMPILE_ACTION_NAME",
    "PREPROCESS_ASSEMBLE_ACTION_NAME",
    "STRIP_ACTION_NAME",
]

_CC_CONFIG = [
    "action_config",
    "artifact_name_pattern",
    "env_entry",
    "env_set",
    "feature",
    "feature_set",
    "flag_group",
    "flag_set",
    "make_variable",
    "tool",
    "tool_path",
    "variable_with_value",
    "with_feature_set",
]

_JAVA_RULES = [
    "java_binary",
    "java_import",
    "java_library",
    "java_lite_proto_library",
    "java_package_configuration",
    "java_plugin",
    "java_proto_library",
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

_PIP = [
    "compile_pip_requirements",
    "multi_pip_parse",
    "package_annotation",
    "pip_import",
    "pip_install",
    "pip_parse",
    "pip_repositories",
]

_COVERAGE_BUILD = """package(default_visibility = ["//visibility:public"])

filegroup(name = "coverage_report_generator")
"""

# From the repository's name to its files. Every BUILD file may be empty: only .bzl files are loaded.
SHIMS = {
    "rules_cc": {
        "cc/BUILD": "",
        "cc/action_names.bzl": _forward({
            "@bazel_tools//tools/build_defs/cc:action_names.bzl": _ACTION_NAMES,
        }),
        "cc/cc_toolchain_config_lib.bzl": _forward({
            "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl": _CC_CONFIG,
        }),
        "cc/defs.bzl": _forward(_CC_FLAGS) + _reexport(_CC_RULES),
        "cc/find_cc_toolchain.bzl": _forward(_FIND_TOOLCHAIN) +
                                    "find_cc_toolchain = find_cpp_toolchain\n",
        "cc/repositories.bzl": _nothing(["rules_cc_dependencies", "rules_cc_toolchains"]),
        "cc/toolchain_utils.bzl": _forward(_FIND_TOOLCHAIN),
    },
    "rules_java": {
        "java/BUILD": "",
        "java/defs.bzl": _reexport(_JAVA_RULES),
        "java/repositories.bzl": _nothing(["rules_java_dependencies", "rules_java_toolchains"]),
    },
    "rules_python": {
        "python/BUILD": "",
        "python/defs.bzl": _forward({
            "@bazel_tools//tools/python:toolchain.bzl": ["py_runtime_pair"],
        }) + _reexport(_PY_RULES),
        "python/pip.bzl": _only_in_the_real("rules_python", _PIP),
        "python/repositories.bzl": _nothing(["py_repositories"]) +
                                   _only_in_the_real("rules_python", ["python_register_toolchains"]),
    },
    "remote_coverage_tools": {
        "BUILD": _COVERAGE_BUILD,
    },
}

# What only this repository's own tests load.
TEST_SHIMS = {
    "rules_shell": {
        "shell/BUILD": "",
        "shell/sh_test.bzl": _reexport(["sh_test"]),
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
