"""REPORT.md: what was measured, where, and what was not."""

import os
import re
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Tuple

from report import plots
from report.parse import Figure, OutputError
from report.peers import Peers
from report.programs import Result
from report.tables import number, spread, table

PLOTS = "report.d"  # beside REPORT.md
KEPT = ("peers",)  # the plots that git keeps, as README.md shows them; .gitignore lists the same

# The library that this one is measured against by its users, and that cannot be run here.
GO = (
    "the Go library mmapforge v0.1",
    "its module could not be had from a module proxy when this program was written, so there is none that calls it",
)

_INSTALL = "`tools/setup --bench` installs it; then `bazel sync --configure`"

_PEERS_NAMES = {
    "boost": "Boost.Interprocess",
    "capnproto": "Cap'n Proto",
    "flatbuffers": "FlatBuffers",
    "lmdb": "LMDB",
    "sqlite": "SQLite",
}


@dataclass
class Session:
    """One run of the command."""

    command: str
    started: str
    facts: List[Tuple[str, str]]
    loads: Tuple[str, str]
    seconds: float
    results: List[Result]
    absent: List[str] = field(default_factory=list)  # programs without a target
    plot_problem: str = ""

    def result(self, name: str) -> Optional[Result]:
        for result in self.results:
            if result.program.name == name and not result.problem and result.output.figures:
                return result
        return None

    @property
    def failed(self) -> bool:
        return any(result.problem for result in self.results)


def write(session: Session, directory: str) -> None:
    """Writes REPORT.md and its plots; a program whose figures make no sense becomes a problem."""
    os.makedirs(os.path.join(directory, PLOTS), exist_ok=True)
    body = _body(session, directory)
    text = "\n".join(_head(session) + body) + "\n"
    with open(os.path.join(directory, "REPORT.md"), "w", encoding="utf-8") as file:
        file.write(text)


# ---- The head ----


def _head(session: Session) -> List[str]:
    peers = session.result("peers")
    context = peers.output.context if peers else {}
    facts = [
        ("date", session.started),
        ("command", f"`{session.command}`"),
        *session.facts,
        ("compiler", context.get("compiler", "not known, as //bench:peers was not run")),
        ("libraries", Peers(peers.output).versions() if peers else "not known, either"),
        ("load before, after", f"{session.loads[0]}; {session.loads[1]}"),
        ("took", f"{session.seconds:.0f} s"),
    ]
    lines = [
        "# Report",
        "",
        "Written by `bench/report/run`; [README.md](README.md) says how to read it.",
        "",
        *table(["", ""], facts),
        "",
        *_programs(session),
    ]
    return lines + _not_measured(session)


def _programs(session: Session) -> List[str]:
    rows = []
    for result in session.results:
        if result.problem:
            state = "**failed**"
        elif result.output.skipped:
            state = "skipped: " + result.output.skipped
        else:
            state = f"{len(result.output.figures)} figures"
        rows.append([f"//bench:{result.program.name}", result.program.about, f"{result.seconds:.0f} s", state])
    rows += [[f"//bench:{name}", "", "", "there is no such target"] for name in session.absent]
    return table(["program", "what it measures", "took", "result"], rows)


def _not_measured(session: Session) -> List[str]:
    lines = ["", "## Not measured", ""]
    peers = session.result("peers")
    if peers:
        for name, why in Peers(peers.output).missing():
            lines.append(f"- not measured: {_PEERS_NAMES.get(name, name)}: {why} ({_INSTALL})")
    lines.append(f"- not measured: {GO[0]}: {GO[1]}")
    for result in session.results:
        lines += [
            f"- not measured: {figure.library}: {figure.note}" for figure in result.output.figures if _is_missing(figure)
        ]
    if session.plot_problem:
        lines.append(f"- no plots: {session.plot_problem}")
    for result in session.results:
        if result.problem:
            lines += ["", f"**//bench:{result.program.name} failed**: its figures are not in this report.", ""]
            lines += ["    " + line for line in result.problem.splitlines()]
    return lines


def _is_missing(figure: Figure) -> bool:
    """A line of a library that is not there: without a value, and with the reason as its note."""
    return bool(figure.note) and all(value is None for value in figure.values.values())


# ---- The body ----


def _body(session: Session, directory: str) -> List[str]:
    lines: List[str] = []
    for result in session.results:
        if result.problem or not result.output.figures:
            continue
        try:
            if result.program.name == "peers":
                lines += _peers(session, Peers(result.output), directory)
            elif all(figure.library == "" for figure in result.output.figures):
                lines += _benchmarks(result)
            else:
                lines += _lines(session, result, directory)
        except OutputError as problem:
            result.problem = f"its output makes no sense: {problem}"
    return lines


