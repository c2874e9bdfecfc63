"""The repository of the Python toolchain: it chooses an interpreter and describes it to Bazel."""

# Prints 1 if what a binding is built with is there, 2 if numpy is there too, and else 0.
_PROBE = """
import os, sys, sysconfig
if sys.version_info < (3,):
    sys.exit(1)
def has(module):
    try:
        __import__(module)
        return True
    except ImportError:
        return False
headers = os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h"))
print(int(has("cffi") and headers) + int(has("cffi") and headers and has("numpy")))
"""

# Stands in for an interpreter where there is none, so that a C build works without Python.
_MISSING = """#!/bin/sh
echo "mmapforge: no Python 3 was found when Bazel set up its toolchain." >&2
echo "Install one (Debian: apt-get install python3-cffi python3-dev), or set MMF_PYTHON to its path." >&2
exit 127
"""

_BUILD = """load("@bazel_tools//tools/python:toolchain.bzl", "py_runtime_pair")

py_runtime(
    name = "runtime",
    {interpreter},
    python_version = "PY3",
    stub_shebang = "#!{shebang}",
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
"""

def _score(ctx, python):
    """How much of what bindings need an interpreter has, from 0 to 2; -1 if it is no Python 3."""
    result = ctx.execute([python, "-c", _PROBE])
    return int(result.stdout.strip()) if result.return_code == 0 else -1

def _choose(ctx):
    """Returns the path of the interpreter, or None."""
    named = ctx.os.environ.get("MMF_PYTHON")
    if named:
        path = ctx.path(named) if named.startswith("/") else ctx.which(named)
        if not path or _score(ctx, path) < 0:
            fail("MMF_PYTHON is \"%s\", which is no Python 3 that runs; give its absolute path" % named)
        return path

    best, best_score = None, -1
    for candidate in [ctx.which("python3"), "/usr/bin/python3", "/usr/local/bin/python3"]:
        score = _score(ctx, candidate) if candidate else -1
        if score > best_score:
            best, best_score = candidate, score
    return best

def _python_repository_impl(ctx):
    python = _choose(ctx)
    if python:
        interpreter = "interpreter_path = \"%s\"" % python
        shebang = python
    else:
        ctx.file("missing_python", _MISSING)
        interpreter = "interpreter = \"missing_python\""
        shebang = ctx.path("missing_python")
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    ctx.file("BUILD.bazel", _BUILD.format(
        interpreter = interpreter,
        # Bazel's own stub asks for `python`, which Debian does not have.
        shebang = shebang,
    ))

python_repository = repository_rule(
    implementation = _python_repository_impl,
    doc = "A Python toolchain over $MMF_PYTHON, or over the installed interpreter that has most of " +
          "what bindings need: cffi and Python.h, then numpy.",
    environ = [
        "MMF_PYTHON",
        "PATH",
    ],
    configure = True,
    local = True,
)
