"""`python -m mmapforge info FILE`."""

import os
import pathlib
import subprocess
import sys

import mmapforge
import pytest
import schemas
from schemas import EveryStore, TickStore, ZERO, overwrite, text, tick

ENVIRON = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
MODULE = [sys.executable, "-X", "dev", "-W", "error", "-m", "mmapforge"]


def run(*arguments, **environ):
    done = subprocess.run(
        MODULE + [str(argument) for argument in arguments],
        env={**ENVIRON, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def test_info(path):
    schemas.fill(path, 12)
    code, out, err = run("info", path)
    assert (code, err) == (0, "")
    assert out.startswith("%s: 12 records of Tick\n" % path)
    size = os.stat(path).st_size
    assert "%s bytes" % format(size, ",") in out
    assert "48 bytes a record, format 3, written by no process\n" in out
    assert schemas.TICK in out
    blocks = out.split("\n\n")
    assert blocks[2] == "row 0\n  symbol = 'S0'\n  price = 0.0\n  volume = 10.0\n  timestamp = 0"
    assert [block.split("\n")[0] for block in blocks[2:]] == ["row %d" % i for i in range(5)] + ["... and 7 more"]


@pytest.mark.parametrize("rows, shown", [(0, 0), (1, 1), (12, 12), (1000, 12)])
def test_rows(path, rows, shown):
    schemas.fill(path, 12)
    code, out, _ = run("info", path, "--rows", rows)
    assert code == 0
    assert out.count("\nrow ") == shown
    assert ("... and %d more" % (12 - shown) in out) == (shown < 12)


def test_an_empty_store(path):
    schemas.fill(path, 0)
    code, out, _ = run("info", path)
    assert code == 0 and "0 records" in out and "row" not in out.split("}")[1]


@pytest.mark.parametrize("arguments", [
    (), ("show", "x"), ("info",), ("info", "x", "--rows", "-1"), ("info", "x", "--rows", "many"),
    ("info", "x", "y"), ("--wrong",)])  # fmt: skip
def test_usage(arguments):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "usage: python -m mmapforge" in err


def test_help():
    for arguments in (("--help",), ("info", "--help")):
        code, out, err = run(*arguments)
        assert (code, err) == (0, "") and "usage: python -m mmapforge" in out


def test_files_that_are_no_stores(tmp_path, path):
    pathlib.Path(path).write_bytes(b"PK\3\4" + b"x" * 100_000)
    for name, part in ((path, "not a mmapforge file"), (path + ".missing", path), (tmp_path, str(tmp_path)), ("", "")):
        code, out, err = run("info", name)
        assert (code, out) == (1, "")
        assert err.startswith("mmapforge: ") and part in err
        assert "Traceback" not in err and err.count("\n") == 1


def test_a_damaged_file(path):
    schemas.fill(path, 3)
    with open(path, "r+b") as file:
        file.truncate(5000)
    code, out, err = run("info", path)
    assert code == 1 and err.startswith("mmapforge: ") and "Traceback" not in err


def test_a_store_that_is_being_written(path):
    with TickStore.create(path) as store:
        store.append(tick(0))
        code, out, err = run("info", path)
        assert (code, err) == (0, "")
        assert "1 records" in out and "written by process %d\n" % os.getpid() in out
        store.append(tick(1))
        assert "2 records" in run("info", path)[1]


def test_values_that_no_terminal_shows(path):
    with EveryStore.create(path, errors="surrogateescape") as store:
        store.append({**ZERO, "name": "\x1b[2J日", "digest": b"\x1b\0"})
        store.append(ZERO)
    overwrite(path, EveryStore, 1, "name", text(b"\xff\xfeab"))
    for environ in ({}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}):
        code, out, err = run("info", path, **environ)
        assert (code, err) == (0, ""), err
        assert "\x1b" not in out
        assert r"digest = b'\x1b\x00'" in out
        assert r"name = '\\xff\\xfeab'" in out


def test_no_text_of_a_file_commands_a_terminal(path):
    text = "/// \x1b]0;owned\x07 \u202e\nrecord Hostile version 1 {\n  /// \x9b31m\n  a: uint32;\n}\n"
    mmapforge.define("m", text)[1].create(path).close()
    code, out, err = run("info", path)
    assert (code, err) == (0, "")
    assert all(character == "\n" or character.isprintable() for character in out)
    assert "/// \\x1b]0;owned\\x07 \\u202e\n" in out and "/// \\x9b31m\n" in out
    code, out, err = run("info", path + "\x1b[2J")
    assert code == 1 and "\x1b" not in err and "\\x1b[2J" in err


@pytest.mark.parametrize("command", ["info", "verify"])
@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "2>&-", "<&-"])
def test_closed_streams(path, command, closed):
    schemas.fill(path, 1)
    with open(path, "rb") as file:
        before = file.read()
    done = subprocess.run(
        ["bash", "-c", '"$@" ' + closed, "bash", *MODULE, command, path],
        env=ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    # Without checksums verify fails, with a message on standard error.
    assert done.returncode == (0 if command == "info" and ">&-" not in closed.split("2")[0] else 1)
    if closed == ">&-":
        assert done.stderr.startswith("mmapforge: the standard output is closed")
    with open(path, "rb") as file:
        assert file.read() == before


def test_text_that_the_encoding_lacks(tmp_path):
    path = os.fsencode(str(tmp_path)) + b"/caf\xe9.mmf"
    _, store_class = mmapforge.define("x", "/// ça\nrecord X version 1 {\n  x: string[8];\n}\n")
    with store_class.create(path) as store:
        store.append(x="日本")
    code, out, err = run("info", os.fsdecode(path), PYTHONIOENCODING="ascii")
    assert (code, err) == (0, "")
    assert r"\xe7a" in out and r"caf\udce9.mmf" in out


@pytest.mark.parametrize("rows", [1, 20_000])
def test_a_pipe_that_is_closed(path, rows):
    schemas.fill(path, rows)
    done = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$@" | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}"', "bash", *MODULE,
         "info", path, "--rows", str(rows)],
        env=ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert int(done.stdout) in ((0, 1) if rows == 1 else (1,))


def test_nowhere_to_write(path):
    schemas.fill(path, 1)
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*MODULE, "info", path], env=ENVIRON, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith("mmapforge: ") and "Traceback" not in done.stderr
