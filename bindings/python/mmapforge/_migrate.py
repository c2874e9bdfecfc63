"""`python -m mmapforge migrate`: rewrites a file to another schema or format, and shows how far it is."""

import sys
import threading
import time
from typing import Any, Callable, Dict, List, NamedTuple

from mmapforge import _errors
from mmapforge._core import ffi, lib
from mmapforge._generate import _path_of, _source_of
from mmapforge._handle import encoded_path
from mmapforge._schema import Schema

# Seconds between two looks at the progress.
_INTERVAL = 0.1

Show = Callable[[int, int, float], None]


class Report(NamedTuple):
    """What a migration found in the old file; mmf_migrate_report in C."""

    rows: int
    left_out: int
    blank: int
    first_blank: int
    torn: int
    first_torn: int
    format: int


class _Refused(Exception):
    """A migration that failed, and the name of the old file's records, or "" when that is not known."""

    def __init__(self, error: _errors.Error, record: str):
        super().__init__(error)
        self.error = error
        self.record = record


def schemas_of_file(path: str) -> List[Schema]:
    """The schemas of the records in a *.mmfs file; sys.modules stays as it is."""
    source = _source_of(_path_of(path), "migrated_store")
    names: Dict[str, Any] = {"__name__": "migrated_store"}
    exec(compile(source, f"<mmfgen {path}>", "exec"), names)
    made = [getattr(value, "schema", None) for value in names.values()]
    found: List[Schema] = []
    for schema in made:
        if isinstance(schema, Schema) and all(schema.name != other.name for other in found):
            found.append(schema)
    return found


def migrate_by_file(path: str, new_path: str, schema_path: str, to_go: bool, rows: int, show: Show) -> Report:
    """migrate, by the schema in a *.mmfs file that is of the old file's records.

    That is the one of their name. A file of the Go library has no name in it: the first one that describes it.
    """
    schemas = schemas_of_file(schema_path)
    try:
        return _migrate(path, new_path, schemas[0], to_go, rows, show)
    except _Refused as refused:
        first = refused
    if not isinstance(first.error, _errors.SchemaError) or first.record == schemas[0].name:
        raise first.error
    for schema in schemas[1:]:
        if first.record in ("", schema.name):
            try:
                return _migrate(path, new_path, schema, to_go, rows, show)
            except _Refused as refused:
                if first.record or not isinstance(refused.error, _errors.SchemaError):
                    raise refused.error from None
    raise first.error


def migrate(
    path: str, new_path: str, schema: Schema, show: Show, to_go: bool = False, rows: int = 0
) -> Report:
    """Writes the records of path to new_path in the layout of schema, the first rows of them or, for 0, all.

    show gets the records done, all records, and the seconds since the beginning, in the calling
    thread, about ten times a second. An exception, as of Control-C, stops the migration first, so that
    there is no new file.
    """
    try:
        return _migrate(path, new_path, schema, to_go, rows, show)
    except _Refused as refused:
        raise refused.error from None


def _migrate(path: str, new_path: str, schema: Schema, to_go: bool, rows: int, show: Show) -> Report:
    names = encoded_path(path), encoded_path(new_path)
    error = ffi.new("mmf_error *")
    progress = ffi.new("mmfpy_progress *")
    report = ffi.new("mmf_migrate_report *")
    status: List[int] = []

    def run() -> None:
        status.append(lib.mmfpy_migrate(*names, schema._c_schema, to_go, rows, progress, report, error))

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
        raise _Refused(_errors.error_of(error, path=path), ffi.string(report.record).decode())
    return Report(*(int(getattr(report, field)) for field in Report._fields))


def show_on_terminal(done: int, total: int, seconds: float) -> None:
    """Rewrites one line of the standard error, if it is a terminal."""
    if sys.stderr is None or not sys.stderr.isatty() or not total:
        return
    left = f", {seconds / done * (total - done):,.0f} s left" if done else ""
    said = f"{done:,} of {total:,} records{left}" if done < total else ""
    print(f"\r{said}\033[K", end="", file=sys.stderr, flush=True)
