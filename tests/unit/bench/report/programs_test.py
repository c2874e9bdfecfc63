import time

import samples
from report import programs
from report.programs import Program, run


def program(tmp_path, script, seconds_max=60):
    path = tmp_path / "program"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return run([str(path)], Program("latency", "of tests", [], [], seconds_max))


def test_output(tmp_path):
    (tmp_path / "line").write_text(samples.line())
    result = program(tmp_path, f"cat {tmp_path}/line; echo words >&2")
    assert result.problem == ""
    assert [figure.case for figure in result.output.figures] == ["append"]


def test_a_program_that_fails_is_quoted(tmp_path):
    result = program(tmp_path, "echo '{}'; for i in 1 2 3; do echo line $i >&2; done; exit 3")
    assert result.problem == "it ended with status 3\nline 1\nline 2\nline 3"
    assert result.output.figures == []


def test_a_program_that_is_killed(tmp_path):
    assert program(tmp_path, "kill -9 $$").problem == "it ended with status -9"


def test_rubbish(tmp_path):
    assert "its output makes no sense: line 1 is no JSON" in program(tmp_path, "echo rubbish").problem
    assert "it printed nothing" in program(tmp_path, "true").problem
    assert "makes no sense" in program(tmp_path, "printf '\\377\\376'").problem


def test_a_program_that_does_not_end_is_ended_with_its_children(tmp_path):
    mark = tmp_path / "mark"
    start = time.monotonic()
    result = program(tmp_path, f"trap 'echo cleaned up >&2; exit' TERM; (sleep 300; touch {mark}) & wait", 1)
    assert "did not end within 1 seconds" in result.problem
    assert "cleaned up" in result.problem
    assert time.monotonic() - start < 100


def test_names_are_of_their_own():
    assert len(set(programs.NAMES)) == len(programs.PROGRAMS)
