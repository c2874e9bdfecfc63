"""mypy over the modules of bench/report."""

import os
import subprocess
import sys

import report


def test_there_is_no_gap_in_the_types(tmp_path):
    root = os.path.dirname(os.path.dirname(os.path.abspath(report.__file__)))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-version=3.9", "--no-error-summary"]
        + ["--config-file=", "--cache-dir=" + str(tmp_path), "-p", "report"],
        env={"MYPYPATH": root},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
