"""Fields as columns: zero-copy views of the mapped file, which keep their store open."""

import functools
import weakref
from typing import Any, Callable, Iterator, Mapping, Optional

from mmapforge._core import ffi, lib
from mmapforge._errors import FieldTypeError, UnsupportedError, make_error
from mmapforge._handle import OpenStore
from mmapforge._logical import HAS_NUMPY
from mmapforge._schema import Field
from mmapforge._totals import step_of


def _open_view(store: OpenStore, first: int, count: int, field: str) -> Any:
    """A C pointer to row first. While it lives, the rows stay mapped and the store stays open.

    The finalizer and the name of the view exist before the view is opened, so that no view leaks if
    a signal handler raises in between. The finalizer is pure C: a signal handler that raises inside
    a finalizer written in Python would stop it half way.

    Args:
        store: its close() is refused with the names of its live views.
        first: a row.
        count: the number of rows from there on, at least one.
        field: the name of the column's field.
    """
    handle, views = store._handle, store._views
    view = ffi.new("mmfpy_view *")
    owner = ffi.gc(view, store._drop_view)
    # The memory of the view is freed after its finalizer ran; that removes the name.
    views[weakref.ref(view, views.pop)] = (field, first, first + count - 1)
    status = lib.mmfpy_view_open(handle, first, count, view)
    if status == lib.MMF_ERR_UNSUPPORTED:
        message = f"{store.path}: field {field}: the file is of another version of the schema, so its records are "
        message += f"converted, and a column cannot be a view of them; use snapshot() or tuples({field!r}), or "
        message += "migrate the file (python -m mmapforge migrate)"
        raise make_error(UnsupportedError, message, path=store.path, field=field, status="MMF_ERR_UNSUPPORTED")
    if status:
        store._fail(status, first + count - 1)
    return ffi.gc(ffi.cast("char *", view.base), functools.partial(lib.mmfpy_view_hold, owner))


@functools.lru_cache(maxsize=None)
def _column_maker() -> Callable[..., Any]:
    """make_column. Imported late: importing numpy takes longer than opening a store."""
    from mmapforge._column_numpy import make_column

    return make_column


@functools.lru_cache(maxsize=None)
def _value_column_maker() -> Callable[..., Any]:
    """make_value_column."""
    from mmapforge._column_numpy import make_value_column

    return make_value_column


def _is_writable(field: Field) -> bool:
    """True where any number is a value of the field."""
    if field.nullable or field.struct is not None or field.type in ("string", "bytes"):
        return False
    if field.count and (field.type == "bool" or not HAS_NUMPY):
        return False
    return field.logical in ("", "timestamp")


