"""pytest as Bazel runs it: nothing that was asked for may be left out in silence."""

import os
import subprocess
import sys

import pytest

RUNNER = os.path.abspath("rules/private/run_pytest.py")


def run(directory, content, **environ):
    """Exit code and output of the runner over one file of tests."""
    (directory / "some_test.py").write_text(content)
    done = subprocess.run(
        [sys.executable, RUNNER, "some_test.py"],
        cwd=directory,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_passes(tmp_path):
    code, output = run(tmp_path, "def test_a(): pass\n")
    assert code == 0
    assert "1 passed" in output


@pytest.mark.parametrize(
    "content, code",
    [
        ("def test_a(): assert 1 == 2\n", 1),
        ("def test_a(:\n", 2),
        ("def helper(): pass\n", 5),
    ],
)
def test_fails(tmp_path, content, code):
    assert run(tmp_path, content)[0] == code


def test_runs_the_tests_that_a_filter_names(tmp_path):
    content = "def test_good(): pass\ndef test_bad(): assert False\n"
    assert run(tmp_path, content, TESTBRIDGE_TEST_ONLY="good")[0] == 0
    assert run(tmp_path, content, TESTBRIDGE_TEST_ONLY="bad")[0] == 1
    assert run(tmp_path, content, TESTBRIDGE_TEST_ONLY="neither")[0] == 5


def test_keeps_what_it_writes_where_bazel_says(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    report = tmp_path / "report.xml"
    content = "def test_a(tmp_path): assert str(tmp_path).startswith(%r)\n" % str(scratch)
    code, output = run(
        tmp_path, content, TEST_TMPDIR=str(scratch), XML_OUTPUT_FILE=str(report)
    )
    assert code == 0, output
    assert 'tests="1"' in report.read_text()
    assert sorted(os.listdir(tmp_path)) == ["report.xml", "scratch", "some_test.py"]
