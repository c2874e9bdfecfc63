"""Fields as columns: zero-copy windows into the mapping, and sums over them."""

import functools
import importlib.util
from typing import Any, Callable, Iterator, Mapping, Optional, Tuple, Union

from mmapforge._core import ffi, lib
from mmapforge._errors import (
    ArgumentError,
    FieldTypeError,
    UnsupportedError,
    make_error,
)
from mmapforge._schema import Field
from mmapforge._window import open_window

Number = Union[int, float]
Limits = Tuple[Number, Number]

HAS_NUMPY = importlib.util.find_spec("numpy") is not None


def total_of(address: Any, count: int, stride: int, type_number: int, what: int) -> Any:
    """The result struct of the C loops over count values."""
    out = ffi.new("mmfpy_total *")
    status = lib.mmfpy_total_of(address, count, stride, type_number, what, out)
    assert status == lib.MMF_OK, "only scalar fields come here"
    return out


def sum_in(total: Any) -> Number:
    """The sum: exact for integers, whatever their size."""
    if total.kind == 2:
        return float(total.sum)
    high, low = int(total.high), int(total.low)
    return ((high if total.kind == 0 else high & (1 << 64) - 1) << 64) + low


def limits_in(total: Any, is_bool: bool) -> Limits:
    """The smallest and the largest value, of which the one that was not asked for means nothing."""
    if total.kind == 2:
        return float(total.fmin), float(total.fmax)
    if total.kind == 0:
        return int(total.min), int(total.max)
    if is_bool:
        return bool(total.umin), bool(total.umax)
    return int(total.umin), int(total.umax)


class Aggregates:
    """sum, min, max and mean of a scalar field, in C; for whatever has rows of a store.

    What a writer changes meanwhile may or may not be counted; a value is never torn.
    """

    __slots__ = ()

    def _total(self, name: str, what: int) -> Tuple[Any, int, Field]:
        raise NotImplementedError

    def sum(self, field: str) -> Number:
        """The sum of a field; exact for integers, 0 without rows."""
        return sum_in(self._total(field, lib.MMFPY_SUM)[0])

    def mean(self, field: str) -> float:
        """The mean of a field; ValueError without rows."""
        total, count, _ = self._total(field, lib.MMFPY_SUM)
        self._need_rows(count, field)
        return sum_in(total) / count

    def min(self, field: str) -> Number:
        """The smallest value of a field; NaN if one is NaN. ValueError without rows."""
        return self._limit(field, lib.MMFPY_MIN)[0]

    def max(self, field: str) -> Number:
        """The largest value of a field; NaN if one is NaN. ValueError without rows."""
        return self._limit(field, lib.MMFPY_MAX)[1]

    def _limit(self, name: str, which: int) -> Limits:
        total, count, field = self._total(name, which)
        self._need_rows(count, name)
        return limits_in(total, field.type == "bool")

    @staticmethod
    def _need_rows(count: int, name: str) -> None:
        if count == 0:
            raise make_error(ArgumentError, f"field {name}: there are no rows", field=name)


def step_of(rows: range) -> int:
    """The step of rows; 1 where there are no two, since then it may be of any size."""
    return rows.step if len(rows) > 1 else 1


def total_over(store: Any, rows: range, name: str, what: int) -> Tuple[Any, int, Field]:
    """The total of one field over rows of a store."""
    field = store.field(name)
    if field.is_sized:
        what_is = f"{store.path}: field {name} is {field.declaration}, which has no sum or limits"
        raise make_error(FieldTypeError, what_is, path=store.path, field=name)
    out = ffi.new("mmfpy_total *")
    status = lib.mmfpy_total_rows(
        store.handle, rows[0] if rows else 0, len(rows), step_of(rows), field.offset,
        field.type_number, what, out,
    )  # fmt: skip
    if status:
        store.fail(status, max(rows[0], rows[-1]) if rows else 0)
    return out, len(rows), field


@functools.lru_cache(maxsize=None)
def _column_maker() -> Callable[..., Any]:
    """make_column, from a module that needs numpy and that needs this one."""
    from mmapforge._column_numpy import make_column

    return make_column


