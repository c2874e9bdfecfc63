"""Stores: the class that generated modules build on, and opening any file."""

import functools
import math
import operator
import os
import time
import warnings
from typing import (
    Any,
    Callable,
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

from mmapforge import _errors
from mmapforge._bulk import append_copies, extend
from mmapforge._columns import Columns
from mmapforge._core import ffi, lib
from mmapforge._handle import (
    REPLACED,
    Info,
    OpenStore,
    Path,
    check_mode,
    close_handle,
    encoded_path,
    open_handle,
    schema_text,
)
from mmapforge._printable import printable
from mmapforge._record import Record, make_record
from mmapforge._rows import check_row, field_methods, one_record, replace_fields, set_value
from mmapforge._schema import Field, Schema, schema_for, schema_of
from mmapforge._totals import Aggregates, total_over
from mmapforge._view import View, iterate, rows_between, sliced, snapshot, tuples

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound="Store[Any]")
RecordLike = Union[Record, Mapping[str, Any], Sequence[Any]]

_VERIFY_ROWS = 100_000  # rows between two checks for signals
_WAIT_S = 0.05  # seconds between two checks for signals

# A close is tried again if a view made it fail, but that view has ended since and has no name.
_NAMING_TRIES = 1000
_NAMING_S = 0.0001


