"""Slices of stores, and what stores and slices share: loops over rows, and snapshots."""

import operator
from typing import Any, Generic, Iterator, Optional, Tuple, TypeVar, Union, overload

from mmapforge import _errors
from mmapforge._chunk import ChunkReader
from mmapforge._columns import Columns
from mmapforge._core import ffi, lib
from mmapforge._handle import OpenStore
from mmapforge._logical import HAS_NUMPY
from mmapforge._record import Record
from mmapforge._totals import Aggregates, total_over

R = TypeVar("R", bound=Record)


class View(Aggregates, Generic[R]):
    """Some rows of a store, `store[10:20]`: indexed, iterated and sliced as the store is.

    Its rows are fixed when the slice is made; their values are read when they are used.
    """

    __slots__ = ("_store", "_rows")

    def __init__(self, store: OpenStore, rows: range) -> None:
        self._store = store
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, key: int) -> R: ...

    @overload
    def __getitem__(self, key: slice) -> "View[R]": ...

    def __getitem__(self, key: Union[int, slice]) -> Union[R, "View[R]"]:
        if isinstance(key, slice):
            return View(self._store, sliced(self._store.path, self._rows, key))
        try:
            index = operator.index(key)
        except TypeError:
            message = f"{self._store.path}: a view is indexed by a row or a slice, "
            message += f"not by {type(key).__name__}"
            raise _errors.make_error(_errors.FieldTypeError, message, path=self._store.path) from None
        if not -len(self._rows) <= index < len(self._rows):
            self._store._fail(lib.MMF_ERR_RANGE, index, count=len(self._rows))
        record: R = self._store._read(self._rows[index])
        return record

    def __iter__(self) -> Iterator[R]:
        return iterate(self._store, self._rows)

    def __reversed__(self) -> Iterator[R]:
        return iterate(self._store, self._rows[::-1])

    def tuples(self, *names: str) -> Iterator[Tuple[Any, ...]]:
        """As Store.tuples."""
        return tuples(self._store, self._rows, names)

    def snapshot(self) -> Any:
        """As Store.snapshot."""
        return snapshot(self._store, self._rows)

    @property
    def columns(self) -> Columns:
        """As Store.columns, of these rows."""
        return Columns(self._store, self._rows)

    def _total(self, name: str, what: int) -> Any:
        return total_over(self._store, self._rows, name, what)

    def __repr__(self) -> str:
        rows = self._rows
        step = f":{rows.step}" if rows.step != 1 else ""
        return f"<View [{rows.start}:{rows.stop}{step}] of {self._store!r}>"


# ---- Shared by stores and slices ----


def iterate(store: OpenStore, rows: range) -> Iterator[Any]:
    """The records of rows; C copies consecutive rows in chunks."""
    store._check_open()
    if rows.step != 1:
        for row in rows:
            yield store._read(row)
        return
    load: Any = store.record._load
    reader = ChunkReader(store)
    for first, count, columns in reader.chunks(rows.start, rows.stop):
        yield from load(store.record, store, range(first, first + count), *columns)


def tuples(store: OpenStore, rows: range, names: Tuple[str, ...]) -> Iterator[Tuple[Any, ...]]:
    """The chosen fields of rows, as tuples."""
    store._check_open()
    reader = ChunkReader(store, names or None)
    if rows.step == 1:
        for _, _, columns in reader.chunks(rows.start, rows.stop):
            yield from zip(*columns)
        return
    for row in rows:
        yield from zip(*reader.read(row, 1))


def snapshot(store: OpenStore, rows: range) -> Any:
    """A copy of rows: a structured array, or, without numpy, a list of records."""
    if not HAS_NUMPY:
        return list(iterate(store, rows))
    import numpy

    if not rows:
        store._check_open()
        return _with_nulls(store, numpy.empty(0, store.schema.dtype))
    first = min(rows[0], rows[-1])
    count = abs(rows[-1] - rows[0]) + 1
    out = numpy.empty(count, store.schema.dtype)
    copied = ffi.new("uint64_t *")
    memory = ffi.cast("void *", out.__array_interface__["data"][0])
    status = lib.mmfpy_copy_rows(store._handle, first, count, memory, out.nbytes, copied)
    if status:
        store._fail(status, first + copied[0])
    return _with_nulls(store, out if rows.step == 1 else out[rows[0] - first :: rows.step].copy())


def _with_nulls(store: OpenStore, records: Any) -> Any:
    """Records as a masked array, if any field is nullable."""
    if store.schema.is_plain:
        return records
    from mmapforge._column_numpy import masked_records

    return masked_records(records, store.schema.fields, store.schema._validity)


def rows_between(store: OpenStore, start: int, stop: Optional[int]) -> range:
    """The rows of the slice start:stop; negative numbers count from the end."""
    return sliced(store.path, range(len(store)), slice(start, stop))


def sliced(path: str, rows: range, key: slice) -> range:
    """The rows that a slice selects; an exception if the slice is not valid."""
    try:
        return rows[key]
    except TypeError:
        message = f"{path}: {key} is not a slice of rows, expected ints or nothing in each place"
        raise _errors.make_error(_errors.ArgumentTypeError, message, path=path) from None
    except ValueError as error:
        raise _errors.make_error(_errors.ArgumentError, f"{path}: {error}", path=path) from None
