"""Counting instructions: what is read from callgrind, and what the command says and returns."""

import json

import pytest

from bench.micro import instructions

# Two loops, called once each for ten calls; one calls a function of its own, and a function of the
# same name as the other is called by somebody else.
PROFILE = """\
version: 1
events: Ir

ob=/somewhere/tick_loop
fl=bench/micro/loop.c
fn=loop_main
12 30
cfn=get
calls=1 0
13 147
cob=/lib/libc.so.6
cfn=strtoull
calls=1 0
10 400
cfn=set
calls=1 0
13 1004

fn=get
20 147

fn=set
30 4
cfn=helper
calls=10 0
31 1000

fn=helper
40 900
cfn=get
calls=10 0
41 100
"""


def test_reads_what_the_caller_of_loops_called():
    # 147 and 1004 for ten calls, to the nearest.
    assert instructions.read_profile(PROFILE, ["get", "set"], 10) == {"get": 15, "set": 100}


def test_a_loop_that_was_not_called_is_named():
    with pytest.raises(instructions.CountError, match="no call from loop_main to: helper, nowhere"):
        instructions.read_profile(PROFILE, ["get", "helper", "nowhere"], 10)


@pytest.mark.parametrize("end", ["", "fn=get\n", "+3 * 12\n"])
def test_a_profile_of_another_form_is_refused(end):
    text = "fn=loop_main\ncfn=get\ncalls=1 0\n" + end
    with pytest.raises(instructions.CountError, match="no cost after calls=1 0"):
        instructions.read_profile(text, ["get"], 10)


@pytest.fixture(name="command")
def _command(tmp_path, monkeypatch, capsys):
    """The command over counts that are given, and a file of budgets; its status and its output."""

    def run(found, budgets, *options):
        path = tmp_path / "budgets.json"
        path.write_text(budgets if isinstance(budgets, str) else json.dumps(budgets))
        monkeypatch.setattr(instructions.shutil, "which", lambda name: "/usr/bin/" + name)
        monkeypatch.setattr(instructions, "count_all", lambda _: ("gcc 12", {"tick_loop": found}))
        status = instructions.main(["--budgets", str(path), *options, "tick_loop"])
        output = capsys.readouterr()
        return status, output.out + output.err

    return run


def test_kept(command):
    status, output = command({"get": 14}, {"gcc 12": {"tick_loop": {"get": 14}}})
    assert status == 0
    assert "FAILED" not in output and "NOTE" not in output and "SKIPPED" not in output
    assert "14" in output


def test_exceeded(command):
    status, output = command({"get": 16}, {"gcc 12": {"tick_loop": {"get": 14}}})
    assert status == 1
    assert "FAILED: tick_loop, get: 16 instructions" in output


def test_one_more(command):
    status, output = command({"get": 15}, {"gcc 12": {"tick_loop": {"get": 14}}})
    assert status == 0
    assert "NOTE: tick_loop, get: 15 instructions" in output


def test_a_compiler_without_budgets_is_skipped_aloud(command):
    status, output = command({"get": 99}, {"clang 14": {"tick_loop": {"get": 14}}})
    assert status == 0
    assert "SKIPPED: " in output
    assert "no budgets for gcc 12, only for clang 14" in output
    assert "--json" in output


def test_a_malformed_file_fails(command):
    status, output = command({"get": 14}, "{")
    assert status == 2
    assert "budgets.json: no JSON" in output


def test_a_missing_file_fails(monkeypatch, capsys):
    monkeypatch.setattr(instructions.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(instructions, "count_all", lambda _: ("gcc 12", {}))
    assert instructions.main(["--budgets", "no/such.json", "tick_loop"]) == 2
    assert "no/such.json" in capsys.readouterr().err


def test_json_is_what_the_file_holds(command):
    status, output = command({"get": 14}, {}, "--json")
    assert status == 0
    assert json.loads(output) == {"gcc 12": {"tick_loop": {"get": 14}}}


def test_without_valgrind_it_is_skipped_aloud(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert instructions.main(["--budgets", "budgets.json", "tick_loop"]) == 0
    output = capsys.readouterr().out
    assert "SKIPPED" in output and "apt-get install valgrind" in output


def test_a_program_that_fails_is_an_error(monkeypatch, capsys, tmp_path):
    program = tmp_path / "loops"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o700)
    monkeypatch.setattr(instructions.shutil, "which", lambda name: "/usr/bin/" + name)
    assert instructions.main([str(program)]) == 2
    assert "exit status 3" in capsys.readouterr().err


def test_programs_of_several_compilers_are_refused(monkeypatch):
    made = {"a": ("gcc 12", ["get"]), "b": ("gcc 13", ["get"])}
    monkeypatch.setattr(instructions, "loops_of", made.get)
    with pytest.raises(instructions.CountError, match="several compilers: gcc 12; gcc 13"):
        instructions.count_all(["a", "b"])