class Store(OpenStore, Aggregates, Generic[R]):
    """A sequence of records in a memory-mapped file, which other processes may be writing.

    `open` and `create` return one. `len(store)` and every read see all records published so far.
    Any number of threads may read; a lock serialises the writes through one store. C code runs
    without the GIL. A forked child can read through an inherited store, but not write; a pickled
    store opens its file again, for reading, where it is unpickled.
    """

    __slots__ = ()

    record: Type[R]

    def __init__(self, *_: Any, **__: Any) -> None:
        name = type(self).__name__
        message = f"a {name} cannot be made directly; call {name}.open(path) or {name}.create(path)"
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
        """Opens a store: mode "r" to read, "r+" to write as the file's only writer.

        Args:
            path: the path of the file.
            mode: "r" or "r+".
            shared: with "r+", be one of several writers, all of which must set it. Read-modify-write
                is not atomic: it may overwrite a value that another writer wrote in between.
            reserve: bytes of address space for the file to grow into. 0 means 64 GiB for a writer;
                for a reader 8 times the file's size, at least 1 GiB, and more when the file grows.
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
        """Creates a file and opens it for writing; StoreExistsError if it exists.

        Args:
            path: the path of the file.
            shared: create it for up to 64 writers at once, and be the first of them.
            capacity: the records that it has room for at first; it grows when more are appended.
            reserve: bytes of address space for the file to grow into; 0 means 64 GiB.
            permissions: of the file, at most 0o777, before the umask is applied.
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

    # ---- The whole ----

    def close(self) -> None:
        """Syncs (a writer), releases the lock and unmaps the file.

        It waits for calls of other threads that are in flight. ViewsAliveError (a BufferError) if
        columns or memoryviews are alive; the store then stays open. A second close does nothing.

        One of several writers waits up to ten seconds for the append lock, also if an append failed
        for the same reason before. BusyError then: the store is closed, its records stay in the
        file, and the next sync or close of any writer makes them survive a power cut.
        """
        status = lib.mmfpy_close(self._handle)
        for _ in range(_NAMING_TRIES):
            if status != lib.MMFPY_VIEWS_ALIVE:
                break
            alive = list(self._views.values())
            if alive:
                self._fail_views(alive)
            # The view that was alive has ended in between.
            time.sleep(_NAMING_S)
            status = lib.mmfpy_close(self._handle)
        else:
            self._fail_views([])
        if status != lib.MMF_OK and status != lib.MMF_ERR_CLOSED:
            message = f"{self.path}: the store is closed, but records written last may not be on the disk"
            if status == lib.MMF_ERR_BUSY:
                message += ": another writer has held the append lock for ten seconds; the next sync or "
                message += "close of any writer puts them there"
            raise _errors.make_error(
                _errors.CLASS_OF_STATUS[status],
                message,
                path=self.path,
                status=_errors.text_of(lib.mmf_status_name(status)),
            )

    def _fail_views(self, alive: List[Tuple[str, int, int]]) -> NoReturn:
        if not alive:
            message = f"{self.path}: other threads keep opening and dropping views into the store; "
            message += "stop them, then close"
            raise _errors.make_error(_errors.ViewsAliveError, message, path=self.path)
        names = [f"columns[{field!r}] (rows {first} to {last})" for field, first, last in alive[:5]]
        shown = ", ".join(names) + (", ..." if len(alive) > 5 else "")
        one = len(alive) == 1
        views = "1 view into the store is" if one else f"{len(alive)} views into the store are"
        them = "it" if one else "them"
        message = f"{self.path}: {views} alive: {shown}; delete {them} (and what was sliced from "
        message += f"{them}), then close"
        raise _errors.make_error(_errors.ViewsAliveError, message, path=self.path)

    def __enter__(self: S) -> S:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        """Closes the store. A reader is closed even if views are alive; the file stays mapped for them."""
        if self._views and (self.mode == "r" or kind is not None):
            lib.mmfpy_defer_close(self._handle)
            lib.mmfpy_close(self._handle)  # in case the last view has just ended
        else:
            self.close()

    def __del__(self) -> None:
        if getattr(self, "mode", "r") == "r+" and not self.closed:
            warnings.warn(f"{self!r} was not closed", ResourceWarning, source=self)

    def sync(self) -> None:
        """Makes all writes so far survive a power cut. (They survive a kill of the process anyway.)"""
        error = ffi.new("mmf_error *")
        status = lib.mmfpy_sync(self._handle, error)
        if status in (lib.MMF_ERR_CLOSED, lib.MMF_ERR_READ_ONLY):
            self._fail(status)
        if status:
            raise _errors.error_of(error, path=self.path)

    def copy(self, path: Path) -> None:
        """Copies the store to a new file, also while other processes write to it; do not use `cp`.

        The copy has the records that the store has now, each of them consistent. The file appears
        after all of it is on the disk. StoreExistsError if the path exists; CorruptError if a record
        is damaged or missing, with its `row`. After an error there is no new file.
        """
        name = encoded_path(path)
        error = ffi.new("mmf_error *")
        bad = ffi.new("int64_t *")
        status = lib.mmfpy_copy(self._handle, name, bad, error)
        if status == lib.MMF_ERR_CLOSED:
            self._fail(status)
        if status:
            row = int(bad[0])
            raise _errors.error_of(error, path=self.path, row=None if row < 0 else row)

    def info(self) -> Info:
        """The current counts and sizes of the file."""
        out = ffi.new("mmfpy_info *")
        status = lib.mmfpy_read_info(self._handle, out)
        if status:
            self._fail(status)
        return Info(
            out.count, out.capacity, out.capacity_max, out.file_size, out.header_size,
            out.reserve_bytes, out.writer_pid, out.record_size, out.format_version,
            bool(out.writable), bool(out.live), out.missing_rows, out.dropped_rows,
            REPLACED[out.replaced],
        )  # fmt: skip

    @property
    def capacity(self) -> int:
        """The number of records that the file has room for before it grows."""
        return self.info().capacity

    def wait(
        self, count: int, timeout: Optional[float] = None, *, until_closed: bool = False
    ) -> int:
        """Waits until there are more than count records, and returns the number of records.

        WaitTimeoutError after timeout seconds; 0 checks once, and None waits for ever. A negative or
        infinite timeout is an ArgumentError. With until_closed, EndedError if the last writer has
        closed the file, and WriterDiedError if it was killed; without, it waits for the next one.
        """
        number = self._number(count, "wait: count")
        if not -1 < number < 1 << 64:
            message = f"{self.path}: wait: count is {count}, expected a number of records"
            raise _errors.make_error(_errors.ArgumentError, message, path=self.path)
        timeout = self._seconds(timeout, "wait: timeout")
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = _WAIT_S if end is None else min(_WAIT_S, max(0.0, end - time.monotonic()))
            status = lib.mmfpy_wait(self._handle, count, int(left * 1e9), bool(until_closed))
            if status == 0:
                return len(self)
            if status != lib.MMF_ERR_TIMEOUT:
                self._fail(status)
            if end is not None and time.monotonic() >= end:
                message = f"{self.path}: still {len(self)} records after {timeout} s"
                raise _errors.make_error(
                    _errors.WaitTimeoutError, message, path=self.path, status="MMF_ERR_TIMEOUT"
                )

    def _seconds(self, timeout: Any, what: str) -> Optional[float]:
        """The timeout as a float, or None; an exception unless a clock can reach it."""
        expected = "expected seconds from 0 on, or None to wait for ever"
        try:
            seconds = None if timeout is None else float(timeout)
        except (TypeError, ValueError, OverflowError):
            message = f"{self.path}: {what} is {timeout!r}, {expected}"
            raise _errors.make_error(_errors.ArgumentTypeError, message, path=self.path) from None
        if seconds is None or 0 <= seconds < math.inf:
            return seconds
        message = f"{self.path}: {what} is {seconds}, {expected}"
        raise _errors.make_error(_errors.ArgumentError, message, path=self.path)

    def __reduce__(self) -> Any:
        return _reopen, (None if self._dynamic else type(self), self._name, self._codec.errors)

    def __repr__(self) -> str:
        count = lib.mmfpy_count(self._handle)
        if count == -lib.MMF_ERR_CLOSED:
            return f"<{type(self).__name__} {self.path!r}: closed>"
        how = "reading" if self.mode == "r" else "writing"
        if count < 0:
            return f"<{type(self).__name__} {self.path!r}: more rows than its reserve has room for, {how}>"
        rows = "row" if count == 1 else "rows"
        return f"<{type(self).__name__} {self.path!r}: {count:,} {rows}, {how}>"

    # ---- Reading ----

    @overload
    def __getitem__(self, key: int) -> R: ...

    @overload
    def __getitem__(self, key: slice) -> "View[R]": ...

    @overload
    def __getitem__(self, key: Tuple[int, str]) -> Any: ...

    def __getitem__(self, key: Union[int, slice, Tuple[int, str]]) -> Any:
        """store[3] is a record, store[10:20] a view, and store[3, "price"] one value."""
        if type(key) is int:
            return self._read(key)
        if isinstance(key, slice):
            return View(self, sliced(self.path, range(len(self)), key))
        if isinstance(key, tuple):
            row, name = self._row_and_field(key)
            return getattr(self, "get_" + self._field(name).name)(row)
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
            at = lib.mmfpy_read_row(self._handle, row, memory, len(buffer))
        except OverflowError:
            at = lib.mmfpy_read_row(self._handle, check_row(self, row), memory, len(buffer))
        if at < 0:
            self._fail(-at, row)
        record = self.record(*self._codec.unpack_from(buffer, self.path, at))
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
        return getattr(self, "get_" + self._field(field).name)(row)

    def __iter__(self) -> Iterator[R]:
        """The records that exist when the loop starts, each consistent.

        At a record that cannot be read (damaged, missing, or with text that is not UTF-8) the loop
        raises, after it has yielded every record before it. Records are read in chunks: after
        the store is closed, the loop still yields the rest of a chunk, and then raises ClosedError.
        """
        return iterate(self, range(len(self)))

    def __reversed__(self) -> Iterator[R]:
        return iterate(self, range(len(self))[::-1])

    def tuples(self, *names: str, start: int = 0, stop: Optional[int] = None) -> Iterator[Any]:
        """Yields the named fields (all if none is named) as plain tuples: the fastest loop.

        `for price, volume in store.tuples("price", "volume")`; start and stop are as in a slice.
        """
        return tuples(self, rows_between(self, start, stop), names)

    def follow(
        self,
        start: Optional[int] = None,
        timeout: Optional[float] = None,
        *,
        until_closed: bool = False,
    ) -> Iterator[R]:
        """Yields the records from row start on, and then each new record when it is published.

        None starts with the next new record; a negative start counts from the end, as in a slice.
        Stops after timeout seconds without a new record; None waits for ever. A wrong timeout is an
        ArgumentError at the first record. With until_closed it also stops when the last writer has
        closed the file, and raises WriterDiedError when it was killed, after its last record.
        """
        timeout = self._seconds(timeout, "follow: timeout")
        row = len(self) if start is None else self._number(start, "follow: start")
        if row < 0:
            row = max(0, row + len(self))
        while True:
            try:
                count = self.wait(row, timeout, until_closed=until_closed)
            except (_errors.WaitTimeoutError, _errors.EndedError):
                return
            yield from iterate(self, range(row, count))
            row = count

    def snapshot(self, start: int = 0, stop: Optional[int] = None) -> Any:
        """A copy of rows as a structured numpy array, each record consistent; its dtype is schema.dtype.

        Nulls are masked: the array is a masked array, if any field is nullable. Without numpy, a list
        of records. start and stop are as in a slice.
        """
        return snapshot(self, rows_between(self, start, stop))

    def verify(self, start: int = 0, stop: Optional[int] = None) -> int:
        """Checks rows against their checksums, and returns the number of rows.

        start and stop are as in a slice. CorruptError at the first damaged row, with its `row`.
        UnsupportedError if the schema does not have `@checksums`.
        """
        rows = rows_between(self, start, stop)
        error = ffi.new("mmf_error *")
        bad = ffi.new("uint64_t *")
        first = rows.start
        while True:
            # In steps, so that signal handlers (Ctrl-C) can run.
            count = min(max(0, rows.stop - first), _VERIFY_ROWS)
            status = lib.mmfpy_verify(self._handle, first, count, bad, error)
            if status == lib.MMF_ERR_CLOSED:
                self._fail(status)
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

        Returns its row. The record is written completely before it is published.
        """
        packed = one_record(self, record, fields, "append")
        row: int = lib.mmfpy_append_row(self._handle, packed.memory, packed.size)
        if row < 0:
            self._fail(-row)
        self._spare.append(packed)
        return row

    def extend(self, rows: Any = None, /, **columns: Any) -> int:
        """Appends many records, and returns their number.

        By name: a column per field, `extend(symbol=[...], price=array, ...)`; a value that is not a
        sequence is used for every row. Or one argument: a mapping of columns, a structured array, a
        table of pandas, polars or pyarrow, or any iterable of records, mappings or sequences.
        Columns and tables are appended completely or not at all. Nulls are refused; NaN is a number,
        also where pandas writes it for a missing value (float64).

        Records of an iterable are published in blocks of up to 1,024: for one that waits between
        records, call append. If the iterable raises, also KeyboardInterrupt, or yields a bad
        record, extend appends the records before, and raises that exception. The message says how
        many were appended; if the exception is not of mmapforge, a note (`__notes__`) does. An
        interrupt may leave out the record that was yielded last. A bad value is named by its row in
        what was given, from 0.
        """
        if isinstance(rows, (Store, View)) and not columns:
            view = rows[:] if isinstance(rows, Store) else rows
            same = view._store.schema.layout_hash == self.schema.layout_hash
            if same and view._rows and view._rows.step == 1:
                return append_copies(self, view._store, view._rows)
            rows = view
        return extend(self, rows, columns)

    def set(self, row: int, record: Optional[RecordLike] = None, /, **fields: Any) -> None:
        """Replaces a record, or its named fields: completely or not at all, even if the process is killed."""
        replace_fields(self, row, record, fields)

    def assign(self, row: int, field: str, value: Any) -> None:
        """Replaces one field."""
        self._set_value(row, self._field(field), value)

    def _set_value(self, row: int, field: Field, value: Any) -> Any:
        return set_value(self, row, field, value)

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


# ---- Store classes, and opening files by them ----


def define(module: str, text: str) -> Tuple[Type[Any], Type[Any]]:
    """The record class and the store class of a schema; generated modules call it.

    Args:
        module: the __name__ of the module that will hold the classes.
        text: the schema's canonical text.
    """
    return _make(module, text, False)


def _make(module: str, text: str, dynamic: bool) -> Tuple[Type[Any], Type[Any]]:
    schema = schema_for(text, module)
    record = make_record(schema, module, _rebuild if dynamic else None)
    store = type(
        schema.name + "Store",
        (Store,),
        {
            "__slots__": (),
            "__doc__": f"A store of {schema.name} records.\n\n{printable(schema.doc)}".rstrip(),
            "__module__": module,
            "schema": schema,
            "record": record,
            "_dynamic": dynamic,
            **field_methods(schema),
        },
    )
    return record, store


@functools.lru_cache(maxsize=256)
def classes_of(text: str) -> Tuple[Type[Any], Type[Any]]:
    """The classes for a file without a generated module, cached by the schema's text."""
    return _make("mmapforge", text, True)


