"""An open file: its handle in C, how it is opened, and the part of a store that all modules use."""

import codecs
import functools
import operator
import os
import warnings
from typing import (
    Any,
    Dict,
    List,
    NamedTuple,
    NoReturn,
    Optional,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from mmapforge import _errors
from mmapforge._codec import Codec, codec_of
from mmapforge._core import ffi, lib
from mmapforge._record import Record
from mmapforge._schema import Field, Schema

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]

# From mmf_replaced to Info.replaced.
REPLACED = {
    lib.MMF_REPLACED_NO: "",
    lib.MMF_REPLACED_UNLINKED: "unlinked",
    lib.MMF_REPLACED_MOVED: "moved",
    lib.MMF_REPLACED_BY_FILE: "by file",
    lib.MMF_REPLACED_BY_STORE: "by store",
    lib.MMF_REPLACED_COPIED_UP: "copied up",
}

_MODES = {"r": 0, "r+": 1}
_CREATE = 2


class Info(NamedTuple):
    """The result of `store.info()`: sizes in bytes, counts in records."""

    count: int  # type: ignore[assignment]  # not the method of tuples
    capacity: int
    capacity_max: int
    file_size: int
    header_size: int
    reserve: int
    writer_pid: int
    record_size: int
    format_version: int
    writable: bool
    live: bool
    missing_rows: int  # records at the end, included in count, that a damaged file lacks
    # An upper bound of the records that were lost when this writer opened the file. They were
    # appended after the last sync; then the machine or a container was restarted, or `cp` copied
    # the file.
    dropped_rows: int
    # What happened to the file since it was opened: "" for nothing, or "unlinked" (removed), "moved"
    # (renamed), "by file" (the path leads to another file), "by store" (another store was written
    # over it), "copied up" (by overlayfs: this is the old copy). Open the store again to follow it.
    replaced: str


def check_mode(mode: str) -> None:
    """Raises unless it is "r" or "r+"."""
    if not isinstance(mode, str) or mode not in _MODES:
        message = f"mode is {mode!r}, expected 'r' to read or 'r+' to write; create() makes a file"
        raise _errors.make_error(_errors.ArgumentError, message)


def encoded_path(path: Path) -> bytes:
    """The path in the encoding of the file system."""
    try:
        name = os.fsencode(path)
    except TypeError:
        message = f"a path is of type {type(path).__name__}, expected a str, bytes or os.PathLike"
        raise _errors.make_error(_errors.ArgumentTypeError, message) from None
    except UnicodeError as error:
        message = f"the path {path!r} cannot be encoded for the file system: {error}"
        raise _errors.make_error(_errors.ArgumentError, message) from None
    if b"\0" in name:
        raise _errors.make_error(_errors.ArgumentError, f"the path {path!r} has a NUL character")
    return name


def real_path(path: Path) -> str:
    """The absolute path of the file without symbolic links, valid in every working directory.

    (Text processing alone would be wrong: `link/../file` may be another file than `file`.)
    """
    try:
        return os.path.realpath(os.fsdecode(path))
    except OSError:  # the working directory is gone
        return os.fsdecode(path)


def _check_errors(errors: str) -> None:
    try:
        codecs.lookup_error(errors)
    except (LookupError, TypeError):
        message = f"errors is {errors!r}, expected an error handler of bytes.decode, such as 'strict', "
        message += "'replace' or 'surrogateescape'"
        raise _errors.make_error(_errors.ArgumentError, message) from None


