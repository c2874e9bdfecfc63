"""Loads what projects load of the repositories that mmapforge declares stand-ins for in a WORKSPACE."""

load("@mmapforge//rules/private:shims.bzl", "SHIMS")
load("@rules_cc//cc:action_names.bzl", "ACTION_NAMES", "C_COMPILE_ACTION_NAME")
load("@rules_cc//cc:cc_toolchain_config_lib.bzl", "feature", "flag_set")
load(
    "@rules_cc//cc:defs.bzl",
    "cc_binary",
    "cc_flags_supplier",
    "cc_import",
    "cc_library",
    "cc_proto_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_suite",
    "compiler_flag",
    "fdo_profile",
    "objc_library",
)
load("@rules_cc//cc:find_cc_toolchain.bzl", "find_cc_toolchain")
load("@rules_cc//cc:repositories.bzl", "rules_cc_dependencies", "rules_cc_toolchains")
load("@rules_cc//cc:toolchain_utils.bzl", "find_cpp_toolchain")
load("@rules_java//java:defs.bzl", "java_binary", "java_library", "java_test")
load("@rules_java//java:repositories.bzl", "rules_java_dependencies", "rules_java_toolchains")
load("@rules_python//python:defs.bzl", "py_binary", "py_library", "py_runtime", "py_runtime_pair", "py_test")
load("@rules_python//python:pip.bzl", "pip_install", "pip_parse")
load("@rules_python//python:repositories.bzl", "py_repositories", "python_register_toolchains")

_LOADED = [
    cc_binary,
    cc_flags_supplier,
    cc_import,
    cc_library,
    cc_proto_library,
    cc_test,
    cc_toolchain,
    cc_toolchain_suite,
    compiler_flag,
    fdo_profile,
    feature,
    find_cc_toolchain,
    find_cpp_toolchain,
    flag_set,
    java_binary,
    java_library,
    java_test,
    objc_library,
    pip_install,
    pip_parse,
    py_binary,
    py_library,
    py_repositories,
    py_runtime,
    py_runtime_pair,
    py_test,
    python_register_toolchains,
    rules_cc_dependencies,
    rules_cc_toolchains,
    rules_java_dependencies,
    rules_java_toolchains,
]

def _problems():
    # Macros of a WORKSPACE, which declare nothing here and can be called anywhere.
    rules_cc_dependencies()
    rules_cc_toolchains()
    rules_java_dependencies()
    rules_java_toolchains()
    py_repositories()

    found = []
    for symbol in _LOADED:
        if type(symbol) not in ["function", "rule", "builtin_function_or_method"]:
            found.append("a %s stands in for a rule or a macro" % type(symbol))
    if C_COMPILE_ACTION_NAME != "c-compile" or ACTION_NAMES.c_compile != "c-compile":
        found.append("the action of C is not c-compile")

    # Bazel 4 asks for these by itself. Any other name may be that of a library which a project
    # declares after mmf_dependencies(), and a stand-in would be taken for it.
    if sorted(SHIMS.keys()) != ["remote_coverage_tools", "rules_cc", "rules_java", "rules_python"]:
        found.append("stand-ins for %s" % SHIMS.keys())
    return found

def _stand_ins_test_impl(ctx):
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    problems = _problems()
    lines = ["echo '%s'" % problem for problem in problems]
    lines.append("exit %d" % (1 if problems else 0))
    ctx.actions.write(script, "\n".join(["#!/bin/sh"] + lines) + "\n", is_executable = True)
    return [DefaultInfo(executable = script)]

stand_ins_test = rule(
    implementation = _stand_ins_test_impl,
    doc = "Passes when the stand-ins have what is loaded of them, and there is none too many.",
    test = True,
)