def _plot(session: Session, directory: str, name: str, about: str, draw: "plots.Draw") -> List[str]:
    """The line that shows a plot, or names it if git does not keep it; nothing if there are no plots."""
    if session.plot_problem:
        return []
    path = os.path.join(PLOTS, name + ".svg")
    draw(os.path.join(directory, path))
    if name not in KEPT:
        return ["", f"Plot: `{path}`, which `bench/report/run` draws and git does not keep."]
    return ["", f"![{about}]({path})"]


def _peers(session: Session, peers: Peers, directory: str) -> List[str]:
    return [
        "",
        "## Libraries, in short",
        *_plot(
            session,
            directory,
            "peers",
            "A random get and an append by each library",
            lambda path: plots.draw_peers(peers, path),
        ),
        "",
        *peers.short(),
        "",
        "## Libraries, in the cache",
        "",
        "CPU time of a row, median; in brackets the ratio to plain memory. Appends are to pages that are there.",
        "",
        *peers.comparison(0),
        "",
        "## Libraries, far beyond the cache",
        "",
        "The same. Appends are to a new file, in memory, that each library lets grow as it does.",
        "",
        *peers.comparison(1),
        "",
        "Nothing above is synced: a crash of the system may lose it all. Random rows do not wait for each other,",
        "except where the table says so: a processor works at several at a time.",
        "Writes are in transactions of 1,000 rows where there are transactions.",
        "",
        *peers.notes(),
        "",
        "## Libraries, with a sync after every 1,000 appends",
        "",
        "Wall time, as the disk is waited for. What was appended before a sync is there after a crash of the system.",
        "",
        *peers.synced(),
        "",
        "## What each library gives",
        "",
        *peers.gives(),
        "",
        "Settings:",
        "",
        *peers.settings(),
        "",
        "<details><summary>All figures of //bench:peers</summary>",
        "",
        *peers.all_figures(),
        "",
        "</details>",
    ]


def _by_operation(case: str) -> Tuple[List[Tuple[int, str]], str]:
    """The store and plain memory side by side, and numbers by their size: they ran in any order."""
    operation = re.sub("^(raw|store|words|write)_", "", case)
    parts = re.findall(r"[0-9]+|[^0-9]+", operation)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts], case


def _benchmarks(result: Result) -> List[str]:
    """Any other program of google/benchmark."""
    rows = []
    for figure in sorted(result.output.figures, key=lambda figure: _by_operation(figure.case)):
        values = figure.values
        rows.append(
            [
                figure.case,
                number(values["cpu"]),
                spread(values["cpu_min"], values["cpu"], values["cpu_max"]),
                number(values["wall"]),
                figure.note,
            ]
        )
    return [
        "",
        f"## //bench:{result.program.name}: {result.program.about}",
        "",
        *table(["call", "CPU, ns", "spread", "wall, ns", ""], rows),
    ]


def _lines(session: Session, result: Result, directory: str) -> List[str]:
    """A program that prints lines of JSON: a table for each of its tables."""
    lines = ["", f"## //bench:{result.program.name}: {result.program.about}"]
    tables: Dict[str, List[Figure]] = {}
    for figure in result.output.figures:
        if not _is_missing(figure):
            tables.setdefault(figure.table, []).append(figure)
    curves = plots.curves(result.output.figures)
    for name, figures in tables.items():
        lines += ["", f"### {name}"]
        if name in curves:
            points = curves[name]
            lines += _plot(
                session,
                directory,
                _file_name(f"{result.program.name}_{name}"),
                f"{result.program.name}: {name}",
                lambda path, drawn=points: plots.draw_curves(drawn, path),  # type: ignore[misc]
            )
        lines += ["", *_figures(figures)]
    return lines


def _figures(figures: Sequence[Figure]) -> List[str]:
    names = list(dict.fromkeys(name for figure in figures for name in figure.values))
    x_names = list(dict.fromkeys(figure.x_name for figure in figures if figure.x is not None))
    notes = any(figure.note for figure in figures)
    header = ["case", "library", *x_names, "unit", *names] + ([""] if notes else [])
    rows = []
    for figure in figures:
        xs = [number(figure.x) if figure.x_name == name else "" for name in x_names]
        values = [number(figure.values.get(name)) for name in names]
        rows.append([figure.case, figure.library, *xs, figure.unit, *values] + ([figure.note] if notes else []))
    return table(header, rows)


def _file_name(text: str) -> str:
    return "".join(character if character.isalnum() else "_" for character in text.lower())
