"""The tables of //bench:peers: libraries at the same work, in the cache and far beyond it."""

from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

from report.parse import Figure, Output, OutputError
from report.tables import NOTHING, nanoseconds, number, ratio, spread, table

OURS = "mmapforge"
PLAIN = "plain memory"

# As they are named in the program, and as the report calls them.
OPERATIONS = {
    "get_random": "get one field of a random row",
    "get_chained": "the same, the row known only when the get before is done",
    "get_in_order": "get one field, row by row in order",
    "read": "read a whole record, random",
    "sum": "sum a column over all rows",
    "append": "append",
    "set_field": "replace one field in place, random",
    "set_record": "replace a record, random",
    "open": "open a file and get a field of its last row",
}
SYNCED = "append_synced"
GIVES = {
    "survives": "survives a kill of its writer",
    "typed": "typed",
    "shared": "several processes",
    "checked": "checked",
}
BATCH = 1000  # rows in a transaction, and between two syncs


@dataclass(frozen=True)
class Cell:
    """One library at one operation, in a file of one size."""

    rows: int
    figure: Figure

    @property
    def cpu(self) -> float:
        value = self.figure.values["cpu"]
        assert value is not None
        return value


class Peers:
    """What //bench:peers has measured."""

    def __init__(self, output: Output) -> None:
        self._cells: Dict[Tuple[str, str], List[Cell]] = {}
        self.libraries: List[str] = []
        for figure in output.figures:
            parts = figure.case.split("/")
            if len(parts) != 3 or not parts[2].isdigit():
                raise OutputError(f"{figure.case!r} should be LIBRARY/OPERATION/ROWS")
            library, operation, rows = parts
            if library not in self.libraries:
                self.libraries.append(library)
            cells = self._cells.setdefault((library, operation), [])
            cells.append(Cell(int(rows), figure))
            cells.sort(key=lambda cell: cell.rows)
        self.libraries.sort(key=lambda name: (name != PLAIN, name != OURS, name.lower()))
        self.context = output.context

    def cell(self, library: str, operation: str, place: int) -> Optional[Cell]:
        """place is 0 for the file in the cache, and 1 for the large one."""
        cells = self._cells.get((library, operation), [])
        return cells[place] if place < len(cells) else None

    def fact(self, library: str, name: str) -> str:
        return self.context.get(f"peer/{library}/{name}", NOTHING)

    def missing(self) -> List[Tuple[str, str]]:
        prefix = "missing/"
        return [
            (key[len(prefix) :], why) for key, why in sorted(self.context.items()) if key.startswith(prefix)
        ]

    def rows(self, operation: str, place: int) -> Optional[int]:
        for library in self.libraries:
            cell = self.cell(library, operation, place)
            if cell is not None:
                return cell.rows
        return None

    def sorted_by(self, operation: str, place: int) -> List[Tuple[str, Cell]]:
        """The libraries that can do it, the fastest first."""
        cells = [(library, self.cell(library, operation, place)) for library in self.libraries]
        return sorted(((name, cell) for name, cell in cells if cell), key=lambda item: item[1].cpu)

    # ---- Sections of the report ----

    def short(self) -> List[str]:
        """The table for a README: two operations, in both places, the fastest first."""
        header = ["", "get, in cache", "get, from RAM", "append, in cache", "append, growing"]
        order = [name for name, _ in self.sorted_by("get_random", 1)]
        rows = []
        for library in order:
            name = f"**{library}**" if library == OURS else library
            cells = [name]
            for operation in ("get_random", "append"):
                for place in (0, 1):
                    cell = self.cell(library, operation, place)
                    mark = " *" if cell is not None and self.builds(cell) else ""
                    cells.append(nanoseconds(cell.cpu if cell else None) + mark)
            rows.append(cells + [self.fact(library, "survives").partition(":")[0]])
        lines = table(header + ["survives a kill of its writer"], rows)
        if any("*" in cell for row in rows for cell in row[3:5]):
            lines += ["", "\\* builds a new buffer or message in memory; a finished one does not grow."]
        return lines

    @staticmethod
    def builds(cell: Cell) -> bool:
        """Whether an append builds anew what it appends to."""
        return cell.figure.note.startswith("builds")

    def comparison(self, place: int) -> List[str]:
        """Every operation, with the ratio to plain memory."""
        rows = []
        for operation, title in OPERATIONS.items():
            count = self.rows(operation, place)
            if count is None:
                continue
            plain = self.cell(PLAIN, operation, place)
            cells = [title, f"{count:,}"]
            for library in self.libraries:
                cell = self.cell(library, operation, place)
                if cell is None:
                    cells.append("no")
                elif library == PLAIN or plain is None:
                    cells.append(nanoseconds(cell.cpu))
                else:
                    cells.append(f"{nanoseconds(cell.cpu)} ({ratio(cell.cpu, plain.cpu)})")
            rows.append(cells)
        return table(["CPU time of a row", "rows", *self.libraries], rows)

    def synced(self) -> List[str]:
        rows = []
        for library in self.libraries:
            cell = self.cell(library, SYNCED, 0)
            if cell is None:
                why = self.fact(library, f"cannot/{SYNCED}")
                rows.append([library, "no: " + why, NOTHING, NOTHING])
                continue
            wall = cell.figure.values["wall"]
            rows.append(
                [
                    library,
                    nanoseconds(wall),
                    nanoseconds(cell.cpu),
                    nanoseconds(None if wall is None else wall * BATCH),
                ]
            )
        return table(["", "wall time of a row", "CPU time of a row", f"wall time of {BATCH:,} and a sync"], rows)

    def notes(self) -> List[str]:
        """What an operation is where it is not what one would think."""
        found: Dict[str, None] = {}
        for (library, operation), cells in self._cells.items():
            if cells[0].figure.note:
                found[f"- {library}, {OPERATIONS.get(operation, operation)}: {cells[0].figure.note}."] = None
        return list(found)

    def gives(self) -> List[str]:
        header = ["", "version", "bytes of a row in its file", *GIVES.values()]
        rows = []
        for library in self.libraries:
            large = self.cell(library, "open", 1)
            size = large.figure.values.get("bytes") if large else None
            facts = [self.fact(library, name) for name in GIVES]
            rows.append([library, self.fact(library, "version"), number(size and round(size)), *facts])
        return table(header, rows)

    def versions(self) -> str:
        return ", ".join(f"{library} {self.fact(library, 'version')}" for library in self.libraries)

    def settings(self) -> List[str]:
        return [f"- {library}: {self.fact(library, 'how')}." for library in self.libraries]

    def all_figures(self) -> List[str]:
        rows = []
        for operation in [*OPERATIONS, SYNCED]:
            for library in self.libraries:
                for place in (0, 1):
                    cell = self.cell(library, operation, place)
                    if cell is None:
                        continue
                    values = cell.figure.values
                    rows.append(
                        [
                            operation,
                            library,
                            f"{cell.rows:,}",
                            number(cell.cpu),
                            spread(values["cpu_min"], cell.cpu, values["cpu_max"]),
                            number(values["wall"]),
                        ]
                    )
        return table(["operation", "library", "rows", "CPU, ns", "spread", "wall, ns"], rows)
