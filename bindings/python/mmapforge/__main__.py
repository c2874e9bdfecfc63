"""`python -m mmapforge`: info FILE prints a store's schema and first rows, verify FILE its damaged rows,
generate SCHEMA makes a Python module, and migrate OLD NEW rewrites a store to another schema or format."""

import argparse
import io
import os
import sys
from typing import List, Optional

from mmapforge._errors import BusyError, CorruptError, Error
from mmapforge._generate import generate
from mmapforge._migrate import Report, migrate_by_file, show_on_terminal
from mmapforge._printable import printable
from mmapforge._store import open as open_store


def _say(text: object = "", end: str = "\n") -> None:
    """Prints to standard output; control characters from a file or a path must not reach a terminal."""
    print(printable(str(text)), end=end)


def _complain(text: str) -> None:
    if sys.stderr is not None:
        print(f"mmapforge: {printable(text)}", file=sys.stderr)


def info(path: str, rows: int) -> None:
    """Prints the schema, the counts and the first rows of a store."""
    with open_store(path, errors="backslashreplace") as store:
        about = store.info()
        lacks = f", of which {about.missing_rows:,} are missing" if about.missing_rows else ""
        _say(f"{path}: {about.count:,} records of {store.schema.name}{lacks}")
        _say(f"  {about.file_size:,} bytes, room for {about.capacity:,} records")
        writer = f"process {about.writer_pid}" if about.writer_pid else "no process"
        _say(f"  {about.record_size} bytes a record, format {about.format_version}, written by {writer}")
        _say()
        _say(store.schema.text, end="")
        shown = store[: min(rows, about.count - about.missing_rows)]
        for record in shown:
            _say()
            _say(f"row {record._row}")
            for name, value in record._asdict().items():
                _say(f"  {name} = {value!r}")
        if about.count > len(shown):
            _say()
            _say(f"... and {about.count - len(shown):,} more")


def verify(path: str, limit: int) -> int:
    """Prints the damaged rows of a store, at most limit of them, and returns the exit status."""
    with open_store(path, errors="backslashreplace") as store:
        first, count, found = 0, len(store), 0
        while True:
            try:
                store.verify(first, count)
                break
            except (CorruptError, BusyError) as error:
                if error.row is None:
                    raise
                _say(error)
                found += 1
                first = error.row + 1
                if found == limit and first < count:
                    _say(f"{path}: {found:,} damaged rows up to row {error.row:,}; the rows after "
                          f"it were not verified; give a larger --limit")  # fmt: skip
                    return 1
        if found:
            _say(f"{path}: {found:,} of {count:,} records are damaged")
            return 1
        _say(f"{path}: {count:,} records of {store.schema.name} match their checksums")
        return 0


def _tell_migrated(new: str, found: Report) -> None:
    """Says what a migration wrote, and each row that is not what a reader would take it for."""
    _say(f"{new}: {found.rows:,} records were migrated")
    if found.blank:
        _say(f"{new}: {found.blank:,} of them are blank: appended and never set; the first is row "
              f"{found.first_blank:,}")  # fmt: skip
    if found.torn:
        _say(f"{new}: {found.torn:,} of them are torn: they were being replaced when the writer or the machine "
              "stopped, and reading them is an error until they are replaced; the first is row "
              f"{found.first_torn:,}")  # fmt: skip
    if found.left_out:
        _say(f"{new}: {found.left_out:,} rows that lie in the old file after these were left out; "
              f"--rows {found.rows + found.left_out} takes them, too, if they are in the file")  # fmt: skip


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m mmapforge", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("info", help="print the schema and the first rows of a store")
    command.add_argument("file")
    command.add_argument("--rows", type=int, default=5, help="rows to print (default: 5)")
    command = commands.add_parser("verify", help="check every record against its checksum")
    command.add_argument("file")
    command.add_argument(
        "--limit", type=int, default=20, help="damaged rows to print (default: 20)"
    )
    command = commands.add_parser("generate", help="write the Python module of a schema, and its stub")
    command.add_argument("schema", help="a *.mmfs file")
    command.add_argument("--name", help="of the module (default: tick_store for tick.mmfs)")
    command.add_argument("--output", metavar="DIRECTORY", help="(default: that of the schema)")
    command = commands.add_parser(
        "migrate",
        help="rewrite a store to another schema or format, as a new file",
        description="Writes the records of OLD, a store of this version, of format version 2 or of the Go "
        "library (format version 1), to a new file. OLD is not changed. Rows that are blank, torn or left out "
        "are reported.",
    )
    command.add_argument("old", help="a file of format version 3, 2 or 1 (which is the Go library's)")
    command.add_argument("new", help="a path where there is nothing")
    command.add_argument(
        "--schema",
        required=True,
        help="a *.mmfs file, of the new records; of a file of the Go library, which has no schema, the fields "
        "of its struct",
    )
    command.add_argument("--to", choices=["store", "go"], default="store", help="(default: store)")
    command.add_argument("--rows", type=int, default=0, help="migrate only the first ROWS (default: all)")
    given = parser.parse_args(arguments)
    if given.command == "info" and given.rows < 0:
        parser.error("--rows must not be negative")
    if given.command == "verify" and given.limit < 1:
        parser.error("--limit must be at least 1")
    if given.command == "migrate" and not 0 <= given.rows < 2**63:
        parser.error("--rows must be a number of rows")
    for stream in (sys.stdout, sys.stderr):
        # A name or a text may contain characters that the terminal's encoding lacks.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        # After the shell's >&- the store's file could get descriptor 1, and the output would go into it.
        _complain("the standard output is closed; redirect it (>/dev/null) to print nothing")
        return 1
    try:
        status = 0
        if given.command == "verify":
            status = verify(given.file, given.limit)
        elif given.command == "generate":
            for written in generate(given.schema, given.name, given.output):
                _say(f"wrote {written}")
        elif given.command == "migrate":
            found = migrate_by_file(
                given.old, given.new, given.schema, given.to == "go", given.rows, show_on_terminal
            )
            _tell_migrated(given.new, found)
        else:
            info(given.file, given.rows)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        return 1
    except KeyboardInterrupt:
        if given.command != "migrate":
            raise
        _complain("interrupted; there is a new file only if all of it was written before")
        return 130
    except Error as error:
        _complain(str(error))
        return 1
    except OSError as error:
        _forget_output()
        _complain(f"cannot write: {error}")
        return 1
    return status


def _forget_output() -> None:
    """Redirects the output to /dev/null: at exit Python would try again to write what it could not."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
