"""The directory of a store, for a python3 that Bazel does not run: one line of set-up is enough."""

import os
import subprocess
import sys

import pytest

DIRECTORIES = {
    "tick_store": os.path.abspath("tick_store-python"),
    "copied_store": os.path.abspath("tests/unit/rules/copied_store-python"),
}


def run(directory, program, cwd):
    """What a program prints that finds modules in a directory, and else only those of Python."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=cwd,
        env={"PYTHONPATH": directory, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("module", DIRECTORIES)
def test_imports(module, tmp_path):
    program = "import %s as m, mmapforge; print(m.__file__, mmapforge.__file__, sep='\\n')" % module
    directory = DIRECTORIES[module]
    assert run(directory, program, tmp_path).split("\n")[:2] == [
        os.path.join(directory, module, "__init__.py"),
        os.path.join(directory, "mmapforge", "__init__.py"),
    ]


@pytest.mark.parametrize("module", DIRECTORIES)
def test_has_the_types_of_both_packages(module):
    for file in (module + "/__init__.pyi", module + "/py.typed", "mmapforge/py.typed"):
        assert os.path.isfile(os.path.join(DIRECTORIES[module], file))


@pytest.mark.parametrize("module", DIRECTORIES)
def test_has_nothing_else(module):
    assert sorted(os.listdir(DIRECTORIES[module])) == sorted(["mmapforge", module])
    assert sorted(os.listdir(os.path.join(DIRECTORIES[module], module))) == [
        "__init__.py",
        "__init__.pyi",
        "py.typed",
    ]


def test_writes_and_reads(tmp_path):
    program = """
import tick_store
with tick_store.create("ticks.mmf") as ticks:
    ticks.append(symbol="AAPL", price=189.5, volume=100.0, timestamp=1)
with tick_store.open("ticks.mmf") as ticks:
    print(len(ticks), ticks[0].symbol, ticks[0].price)
"""
    assert run(DIRECTORIES["tick_store"], program, tmp_path) == "1 AAPL 189.5\n"
