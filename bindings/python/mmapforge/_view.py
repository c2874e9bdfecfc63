"""Slices of a store: lazy, so that taking one costs nothing and copies nothing."""

import operator
from typing import TYPE_CHECKING, Any, Generic, Iterator, List, Optional, Tuple, TypeVar, Union, overload

from mmapforge._chunk import ChunkReader
from mmapforge._columns import HAS_NUMPY, Aggregates, Columns, total_over
from mmapforge._core import ffi, lib
from mmapforge._errors import ArgumentError, ArgumentTypeError, FieldTypeError, make_error
from mmapforge._record import Record

if TYPE_CHECKING:
    from mmapforge._store import Store

R = TypeVar("R", bound=Record)


class View(Aggregates, Generic[R]):
    """Some rows of a store, `store[10:20]`: indexed, iterated and sliced as the store is.

    It has the rows that the slice named when it was made; their values are read when asked for.
    """

    __slots__ = ("_store", "_rows")

    def __init__(self, store: "Store[R]", rows: range) -> None:
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
            raise make_error(FieldTypeError, message, path=self._store.path) from None
        if not -len(self._rows) <= index < len(self._rows):
            self._store.fail(lib.MMF_ERR_RANGE, index, count=len(self._rows))
        return self._store[self._rows[index]]

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


# ---- What a store and a slice of it share ----


def iterate(store: Any, rows: range) -> Iterator[Any]:
    """The records of rows, copied in C by the chunk where they are neighbours."""
    store.check_open()
    if rows.step != 1:
        for row in rows:
            yield store[row]
        return
    load = store.record._load
    reader = ChunkReader(store, store.codec)
    for first, count, columns in reader.chunks(rows.start, rows.stop):
        yield from load(store.record, store, range(first, first + count), *columns)


def tuples(store: Any, rows: range, names: Tuple[str, ...]) -> Iterator[Tuple[Any, ...]]:
    """The chosen fields of rows, as tuples."""
    store.check_open()
    reader = ChunkReader(store, store.codec, names or None)
    if rows.step == 1:
        for _, _, columns in reader.chunks(rows.start, rows.stop):
            yield from zip(*columns)
        return
    for row in rows:
        yield from zip(*reader.read(row, 1))


def snapshot(store: Any, rows: range) -> Any:
    """A copy of rows: a structured array, or a list of records without numpy."""
    if not HAS_NUMPY:
        return list(iterate(store, rows))
    import numpy

    if not rows:
        store.check_open()
        return numpy.empty(0, store.schema.dtype)
    first = min(rows[0], rows[-1])
    count = abs(rows[-1] - rows[0]) + 1
    out = numpy.empty(count, store.schema.dtype)
    copied = ffi.new("uint64_t *")
    memory = ffi.cast("void *", out.__array_interface__["data"][0])
    status = lib.mmfpy_copy_rows(store.handle, first, count, memory, out.nbytes, copied)
    if status:
        store.fail(status, first + copied[0])
    return out if rows.step == 1 else out[rows[0] - first :: rows.step].copy()


def rows_between(store: Any, start: int, stop: Optional[int]) -> range:
    """The rows of a slice start:stop, which counts from the end where it is negative."""
    return sliced(store.path, range(len(store)), slice(start, stop))


def sliced(path: str, rows: range, key: slice) -> range:
    """Some of the rows; an exception for what no slice can be made of."""
    try:
        return rows[key]
    except TypeError:
        message = f"{path}: the parts of a slice are rows, expected ints or nothing: {key}"
        raise make_error(ArgumentTypeError, message, path=path) from None
    except ValueError as error:
        raise make_error(ArgumentError, f"{path}: {error}", path=path) from None


