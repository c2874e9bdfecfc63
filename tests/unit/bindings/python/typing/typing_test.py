"""Runs mypy on a correct program, a wrong one, every stub of the golden schemas, and the package."""

import functools
import glob
import importlib.util
import os
import re
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
STORE = os.path.abspath("tick_store-python")
DEALS = os.path.abspath("tests/unit/bindings/python/interop/deal_store-python")
GOLDEN = sorted(glob.glob(os.path.abspath("tests/conformance/golden/accepted/*-python")))


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """The cache that mypy keeps between its runs; most of it is for numpy."""
    return tmp_path_factory.mktemp("cache")


@functools.lru_cache(maxsize=None)
def oldest_python():
    """3.9, which is the oldest that the package is for, or the oldest that this mypy knows."""
    for version in ("3.9", "3.10"):
        asked = [sys.executable, "-m", "mypy", "--python-version=" + version, "--config-file=", "--cache-dir=" + os.devnull]
        done = subprocess.run(asked + ["-c", "pass"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if "not supported" not in done.stdout:
            break
    return version


def mypy(cache, directory, *files):
    """The exit code and the output of mypy on files that import modules of a directory.

    mypy treats these modules like an installed package: it uses their types without checking them.
    """
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-version=" + oldest_python(), "--no-error-summary"]
        + ["--config-file=", "--follow-imports=silent", "--cache-dir=" + str(cache)]
        + list(files),
        env={"MYPYPATH": directory},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("directory, program", [(STORE, "right.py"), (DEALS, "deals.py")])
def test_accepts_a_right_program(cache, directory, program):
    assert mypy(cache, directory, os.path.join(HERE, program)) == (0, "")


def test_the_package_has_types_without_a_gap(cache):
    # What this mypy must be told to ignore, a newer one may not complain of.
    newer = [] if oldest_python() == "3.9" else ["--no-warn-unused-ignores"]
    assert mypy(cache, STORE, *newer, "-p", "mmapforge") == (0, "")


@pytest.mark.parametrize("directory, program", [(STORE, "wrong.py"), (DEALS, "wrong_deals.py")])
def test_rejects_each_wrong_line_and_no_other(cache, directory, program):
    wrong = os.path.join(HERE, program)
    expected = {}
    with open(wrong, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            comment = line.rstrip("\n").partition("  # ")[2]
            if comment:
                expected[number] = "error: " + comment
    code, output = mypy(cache, directory, wrong)
    found = {}
    for line in output.splitlines():
        place = re.match(r"[^:]*wrong\w*\.py:(\d+): (error: .*)", line)
        if place is None:
            # A note belongs to the error before it.
            assert ": note: " in line, line
            continue
        found[int(place.group(1))] = place.group(2)
    assert code == 1
    assert found == expected


@pytest.mark.parametrize("directory", [DEALS, *GOLDEN], ids=os.path.basename)
def test_accepts_every_stub(directory, cache, tmp_path):
    store = os.path.basename(directory)[: -len("-python")]
    program = tmp_path / "program.py"
    program.write_text(
        "import %s as store\n\n\ndef opened() -> object:\n    return store.open('x', 'r+')\n" % store
    )
    stub = os.path.join(directory, store, "__init__.pyi")
    assert mypy(cache, directory, str(program), stub) == (0, "")


# Two stores have one name, so there are two runs; in each of them most of the time is for numpy.
@pytest.mark.parametrize("directories", [[STORE], [DEALS, *GOLDEN]], ids=["tick_store", "golden"])
def test_stubs_agree_with_the_modules(directories, cache):
    """Runs mypy's stubtest, which imports the modules and compares them with their stubs."""
    if importlib.util.find_spec("mypy.stubtest") is None:
        pytest.skip("this mypy has no stubtest")
    stores = [os.path.basename(directory)[: -len("-python")] for directory in directories]
    found = os.pathsep.join(directories)
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", *stores],
        env={"MYPYPATH": found, "PYTHONPATH": os.pathsep.join([found, *filter(None, sys.path)])},
        cwd=cache,  # where stubtest keeps its cache
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^Success: no issues found in %d modules?$" % len(stores), done.stdout, re.MULTILINE), done.stdout


def test_sees_every_golden_store():
    assert len(GOLDEN) >= 6