class Columns(Mapping[str, Any]):
    """The fields of a store, or of a slice of it, as columns; `store.columns`.

    `columns["price"]` is a strided read-only numpy array over the mapped file, without a copy, of
    the rows that exist now. A string has dtype 'S', a bytes field 'V'. Its values change when the
    writer changes them; a value of up to 8 bytes is never torn, a string may be. The array keeps
    the file mapped, and the store cannot be closed while the array is alive.

    An enum is its integer, a timestamp datetime64, a date a copy as datetime64[D], a decimal int64 in
    units of its last digit, of which the column's `scale` are after the point. An array has a second
    dimension, a struct a structured dtype. Where a field or anything in it is nullable, the column is a
    masked array: its values are in the file, its mask is a copy.

    Without numpy, numbers are strided memoryviews. A file of another version of the schema has no columns;
    it has snapshots and tuples, whose values are converted.
    """

    __slots__ = ("_store", "_rows")

    def __init__(self, store: OpenStore, rows: Optional[range]) -> None:
        self._store = store
        self._rows = rows  # None: all rows that exist when a column is read

    def __getitem__(self, name: str) -> Any:
        return self._column(self._store._field(name), False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._store.schema.names)

    def __len__(self) -> int:
        return len(self._store.schema.fields)

    def __contains__(self, name: object) -> bool:
        return name in self._store.schema.by_name

    def __repr__(self) -> str:
        return f"<Columns {', '.join(self._store.schema.names)} of {self._store!r}>"

    def writable(self, name: str) -> Any:
        """A writable column of a scalar field, in a store opened with "r+".

        Assignments are plain stores without synchronisation: a reader may see some of them before
        others, and a record with only a part of them. Use set() and set_price() for everything
        else, and for records with checksums, which have no writable columns.
        """
        field = self._store._field(name)
        if not _is_writable(field):
            message = f"{self._store.path}: field {name} is {field.declaration}; set it row by row"
            raise make_error(FieldTypeError, message, path=self._store.path, field=name)
        if self._store.schema.checksums:
            message = f"{self._store.path}: field {name}: writes through an array would leave the "
            message += "records' checksums wrong; set it row by row"
            raise make_error(UnsupportedError, message, path=self._store.path, field=name)
        # From now on every sync must assume that something was written.
        status = lib.mmfpy_write_untracked(self._store._handle)
        if status:
            self._store._fail(status, field=name)
        return self._column(field, True)

    def lengths(self, name: str) -> Any:
        """The lengths in bytes of a string or bytes field, as a column of uint32."""
        field = self._store._field(name)
        if not field.is_sized:
            message = f"{self._store.path}: field {name} is {field.declaration} and has no lengths"
            raise make_error(FieldTypeError, message, path=self._store.path, field=name)
        return self._make(field, "<u4", "I", field.offset, False)

    def _column(self, field: Field, writable: bool) -> Any:
        if HAS_NUMPY and not field.is_plain:
            return self._value_column(field, writable)
        code = "" if field.nullable else field._code
        return self._make(field, field._numpy_format, code, field._data_offset, writable)

    def _value_column(self, field: Field, writable: bool) -> Any:
        """A column of a field that is not plain."""
        from mmapforge import _column_numpy as arrays

        if self._rows is None:  # the same rows for the values and their nulls
            return Columns(self._store, range(len(self._store)))._value_column(field, writable)
        column = self._make(field, field, "", field.offset, writable)
        if not arrays.has_nulls(field):
            return column
        null: Any = None
        if field.nullable:
            byte, bit = divmod(field._null_bit - 1, 8)
            at = self._store.schema._validity.offset + byte
            null = (self._make(field, "u1", "", at, False) >> bit & 1) == 0
        return arrays.masked_column(column, field, null)

    def _make(self, field: Field, dtype: Any, code: str, offset: int, writable: bool) -> Any:
        rows = range(len(self._store)) if self._rows is None else self._rows
        if not HAS_NUMPY and not code:
            message = f"{self._store.path}: field {field.name}: a column of {field.declaration} "
            message += f"needs numpy; install it, or read copies by tuples({field.name!r})"
            raise make_error(UnsupportedError, message, path=self._store.path, field=field.name)
        record_size = self._store.schema.record_size
        first, last, step = (rows[0], rows[-1], step_of(rows)) if rows else (0, -1, 1)
        lowest = first if step > 0 else last
        count = abs(last - first) + 1 if rows else 0
        pointer: Any = None
        if count:
            pointer = _open_view(self._store, lowest, count, field.name)
        else:
            self._store._check_open()
        if HAS_NUMPY:
            start = (first - lowest) * record_size + offset
            make = _value_column_maker() if dtype is field else _column_maker()
            return make(pointer, len(rows), dtype, start, step * record_size, writable)
        # Any, because type checkers accept only literal letters in cast().
        empty: Any = memoryview(b"")
        empty = empty.cast(code)
        if pointer is None:
            return empty
        window: Any = memoryview(ffi.buffer(pointer, count * record_size))
        size = empty.itemsize
        whole = window.cast(code)[offset // size :: record_size // size]
        column = whole[first - lowest :: step] if step != 1 else whole
        return column if writable else column.toreadonly()
