"""What the documents of docs/ name in code exists: files, functions, statuses and tests."""

import os
import re

import pytest

from documents import TREE, documents, files_of, read

DOCUMENTS = [path for path in documents() if os.path.dirname(path) == "docs"]
PATH = re.compile(r"(?:bench|bindings|core|docs|examples|gen|rules|tests|tools)(?:/[\w.-]+)+")
SOURCES = (".c", ".h", ".cpp", ".py", ".bzl", ".bazel", ".cmake", "CMakeLists.txt")


def spans(text):
    """The code within the lines of a text."""
    return re.findall(r"`([^`\n]+)`", text)


def defines(path, name):
    """True when a file has that test of Google Test, or defines that function of C or Python."""
    suite, _, test = name.rpartition(".")
    if suite:
        return re.search(r"^TEST(_F|_P)?\(%s, %s\)" % (re.escape(suite), re.escape(test)), read(path), re.MULTILINE)
    function = r"^(?:[A-Za-z][^;{}\n]*\b%s\([^;{}]*\)\s*\{|def %s\()" % (re.escape(name), re.escape(name))
    return re.search(function, read(path), re.MULTILINE)


@pytest.fixture(scope="module")
def identifiers():
    """Every identifier that begins like one of the project's, in any source."""
    found = set()
    for path in files_of(SOURCES):
        if not path.startswith("tests/conformance/docs/"):
            found.update(re.findall(r"\b(?:mmfi?|MMFI?)_\w+", read(path)))
    return found


@pytest.mark.parametrize("path", DOCUMENTS)
def test_names_of(path, identifiers):
    problems = []
    for number, line in enumerate(read(path).split("\n"), 1):
        for span in spans(line):
            if PATH.fullmatch(span) and not os.path.exists(os.path.join(TREE, span)):
                problems.append("%s:%d: there is no %s" % (path, number, span))
            if re.fullmatch(r"(?:mmfi?|MMFI?)_\w+", span) and span not in identifiers:
                problems.append("%s:%d: nothing is called %s" % (path, number, span))
    assert not problems, "\n".join(problems)


def invariants():
    """The rows of the table of invariants: number, keepers, tests."""
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", read("docs/architecture.md"), re.MULTILINE)
    return [(int(number), kept, test) for number, kept, test in rows]


def wrong_names(cell):
    """Names of a cell that the file before them does not have."""
    problems = []
    path = None
    for span in spans(cell):
        if PATH.fullmatch(span):
            path = span
        elif path is None or not os.path.exists(os.path.join(TREE, path)) or not defines(path, span):
            problems.append("%s has no %s" % (path, span))
    return problems


def test_invariants_are_kept_and_tested_where_they_say():
    table = invariants()
    assert [number for number, _, _ in table] == list(range(1, len(table) + 1))
    assert len(table) > 20
    problems = []
    for number, kept, test in table:
        assert any("." in span and not PATH.fullmatch(span) for span in spans(test)), "invariant %d names no test" % number
        assert spans(kept) or "](" in kept, "invariant %d is kept nowhere" % number
        problems += ["invariant %d: %s" % (number, problem) for problem in wrong_names(kept) + wrong_names(test)]
    assert not problems, "\n".join(problems)


# So that the test cannot lose what it should find.
def test_wrong_names_are_found():
    assert wrong_names("`tests/conformance/docs/names_test.py` `wrong_names`, `Suite.Name`") == [
        "tests/conformance/docs/names_test.py has no Suite.Name"
    ]
    assert wrong_names("`none`") == ["None has no none"]
    # A call, a declaration and a comment are no definition.
    assert wrong_names("`core/store/sync.c` `mmfi_store_commit`, `mmfi_link_check`, `commit_records`") == [
        "core/store/sync.c has no mmfi_link_check"
    ]
    assert wrong_names("`core/store/sync.h` `mmfi_state_poison`") == ["core/store/sync.h has no mmfi_state_poison"]
