"""What tools/test says of tests that were skipped."""

import importlib.util
import os
import subprocess
import sys

import pytest

SPEC = importlib.util.spec_from_file_location("skips", "tools/skips/skips.py")
skips = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(skips)

GTEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="Map">
  <testcase name="Opens" status="run" result="completed" classname="Map" />
  <testcase name="Refuses" status="run" result="skipped" classname="Map">
    <skipped message="tests/unit/core/os/map_test.cpp:12&#x0A;this kernel takes no filter"><![CDATA[...]]></skipped>
  </testcase>
</testsuite></testsuites>
"""
PYTEST = """<testsuites><testsuite name="pytest">
  <testcase classname="disk_test" name="test_full"><skipped type="pytest.skip" message="no unshare(1)">x</skipped></testcase>
  <testcase classname="disk_test" name="test_empty" />
</testsuite></testsuites>
"""


@pytest.fixture
def results(tmp_path):
    def put(target, results="<testsuites/>", log="", below=""):
        directory = tmp_path / target / below
        directory.mkdir(parents=True)
        (directory / "test.xml").write_text(results)
        (directory / "test.log").write_text(log)

    put.directory = tmp_path
    return put


def test_each_kind_is_named_with_its_reason(results):
    results("tests/unit/core/os/map_test", GTEST)
    results("tests/unit/bench/disk_test", PYTEST)
    results("tools/lint/form_test", log="looking\nSKIPPED: there is no buildifier\n")
    output = "\n".join([
        "//tests/unit/core/os:map_test                 PASSED in 0.1s",
        "//tests/unit/bench:disk_test      (cached) PASSED in 12.1s",
        "//tools/lint:form_test                PASSED in 0.0s",
    ])
    assert skips.skips(results.directory, output) == [
        "skipped: //tests/unit/bench:disk_test: disk_test.test_full: no unshare(1)",
        "skipped: //tests/unit/core/os:map_test: Map.Refuses: this kernel takes no filter",
        "skipped: //tools/lint:form_test: all of it: there is no buildifier",
    ]


def test_shards_are_one_target(results):
    for shard in ("shard_1_of_2", "shard_2_of_2"):
        results("tests/robustness/faults/sweep_test", GTEST, below=shard)
    assert len(skips.skips(results.directory, "//tests/robustness/faults:sweep_test  PASSED in 3.0s\n")) == 1


def test_results_from_before_a_target_ran_in_parts_do_not_count(results):
    results("tests/robustness/faults/sweep_test", GTEST)
    results("tests/robustness/faults/sweep_test", PYTEST, below="shard_1_of_2")
    whole, part = (results.directory / "tests/robustness/faults/sweep_test" / below / "test.xml" for below in ("", "shard_1_of_2"))
    output = "//tests/robustness/faults:sweep_test  PASSED in 3.0s\n"
    for newer, older, said in ((part, whole, "no unshare(1)"), (whole, part, "this kernel takes no filter")):
        os.utime(older, (1, 1))
        os.utime(newer, (2, 2))
        assert [line.rpartition(": ")[2] for line in skips.skips(results.directory, output)] == [said]



def test_what_did_not_pass_in_this_run_is_left_out(results):
    results("tests/unit/core/os/map_test", GTEST)
    assert skips.skips(results.directory, "//tests/unit/core/os:map_test  FAILED in 3.0s\n") == []
    assert skips.skips(results.directory, "") == []


def test_results_that_cannot_be_read_are_said(results):
    results("tests/unit/core/os/map_test", "<testsuites>")
    (line,) = skips.skips(results.directory, "//tests/unit/core/os:map_test  PASSED in 3.0s\n")
    assert "//tests/unit/core/os:map_test: all of it: its results cannot be read" in line
    (line,) = skips.skips(results.directory, "//tests/unit/core:none  PASSED in 3.0s\n")
    assert line == "skipped: //tests/unit/core:none: all of it: there are no results of it"


@pytest.mark.parametrize("arguments", [[], ["/no/such/place"], [".", "."]])
def test_wrong_arguments(arguments):
    done = subprocess.run(
        [sys.executable, "tools/skips/skips.py", *arguments], input="", capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("usage: skips.py")
