"""The repository of the Python toolchain: it chooses an interpreter and describes it to Bazel."""

# Describes an interpreter in lines of "key value". A module counts when it can be imported, since a
# broken one is of no use.
_PROBE = """
import os, platform, sys, sysconfig

def has(module):
    try:
        __import__(module)
        return True
    except Exception:
        return False

if sys.version_info < (3,):
    sys.exit(1)
include = sysconfig.get_paths()["include"]
modules = ["_cffi_backend", "cffi", "mypy", "numpy", "pycparser", "pytest"]
print("interpreter", sys.executable)
print("version", platform.python_version())
print("machine", platform.machine())
print("modules", *[module for module in modules if has(module)])
if sys.version_info < (3, 9):
    print("lacks", "a newer version")
if platform.python_implementation() != "CPython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
    print("lacks", "the stable ABI")
if os.path.exists(os.path.join(include, "Python.h")):
    print("include", include)
if has("cffi"):
    print("cffi", __import__("cffi").__version__)
"""

# What an interpreter can lack, and what to do about it, in the order in which it is told.
_REMEDIES = {
    "a newer version": "3.9 is the first that works",
    "the stable ABI": "only CPython has it, and not its build without the global lock",
    "cffi": "install it (Debian: apt-get install python3-cffi)",
    "Python.h": "install it (Debian: apt-get install python3-dev)",
}

# Stands in for an interpreter where there is none, so that a C build works without Python.
_MISSING = """#!/bin/sh
echo "mmapforge: no Python 3 was found when Bazel set up its toolchain." >&2
echo "Install one (Debian: apt-get install python3-cffi python3-dev), or set MMF_PYTHON to its path." >&2
exit 127
"""

_BUILD = """load("@mmapforge_symbols//:py_runtime.bzl", "py_runtime")
load("@mmapforge_symbols//:py_runtime_pair.bzl", "py_runtime_pair")
load("@rules_cc//cc:defs.bzl", "cc_library")

package(default_visibility = ["//visibility:public"])

exports_files(["defs.bzl", "facts.txt"])

# <Python.h>, for extension modules; empty where there is none.
cc_library(
    name = "headers",
    hdrs = glob(["include/**/*.h"]),
    includes = ["include"],
)

py_runtime(
    name = "runtime",
    {interpreter},
    python_version = "PY3",
    stub_shebang = "#!{shebang}",{version_info}
)

py_runtime_pair(
    name = "pair",
    py3_runtime = ":runtime",
)

toolchain(
    name = "toolchain",
    toolchain = ":pair",
    toolchain_type = "@bazel_tools//tools/python:toolchain_type",
)

# Whether a build is for another machine than this one, whose Python is not here.
config_setting(
    name = "for_another_platform",
    constraint_values = ["@platforms//cpu:{other_machine}"],
)

{for_another_machine}
"""

# Without modules C may be compiled for a --cpu that no platform tells.
_FOR_ANOTHER_CPU = """config_setting(
    name = "for_another_cpu",
    values = {{"cpu": "{other_cpu}"}},
)

alias(
    name = "for_another_machine",
    actual = select({{
        ":for_another_platform": ":for_another_platform",
        "//conditions:default": ":for_another_cpu",
    }}),
)
"""

_FOR_ANOTHER_PLATFORM = """alias(
    name = "for_another_machine",
    actual = ":for_another_platform",
)
"""

_DEFS = '''"""What the Python that was chosen for this build has."""

# Why the Python module cannot be built, and what to do about it; None when it can.
PYTHON_PROBLEM = {problem}

# The path of the interpreter; None when there is none.
PYTHON_INTERPRETER = {interpreter}

# Which of the modules that tests and numpy users ask about can be imported.
PYTHON_MODULES = {modules}

# The machine as the tags of wheels spell it, such as "x86_64".
PYTHON_MACHINE = {machine}
'''

# Where an interpreter is that may be reached by a link or a script; run as the caller runs things.
_WHERE = "import sys; print(sys.executable)"

def where_command(python):
    """The command that asks a name on the PATH for the interpreter that it runs."""
    return [python, "-sEB", "-c", _WHERE]

def probe_command(env, interpreter):
    """The command that describes an interpreter, run as an action runs it.

    Nothing of the user's reaches an action: no PYTHONPATH, no packages in the home directory, no
    LD_LIBRARY_PATH. What is found only by one of these is not there.

    Args:
      env: the path of env(1).
      interpreter: the path of the interpreter itself.

    Returns:
      a list of words.
    """
    return [env, "-i", interpreter, "-sEB", "-c", _PROBE]

def _ask(ctx, python):
    """What the probe says of an interpreter, as a dict of strings; None if it is not a Python 3."""
    where = ctx.execute(where_command(python))
    interpreter = where.stdout.strip()
    if where.return_code != 0 or not interpreter:
        return None
    result = ctx.execute(probe_command(ctx.which("env") or "/usr/bin/env", interpreter))
    if result.return_code != 0:
        return None
    facts = {}
    for line in result.stdout.strip().split("\n"):
        key, _, value = line.partition(" ")
        facts[key] = value
    return facts

