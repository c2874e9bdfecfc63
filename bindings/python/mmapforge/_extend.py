"""Appending many records: columns at the speed of memory, rows a batch at a time."""

import itertools
from collections.abc import Mapping as AnyMapping
from typing import Any, Dict, Iterable, List, Mapping

from mmapforge._chunk import chunk_rows
from mmapforge._codec import PackFailed
from mmapforge._core import ffi, lib
from mmapforge._errors import ArgumentError, Error, FieldTypeError, TooLongError, make_error
from mmapforge._rows import fail_names, values_of
from mmapforge._source import Source, source_of
from mmapforge._store import Store
from mmapforge._tables import columns_of
from mmapforge._view import View


def extend(store: Any, rows: Any, columns: Dict[str, Any]) -> int:
    """As Store.extend."""
    if rows is None:
        if not columns:
            message = f"{store.path}: extend: no rows and no columns to append"
            raise make_error(FieldTypeError, message, path=store.path)
        return _append_columns(store, columns)
    if columns:
        message = f"{store.path}: extend: give rows or columns by name, not both"
        raise make_error(FieldTypeError, message, path=store.path)
    if isinstance(rows, AnyMapping):
        return _append_columns(store, rows)
    if isinstance(rows, (Store, View)):
        return _append_store(store, rows)
    table = columns_of(store, rows)
    if table is not None:
        return _append_columns(store, table)
    return _append_rows(store, rows)


# ---- Columns ----


def _append_columns(store: Any, columns: Mapping[str, Any]) -> int:
    fields = store.schema.fields
    if len(columns) != len(fields) or any(field.name not in columns for field in fields):
        fail_names(store, columns, "extend")
    sources = [source_of(store, field, columns[field.name]) for field in fields]
    count = _common_length(store, sources)
    c_sources = ffi.new("mmfpy_source[]", len(sources))
    for c_source, source in zip(c_sources, sources):
        source.fill(c_source)
    first, bad = ffi.new("uint64_t *"), ffi.new("uint64_t *")
    bad_source = ffi.new("uint32_t *")
    status = lib.mmfpy_append_columns(
        store.handle, count, c_sources, len(sources), first, bad, bad_source
    )
    if status == lib.MMF_ERR_TOO_LONG:
        field = fields[bad_source[0]]
        message = f"{store.path}: extend: row {bad[0]}, field {field.name}: the value is longer than "
        message += f"{field.declaration} takes; nothing was appended"
        raise make_error(TooLongError, message, path=store.path, row=int(bad[0]), field=field.name,
                         status="MMF_ERR_TOO_LONG")  # fmt: skip
    if status:
        store.fail(status)
    return count


def _common_length(store: Any, sources: List[Source]) -> int:
    lengths = {s.field.name: s.count for s in sources if s.count is not None}
    if not lengths:
        return 1
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} has {count}" for name, count in lengths.items())
        message = f"{store.path}: extend: columns differ in length: {shown}"
        raise make_error(ArgumentError, message, path=store.path)
    return next(iter(lengths.values()))


# ---- Rows ----


def _append_rows(store: Any, rows: Any) -> int:
    try:
        iterator = iter(rows)
    except TypeError:
        message = f"{store.path}: extend: {type(rows).__name__} is not iterable; give columns by "
        message += "name, or an iterable of records"
        raise make_error(FieldTypeError, message, path=store.path) from None
    size = store.schema.record_size
    batch = chunk_rows(size)
    buffer = bytearray(batch * size)
    memory = ffi.from_buffer(buffer)
    done = 0
    while True:
        packed = 0
        error: Any = None
        try:
            packed = _pack(store, buffer, itertools.islice(iterator, batch))
        except PackFailed as failed:
            packed, error = failed.packed, failed.__cause__
        if packed or error is None:
            # None of them, too: a store that is closed or read-only says so.
            status = lib.mmfpy_append_rows(store.handle, memory, packed, len(buffer), ffi.NULL)
            if status:
                raise _after(store._error_of(status), done)
            done += packed
        if error is not None:
            if isinstance(error, Error) and error.args:
                error.args = (f"{error.args[-1]} (item {done} of extend; {done} were appended)",)
            elif hasattr(error, "add_note"):
                error.add_note(f"{store.path}: {done} records of extend were appended")
            raise error
        if packed < batch:
            return done


def _after(error: Error, done: int) -> Error:
    """The error, whose message says how many records were appended before it."""
    error.args = (*error.args[:-1], f"{error.args[-1]} ({done} records of extend were appended)")
    return error


def _pack(store: Any, buffer: bytearray, rows: Iterable[Any]) -> int:
    def values(row: Any) -> Any:
        return values_of(store, row, "extend")

    def pack_checked(at: int, row: Any) -> None:
        store.codec.pack_into(buffer, at, values_of(store, row, "extend"), store.path)

    record = store.record
    return int(
        store.codec.pack_rows(rows, buffer, values, pack_checked, record, record._values)
    )


def _append_store(store: Any, rows: Any) -> int:
    """Another store's records: whole images when the layout is the same."""
    view = rows[:] if isinstance(rows, Store) else rows
    source, wanted = view._store, view._rows
    differs = source.schema.layout_hash != store.schema.layout_hash
    if differs or wanted.step != 1 or not wanted:
        return _append_rows(store, view)
    size = store.schema.record_size
    batch = chunk_rows(size)
    memory = ffi.new("char[]", batch * size)
    copied = ffi.new("uint64_t *")
    for first in range(wanted.start, wanted.stop, batch):
        count = min(batch, wanted.stop - first)
        status = lib.mmfpy_copy_rows(source.handle, first, count, memory, batch * size, copied)
        read_error = source._error_of(status, first + copied[0]) if status else None
        done = first - wanted.start
        status = lib.mmfpy_append_rows(store.handle, memory, copied[0], batch * size, ffi.NULL)
        if status:
            raise _after(store._error_of(status), done)
        if read_error is not None:
            raise _after(read_error, done + copied[0])
    return len(wanted)
