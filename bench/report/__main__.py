"""The command bench/report."""

import argparse
import datetime
import os
import shlex
import sys
import time
from typing import List, Optional, Sequence

from report import document, machine, plots, programs
from report.parse import OutputError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def arguments(given: Optional[Sequence[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/report/run",
        description="Builds and runs the measuring programs of //bench, and writes REPORT.md with tables and plots. "
        "It exits with 1 when a program failed, which the report names, and with 2 for wrong arguments.",
    )
    parser.add_argument("--quick", action="store_true", help="a minute or two, and figures that are rough")
    parser.add_argument("--out", metavar="DIR", default=os.path.join(ROOT, "bench"), help="default: bench")
    parser.add_argument(
        "--only",
        metavar="NAME",
        action="append",
        choices=programs.NAMES,
        help="only this program; may be given again; one of: " + ", ".join(programs.NAMES),
    )
    options = parser.parse_args(given)
    if os.path.exists(options.out) and not os.path.isdir(options.out):
        parser.error(f"argument --out: {options.out} is no directory")
    return options


def say(text: str) -> None:
    print(f"bench/report/run: {text}", file=sys.stderr, flush=True)


def main(given: Optional[Sequence[str]] = None) -> int:
    options = arguments(given)
    started = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    clock, load = time.monotonic(), machine.load()
    chosen = [it for it in programs.PROGRAMS if not options.only or it.name in options.only]
    try:
        there = programs.targets(ROOT)
    except (OutputError, OSError) as problem:
        say(str(problem))
        return 1
    results: List[programs.Result] = []
    absent = [it.name for it in chosen if it.name not in there]
    for name in absent:
        say(f"there is no //bench:{name}")
    for program in chosen:
        if program.name in absent:
            continue
        say(f"//bench:{program.name}: {program.about}")
        result = programs.measure(ROOT, program, options.quick)
        if result.problem:
            say(f"//bench:{program.name} failed: {result.problem}")
        results.append(result)
    session = document.Session(
        command=" ".join(["bench/report/run", *map(shlex.quote, sys.argv[1:] if given is None else given)]),
        started=started,
        facts=facts(results),
        loads=(load, machine.load()),
        seconds=time.monotonic() - clock,
        results=results,
        absent=absent,
        plot_problem=plots.problem(),
    )
    document.write(session, options.out)
    say(f"wrote {os.path.join(options.out, 'REPORT.md')}")
    return 1 if session.failed else 0


def facts(results: Sequence[programs.Result]) -> List["tuple[str, str]"]:
    """The machine, and the file systems that programs say they have used."""
    found = machine.facts()
    for result in results:
        for use, title in (("memory", "files in memory"), ("disk", "files on a disk")):
            directory = result.output.context.get(f"directory/{use}")
            if directory:
                found.append((title, f"{directory}, {machine.file_system(directory)}"))
    return found


if __name__ == "__main__":
    sys.exit(main())
