"""Tables in Markdown, and numbers as people read them."""

from typing import Iterable, List, Optional, Sequence

NOTHING = "-"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> List[str]:
    """The lines of a table; a bar in a cell does not end it."""
    lines = [_row(header), _row(["---"] * len(header))]
    return lines + [_row(row) for row in rows]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def number(value: Optional[float]) -> str:
    """Three digits that count, or all of a whole number: 0.634, 12.3, 1,234."""
    if value is None:
        return NOTHING
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size == int(size):
        return f"{value:.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 else f"{value:.3g}"


def nanoseconds(value: Optional[float]) -> str:
    """With its unit."""
    if value is None:
        return NOTHING
    for unit, size in (("ns", 1.0), ("µs", 1e3), ("ms", 1e6)):
        if abs(value) < 1e3 * size:
            return f"{number(value / size)} {unit}"
    return f"{number(value / 1e9)} s"


def ratio(value: Optional[float], base: Optional[float]) -> str:
    if value is None or not base:
        return NOTHING
    of_it = value / base
    return f"{of_it:.2f}x" if of_it < 10 else f"{number(of_it)}x"


def spread(least: Optional[float], middle: Optional[float], most: Optional[float]) -> str:
    """How far the repetitions lie from their median, in percent of it."""
    if least is None or most is None or not middle:
        return NOTHING
    return f"{(least - middle) / middle * 100:+.0f} to {(most - middle) / middle * 100:+.0f} %"