def open(
    path: Path,
    mode: str = "r",
    *,
    shared: bool = False,
    reserve: int = 0,
    errors: str = "strict",
) -> Any:
    """Opens any store, by the schema in its file. Otherwise as Store.open."""
    opened = open_handle(path, mode, reserve, None, errors, shared=shared)
    return classes_of(schema_text(opened[0]))[1]._attach(opened, path, mode, errors)


def opener(*stores: Type[Any]) -> Callable[..., Any]:
    """The `open` of a module; with several store classes, it chooses by the schema in the file."""
    if len(stores) == 1:
        only: Callable[..., Any] = stores[0].open
        return only
    by_name: Dict[str, Type[Any]] = {store.schema.name: store for store in stores}

    def open(
        path: Path,
        mode: str = "r",
        *,
        shared: bool = False,
        reserve: int = 0,
        errors: str = "strict",
    ) -> Any:
        """Opens a store of this module; the schema in the file chooses the class."""
        check_mode(mode)
        # Opened for reading first: a file with another schema must not be locked or recovered.
        probe, _ = open_handle(path, "r", 0, None, errors)
        name = schema_of(schema_text(probe)).name
        close_handle(probe)
        if name not in by_name:
            shown = os.fsdecode(path)
            message = f"{shown}: the file holds records of {name}, expected one of "
            message += f"{', '.join(by_name)}; open it with the module of its schema"
            raise _errors.make_error(_errors.SchemaError, message, path=shown, status="MMF_ERR_SCHEMA")
        return by_name[name].open(
            path, mode, shared=shared, reserve=reserve, errors=errors
        )

    return open


def _rebuild(text: str, values: Tuple[Any, ...]) -> Record:
    record: Record = classes_of(text)[0](*values)
    return record


def _reopen(cls: Optional[Type[Any]], path: str, errors: str) -> Any:
    return open(path, errors=errors) if cls is None else cls.open(path, errors=errors)
