"""Fields as columns: zero-copy windows into the mapping, which keep their store open."""

import functools
import weakref
from typing import Any, Callable, Iterator, Mapping, Optional

from mmapforge._core import ffi, lib
from mmapforge._errors import FieldTypeError, UnsupportedError, make_error
from mmapforge._handle import OpenStore
from mmapforge._schema import Field
from mmapforge._tables import HAS_NUMPY
from mmapforge._totals import step_of


def _open_window(store: OpenStore, first: int, count: int, what: str) -> Any:
    """A pointer of C to row first. While it lives, the rows stay mapped and the store stays open.

    The finaliser of the view and its name are there before the view is, so that an exception which
    a signal's handler raises in between leaks none. All that is called at the end of a view is C:
    a handler that runs in a finaliser written in Python would end it half done.

    Args:
        store: which is asked to close names its windows.
        first: a row.
        count: of rows from there on, at least one.
        what: the name of the window.
    """
    handle, views = store._handle, store._views
    view = ffi.new("mmfpy_view *")
    # The finaliser keeps the memory of the handle, too.
    owner = ffi.gc(view, functools.partial(lib.mmfpy_view_drop, handle))
    # The memory of the view goes after its finaliser ran, and its name goes with it.
    views[weakref.ref(view, views.pop)] = f"{what} (rows {first} to {first + count - 1})"
    status = lib.mmfpy_view_open(handle, first, count, view)
    if status:
        store._fail(status, first + count - 1)
    return ffi.gc(ffi.cast("char *", view.base), functools.partial(lib.mmfpy_view_hold, owner))


@functools.lru_cache(maxsize=None)
def _column_maker() -> Callable[..., Any]:
    """make_column, from a module that imports numpy, which takes longer than opening a store."""
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

    def __init__(self, store: OpenStore, rows: Optional[range]) -> None:
        self._store = store
        self._rows = rows  # None: those that there are when a column is asked for

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
        """The column of a scalar field, to be written through, in a store opened "r+".

        Such writes are plain stores: they are not synchronised with anything. A reader may see some
        of them before others, and a record between two of them; set() and set_price() are for
        everything else, and for records with checksums, which have no such column.
        """
        field = self._store._field(name)
        if field.is_sized:
            message = f"{self._store.path}: field {name} is {field.declaration}; set it row by row"
            raise make_error(FieldTypeError, message, path=self._store.path, field=name)
        if self._store.schema.checksums:
            message = f"{self._store.path}: field {name}: writes through an array would leave the "
            message += "records' checksums wrong; set it row by row"
            raise make_error(UnsupportedError, message, path=self._store.path, field=name)
        # From now on a sync cannot know what was written.
        status = lib.mmfpy_write_unseen(self._store._handle)
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
        return self._make(field, field._numpy_format, field._code, field._data_offset, writable)

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
            pointer = _open_window(self._store, first, count, f"columns[{field.name!r}]")
        else:
            self._store._check_open()
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
