"""Plots in SVG, for a README and a report: text stays text, and the ground is white in any theme."""

import importlib
import re
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from report.parse import Figure
from report.peers import OURS, Peers
from report.tables import nanoseconds

# Draws to the path of a file.
Draw = Callable[[str], None]

_OURS = "#c8102e"
_OTHERS = "#4a6785"
_PALETTE = [_OURS, "#1f5fa8", "#2e8540", "#8a5a00", "#6b3fa0", "#00798c", "#555555", "#b0418b"]


def problem() -> str:
    """Why there can be no plots; empty when there can."""
    try:
        importlib.import_module("matplotlib")
    except ImportError:
        return "there is no matplotlib for this Python (Debian: apt-get install python3-matplotlib)"
    return ""


def _pyplot() -> Any:
    # By name: matplotlib says nothing of its types.
    matplotlib: Any = importlib.import_module("matplotlib")
    matplotlib.use("Agg")
    matplotlib.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "mmapforge",
            "font.family": "sans-serif",
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    return importlib.import_module("matplotlib.pyplot")


def _save(pyplot: Any, figure: Any, path: str) -> None:
    # Without a date, so that the same figures give the same bytes.
    metadata = {"Date": None} if path.endswith(".svg") else None
    figure.savefig(path, facecolor="white", bbox_inches="tight", metadata=metadata)
    pyplot.close(figure)
    if path.endswith(".svg"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"[ \t]+\n", "\n", text))


def draw_peers(peers: Peers, path: str) -> None:
    """A random get and an append of each library, in the cache and beyond it, the fastest on top."""
    pyplot = _pyplot()
    panels = [
        ("get_random", 0, "get one field of a random row, {rows:,} rows: in the cache"),
        ("get_random", 1, "get one field of a random row, {rows:,} rows: from RAM"),
        ("append", 0, "append, {rows:,} rows: pages that are there"),
        ("append", 1, "append, {rows:,} rows: a new file in memory, growing"),
    ]
    # One scale for both places of an operation.
    figure, axes = pyplot.subplots(2, 2, figsize=(11, 6.6), sharex="row")
    for axis, (operation, place, title) in zip(axes.flat, panels):
        found = peers.sorted_by(operation, place)
        axis.set_title(title.format(rows=peers.rows(operation, place) or 0), fontsize=10, loc="left")
        if not found:
            axis.set_axis_off()
            continue
        both = [cell.cpu for it in (0, 1) for _, cell in peers.sorted_by(operation, it)]
        axis.set_xscale("log")
        axis.set_xlim(min(both) / 2, max(both) * 8)
        _draw_bars(axis, [(name, cell.cpu, Peers.builds(cell)) for name, cell in found])
        axis.xaxis.set_major_formatter(lambda value, _: nanoseconds(value))
        axis.tick_params(axis="x", labelbottom=True)
    figure.text(
        0.01,
        -0.02,
        "CPU time of a row, logarithmic; a Tick of 104 bytes; nothing synced. "
        "* builds a buffer anew in memory: a finished one does not grow.",
        fontsize=9,
        color="#333333",
    )
    figure.tight_layout(h_pad=2.0, w_pad=2.0)
    _save(pyplot, figure, path)


def _draw_bars(axis: Any, bars: Sequence[Tuple[str, float, bool]]) -> None:
    least = axis.get_xlim()[0]
    for place, (name, value, marked) in enumerate(bars):
        color = _OURS if name == OURS else _OTHERS
        weight = "bold" if name == OURS else "normal"
        axis.hlines(place, least, value, color=color, linewidth=2, alpha=0.35)
        axis.plot([value], [place], "o", color=color, markersize=8)
        text = nanoseconds(value) + (" *" if marked else "")
        axis.annotate(
            text, (value, place), xytext=(8, 0), textcoords="offset points", va="center", color=color, weight=weight
        )
    axis.set_yticks(range(len(bars)))
    axis.set_yticklabels([name for name, _, _ in bars])
    for label, (name, _, _) in zip(axis.get_yticklabels(), bars):
        label.set_color(_OURS if name == OURS else "black")
        label.set_fontweight("bold" if name == OURS else "normal")
    axis.set_ylim(len(bars) - 0.5, -0.5)
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="x", color="#dddddd", linewidth=0.8)
    axis.set_axisbelow(True)
    axis.spines["left"].set_visible(False)


# ---- Curves ----


def curves(figures: Sequence[Figure]) -> Dict[str, List[Figure]]:
    """The tables that have curves of two points or more, with the figures that are points of one."""
    tables: Dict[str, List[Figure]] = {}
    for figure in figures:
        if figure.x is not None:
            tables.setdefault(figure.table, []).append(figure)
    return {name: points for name, points in tables.items() if len({point.x for point in points}) > 1}


def draw_curves(points: Sequence[Figure], path: str) -> None:
    """A panel for each case, a line for each library; of several values the first is drawn."""
    pyplot = _pyplot()
    cases = list(dict.fromkeys((point.case, point.unit, point.x_name) for point in points))
    libraries = list(dict.fromkeys(point.library for point in points))
    columns = min(len(cases), 3)
    rows = -(-len(cases) // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(3.8 * columns, 2.7 * rows), squeeze=False)
    for axis, of in zip(axes.flat, cases):
        _draw_panel(axis, [point for point in points if (point.case, point.unit, point.x_name) == of], libraries)
    for axis in list(axes.flat)[len(cases) :]:
        axis.set_axis_off()
    figure.tight_layout()
    _save(pyplot, figure, path)


def _draw_panel(axis: Any, points: Sequence[Figure], libraries: Sequence[str]) -> None:
    first = points[0]
    lines = []
    for library in libraries:
        line = _line([point for point in points if point.library == library])
        if line is not None:
            lines.append((library, *line))
    for library, name, xs, ys in lines:
        color = _OURS if library == OURS else _PALETTE[1 + libraries.index(library) % (len(_PALETTE) - 1)]
        axis.plot(xs, ys, "o-", color=color, label=library, markersize=3.5, linewidth=1.5)
        # A long name has its unit in it.
        axis.set_ylabel(f"{name}, {first.unit}" if len(name) + len(first.unit) < 20 else name, fontsize=8)
    axis.set_title(first.case, fontsize=9, loc="left", wrap=True)
    axis.set_xlabel(first.x_name, fontsize=8)
    for scale, ticks, values in (
        (axis.set_xscale, axis.xaxis, [x for _, _, xs, _ in lines for x in xs]),
        (axis.set_yscale, axis.yaxis, [y for _, _, _, ys in lines for y in ys]),
    ):
        if values and min(values) > 0 and max(values) / min(values) >= 16:
            scale("log")
        elif values and ticks is axis.xaxis:
            axis.set_xticks(sorted(set(values)))
        elif values:
            axis.set_ylim(0, max(values) * 1.15 or 1)
        ticks.set_major_formatter(_tick)
    axis.tick_params(labelsize=8)
    axis.grid(color="#dddddd", linewidth=0.8)
    if len(lines) > 1:
        axis.legend(fontsize=7, frameon=False)


def _tick(value: float, _: Any) -> str:
    """A number on an axis: 0.5, 20, 1.5k, 30M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _line(points: Sequence[Figure]) -> Optional[Tuple[str, List[float], List[float]]]:
    """The value that is drawn, and the points that have it."""
    if not points:
        return None
    name = next(iter(points[0].values))
    found = sorted(
        (point.x, value) for point in points if point.x is not None and (value := point.values.get(name)) is not None
    )
    if not found:
        return None
    return name, [x for x, _ in found], [y for _, y in found]
