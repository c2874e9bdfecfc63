"""The store class that generated modules and `mmapforge.open` build on."""

import operator
import os
import time
import warnings
from typing import (
    Any,
    Dict,
    Generic,
    Iterator,
    List,
    Mapping,
    NoReturn,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
    overload,
)

from mmapforge import _errors, _view
from mmapforge._access import check_row, field_methods, set_value
from mmapforge._bulk import append_copies, extend
from mmapforge._codec import Codec, codec_of
from mmapforge._columns import Aggregates, Columns, total_over
from mmapforge._core import ffi, lib
from mmapforge._handle import REPLACED, Info, Path, encoded_path, open_handle, real_path
from mmapforge._record import Record
from mmapforge._rows import one_record, replace_fields
from mmapforge._schema import Field, Schema

__all__ = ["Store", "field_methods"]

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound="Store[Any]")
RecordLike = Union[Record, Mapping[str, Any], Sequence[Any]]

_VERIFY_ROWS = 100_000  # between looks at signals
_WAIT_S = 0.05  # between looks at signals

# A view that refused a close and has no name any more has ended meanwhile.
_NAMING_TRIES = 1000
_NAMING_S = 0.0001


class Store(Aggregates, Generic[R]):
    """A sequence of records in a memory-mapped file, which other processes may be writing.

    `open` and `create` make one. `len(store)` and every read see what a writer has published by
    then. Reading is safe in any number of threads; writes through one handle take turns. The GIL is
    released while C works. A forked child may read through an inherited store and is refused
    writing; a pickled store opens its file again, for reading, where it is unpickled.
    """

    __slots__ = ("handle", "path", "mode", "views", "codec", "_closer", "_pool", "_spare",
                 "_name", "__weakref__")  # fmt: skip

    schema: Schema
    record: Type[R]
    _dynamic: bool = False

    handle: Any
    path: str
    mode: str
    views: Dict[Any, str]  # weak references to what is alive, and its names
    codec: Codec
    _closer: Any
    _pool: List[Any]  # memory of records being read, one per thread that reads
    _spare: List[Any]  # memory of records being written
    _name: str

    def __init__(self, *_: Any, **__: Any) -> None:
        name = type(self).__name__
        message = f"{name} is made by {name}.open(path) or {name}.create(path)"
        raise _errors.make_error(_errors.ArgumentTypeError, message)

    @classmethod
    def open(
        cls: Type[S],
        path: Path,
        mode: str = "r",
        *,
        shared: bool = False,
        reserve: int = 0,
        errors: str = "strict",
    ) -> S:
        """Opens a store: with mode "r" to read, with "r+" as the file's one writer.

        Args:
            path: of the file.
            mode: "r" or "r+".
            shared: with "r+", be one of several writers, all of which must say so. A value that is
                read, changed and written back may overwrite what another has written meanwhile.
            reserve: bytes of address space for the file to grow into; 0 is 64 GiB for a writer, and
                for a reader 8 times the file's size, at least 1 GiB, and more as the file grows.
            errors: how strings that are not UTF-8 are read, as in bytes.decode.
        """
        opened = open_handle(path, mode, reserve, cls._own_schema(), errors, shared=shared)
        return cls._attach(opened, path, mode, errors)

    @classmethod
    def create(
        cls: Type[S],
        path: Path,
        *,
        shared: bool = False,
        capacity: int = 0,
        reserve: int = 0,
        permissions: int = 0o666,
        errors: str = "strict",
    ) -> S:
        """Makes a new file and opens it for writing; StoreExistsError when there is one.

        Args:
            path: of the file.
            shared: make it for up to 64 writers at once, and be the first of them.
            capacity: records that it has room for at once; it grows beyond that by itself.
            reserve: bytes of address space for it to grow into; 0 is 64 GiB.
            permissions: of the file, less the umask.
            errors: as in open.
        """
        opened = open_handle(
            path, "r+", reserve, cls._own_schema(), errors,
            shared=shared, capacity=capacity, permissions=permissions, create=True,
        )  # fmt: skip
        return cls._attach(opened, path, "r+", errors)

    @classmethod
    def _own_schema(cls) -> Schema:
        if cls is Store:
            message = "Store has no schema of its own; mmapforge.open(path) opens any store"
            raise _errors.make_error(_errors.ArgumentTypeError, message)
        return cls.schema

    @classmethod
    def _attach(cls: Type[S], opened: Tuple[Any, Any], path: Path, mode: str, errors: str) -> S:
        self = object.__new__(cls)
        self.handle, self._closer = opened
        self.path = os.fsdecode(path)
        self.mode = mode
        self.views = {}
        self.codec = codec_of(cls.schema, errors)
        self._pool = []
        self._spare = []
        self._name = real_path(path)
        return self

    # ---- The whole ----

    def close(self) -> None:
        """Syncs what a writer wrote, gives the lock back and unmaps the file.

        It waits for calls of other threads that are under way. ViewsAliveError (a BufferError) when
        columns or memoryviews are alive: nothing has happened then. Closing twice is no error.
        """
        status = lib.mmfpy_close(self.handle)
        for _ in range(_NAMING_TRIES):
            if status != lib.MMF_ERR_BUSY:
                break
            alive = list(self.views.values())
            if alive:
                self._fail_views(alive)
            # The view that was alive has ended since.
            time.sleep(_NAMING_S)
            status = lib.mmfpy_close(self.handle)
        else:
            self._fail_views([])
        if status != lib.MMF_OK and status != lib.MMF_ERR_CLOSED:
            raise _errors.make_error(
                _errors.CLASS_OF_STATUS[status],
                f"{self.path}: closed, but what was written last may not be on the disk",
                path=self.path,
                status=_errors.text_of(lib.mmf_status_name(status)),
            )

    def _fail_views(self, alive: List[str]) -> NoReturn:
        if not alive:
            message = f"{self.path}: other threads make and drop views into the store all the time; "
            message += "stop them, then close"
            raise _errors.make_error(_errors.ViewsAliveError, message, path=self.path)
        shown = ", ".join(alive[:5]) + (", ..." if len(alive) > 5 else "")
        one = len(alive) == 1
        views = "1 view into the store is" if one else f"{len(alive)} views into the store are"
        them = "it" if one else "them"
        message = f"{self.path}: {views} alive: {shown}; delete {them} (and what was sliced from "
        message += f"{them}), then close"
        raise _errors.make_error(_errors.ViewsAliveError, message, path=self.path)

    @property
    def closed(self) -> bool:
        return bool(lib.mmfpy_count(self.handle) == -lib.MMF_ERR_CLOSED)

    def __enter__(self: S) -> S:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        """As close. A reader whose views are alive is closed, too: the file stays mapped for them."""
        if self.views and (self.mode == "r" or kind is not None):
            lib.mmfpy_shut(self.handle)
            lib.mmfpy_close(self.handle)  # if the last view has ended just now
        else:
            self.close()

    def __del__(self) -> None:
        if getattr(self, "mode", "r") == "r+" and not self.closed:
            warnings.warn(f"{self!r} was not closed", ResourceWarning, source=self)

    def sync(self) -> None:
        """Makes what was written survive a power cut; a kill never loses any of it."""
        error = ffi.new("mmf_error *")
        status = lib.mmfpy_sync(self.handle, error)
        if status in (lib.MMF_ERR_CLOSED, lib.MMF_ERR_READ_ONLY):
            self.fail(status)
        if status:
            raise _errors.error_of(error, path=self.path)

    def copy(self, path: Path) -> None:
        """Copies the store to a new file, also while writers are at work on it: never use `cp`.

        There are as many records as the store has now, each of one moment. The file appears when
        all of it is on the disk. StoreExistsError when something has the name; CorruptError when a
        record is damaged or missing, whose `row` says which. There is no file then.
        """
        name = encoded_path(path)
        error = ffi.new("mmf_error *")
        bad = ffi.new("int64_t *")
        status = lib.mmfpy_copy(self.handle, name, bad, error)
        if status == lib.MMF_ERR_CLOSED:
            self.fail(status)
        if status:
            row = int(bad[0])
            raise _errors.error_of(error, path=self.path, row=None if row < 0 else row)

    def info(self) -> Info:
        """Counts and sizes of the file now."""
        out = ffi.new("mmfpy_info *")
        status = lib.mmfpy_read_info(self.handle, out)
        if status:
            self.fail(status)
        return Info(
            out.count, out.capacity, out.capacity_max, out.file_size, out.header_size,
            out.reserve_bytes, out.writer_pid, out.record_size, out.format_version,
            bool(out.writable), bool(out.live), out.missing_rows, out.dropped_rows,
            REPLACED[out.replaced],
        )  # fmt: skip

    @property
    def capacity(self) -> int:
        """Records that the file has room for without growing."""
        return self.info().capacity

    def wait(self, count: int, timeout: Optional[float] = None) -> int:
        """Waits until there are more than count records, and returns how many there are.

        WaitTimeoutError after timeout seconds; None waits for ever.
        """
        number = self._number(count, "wait: count")
        if not -1 < number < 1 << 64:
            message = f"{self.path}: wait: count is {count}, expected a number of records"
            raise _errors.make_error(_errors.ArgumentError, message, path=self.path)
        try:
            timeout = None if timeout is None else float(timeout)
        except (TypeError, ValueError):
            message = f"{self.path}: wait: timeout is {timeout!r}, expected seconds or None"
            raise _errors.make_error(_errors.ArgumentTypeError, message, path=self.path) from None
        if timeout is not None and timeout != timeout:
            message = f"{self.path}: wait: timeout is {timeout}, expected seconds or None"
            raise _errors.make_error(_errors.ArgumentError, message, path=self.path)
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = _WAIT_S if end is None else min(_WAIT_S, max(0.0, end - time.monotonic()))
            status = lib.mmfpy_wait(self.handle, count, int(left * 1e9))
            if status == 0:
                return len(self)
            if status != lib.MMF_ERR_TIMEOUT:
                self.fail(status)
            if end is not None and time.monotonic() >= end:
                message = f"{self.path}: still {len(self)} records after {timeout} s"
                raise _errors.make_error(
                    _errors.WaitTimeoutError, message, path=self.path, status="MMF_ERR_TIMEOUT"
                )

    def __reduce__(self) -> Any:
        return _reopen, (None if self._dynamic else type(self), self._name, self.codec.errors)

    def __repr__(self) -> str:
        count = lib.mmfpy_count(self.handle)
        if count == -lib.MMF_ERR_CLOSED:
            return f"<{type(self).__name__} {self.path!r}: closed>"
        how = "reading" if self.mode == "r" else "writing"
        if count < 0:
            return f"<{type(self).__name__} {self.path!r}: more rows than its reserve has room for, {how}>"
        rows = "row" if count == 1 else "rows"
        return f"<{type(self).__name__} {self.path!r}: {count:,} {rows}, {how}>"

    # ---- Reading ----

    def __len__(self) -> int:
        """How many records there are; CapacityError when not all fit the address space."""
        count = lib.mmfpy_count(self.handle)
        if count < 0:
            self.fail(-count)
        return int(count)

    @overload
    def __getitem__(self, key: int) -> R: ...

    @overload
    def __getitem__(self, key: slice) -> "_view.View[R]": ...

    @overload
    def __getitem__(self, key: Tuple[int, str]) -> Any: ...

    def __getitem__(self, key: Union[int, slice, Tuple[int, str]]) -> Any:
        """store[3] is a record, store[10:20] a view, and store[3, "price"] one value."""
        if type(key) is int:
            return self._read(key)
        if isinstance(key, slice):
            return _view.View(self, _view.sliced(self.path, range(len(self)), key))
        if isinstance(key, tuple):
            row, name = self._row_and_field(key)
            return getattr(self, "get_" + self.field(name).name)(row)
        try:
            row = operator.index(key)
        except TypeError:
            message = f"{self.path}: a store is indexed by a row, a slice or (row, field name), "
            message += f"not by {type(key).__name__}; columns[...] has columns"
            raise _errors.make_error(_errors.FieldTypeError, message, path=self.path) from None
        return self._read(row)

    def _row_and_field(self, key: Tuple[Any, ...]) -> Tuple[int, str]:
        if len(key) == 2:
            return key[0], key[1]
        message = f"{self.path}: {key!r} has {len(key)} items, expected a row and a field's name"
        raise _errors.make_error(_errors.FieldTypeError, message, path=self.path)

    def _read(self, row: int) -> R:
        try:
            memory, buffer = self._pool.pop()
        except IndexError:
            memory = ffi.new("char[]", self.schema.record_size)
            buffer = memoryview(ffi.buffer(memory))
        try:
            at = lib.mmfpy_read_row(self.handle, row, memory, len(buffer))
        except OverflowError:
            at = lib.mmfpy_read_row(self.handle, check_row(self, row), memory, len(buffer))
        if at < 0:
            self.fail(-at, row)
        record = self.record(*self.codec.unpack_from(buffer, self.path, at))
        record._store = self
        record._row = at
        self._pool.append((memory, buffer))
        return record

    @overload
    def get(self, row: int) -> R: ...

    @overload
    def get(self, row: int, field: str) -> Any: ...

    def get(self, row: int, field: Optional[str] = None) -> Any:
        """One record, consistent, or one field of it."""
        if field is None:
            return self._read(check_row(self, row))
        return getattr(self, "get_" + self.field(field).name)(row)

    def __iter__(self) -> Iterator[R]:
        """The records that there are when the loop begins, each consistent.

        At a record that cannot be read (damaged, missing, or with text that is not UTF-8) the loop
        raises, after it has yielded every record before it. Records are read in chunks: after a
        close the rest of a chunk still comes, and then ClosedError.
        """
        return _view.iterate(self, range(len(self)))

    def __reversed__(self) -> Iterator[R]:
        return _view.iterate(self, range(len(self))[::-1])

    def tuples(self, *names: str, start: int = 0, stop: Optional[int] = None) -> Iterator[Any]:
        """The fields of those names (all without names) as plain tuples: the fastest loop.

        `for price, volume in store.tuples("price", "volume")`; start and stop are those of a slice.
        """
        return _view.tuples(self, _view.rows_between(self, start, stop), names)

    def follow(self, start: Optional[int] = None, timeout: Optional[float] = None) -> Iterator[R]:
        """The records from row start on (None: the next to come), and each new one as it comes.

        A negative start counts from the end, as in a slice.
        Ends when none has come for timeout seconds; None waits for ever.
        """
        row = len(self) if start is None else self._number(start, "follow: start")
        if row < 0:
            row = max(0, row + len(self))
        while True:
            try:
                count = self.wait(row, timeout)
            except _errors.WaitTimeoutError:
                return
            yield from _view.iterate(self, range(row, count))
            row = count

    def snapshot(self, start: int = 0, stop: Optional[int] = None) -> Any:
        """A copy of rows as a structured numpy array, each record consistent.

        Without numpy a list of records. start and stop are those of a slice.
        """
        return _view.snapshot(self, _view.rows_between(self, start, stop))

    def verify(self, start: int = 0, stop: Optional[int] = None) -> int:
        """Checks rows against their checksums, and returns how many there were.

        start and stop are those of a slice. CorruptError at the first one that is damaged: its
        `row` says which. The schema must ask for `@checksums`; without, UnsupportedError.
        """
        rows = _view.rows_between(self, start, stop)
        error = ffi.new("mmf_error *")
        bad = ffi.new("uint64_t *")
        first = rows.start
        while True:
            # In steps, so that an interrupt is heard.
            count = min(max(0, rows.stop - first), _VERIFY_ROWS)
            status = lib.mmfpy_verify(self.handle, first, count, bad, error)
            if status == lib.MMF_ERR_CLOSED:
                self.fail(status)
            if status:
                row = int(bad[0]) if bad[0] < rows.stop else None
                raise _errors.error_of(error, path=self.path, row=row)
            first += count
            if first >= rows.stop:
                return len(rows)

    @property
    def columns(self) -> Columns:
        """The fields as columns; `store.columns["price"]` is a zero-copy array."""
        return Columns(self, None)

    def _total(self, name: str, what: int) -> Any:
        return total_over(self, range(len(self)), name, what)

    # ---- Writing ----

    def append(self, record: Optional[RecordLike] = None, /, **fields: Any) -> int:
        """Appends a record, given by field names or as a record, a mapping or a sequence.

        It is written first and published then, so nobody sees a part of it. Returns its row.
        """
        packed = one_record(self, record, fields, "append")
        row = lib.mmfpy_append_row(self.handle, packed.memory, packed.size)
        if row < 0:
            self.fail(-row)
        self._spare.append(packed)
        return int(row)

    def extend(self, rows: Any = None, /, **columns: Any) -> int:
        """Appends many records, and returns how many.

        By name: a column per field, `extend(symbol=[...], price=array, ...)`; a value that is no
        sequence stands for every row. Or one argument: a mapping of columns, a structured array, a
        table of pandas, polars or pyarrow, or any iterable of records, mappings or sequences.
        Columns and tables are appended all or none, and nulls in them are refused. Of an iterable,
        the records before a bad one stay appended; the message says how many.
        """
        if isinstance(rows, (Store, _view.View)) and not columns:
            view = rows[:] if isinstance(rows, Store) else rows
            same = view._store.schema.layout_hash == self.schema.layout_hash
            if same and view._rows and view._rows.step == 1:
                return append_copies(self, view._store, view._rows)
            rows = view
        return extend(self, rows, columns)

    def set(self, row: int, record: Optional[RecordLike] = None, /, **fields: Any) -> None:
        """Replaces a record, or the named fields of it: all or nothing, even under a kill."""
        replace_fields(self, row, record, fields)

    def assign(self, row: int, field: str, value: Any) -> None:
        """Replaces one field."""
        set_value(self, row, self.field(field), value)

    def __setitem__(self, key: Union[int, Tuple[int, str]], value: Any) -> None:
        """store[3] = record replaces a record, store[3, "price"] = 2.0 one field."""
        if isinstance(key, slice):
            message = f"{self.path}: rows are assigned one by one, not by slices"
            raise _errors.make_error(_errors.FieldTypeError, message, path=self.path)
        if isinstance(key, tuple):
            row, name = self._row_and_field(key)
            self.assign(row, name, value)
        else:
            self.set(key, value)

    # ---- Shared with the other files of the package ----

    def field(self, name: str) -> Field:
        """The field of that name; FieldNameError if there is none."""
        try:
            return self.schema.by_name[name]
        except (KeyError, TypeError):
            pass
        raise _errors.make_error(
            _errors.FieldNameError,
            f"{self.path}: there is no field {name!r}; the fields are {', '.join(self.schema.names)}",
            path=self.path,
            field=name if isinstance(name, str) else None,
        )

    def _number(self, value: Any, what: str) -> int:
        try:
            return operator.index(value)
        except TypeError:
            message = f"{self.path}: {what} is of type {type(value).__name__}, expected an int"
            raise _errors.make_error(_errors.ArgumentTypeError, message, path=self.path) from None

    def check_open(self) -> None:
        """ClosedError unless the store is open."""
        if self.closed:
            self.fail(lib.MMF_ERR_CLOSED)

    def fail(
        self,
        status: int,
        row: Optional[int] = None,
        field: Optional[str] = None,
        count: Optional[int] = None,
    ) -> NoReturn:
        """Raises the exception for a status of C."""
        raise self._error_of(status, row, field, count)

    def _error_of(
        self,
        status: int,
        row: Optional[int] = None,
        field: Optional[str] = None,
        count: Optional[int] = None,
    ) -> _errors.Error:
        """The exception for a status of C."""
        if count is None:
            count = max(0, lib.mmfpy_count(self.handle))
        return _errors.status_error(
            self.handle, status, path=self.path, row=row, field=field, count=count
        )


def _reopen(cls: Optional[Type[Any]], path: str, errors: str) -> Any:
    from mmapforge._define import open as open_any

    return open_any(path, errors=errors) if cls is None else cls.open(path, errors=errors)
