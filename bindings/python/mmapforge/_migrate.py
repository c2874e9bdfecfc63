"""`python -m mmapforge migrate`: rewrites a file to another schema, and shows how far it is."""

import sys
import threading
import time
from typing import Any, Callable, Dict, List

from mmapforge import _errors
from mmapforge._core import ffi, lib
from mmapforge._generate import _path_of, _source_of
from mmapforge._handle import encoded_path
from mmapforge._schema import Schema

# Seconds between two looks at the progress.
_INTERVAL = 0.1


def schema_of_file(path: str, record: str) -> Schema:
    """The schema of a record in a *.mmfs file, or the first one there; sys.modules stays as it is."""
    source = _source_of(_path_of(path), "migrated_store")
    names: Dict[str, Any] = {"__name__": "migrated_store"}
    exec(compile(source, f"<mmfgen {path}>", "exec"), names)
    made = [getattr(value, "schema", None) for value in names.values()]
    schemas = [schema for schema in made if isinstance(schema, Schema)]
    return next((schema for schema in schemas if schema.name == record), schemas[0])


def migrate(path: str, new_path: str, schema: Schema, show: Callable[[int, int, float], None]) -> int:
    """Writes the records of path to new_path in the layout of schema, and returns their number.

    show gets the records done, all records, and the seconds since the beginning, in the calling
    thread, about ten times a second. An exception, as of Control-C, stops the migration first, so that
    there is no new file.
    """
    names = encoded_path(path), encoded_path(new_path)
    error = ffi.new("mmf_error *")
    progress = ffi.new("mmfpy_progress *")
    report = ffi.new("mmf_migrate_report *")
    status: List[int] = []

    def run() -> None:
        status.append(lib.mmfpy_migrate(*names, schema._c_schema, 0, progress, report, error))

    thread = threading.Thread(target=run)
    begin = time.monotonic()
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_INTERVAL)
            show(int(progress.done), int(progress.total), time.monotonic() - begin)
    finally:
        progress.stop = 1
        thread.join()
    if status[0]:
        raise _errors.error_of(error, path=path)
    return int(report.rows)


def show_on_terminal(done: int, total: int, seconds: float) -> None:
    """Rewrites one line of the standard error, if it is a terminal."""
    if sys.stderr is None or not sys.stderr.isatty() or not total:
        return
    left = f", {seconds / done * (total - done):,.0f} s left" if done else ""
    said = f"{done:,} of {total:,} records{left}" if done < total else ""
    print(f"\r{said}\033[K", end="", file=sys.stderr, flush=True)
