"""What tests covered, from gcov's records, and whether the list of exceptions fits.

A header inline is compiled into many objects; what any of them did counts. Branches that only an
exception takes are the C++ compiler's own and are left out.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

NEVER_CALLED = "(never called)"


class Coverage:
    """Counts of lines and branches by file, function and line, added up over objects."""

    def __init__(self):
        self.lines = collections.Counter()  # (file, line) -> count
        self.functions = collections.Counter()  # (file, function) -> count
        self.begins = {}  # (file, function) -> line
        # A line may have another number of branches in an object where a constant decides some.
        self.branches = {}  # (file, function, line) -> {number of branches: [counts]}

    def add(self, record, wanted):
        """Adds the JSON of one object file, of files whose name the function `wanted` accepts."""
        for file in record["files"]:
            name = os.path.normpath(file["file"])
            if not wanted(name):
                continue
            for function in file["functions"]:
                key = (name, function_name(function))
                self.functions[key] += function["execution_count"]
                self.begins[key] = function["start_line"]
            called = {f["name"]: function_name(f) for f in file["functions"]}
            for line in file["lines"]:
                number = line["line_number"]
                self.lines[name, number] += line["count"]
                counts = [branch["count"] for branch in line["branches"] if not branch["throw"]]
                key = (name, called.get(line.get("function_name"), "?"), number)
                sums = self.branches.setdefault(key, {}).setdefault(len(counts), [0] * len(counts))
                for i, count in enumerate(counts):
                    sums[i] += count

    def files(self):
        return sorted({name for name, _ in self.lines})

    def branch_totals(self, name):
        """How many branches a file has, and how many were taken."""
        total = taken = 0
        for (file, _, _), variants in self.branches.items():
            if file == name:
                most = max(variants)
                total += most
                taken += most - missing_of(variants)
        return total, taken

    def uncovered(self, name, text_of_line):
        """{(function, text): [number of branches, [lines]]}; a function never called is one."""
        out = {}
        idle = {f for (file, f), count in self.functions.items() if file == name and count == 0}
        for function in idle:
            out[function, NEVER_CALLED] = [1, [self.begins[name, function]]]
        for (file, function, line), variants in sorted(self.branches.items()):
            missing = missing_of(variants)
            if file != name or function in idle or missing == 0:
                continue
            entry = out.setdefault((function, text_of_line(line)), [0, []])
            entry[0] += missing
            entry[1].append(line)
        return out


def function_name(function):
    """The name in the source: C++ mangles that of a header inline."""
    return re.sub(r"\(.*", "", function["demangled_name"])


def missing_of(variants):
    return min(sum(count == 0 for count in counts) for counts in variants.values())


class ExceptionsError(Exception):
    pass


def parse_exceptions(text, path="exceptions"):
    """{(file, function, text): (number of branches, reason)} of a list of exceptions."""
    out = {}
    last = None
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] == " ":
            if last is None:
                raise ExceptionsError(f"{where}: a reason for nothing; its branch stands before it, not indented")
            count, reason = out[last]
            out[last] = (count, (reason + " " + line.strip()).strip())
            continue
        parts = line.split(None, 3)
        if len(parts) != 4 or not parts[2].isdecimal() or int(parts[2]) == 0:
            raise ExceptionsError(
                f"{where}: '{line}' is not FILE FUNCTION NUMBER-OF-BRANCHES LINE-OF-THE-SOURCE"
            )
        if last is not None and not out[last][1]:
            raise ExceptionsError(f"{where}: the branch before it has no reason")
        last = (parts[0], parts[1], parts[3].strip())
        if last in out:
            raise ExceptionsError(f"{where}: it stands here twice; add the numbers up")
        out[last] = (int(parts[2]), "")
    if last is not None and not out[last][1]:
        raise ExceptionsError(f"{path}: the last branch has no reason")
    return out


def judge(found, exceptions):
    """Messages of what is uncovered and not listed, or listed and covered.

    found: {(file, function, text): [number, [lines]]}. Of a reason that begins with `race:` the
    number is the most there may be, because what decides is time.
    """
    out = []
    for key, (count, lines) in sorted(found.items()):
        listed, _ = exceptions.get(key, (0, ""))
        if count > listed:
            file, function, text = key
            where = ", ".join(f"{file}:{line}" for line in lines)
            out.append(
                f"{where}: not covered: {count} of the branches of `{text}` in {function}; listed: {listed}"
            )
    for key, (listed, reason) in sorted(exceptions.items()):
        count = found.get(key, [0, []])[0]
        if count < listed and not reason.startswith("race:"):
            file, function, text = key
            out.append(
                f"{file}: stale: {listed} branches of `{text}` in {function} are listed, {count} not covered"
            )
    return out


def read_gcov(objects, data, root):
    """Runs gcov on each pair of a .gcno below `objects` and its .gcda below `data`; yields its JSON.

    Where an object left no .gcda, nothing of it ran.
    """
    seen = {
        str(path.relative_to(data)).partition("/bazel-out/")[2]: path for path in data.rglob("*.gcda")
    }
    with tempfile.TemporaryDirectory() as scratch:
        notes = sorted(
            path
            for path in objects.rglob("*.gcno")
            if "runfiles" not in str(path) and "/external/" not in str(path)
        )
        for note in notes:
            inside = str(note).partition("/bazel-out/")[2].removesuffix(".gcno")
            stem = pathlib.Path(scratch) / "object"
            for suffix in (".gcno", ".gcda"):
                stem.with_suffix(suffix).unlink(missing_ok=True)
            stem.with_suffix(".gcno").symlink_to(note)
            if inside + ".gcda" in seen:
                stem.with_suffix(".gcda").symlink_to(seen[inside + ".gcda"])
            gcov = ["gcov", "--json-format", "--stdout", "--branch-probabilities"]
            done = subprocess.run(
                gcov + [str(stem.with_suffix(".gcno"))], cwd=root, check=True, capture_output=True
            )
            yield json.loads(done.stdout)


def main(arguments):
    parser = argparse.ArgumentParser(prog="report.py", description=__doc__)
    parser.add_argument("--objects", required=True, type=pathlib.Path, help="the directory of .gcno files")
    parser.add_argument("--data", required=True, type=pathlib.Path, help="the directory of .gcda files")
    parser.add_argument("--root", required=True, type=pathlib.Path, help="the directory of the sources")
    parser.add_argument("--exceptions", required=True, type=pathlib.Path)
    options = parser.parse_args(arguments)

    try:
        exceptions = parse_exceptions(options.exceptions.read_text(), options.exceptions)
    except ExceptionsError as error:
        print(f"tools/coverage/run: {error}", file=sys.stderr)
        return 2
    coverage = Coverage()
    for record in read_gcov(options.objects.resolve(), options.data, options.root):
        coverage.add(record, lambda name: re.match(r"(core|gen)/", name))

    print(f"{'file':28} {'lines':>14} {'branches':>14}")
    sums = collections.defaultdict(lambda: [0, 0, 0, 0])
    found = {}
    for name in coverage.files():
        counts = [count for (file, _), count in coverage.lines.items() if file == name]
        total, taken = coverage.branch_totals(name)
        row = [sum(count > 0 for count in counts), len(counts), taken, total]
        print(f"{name:28} {row[0]:>6} of {row[1]:>4} {row[2]:>6} of {row[3]:>4}")
        of = sums[name.partition("/")[0]]
        for i, number in enumerate(row):
            of[i] += number
        if name.startswith("core/"):
            texts = (options.root / name).read_text().splitlines()
            uncovered = coverage.uncovered(name, lambda line: texts[line - 1].strip())
            for (function, text), value in uncovered.items():
                found[name, function, text] = value
    for name, row in sums.items():
        print(f"{name:28} {row[0]:>6} of {row[1]:>4} {row[2]:>6} of {row[3]:>4}")

    print()
    for (name, function, text), (count, lines) in sorted(found.items()):
        if (name, function, text) in exceptions:
            reason = exceptions[name, function, text][1]
            print(f"{name}:{','.join(map(str, lines))}: {function}: {count} of `{text}`: {reason}")
    complaints = judge(found, exceptions)
    print()
    for complaint in complaints:
        print(complaint)
    print(
        f"core: {sum(count for count, _ in found.values())} branches not covered, "
        f"{sum(count for count, _ in exceptions.values())} listed in {options.exceptions.name}, "
        f"{len(complaints)} differences"
    )
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