def open_handle(
    path: Path,
    mode: str,
    reserve: int,
    schema: Optional[Schema],
    errors: str,
    *,
    shared: bool = False,
    capacity: int = 0,
    permissions: int = 0,
    create: bool = False,
) -> Tuple[Any, Any]:
    """A handle of C, and an object whose finalizer closes it: keep both, and use the handle.

    They are two objects because the memory of the handle must outlive the finalizer. The garbage
    collector runs the finalizers of a cycle in any order, so another finalizer may still use a
    store after its closer has run.
    """
    check_mode(mode)
    name = encoded_path(path)
    for what, value, limit in (
        ("reserve", reserve, 1 << 63),
        ("capacity", capacity, 1 << 63),
        ("permissions", permissions, 0o1000),
    ):
        try:
            number = operator.index(value)
        except TypeError:
            message = f"{what} is of type {type(value).__name__}, expected an int"
            raise _errors.make_error(_errors.ArgumentTypeError, message) from None
        if not 0 <= number < limit:
            message = f"{what} is {number}, expected 0 for the default or a number below {limit}"
            if what == "permissions":
                message = f"permissions is {number:#o}, expected 0 for the default or at most 0o777; write "
                message += "them in octal (0o640, not 640), without setuid, setgid and sticky bits"
            raise _errors.make_error(_errors.ArgumentError, message)
    _check_errors(errors)
    error = ffi.new("mmf_error *")
    c_schema = ffi.NULL if schema is None else schema._c_schema
    number = _CREATE if create else _MODES[mode]
    handle = ffi.new("mmfpy_store *")
    # Made before the call, so that the file is closed if a signal handler raises right after it.
    closer = ffi.gc(handle, lib.mmfpy_drop)
    try:
        status = lib.mmfpy_open(
            handle, name, number, bool(shared), reserve, capacity, permissions, c_schema, error
        )
        if status:
            raise _errors.error_of(error, path=os.fsdecode(path))
        if error.message[0] != b"\0":
            message = _errors.in_python(_errors.text_of(error.message))
            warnings.warn(message, _warning_for(handle), stacklevel=3)
    except BaseException:
        # A failed create must leave no file. While the store is open, the file is the one made here.
        if create and lib.mmfpy_count(handle) >= 0:
            os.unlink(name)
        raise
    return handle, closer


def _warning_for(handle: Any) -> Type[Warning]:
    """The class of the warning that came with an open store."""
    about = ffi.new("mmfpy_info *")
    if lib.mmfpy_read_info(handle, about) == lib.MMF_OK and about.missing_rows > 0:
        return _errors.MissingRowsWarning
    return RuntimeWarning


def close_handle(handle: Any) -> None:
    lib.mmfpy_close(handle)


def schema_text(handle: Any) -> str:
    """The canonical schema in the file of an open handle."""
    return _errors.text_of(lib.mmfpy_schema(handle).text)

S = TypeVar("S", bound="OpenStore")


class OpenStore:
    """An open file and its schema: the part of a store that all modules use."""

    __slots__ = ("_handle", "path", "mode", "_views", "_drop_view", "_codec", "_closer", "_pool",
                 "_spare", "_name", "__weakref__")  # fmt: skip

    schema: Schema
    record: Type[Record]
    _dynamic: bool = False

    _handle: Any
    path: str
    mode: str
    # From weak references to live views of columns to the field, the first and the last row.
    _views: Dict[Any, Tuple[str, int, int]]
    _drop_view: Any  # the finalizer of a view, which also keeps the memory of the handle alive
    _codec: Codec
    _closer: Any
    _pool: List[Any]  # free memory for reading a record; each reading thread takes one
    _spare: List[Any]  # free memory for writing a record
    _name: str

    @classmethod
    def _attach(cls: Type[S], opened: Tuple[Any, Any], path: Path, mode: str, errors: str) -> S:
        self = object.__new__(cls)
        self._handle, self._closer = opened
        self.path = os.fsdecode(path)
        self.mode = mode
        self._views = {}
        self._drop_view = functools.partial(lib.mmfpy_view_drop, self._handle)
        self._codec = codec_of(cls.schema, errors)
        self._pool = []
        self._spare = []
        self._name = real_path(path)
        return self

    @property
    def closed(self) -> bool:
        return bool(lib.mmfpy_count(self._handle) == -lib.MMF_ERR_CLOSED)

    def __len__(self) -> int:
        """The number of records; CapacityError when not all fit the reserved address space."""
        count: int = lib.mmfpy_count(self._handle)
        if count < 0:
            self._fail(-count)
        return count

    def _read(self, row: int) -> Any:
        """One record, by the class of a store."""
        raise NotImplementedError

    def _field(self, name: str) -> Field:
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

    def _check_open(self) -> None:
        """ClosedError unless the store is open."""
        if self.closed:
            self._fail(lib.MMF_ERR_CLOSED)

    def _fail(
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
            count = max(0, lib.mmfpy_count(self._handle))
        return _errors.status_error(
            self._handle, status, path=self.path, row=row, field=field, count=count
        )
