"""The measuring programs: how each is built and run, and what came of it."""

import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from typing import List

from report.parse import Output, OutputError, parse

_BENCHMARK = [
    "--benchmark_format=json",
    "--benchmark_enable_random_interleaving=true",
    "--benchmark_report_aggregates_only=false",
    "--benchmark_display_aggregates_only=false",
]


def _benchmark(repetitions: int, seconds: float) -> List[str]:
    return [*_BENCHMARK, f"--benchmark_repetitions={repetitions}", f"--benchmark_min_time={seconds}"]


@dataclass(frozen=True)
class Program:
    """A target of //bench, and its arguments for a full run and for a quick one."""

    name: str
    about: str
    full: List[str]
    quick: List[str]
    seconds_max: int = 900


PROGRAMS = [
    Program(
        "peers",
        "other libraries at the same work",
        _benchmark(5, 0.05),
        _benchmark(3, 0.005) + ["--many=500000", "--changed=100000", "--appended=100000"],
    ),
    Program("tick", "the store's calls in the cache, beside plain memory", _benchmark(9, 0.04), _benchmark(3, 0.005)),
    Program(
        "ram",
        "the store beyond the caches, and growing files",
        _benchmark(5, 0.04),
        _benchmark(1, 0.005) + ["--benchmark_filter=ram_"],
    ),
    Program("checksum", "writing with checksums and without", _benchmark(5, 0.04), _benchmark(3, 0.005)),
    Program("python", "the calls of the Python module", ["--json"], ["--json", "--rows=20000", "--rounds=3"]),
    Program("python_peers", "Python's ways to records in a file", [], ["--quick"]),
    Program("scaling", "how costs grow with sizes and readers", [], ["--quick"]),
    Program("latency", "how long single calls take, up to the slowest", [], ["--quick"]),
    Program("instructions", "instructions of each hot call, under callgrind", [], []),
]
NAMES = [program.name for program in PROGRAMS]


@dataclass
class Result:
    """What came of a program: output, or a problem."""

    program: Program
    output: Output = field(default_factory=Output)
    problem: str = ""
    seconds: float = 0.0


def targets(root: str) -> List[str]:
    """The names of the targets of //bench."""
    done = subprocess.run(
        ["bazel", "query", "--noshow_progress", "//bench:all"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise OutputError("bazel query //bench:all failed:\n" + _tail(done.stderr))
    return [line.rpartition(":")[2] for line in done.stdout.split()]


def measure(root: str, program: Program, quick: bool) -> Result:
    """Builds a program, runs it, and reads what it prints; whatever goes wrong is in the result."""
    arguments = program.quick if quick else program.full
    with tempfile.TemporaryDirectory() as scratch:
        script = os.path.join(scratch, "run")
        build = ["bazel", "run", "--noshow_progress", "--config=bench", f"--script_path={script}"]
        built = subprocess.run(
            [*build, f"//bench:{program.name}"],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if built.returncode != 0:
            return Result(program, problem="it does not build:\n" + _tail(built.stdout))
        return run([script, *arguments], program)


def run(command: List[str], program: Program) -> Result:
    """Runs what is built already."""
    start = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        # A group of its own: a program's children end with it.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        late = False
        try:
            text, _ = process.communicate(timeout=program.seconds_max)
        except subprocess.TimeoutExpired:
            late = True
            text = _end(process)
        except BaseException:
            _end(process)
            raise
        errors.seek(0)
        said = _tail(errors.read())
    result = Result(program, seconds=time.monotonic() - start)
    if late:
        result.problem = f"it did not end within {program.seconds_max} seconds\n{said}".strip()
    elif process.returncode != 0:
        result.problem = f"it ended with status {process.returncode}\n{said}".strip()
    else:
        try:
            result.output = parse(program.name, text)
        except OutputError as problem:
            result.problem = f"its output makes no sense: {problem}"
    return result


def _end(process: "subprocess.Popen[str]") -> str:
    """Gives a program ten seconds to clean up; returns what it has printed."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            pass
        try:
            return process.communicate(timeout=10)[0] or ""
        except subprocess.TimeoutExpired:
            continue
    return ""


def _tail(text: str, lines: int = 12) -> str:
    """The end of what a program said, which is where its reason is."""
    return "\n".join(text.strip().splitlines()[-lines:])
