"""The report of tools/coverage/run: how counts add up, and what fits the list of exceptions."""

import importlib.util

import pytest

SPEC = importlib.util.spec_from_file_location("report", "tools/coverage/report.py")
report = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(report)


def record(function_count, lines, name="f", file="core/a.c"):
    """The JSON of gcov for one function; lines: {number: (count, [counts of branches])}."""
    return {
        "files": [
            {
                "file": file,
                "functions": [
                    {"name": name, "demangled_name": name, "start_line": 1, "execution_count": function_count}
                ],
                "lines": [
                    {
                        "line_number": number,
                        "count": count,
                        "function_name": name,
                        "branches": [{"count": taken, "throw": False} for taken in branches],
                    }
                    for number, (count, branches) in lines.items()
                ],
            }
        ]
    }


def coverage_of(*records):
    out = report.Coverage()
    for one in records:
        out.add(one, lambda name: name.startswith("core/"))
    return out


def text(line):
    return f"line {line}"


def test_what_any_object_did_counts():
    a = record(1, {2: (1, [1, 0])})
    b = record(1, {2: (1, [0, 3])})
    assert coverage_of(a).uncovered("core/a.c", text) == {("f", "line 2"): [1, [2]]}
    assert coverage_of(a, b).uncovered("core/a.c", text) == {}
    assert coverage_of(a, b).branch_totals("core/a.c") == (2, 2)


def test_an_object_where_a_constant_decides_says_nothing_of_another():
    # One object has two conditions on the line, another only one.
    long = record(1, {2: (1, [1, 0, 1, 0])})
    short = record(1, {2: (1, [1, 0])})
    assert coverage_of(long, short).uncovered("core/a.c", text) == {("f", "line 2"): [1, [2]]}


def test_a_function_that_is_never_called_is_one_entry():
    idle = record(0, {2: (0, [0, 0]), 3: (0, [])})
    assert coverage_of(idle).uncovered("core/a.c", text) == {("f", report.NEVER_CALLED): [1, [1]]}
    assert coverage_of(idle, record(1, {2: (1, [1, 1])})).uncovered("core/a.c", text) == {}


def test_equal_lines_of_a_function_are_counted_together():
    found = coverage_of(record(1, {2: (1, [1, 0]), 5: (1, [0, 1])})).uncovered("core/a.c", lambda line: "if (x)")
    assert found == {("f", "if (x)"): [2, [2, 5]]}


def test_other_files_and_the_branches_of_exceptions_are_left_out():
    assert coverage_of(record(1, {2: (1, [0])}, file="tests/a.c")).files() == []
    thrown = record(1, {2: (1, [1, 0])})
    thrown["files"][0]["lines"][0]["branches"][1]["throw"] = True
    assert coverage_of(thrown).uncovered("core/a.c", text) == {}


LIST = """# why

core/a.c f 1 if (x)
    fault sweep: no memory
core/a.c g 2 while (a && b)
    race: two lines
    of a reason
"""


def test_the_list_is_read():
    assert report.parse_exceptions(LIST) == {
        ("core/a.c", "f", "if (x)"): (1, "fault sweep: no memory"),
        ("core/a.c", "g", "while (a && b)"): (2, "race: two lines of a reason"),
    }


@pytest.mark.parametrize(
    "wrong, message",
    [
        ("core/a.c f 1 if (x)\n", "has no reason"),
        ("core/a.c f 1 if (x)\ncore/a.c g 1 if (y)\n  why\n", "list:2: the branch before it has no reason"),
        ("  why\n", "list:1: a reason for nothing"),
        ("core/a.c f if (x)\n  why\n", "list:1: 'core/a.c f if (x)' is not"),
        ("core/a.c f 0 if (x)\n  why\n", "list:1"),
        ("core/a.c f 1 x\n  why\ncore/a.c f 1 x\n  why\n", "list:3: it stands here twice"),
    ],
)
def test_a_wrong_list_is_refused(wrong, message):
    with pytest.raises(report.ExceptionsError, match="") as raised:
        report.parse_exceptions(wrong, "list")
    assert message in str(raised.value)


def test_what_fits_is_no_complaint():
    found = {("core/a.c", "f", "if (x)"): [1, [3]], ("core/a.c", "g", "while (a && b)"): [2, [7]]}
    assert report.judge(found, report.parse_exceptions(LIST)) == []


def test_a_race_may_be_covered_and_nothing_else():
    exceptions = report.parse_exceptions(LIST)
    assert report.judge({("core/a.c", "f", "if (x)"): [1, [3]]}, exceptions) == []
    stale = report.judge({("core/a.c", "g", "while (a && b)"): [1, [7]]}, exceptions)
    assert stale == ["core/a.c: stale: 1 branches of `if (x)` in f are listed, 0 not covered"]


def test_what_is_not_listed_is_named_with_its_line():
    found = {("core/b.h", "h", "if (z)"): [1, [9]], ("core/a.c", "f", "if (x)"): [2, [3, 4]]}
    complaints = report.judge(found, report.parse_exceptions(LIST))
    assert complaints == [
        "core/a.c:3, core/a.c:4: not covered: 2 of the branches of `if (x)` in f; listed: 1",
        "core/b.h:9: not covered: 1 of the branches of `if (z)` in h; listed: 0",
    ]
