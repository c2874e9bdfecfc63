"""Counts the instructions that each hot call takes, under callgrind.

    bazel run //bench:instructions              # a table
    bazel run //bench:instructions -- --json    # what bench/budgets.json holds for this compiler
    bazel test //bench:instructions_test        # held to bench/budgets.json

A program runs all of its loops once under callgrind, which tells what each loop cost with all that
it called; what comes before the loops does not count.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Dict, List, Tuple

from bench.micro import budgets

CALLS = 20_000  # of each loop: what it does once, such as saving registers, rounds away
CALLER = "loop_main"  # of bench/micro/loop.c

# valgrind shows a program the processor that it runs on, and the C library would choose its memcpy
# by that; this one is the same on every x86-64. No symbol is looked up in the middle of a loop.
ENVIRONMENT = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX_Fast_Unaligned_Load,-AVX2,-ERMS,-SSSE3",
    "LD_BIND_NOW": "1",
}


class CountError(Exception):
    """There is no count; the message says why."""


def loops_of(program: str) -> Tuple[str, List[str]]:
    """The compiler that made a program of loops, and their names."""
    run = subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True)
    lines = run.stdout.splitlines()
    return lines[0], lines[1:]


def read_profile(text: str, loops: List[str], calls: int) -> Dict[str, int]:
    """
    The instructions of one call in each loop, from a profile of callgrind whose names are not
    compressed. After "cfn=" and "calls=" there is a line with what the callee cost, and all that
    it called.
    """
    costs = {}
    caller = callee = None
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("fn="):
            caller = line[len("fn=") :]
        elif line.startswith("cfn="):
            callee = line[len("cfn=") :]
        elif line.startswith("calls="):
            cost = re.fullmatch(r"\S+ (\d+)", next(lines, ""))
            if cost is None:
                raise CountError(
                    "a profile of callgrind that this program cannot read: no cost after " + line
                )
            if caller == CALLER and callee in loops:
                costs[callee] = costs.get(callee, 0) + int(cost[1])
    lost = [loop for loop in loops if loop not in costs]
    if lost:
        raise CountError(
            "callgrind saw no call from %s to: %s. A loop must have the name of its function."
            % (CALLER, ", ".join(lost))
        )
    return {loop: (costs[loop] + calls // 2) // calls for loop in loops}


def count(program: str, loops: List[str]) -> Dict[str, int]:
    """The instructions of one call in each loop of a program."""
    with tempfile.TemporaryDirectory() as scratch:
        profile = os.path.join(scratch, "profile")
        options = ["--tool=callgrind", "--compress-strings=no", "--compress-pos=no"]
        run = subprocess.run(
            ["valgrind", *options, "--callgrind-out-file=" + profile]
            + [program, str(CALLS), os.path.join(scratch, "new")],
            check=False,
            env={**os.environ, **ENVIRONMENT},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if run.returncode != 0:
            raise CountError(
                "%s under valgrind ended with %d:\n%s" % (program, run.returncode, run.stdout)
            )
        with open(profile, encoding="utf-8") as file:
            return read_profile(file.read(), loops, CALLS)


def count_all(programs: List[str]) -> Tuple[str, budgets.Counts]:
    """The compiler of the programs, and the counts of each."""
    made = {program: loops_of(program) for program in programs}
    compilers = {compiler for compiler, _ in made.values()}
    if len(compilers) != 1:
        raise CountError("programs of several compilers: " + "; ".join(sorted(compilers)))
    return compilers.pop(), {
        os.path.basename(program): count(program, loops) for program, (_, loops) in made.items()
    }


def table(compiler: str, found: budgets.Counts) -> str:
    """For people."""
    lines = [compiler]
    for program, loops in found.items():
        lines.append(program)
        lines += ["  %-18s %5d" % item for item in loops.items()]
    return "\n".join(lines)


def check(path: str, compiler: str, found: budgets.Counts) -> int:
    """The status to exit with: 1 when a budget is not kept."""
    with open(path, encoding="utf-8") as file:
        allowed = budgets.parse(file.read(), path)
    if compiler not in allowed:
        print(
            "SKIPPED: %s has no budgets for %s, only for %s; to add them, take what "
            "`bazel run //bench:instructions -- --json` prints"
            % (path, compiler, " and for ".join(allowed) or "no compiler")
        )
        return 0
    verdict = budgets.judge(found, allowed[compiler], compiler, path)
    for line in verdict.failures:
        print("FAILED: " + line)
    for line in verdict.notes:
        print("NOTE: " + line)
    return 1 if verdict.failures else 0


def main(arguments: List[str]) -> int:
    """0 for kept, and for what cannot be counted here; 1 for not kept; 2 for what is broken."""
    parser = argparse.ArgumentParser(description="Counts the instructions of each hot call.")
    parser.add_argument("--budgets", metavar="FILE", help="hold the counts to those in this file")
    parser.add_argument("--json", action="store_true", help="print the counts as such a file")
    parser.add_argument("programs", nargs="+", metavar="PROGRAM", help="of loops")
    options = parser.parse_args(arguments)
    if shutil.which("valgrind") is None:
        print(
            "SKIPPED: there is no valgrind to count with; install it "
            "(Debian: apt-get install valgrind)"
        )
        return 0
    try:
        compiler, found = count_all(options.programs)
        if options.json:
            print(json.dumps({compiler: found}, indent=2))
            return 0
        print(table(compiler, found))
        return check(options.budgets, compiler, found) if options.budgets else 0
    except (budgets.BudgetError, CountError, OSError, subprocess.SubprocessError) as problem:
        print("instructions: %s" % problem, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
