"""The repository @mmapforge_symbols: where symbols are loaded from that not every Bazel has in one place.

Bazel 4 has CcInfo, PyInfo, cc_common and the rules of Python built in. Later ones take them from
rules_cc and rules_python, and Bazel 9 from nowhere else. No file can be right for both: a name that
is not built in is an error where a file is read, and so is a file that a repository does not have.
So one repository has a file for each symbol, and declaring it says where the symbols are.
"""

# From the name of a file to its symbol, and the file that has it today.
_HOMES = {
    "bzl_library": ("bzl_library", "@bazel_skylib//:bzl_library.bzl"),
    "cc_common": ("cc_common", "@rules_cc//cc/common:cc_common.bzl"),
    "cc_info": ("CcInfo", "@rules_cc//cc/common:cc_info.bzl"),
    "py_info": ("PyInfo", "@rules_python//python:py_info.bzl"),
    "py_runtime": ("py_runtime", "@rules_python//python:py_runtime.bzl"),
    "py_runtime_pair": ("py_runtime_pair", "@rules_python//python:py_runtime_pair.bzl"),
}

# Never built in, and a WORKSPACE may have no bazel_skylib: the same targets as files.
_BZL_LIBRARY = '''"""A stand-in for the rule of bazel_skylib."""

def _bzl_library_impl(ctx):
    files = depset(ctx.files.srcs, transitive = [dep[DefaultInfo].files for dep in ctx.attr.deps])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

bzl_library = rule(
    implementation = _bzl_library_impl,
    attrs = {
        "deps": attr.label_list(),
        "srcs": attr.label_list(allow_files = [".bzl"]),
    },
)
'''

# Where a file assigns a name, the name means that assignment in all of the file: what is built in
# needs another name first.
_BUILT_IN = '''"""What is built into this Bazel."""

load("@bazel_tools//tools/python:toolchain.bzl", _py_runtime_pair = "py_runtime_pair")

BUILT_IN = struct(
    CcInfo = CcInfo,
    PyInfo = PyInfo,
    cc_common = cc_common,
    py_runtime = native.py_runtime,
    py_runtime_pair = _py_runtime_pair,
)
'''

_FROM_BUILT_IN = '''"""{symbol}, which is built into this Bazel."""

load(":built_in.bzl", "BUILT_IN")

{symbol} = BUILT_IN.{symbol}
'''

_FROM_HOME = '''"""{symbol}, from its home."""

load("{home}", _{symbol} = "{symbol}")

{symbol} = _{symbol}
'''

# Bazel 7 has a PyInfo built in that its own py_* rules ask for, beside that of newer rules_python.
_ALL_PY_INFOS = '''"""Every provider by which some rule of Python knows a library."""

load(":py_info.bzl", "PyInfo")

_BUILT_IN = getattr(getattr(native, "legacy_globals", None), "PyInfo", PyInfo)

PY_INFOS = [PyInfo] + ([_BUILT_IN] if _BUILT_IN and _BUILT_IN != PyInfo else [])
'''

_BUILD = """exports_files(glob(["*.bzl"]))
"""

def symbols_files(from_homes):
    """The files of the repository.

    Args:
      from_homes: whether the symbols are taken from rules_cc and rules_python, and not from Bazel.

    Returns:
      a dict from the name of a file to its text.
    """
    files = {"BUILD.bazel": _BUILD, "py_infos.bzl": _ALL_PY_INFOS}
    if not from_homes:
        files["built_in.bzl"] = _BUILT_IN
    for name, (symbol, home) in _HOMES.items():
        template = _FROM_HOME if from_homes else _FROM_BUILT_IN
        files[name + ".bzl"] = template.format(home = home, symbol = symbol)
    if not from_homes:
        files["bzl_library.bzl"] = _BZL_LIBRARY
    return files

def _symbols_repository_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"mmapforge_symbols\")\n")
    for path, text in symbols_files(ctx.attr.from_homes).items():
        ctx.file(path, text, executable = False)

symbols_repository = repository_rule(
    implementation = _symbols_repository_impl,
    doc = "One .bzl file for each symbol that Bazel 4 has built in and later ones do not.",
    attrs = {
        "from_homes": attr.bool(
            doc = "Whether they come from rules_cc and rules_python: in Bzlmod mode, where a module " +
                  "says which versions of these it needs. A WORKSPACE may have declared any.",
        ),
    },
)