class Columns(Mapping[str, Any]):
    """The fields of a store, or of a slice of it, as columns; `store.columns`.

    `columns["price"]` is a numpy array over the mapping itself: strided, read-only, nothing copied,
    of the rows there are now. A string is of dtype 'S', a bytes field of 'V'. Values change as the
    writer changes them; one of up to 8 bytes is never torn, strings may be. The array keeps the
    mapping alive, and the store cannot be closed while it lives.

    Without numpy, scalar columns are strided memoryviews.
    """

    __slots__ = ("_store", "_rows")

    def __init__(self, store: Any, rows: Optional[range]) -> None:
        self._store = store
        self._rows = rows  # None: those that there are when a column is asked for

    def __getitem__(self, name: str) -> Any:
        return self._column(self._store.field(name), False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._store.schema.names)

    def __len__(self) -> int:
        return len(self._store.schema.fields)

    def __contains__(self, name: object) -> bool:
        return name in self._store.schema.by_name

    def __repr__(self) -> str:
        return f"<Columns {', '.join(self._store.schema.names)} of {self._store!r}>"

    def writable(self, name: str) -> Any:
        """The column of a scalar field, to be written through, in a store opened "r+".

        Such writes are plain stores: they are not synchronised with anything. A reader may see some
        of them before others, and a record between two of them; set() and set_price() are for
        everything else, and for records with checksums, which have no such column.
        """
        field = self._store.field(name)
        if field.is_sized:
            message = f"{self._store.path}: field {name} is {field.declaration}; set it row by row"
            raise make_error(FieldTypeError, message, path=self._store.path, field=name)
        if self._store.schema.checksums:
            message = f"{self._store.path}: field {name}: writes through an array would leave the "
            message += "records' checksums wrong; set it row by row"
            raise make_error(UnsupportedError, message, path=self._store.path, field=name)
        # From now on a sync cannot know what was written.
        status = lib.mmfpy_write_unseen(self._store.handle)
        if status:
            self._store.fail(status, field=name)
        return self._column(field, True)

    def lengths(self, name: str) -> Any:
        """The lengths in bytes of a string or bytes field, as a column of uint32."""
        field = self._store.field(name)
        if not field.is_sized:
            message = f"{self._store.path}: field {name} is {field.declaration} and has no lengths"
            raise make_error(FieldTypeError, message, path=self._store.path, field=name)
        return self._make(field, "<u4", "I", field.offset, False)

    def _column(self, field: Field, writable: bool) -> Any:
        return self._make(field, field.numpy_format, field.code, field.data_offset, writable)

    def _make(self, field: Field, dtype: str, code: str, offset: int, writable: bool) -> Any:
        rows = range(len(self._store)) if self._rows is None else self._rows
        if not HAS_NUMPY and not code:
            message = f"{self._store.path}: field {field.name}: a column of {field.declaration} "
            message += "needs numpy; install it, or iterate with tuples()"
            raise make_error(UnsupportedError, message, path=self._store.path, field=field.name)
        record_size = self._store.schema.record_size
        first = min(rows[0], rows[-1]) if rows else 0
        count = abs(rows[-1] - rows[0]) + 1 if rows else 0
        pointer: Any = None
        if count:
            pointer = open_window(self._store, first, count, f"columns[{field.name!r}]")
        else:
            self._store.check_open()
        if HAS_NUMPY:
            begin = (rows[0] - first) * record_size + offset if rows else 0
            stride = step_of(rows) * record_size
            return _column_maker()(pointer, len(rows), dtype, begin, stride, writable)
        # Any: a letter that is not written out is none that a type checker knows.
        empty: Any = memoryview(b"")
        empty = empty.cast(code)
        if pointer is None:
            return empty
        window: Any = memoryview(ffi.buffer(pointer, count * record_size))
        size = empty.itemsize
        whole = window.cast(code)[offset // size :: record_size // size]
        column = whole[rows[0] - first :: step_of(rows)] if rows.step != 1 else whole
        return column if writable else column.toreadonly()
