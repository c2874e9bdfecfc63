"""Names what passed because it was skipped, which a test runner keeps to its logs.

usage: skips.py TESTLOGS <BAZEL'S OUTPUT

For every target that the output says has passed: the tests that pytest and Google Test skipped, and
what a script said of itself in a line that begins with `SKIPPED`, each with its reason.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree

PASSED = re.compile(r"^//(?P<package>[^ :]*):(?P<name>[^ ]+) +(?:\(cached\) )?PASSED", re.MULTILINE)


def reason_of(skipped):
    """The last line: Google Test has the place in the source before it."""
    lines = (skipped.get("message") or "").strip().splitlines()
    return lines[-1] if lines else "no reason is given"


def in_xml(path):
    """(test, reason) of each test that was skipped."""
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError) as problem:
        return [("all of it", f"its results cannot be read: {problem}")]
    return [
        (f"{case.get('classname')}.{case.get('name')}", reason_of(skipped))
        for case in root.iter("testcase")
        for skipped in case.findall("skipped")
    ]


def in_log(path):
    """("all of it", reason) of each line by which a script says so."""
    text = path.read_text(errors="replace") if path.exists() else ""
    return [
        ("all of it", line.partition(":")[2].strip() or "no reason is given")
        for line in text.splitlines()
        if line.startswith("SKIPPED")
    ]


def results_in(directory):
    """Of a target that runs in parts and once ran whole, or the reverse, those that are newer."""
    whole = directory / "test.xml"
    parts = sorted(directory.glob("*/test.xml"))
    if not whole.exists():
        return parts
    newest = max((part.stat().st_mtime for part in parts), default=0)
    return parts if newest > whole.stat().st_mtime else [whole]


def skips(testlogs, output):
    """Lines to print, sorted, each once."""
    lines = set()
    for target in PASSED.finditer(output):
        directory = pathlib.Path(testlogs) / target["package"] / target["name"]
        results = results_in(directory)
        found = [skip for path in results for skip in in_xml(path) + in_log(path.with_name("test.log"))]
        if not results:
            found = [("all of it", "there are no results of it")]
        lines |= {f"skipped: //{target['package']}:{target['name']}: {test}: {why}" for test, why in found}
    return sorted(lines)


def main():
    if len(sys.argv) != 2 or not pathlib.Path(sys.argv[1]).is_dir():
        sys.exit("usage: skips.py TESTLOGS <BAZEL'S OUTPUT; TESTLOGS is a directory")
    for line in skips(sys.argv[1], sys.stdin.read()):
        print(line)


if __name__ == "__main__":
    main()
