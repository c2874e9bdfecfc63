"""Tests in Python, for this repository alone: by pytest, and plain ones."""

load("@mmapforge_python//:defs.bzl", "PYTHON_INTERPRETER", "PYTHON_MODULES", "PYTHON_PROBLEM")
load("@rules_python//python:defs.bzl", "py_test")
load("@rules_shell//shell:sh_test.bzl", "sh_test")

def mmf_pytest(name, srcs, data = [], deps = [], args = [], modules = [], tags = [], **kwargs):
    """Runs pytest over files of tests.

    Where the interpreter that was chosen cannot build the Python module, or lacks pytest, the
    target is a test that says so and passes.

    Args:
      name: names the target.
      srcs: files of tests, and modules and a conftest.py beside them; pytest gets those that are
        named *_test.py.
      data: files that the tests read.
      deps: py_library targets and stores.
      args: more arguments for pytest.
      modules: further modules without which there is nothing to test, such as "numpy" and "mypy".
      tags: of the target. A sanitizer's runtime is not in the interpreter, so there is "nosan".
      **kwargs: what every test takes: size, timeout, flaky, env.
    """
    lacking = [module for module in ["pytest"] + modules if module not in PYTHON_MODULES]
    problem = PYTHON_PROBLEM
    if not problem and lacking:
        problem = "the Python that was chosen lacks %s; install it (Debian: apt-get install %s)" % (
            ", ".join(lacking),
            " ".join([_DEBIAN[module] for module in lacking]),
        )
    if problem:
        _skipped_test(name, problem, tags)
        return

    runner = str(Label("//rules/private:run_pytest.py"))
    py_test(
        name = name,
        srcs = [runner] + srcs,
        main = runner,
        args = ["$(rootpath %s)" % file for file in srcs if file.endswith("_test.py")] + args,
        data = data,
        deps = deps,
        # pytest takes a directory with an __init__.py for a part of a package, and tests are none.
        legacy_create_init = False,
        tags = tags + ["nosan"],
        **kwargs
    )

def mmf_py_test(name, tags = [], **kwargs):
    """A py_test as users have them, which only a machine without any Python skips.

    Args:
      name: names the target.
      tags: of the target.
      **kwargs: as of py_test.
    """
    if not PYTHON_INTERPRETER:
        _skipped_test(name, PYTHON_PROBLEM, tags)
        return
    py_test(
        name = name,
        tags = tags + ["nosan"],
        **kwargs
    )

def _skipped_test(name, problem, tags):
    sh_test(
        name = name,
        size = "small",
        srcs = [Label("//rules/private:skipped.sh")],
        args = ["'%s'" % problem],
        tags = tags,
    )

_DEBIAN = {
    "mypy": "mypy",
    "numpy": "python3-numpy",
    "pytest": "python3-pytest",
}
