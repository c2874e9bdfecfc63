"""`python -m mmapforge info FILE`: what a store is, and its first rows."""

import argparse
import io
import os
import sys
from typing import List, Optional

from mmapforge._define import open as open_store
from mmapforge._errors import Error


def info(path: str, rows: int) -> None:
    """Prints the schema, the counts and the first rows of a store."""
    with open_store(path, errors="backslashreplace") as store:
        about = store.info()
        print(f"{path}: {about.count:,} records of {store.schema.name}")
        print(f"  {about.file_size:,} bytes, room for {about.capacity:,} records")
        writer = f"process {about.writer_pid}" if about.writer_pid else "nobody"
        print(f"  {about.record_size} bytes a record, format {about.format_version}, written by {writer}")
        print()
        print(store.schema.text, end="")
        shown = store[:rows]
        for record in shown:
            print()
            print(f"row {record._row}")
            for name, value in record._asdict().items():
                print(f"  {name} = {value!r}")
        if about.count > len(shown):
            print()
            print(f"... and {about.count - len(shown):,} more")


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m mmapforge", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("info", help="print the schema and the first rows of a store")
    command.add_argument("file")
    command.add_argument("--rows", type=int, default=5, help="rows to print (default: 5)")
    given = parser.parse_args(arguments)
    if given.rows < 0:
        parser.error("--rows must not be negative")
    for stream in (sys.stdout, sys.stderr):
        # A name or a text may have what the terminal's encoding lacks.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        info(given.file, given.rows)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        return 1
    except Error as error:
        print(f"mmapforge: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        _forget_output()
        print(f"mmapforge: cannot write: {error}", file=sys.stderr)
        return 1
    return 0


def _forget_output() -> None:
    """What could not be written would be tried again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
