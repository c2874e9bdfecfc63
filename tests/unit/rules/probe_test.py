"""Python is probed as an action will run it: nothing of the user's environment counts."""

import json
import os
import subprocess
import sys
import venv

import pytest

with open("tests/unit/rules/probe_commands.json", encoding="utf-8") as opened:
    COMMANDS = json.load(opened)


def ask(which, python, **environ):
    words = [{"ENV": "/usr/bin/env", "PYTHON": python}.get(word, word) for word in COMMANDS[which]]
    done = subprocess.run(words, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


def probe(python, **environ):
    return dict(line.partition(" ")[::2] for line in ask("probe", python, **environ))


def fake_packages(directory):
    """What an interpreter would take for cffi and what cffi needs."""
    directory.mkdir(parents=True)
    for name in ("cffi", "_cffi_backend", "pycparser"):
        (directory / (name + ".py")).write_text("__version__ = '1'\n")
    return str(directory)


@pytest.fixture
def bare(tmp_path):
    """An interpreter that has no cffi."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(tmp_path / "bare")
    return str(tmp_path / "bare" / "bin" / "python")


def test_what_this_interpreter_has_is_found():
    facts = probe(sys.executable)
    assert facts["interpreter"] == sys.executable
    assert {"cffi", "_cffi_backend", "pycparser", "pytest"} <= set(facts["modules"].split())


def test_packages_of_an_environment_variable_do_not_count(bare, tmp_path):
    path = fake_packages(tmp_path / "packages")
    # So a plain run would find them.
    subprocess.run([bare, "-c", "import cffi"], env={"PYTHONPATH": path}, check=True)
    assert probe(bare, PYTHONPATH=path)["modules"] == ""


def test_packages_of_the_home_directory_do_not_count(tmp_path):
    version = "python%d.%d" % sys.version_info[:2]
    fake = fake_packages(tmp_path / ".local" / "lib" / version / "site-packages")
    with open(os.path.join(fake, "mypy.py"), "w", encoding="utf-8"):
        pass
    plain = [sys.executable, "-c", "import mypy; print(mypy.__file__)"]
    found = subprocess.run(plain, env={"HOME": str(tmp_path)}, stdout=subprocess.PIPE, text=True, check=True)
    assert found.stdout.startswith(fake), "a plain run finds them"
    with_home = probe(sys.executable, HOME=str(tmp_path))
    assert with_home == probe(sys.executable)


def test_a_script_leads_to_the_interpreter(bare, tmp_path):
    script = tmp_path / "python3"
    script.write_text('#!/bin/sh\nexec "$REAL" "$@"\n')
    script.chmod(0o755)
    assert ask("where", str(script), REAL=bare) == [bare]
