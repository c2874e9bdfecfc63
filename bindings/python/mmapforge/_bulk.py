"""Appending many records: columns at the speed of memory, rows a batch at a time."""

import itertools
from collections.abc import Mapping as AnyMapping
from typing import Any, Dict, Iterable, List, Mapping, Tuple

from mmapforge._chunk import chunk_rows
from mmapforge._core import ffi, lib
from mmapforge._errors import ArgumentError, Error, FieldTypeError, TooLongError, make_error
from mmapforge._handle import OpenStore
from mmapforge._rows import fail_names, values_of
from mmapforge._schema import Field
from mmapforge._sources import REFUSALS, Source, fail_at, refusal, source_of
from mmapforge._tables import columns_of
from mmapforge._value_sources import given_of, validity_source


def _appended(count: int) -> str:
    """The end of a message."""
    if count == 0:
        return "nothing was appended"
    return f"extend appended {count} record{'' if count == 1 else 's'}"


# ---- extend ----


def extend(store: OpenStore, rows: Any, columns: Dict[str, Any]) -> int:
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
    if not store.schema.is_plain and getattr(getattr(rows, "dtype", None), "names", None) is not None:
        return _append_columns(store, _of_records(store, rows))
    table = columns_of(store.path, rows, "extend")
    if table is not None:
        return _append_columns(store, table)
    return _append_rows(store, rows)


def _of_records(store: OpenStore, rows: Any) -> Mapping[str, Any]:
    """The columns of a structured array in the form of `snapshot`, with its nulls."""
    from mmapforge._column_numpy import columns_of_records

    return columns_of_records(rows, store.schema.fields, store.schema._validity)


# ---- Appending columns ----


def _append_columns(store: OpenStore, columns: Mapping[str, Any]) -> int:
    fields = store.schema.fields
    given = sum(field.name in columns for field in fields)
    if len(columns) != given or any(f.name not in columns and not f.is_optional for f in fields):
        fail_names(store, columns, "extend")
    sources: List[Source] = []
    nullable: List[Tuple[Field, Any]] = []
    for field in fields:
        values = columns[field.name] if field.name in columns else field.default
        if field.is_plain:
            sources.append(source_of(store, field, values))
            continue
        made = given_of(store, field, values)
        sources.append(made.source)
        if field.nullable:
            nullable.append((field, made.valid))
    count = _common_length(store, sources)
    if nullable:
        sources.append(validity_source(store.schema._validity, nullable, count))
    c_sources = ffi.new("mmfpy_source[]", len(sources))
    for c_source, source in zip(c_sources, sources):
        source.fill(c_source)
    first, bad = ffi.new("uint64_t *"), ffi.new("uint64_t *")
    bad_source = ffi.new("uint32_t *")
    status = lib.mmfpy_append_columns(
        store._handle, count, c_sources, len(sources), first, bad, bad_source
    )
    if status == lib.MMF_ERR_TOO_LONG:
        field = fields[bad_source[0]]
        what = f"the value is longer than {field.declaration} takes"
        fail_at(store, TooLongError, field, int(bad[0]), what, "MMF_ERR_TOO_LONG")
    if status:
        store._fail(status)
    return count


def _common_length(store: OpenStore, sources: List[Source]) -> int:
    lengths = {s.field.name: s.count for s in sources if s.count is not None}
    if not lengths:
        return 1
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} has {count}" for name, count in lengths.items())
        message = f"{store.path}: extend: columns differ in length: {shown}; give columns of one length"
        raise make_error(ArgumentError, message, path=store.path)
    return next(iter(lengths.values()))


# ---- Appending rows ----


def _append_rows(store: OpenStore, rows: Any) -> int:
    try:
        iterator = iter(rows)
    except TypeError:
        message = f"{store.path}: extend: {type(rows).__name__} is not iterable; give columns by "
        message += "name, or an iterable of records"
        raise make_error(FieldTypeError, message, path=store.path) from None
    size = store.schema.record_size
    most = chunk_rows(size)
    buffer = bytearray(most * size)
    memory = ffi.from_buffer(buffer)
    batch = ffi.new("mmfpy_batch *")
    try:
        while True:
            _pack(store, buffer, itertools.islice(iterator, most), batch)
            is_last = batch.packed < most
            # Also for no records, so that a closed or read-only store raises.
            _append_batch(store, memory, len(buffer), batch)
            if is_last:
                return int(batch.appended)
    except BaseException as error:
        failure = error
        if batch.packed:
            try:
                _append_batch(store, memory, len(buffer), batch)
            except Error as second:
                # An interrupt ends the program whatever happened to the records before it.
                if isinstance(error, Exception):
                    failure = second
                else:
                    _note(error, str(second))
        _say_appended(store, failure, batch.appended)
        if failure is not error:
            raise failure from error
        raise


def _append_batch(store: OpenStore, memory: Any, size: int, batch: Any) -> None:
    """Appends the packed records, which are no longer packed then, whether that succeeds or not."""
    status = lib.mmfpy_append_batch(store._handle, memory, size, batch)
    if status:
        batch.packed = 0
        raise store._error_of(status)


def _say_appended(store: OpenStore, error: BaseException, done: int) -> None:
    """Adds to an exception how many records were appended before it."""
    if isinstance(error, Error) and error.args:
        error.args = (*error.args[:-1], f"{error.args[-1]}; {_appended(done)}")
    else:
        _note(error, f"{store.path}: {_appended(done)}")


def _note(error: BaseException, note: str) -> None:
    """As add_note, which Python has from 3.11 on."""
    error.__notes__ = [*getattr(error, "__notes__", ()), note]  # type: ignore[attr-defined]


def _pack(store: OpenStore, buffer: bytearray, rows: Iterable[Any], batch: Any) -> None:
    """Packs rows until they end or one raises; batch.packed is their number in either case."""

    def refused(at: int, error: Error) -> Error:
        return refusal(store, error, int(batch.appended) + at // store.schema.record_size)

    def values(at: int, row: Any) -> Any:
        try:
            return values_of(store, row, "extend")
        except REFUSALS as error:
            raise refused(at, error) from None

    def pack_checked(at: int, row: Any) -> None:
        given = values(at, row)
        try:
            store._codec.pack_checked(memoryview(buffer)[at:], given)
        except REFUSALS as error:
            raise refused(at, error) from None

    record = store.record
    store._codec.pack_rows(rows, buffer, batch, values, pack_checked, record, record._values)


def append_copies(store: OpenStore, source: OpenStore, rows: range) -> int:
    """Appends rows of another store with the same layout: records are copied as they are."""
    size = store.schema.record_size
    most = chunk_rows(size)
    memory = ffi.new("char[]", most * size)
    batch = ffi.new("mmfpy_batch *")
    copied = ffi.addressof(batch, "packed")
    try:
        for first in range(rows.start, rows.stop, most):
            count = min(most, rows.stop - first)
            status = lib.mmfpy_copy_rows(source._handle, first, count, memory, most * size, copied)
            read_error = source._error_of(status, first + batch.packed) if status else None
            _append_batch(store, memory, most * size, batch)
            if read_error is not None:
                raise read_error
    except BaseException as error:
        _say_appended(store, error, batch.appended)
        raise
    return len(rows)
