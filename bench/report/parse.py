"""From what a measuring program prints to figures.

A program prints the JSON of google/benchmark, or lines of JSON, one object a line:

    {"table": "latency", "case": "append", "library": "mmapforge", "x": 1000, "x_name": "records",
     "unit": "ns", "values": {"p50": 41, "p99": 300}}

x and x_name are there where a figure is a point of a curve. The counts of //bench:instructions are
text: the name of a program, and below it indented lines of a name and a number.
"""

import json
import re
import statistics
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

# What google/benchmark adds to a name that says how it was run.
_SUFFIX = re.compile(r"(/(iterations|repeats|min_time|min_warmup_time|threads):[^/]*|/real_time|/process_time)+$")
_UNITS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
_COUNT = re.compile(r"\s+(\S+)\s+(\d+)$")


class OutputError(Exception):
    """What a program printed is not what it should be; the text says where and why."""


@dataclass(frozen=True)
class Figure:
    """One line of a table, or one point of a curve."""

    table: str
    case: str
    library: str
    unit: str
    values: Dict[str, Optional[float]]
    x: Optional[float] = None
    x_name: str = ""
    note: str = ""


@dataclass
class Output:
    """All that a program had to say."""

    figures: List[Figure] = field(default_factory=list)
    context: Dict[str, str] = field(default_factory=dict)
    skipped: str = ""  # why it has measured nothing


def parse(name: str, text: str) -> Output:
    """Reads the standard output of the program of that name; OutputError if it makes no sense."""
    if not text.strip():
        raise OutputError("it printed nothing")
    if text.startswith("SKIPPED:"):
        return Output(skipped=text[len("SKIPPED:") :].strip().splitlines()[0])
    if name == "instructions":
        return _counts(text)
    try:
        whole = json.loads(text)
    except ValueError:
        return _lines(text)
    if isinstance(whole, dict) and "benchmarks" in whole:
        return _google_benchmark(name, whole)
    return _lines(text)


def _number(where: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise OutputError(f"{where}: {name} is {value!r}, and should be a number")
    return float(value)


def _text(where: str, of: Dict[str, Any], name: str) -> str:
    value = of.get(name)
    if not isinstance(value, str):
        raise OutputError(f"{where}: {name} is {value!r}, and should be text")
    return value


# ---- Lines of JSON ----


def _lines(text: str) -> Output:
    output = Output()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        where = f"line {number}"
        try:
            it = json.loads(line)
        except ValueError as problem:
            raise OutputError(f"{where} is no JSON ({problem}): {line[:80]!r}") from None
        if not isinstance(it, dict):
            raise OutputError(f"{where} is no object: {line[:80]!r}")
        output.figures.append(_figure(where, it))
    return output


def _figure(where: str, it: Dict[str, Any]) -> Figure:
    values = it.get("values")
    if not isinstance(values, dict) or not values:
        raise OutputError(f"{where}: values is {values!r}, and should be an object with numbers")
    curve = "x" in it
    return Figure(
        table=_text(where, it, "table"),
        case=_text(where, it, "case"),
        library=_text(where, it, "library"),
        unit=_text(where, it, "unit"),
        values={
            name: None if value is None else _number(where, name, value) for name, value in values.items()
        },
        x=_number(where, "x", it["x"]) if curve else None,
        x_name=_text(where, it, "x_name") if curve else "",
        note=_text(where, it, "note") if "note" in it else "",
    )


# ---- google/benchmark ----


def _google_benchmark(table: str, whole: Dict[str, Any]) -> Output:
    """The median over the repetitions of each benchmark, and the least and the most."""
    benchmarks = whole["benchmarks"]
    context = whole.get("context", {})
    if not isinstance(benchmarks, list) or not isinstance(context, dict):
        raise OutputError("benchmarks should be a list, and context an object")
    output = Output(context={key: str(value) for key, value in context.items()})
    runs: Dict[str, List[Dict[str, Any]]] = {}
    for place, it in enumerate(benchmarks):
        where = f"benchmark {place}"
        if not isinstance(it, dict):
            raise OutputError(f"{where} is no object: {it!r}")
        name = _text(where, it, "name")
        if it.get("error_occurred"):
            raise OutputError(f"{name} failed: {it.get('error_message')}")
        if it.get("run_type", "iteration") == "iteration":
            runs.setdefault(it.get("run_name", name), []).append(it)
    if not runs:
        raise OutputError("there is no benchmark in it; aggregates alone are not enough")
    for name, repetitions in runs.items():
        output.figures.append(
            Figure(
                table=table,
                case=_SUFFIX.sub("", name),
                library="",
                unit="ns",
                values=_summary(name, repetitions),
                note=str(repetitions[0].get("label", "")),
            )
        )
    return output


def _summary(name: str, repetitions: List[Dict[str, Any]]) -> Dict[str, Optional[float]]:
    cpu, wall = [], []
    for it in repetitions:
        unit = _UNITS.get(it.get("time_unit", "ns"))
        if unit is None:
            raise OutputError(f"{name}: the unit of time is {it['time_unit']!r}")
        whole_cpu = _number(name, "cpu_time", it.get("cpu_time")) * unit
        whole_wall = _number(name, "real_time", it.get("real_time")) * unit
        # per_row is the CPU time of one of the calls of an iteration, in seconds.
        per_row = _number(name, "per_row", it["per_row"]) * 1e9 if "per_row" in it else whole_cpu
        cpu.append(per_row)
        wall.append(whole_wall * per_row / whole_cpu if whole_cpu > 0 else whole_wall)
    values: Dict[str, Optional[float]] = {
        "cpu": statistics.median(cpu),
        "cpu_min": min(cpu),
        "cpu_max": max(cpu),
        "wall": statistics.median(wall),
    }
    if "bytes_per_row" in repetitions[0]:
        values["bytes"] = _number(name, "bytes_per_row", repetitions[0]["bytes_per_row"])
    return values


# ---- Counts of instructions ----


def _counts(text: str) -> Output:
    output = Output()
    program = ""
    for number, line in enumerate(text.splitlines(), 1):
        found = _COUNT.match(line)
        if found is None:
            if line[:1].isspace():
                raise OutputError(f"line {number} is no name and number: {line[:80]!r}")
            program = line.strip()
            continue
        output.figures.append(
            Figure(
                table="instructions",
                case=found.group(1),
                library=program.rsplit("/", 1)[-1],
                unit="instructions",
                values={"count": float(found.group(2))},
            )
        )
    if not output.figures:
        raise OutputError("there is no count in it")
    return output
