"""What tools/setup and tools/demo install, and that they ask first: beside programs that only pretend to be apt."""

import os
import pty
import subprocess

import pytest

# The test runs outside the sandbox: this file's link leads to the tree.
TREE = os.path.dirname(os.path.realpath(".clang-format"))


@pytest.fixture(name="system")
def fixture_system(tmp_path):
    """A system without any package, which notes what is installed."""
    programs = {
        "dpkg-query": "exit 1",
        "apt-get": 'echo "$@" >> "%s/log"' % tmp_path,
        "sudo": '"$@"',
        "bazel": 'echo bazel "$@" >> "%s/log"; exit 1' % tmp_path,
    }
    for name, text in programs.items():
        (tmp_path / name).write_text("#!/bin/sh\n%s\n" % text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def start(system, command, stdin):
    return subprocess.run(
        command, cwd=TREE, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        timeout=60, env={"PATH": "%s:%s" % (system, os.environ["PATH"])}
    )


def answer(system, command, text):
    """Runs a command in a terminal in which somebody types that text."""
    terminal, stdin = pty.openpty()
    try:
        os.write(terminal, text.encode())
        return start(system, command, stdin)
    finally:
        os.close(stdin)
        os.close(terminal)


def installed(system):
    """What apt-get was asked to install."""
    log = system / "log"
    lines = log.read_text(encoding="utf-8").split("\n") if log.exists() else []
    return [line for line in lines if line.startswith("install ")]


@pytest.mark.parametrize("command", [["tools/setup", "--ask"], ["tools/demo"]])
@pytest.mark.parametrize("text", ["n\n", "\n", "\x04"])
def test_nothing_is_installed_without_a_yes(system, command, text):
    done = answer(system, command, text)
    assert done.returncode == 1
    assert "bazel-bootstrap" in done.stdout and "nothing was installed" in done.stdout
    assert not (system / "log").exists()


@pytest.mark.parametrize("command", [["tools/setup", "--ask"], ["tools/demo"]])
def test_a_yes_installs_what_was_listed(system, command):
    done = answer(system, command, "y\n")
    assert "are missing: bazel-bootstrap gcc" in done.stdout
    assert len(installed(system)) == 1 and "bazel-bootstrap gcc" in installed(system)[0]


def test_demo_does_not_ask_when_told_so(system):
    done = answer(system, ["tools/demo", "--yes"], "")
    assert "[y/N]" not in done.stdout
    assert len(installed(system)) == 1


@pytest.mark.parametrize("command", [["tools/setup"], ["tools/setup", "--ask"], ["tools/demo"]])
def test_without_a_terminal_there_is_no_question(system, command):
    done = start(system, command, subprocess.DEVNULL)
    assert "[y/N]" not in done.stdout
    assert len(installed(system)) == 1


def test_wrong_usage_is_said(system):
    for command in (["tools/setup", "--no"], ["tools/demo", "--no"], ["tools/demo", "--csv"]):
        assert start(system, command, subprocess.DEVNULL).returncode == 2
    assert not (system / "log").exists()