def _has(facts, module):
    return module in facts["modules"].split(" ")

def _lack(facts):
    """The first thing that keeps an interpreter from building the module, or None."""
    if "lacks" in facts:
        return facts["lacks"]
    if not all([_has(facts, module) for module in ["cffi", "_cffi_backend", "pycparser"]]):
        return "cffi"
    if "include" not in facts:
        return "Python.h"
    return None

def _score(facts):
    if _lack(facts):
        return 0
    return 4 + 2 * int(_has(facts, "numpy")) + int(_has(facts, "pytest"))

def _choose(ctx):
    """Returns what is known of the interpreter to use, or None."""
    for said_by, named in [
        ("MMF_PYTHON", ctx.os.environ.get("MMF_PYTHON")),
        ("the interpreter of mmapforge.python", ctx.attr.interpreter),
    ]:
        if not named:
            continue
        path = ctx.path(named) if named.startswith("/") else ctx.which(named)
        facts = _ask(ctx, path) if path else None
        if not facts:
            fail("%s is \"%s\", which is not a Python 3 that runs in an empty environment; give the absolute path of one" % (said_by, named))
        return facts

    best = None
    for candidate in [ctx.which("python3"), "/usr/bin/python3", "/usr/local/bin/python3"]:
        facts = _ask(ctx, candidate) if candidate else None
        if facts and (not best or _score(facts) > _score(best)):
            best = facts
    return best

def _problem(facts):
    """Why there can be no Python module, as a sentence that says what to do; None when there can."""
    if not facts:
        return "there is no Python 3; install one (Debian: apt-get install python3-cffi " + \
               "python3-dev), or set MMF_PYTHON to the path of one"
    lack = _lack(facts)
    if not lack:
        return None
    return "%s (Python %s) lacks %s: %s, or set MMF_PYTHON to the path of a Python that has it" % (
        facts["interpreter"],
        facts["version"],
        lack,
        _REMEDIES[lack],
    )

def _version_info(ctx, facts):
    """An attribute of py_runtime for rules_python that has one; others take the version from nowhere.

    Without it these rules suppose that the interpreter has their own default version, and programs
    look for their modules in a directory of that name.
    """
    marker = ctx.attr.rules_python
    if not facts or not marker or not ctx.path(marker).dirname.get_child("py_exec_tools_toolchain.bzl").exists:
        return ""
    major, minor = facts["version"].split(".")[:2]
    return """
    interpreter_version_info = {
        "major": "%s",
        "minor": "%s",
    },""" % (major, minor)

def _python_repository_impl(ctx):
    facts = _choose(ctx)
    if facts:
        # Not the path that was tried: that may be a script which looks for Python by environment.
        shebang = facts["interpreter"]
        interpreter = "interpreter_path = \"%s\"" % shebang
    else:
        ctx.file("missing_python", _MISSING)
        shebang = ctx.path("missing_python")
        interpreter = "interpreter = \"missing_python\""
    if facts and "include" in facts:
        ctx.symlink(facts["include"], "include")

    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)

    # Stores are for these two machines; on a third one neither is this one.
    other_machine = "aarch64" if facts and facts["machine"] == "x86_64" else "x86_64"
    ctx.file("BUILD.bazel", _BUILD.format(
        for_another_machine = _FOR_ANOTHER_CPU.format(
            other_cpu = {"x86_64": "k8"}.get(other_machine, other_machine),
        ) if ctx.attr.cpu_flag else _FOR_ANOTHER_PLATFORM,
        interpreter = interpreter,
        other_machine = other_machine,
        # Bazel's own stub asks for `python`, which Debian does not have.
        shebang = shebang,
        version_info = _version_info(ctx, facts),
    ))
    ctx.file("defs.bzl", _DEFS.format(
        interpreter = repr(facts["interpreter"]) if facts else None,
        machine = repr(facts["machine"]) if facts else None,
        modules = [module for module in ["mypy", "numpy", "pytest"] if facts and _has(facts, module)],
        problem = repr(_problem(facts)),
    ))

    # An input of what the interpreter makes, so that a new version of it makes that again.
    ctx.file("facts.txt", "".join(["%s %s\n" % item for item in (facts or {}).items()]))

python_repository = repository_rule(
    implementation = _python_repository_impl,
    doc = "A Python toolchain over $MMF_PYTHON, or over the interpreter that is given, or over the " +
          "installed one that has most of what is used: cffi and Python.h, then numpy, then pytest.",
    attrs = {
        "cpu_flag": attr.bool(doc = "Whether --cpu may say for which machine C is compiled."),
        "interpreter": attr.string(doc = "The path of the interpreter or its name on the PATH; \"\" looks for one."),
        "rules_python": attr.label(doc = "Its //python:defs.bzl where it has py_runtime; None where Bazel has."),
    },
    environ = [
        "MMF_PYTHON",
        "PATH",
    ],
    configure = True,
    local = True,
)
