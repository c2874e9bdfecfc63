"""The exceptions, and the one table from the statuses of C to them."""

import errno
from typing import Any, Dict, Optional, Tuple, Type, Union

from mmapforge._core import ffi, lib

FieldName = Optional[str]


class Error(Exception):
    """Base of every exception that mmapforge raises.

    Attributes:
        status: the name of the status in C ("MMF_ERR_RANGE"), or "" when only Python checks for it.
        path: the path of the store, or None.
        row: the row that the call was about, or None.
        field: the name of the field, or None.
    """

    status: str = ""
    path: Optional[str] = None
    row: Optional[int] = None
    field: FieldName = None

    def __str__(self) -> str:
        # The bases of some subclasses change the message: KeyError quotes it, OSError adds errno.
        return str(self.args[-1]) if self.args else ""


class ArgumentError(Error, ValueError):
    """An argument is outside what the call allows."""


class ArgumentTypeError(Error, TypeError):
    """An argument is of a type that the call does not take."""


class RowError(Error, IndexError):
    """The store has no such row."""


class TooLongError(Error, ValueError):
    """A string or bytes value is longer than its field."""


class ReadOnlyError(Error, PermissionError):
    """The store, the file or a forked child's handle does not allow writing."""


class ClosedError(Error, ValueError):
    """The store was closed."""


class StoreExistsError(Error, FileExistsError):
    """create: the path exists already."""


class StoreNotFoundError(Error, FileNotFoundError):
    """open: the file does not exist."""


class LockedError(Error, BlockingIOError):
    """Another writer has the file open; the message names its process id."""


class StoreIOError(Error, OSError):
    """The operating system reported an error; errno says which."""


class StorePermissionError(StoreIOError, PermissionError):
    """The operating system denies access to the file or its directory."""


class NoSpaceError(StoreIOError):
    """The disk is full, or a quota or the limit on file sizes is reached. No record was lost."""


class OutOfMemoryError(Error, MemoryError):
    """The system has no more memory or address space."""


class FormatError(Error, ValueError):
    """The file is not an mmapforge store."""


class CorruptError(Error, ValueError):
    """The file is damaged."""


class SchemaError(Error, ValueError):
    """The file has another schema, or a text is not a schema."""


class VersionError(Error, ValueError):
    """This library does not read the file's format version."""


class CapacityError(Error, MemoryError):
    """The address space reserved at open is used up; open with a larger reserve."""


class BusyError(Error, RuntimeError):
    """A record was replaced again and again during the read; try again."""


class WaitTimeoutError(Error, TimeoutError):
    """The time given to a wait has passed."""


class RecoveryError(Error, OSError):
    """A sync failed: records in memory may not be on the disk. Copy them to a new store."""


class UnsupportedError(Error, NotImplementedError):
    """This machine, file system or library version does not support the call."""


class NullError(Error, ValueError):
    """The field has no value."""


class EnumError(Error, ValueError):
    """A value is that of no member of its enum."""


class EndedError(Error, EOFError):
    """A wait: no writer has the file; the last one closed it."""


class WriterDiedError(Error, BrokenPipeError):
    """A wait: no writer has the file; the last one was killed. Its records are whole."""


class FieldTypeError(Error, TypeError):
    """A value has the wrong type for its field."""


class FieldRangeError(Error, OverflowError):
    """A number is outside the range of its field."""


class FieldNameError(Error, KeyError):
    """The record has no field of that name, or a field has no value."""


class TextError(Error, ValueError):
    """The bytes of a string field are not UTF-8, or a str cannot be encoded."""


class ViewsAliveError(Error, BufferError):
    """close: arrays or memoryviews over the mapped file are still alive."""


class MissingRowsWarning(UserWarning):
    """open: the file is damaged and some of its rows are missing; reading one raises CorruptError."""


CLASS_OF_STATUS: Dict[int, Type[Error]] = {
    lib.MMF_ERR_ARGUMENT: ArgumentError,
    lib.MMF_ERR_RANGE: RowError,
    lib.MMF_ERR_TOO_LONG: TooLongError,
    lib.MMF_ERR_READ_ONLY: ReadOnlyError,
    lib.MMF_ERR_CLOSED: ClosedError,
    lib.MMF_ERR_EXISTS: StoreExistsError,
    lib.MMF_ERR_NOT_FOUND: StoreNotFoundError,
    lib.MMF_ERR_LOCKED: LockedError,
    lib.MMF_ERR_IO: StoreIOError,
    lib.MMF_ERR_NO_SPACE: NoSpaceError,
    lib.MMF_ERR_NO_MEMORY: OutOfMemoryError,
    lib.MMF_ERR_FORMAT: FormatError,
    lib.MMF_ERR_CORRUPT: CorruptError,
    lib.MMF_ERR_SCHEMA: SchemaError,
    lib.MMF_ERR_VERSION: VersionError,
    lib.MMF_ERR_CAPACITY: CapacityError,
    lib.MMF_ERR_BUSY: BusyError,
    lib.MMF_ERR_TIMEOUT: WaitTimeoutError,
    lib.MMF_ERR_NEEDS_RECOVERY: RecoveryError,
    lib.MMF_ERR_UNSUPPORTED: UnsupportedError,
    lib.MMF_ERR_NULL: NullError,
    lib.MMF_ERR_ENUM: EnumError,
    lib.MMF_ERR_ENDED: EndedError,
    lib.MMF_ERR_WRITER_DIED: WriterDiedError,
}

# Statuses for which errno selects a more specific class.
CLASS_OF_ERRNO: Dict[Tuple[int, int], Type[Error]] = {
    (lib.MMF_ERR_IO, errno.EACCES): StorePermissionError,
    (lib.MMF_ERR_IO, errno.EPERM): StorePermissionError,
}

# The errno of an OSError class when C gives none.
_ERRNO_OF: Dict[Type[Error], int] = {
    ReadOnlyError: errno.EACCES,
    StoreExistsError: errno.EEXIST,
    StoreNotFoundError: errno.ENOENT,
    LockedError: errno.EAGAIN,
    StoreIOError: errno.EIO,
    StorePermissionError: errno.EACCES,
    NoSpaceError: errno.ENOSPC,
    WaitTimeoutError: errno.ETIMEDOUT,
    RecoveryError: errno.EIO,
    WriterDiedError: errno.EPIPE,
}


def class_of(status: int, os_error: int = 0) -> Type[Error]:
    """The class for a status of C and its errno, which may be 0."""
    return CLASS_OF_ERRNO.get((status, os_error)) or CLASS_OF_STATUS[status]


def make_error(
    kind: Type[Error],
    message: str,
    *,
    path: Optional[str] = None,
    row: Optional[int] = None,
    field: FieldName = None,
    status: str = "",
    os_error: int = 0,
) -> Error:
    """An exception with its attributes set."""
    number = os_error or _ERRNO_OF.get(kind, 0)
    if number and issubclass(kind, OSError):
        error: Error = kind(number, message)
        error.filename = path  # type: ignore[attr-defined]
    else:
        error = kind(message)
    error.status = status
    error.path = path
    error.row = row
    error.field = field
    return error


def text_of(message: Any) -> str:
    """The text of a char array of C."""
    return str(ffi.string(message).decode("utf-8", "replace"))


# From a name in C's messages to the name in Python.
_IN_PYTHON = (
    ("options.mode = MMF_READ_WRITE", "mode 'r+'"),
    ("options.reserve_bytes", "reserve"),
    ("options.capacity", "capacity"),
    ("options.permissions", "permissions"),
    ("mmf_store_sync", "sync()"),
    ("mmf_store_wait_through", "wait() without until_closed"),
    ("from a copy", "from a copy that store.copy(path) made"),
)


def in_python(message: str) -> str:
    """A message of C with the names that a program in Python uses."""
    for of_c, here in _IN_PYTHON:
        message = message.replace(of_c, here)
    return message


def error_of(
    error: Any,
    *,
    path: Optional[str] = None,
    row: Optional[int] = None,
    field: FieldName = None,
) -> Error:
    """The exception for a filled mmf_error."""
    return make_error(
        class_of(error.status, error.os_error),
        in_python(text_of(error.message)),
        path=text_of(error.path) or path,
        row=row,
        field=field,
        status=text_of(lib.mmf_status_name(error.status)),
        os_error=error.os_error,
    )


def status_error(
    handle: Any,
    status: int,
    *,
    path: str,
    row: Optional[int] = None,
    field: FieldName = None,
    count: Optional[int] = None,
) -> Error:
    """The exception for a status that a call of C returned."""
    in_field = "" if field is None else f", field {field}"
    if status == lib.MMF_ERR_RANGE and row is not None:
        there = 0 if count is None else count
        rows = "there are no rows" if there == 0 else f"use a row from {-there} to {there - 1}"
        return make_error(
            RowError,
            f"{path}: row {row} of {there}{in_field}: there is no such row; {rows}",
            path=path,
            row=row,
            field=field,
            status="MMF_ERR_RANGE",
        )
    error = ffi.new("mmf_error *")
    name: Union[bytes, Any] = field.encode() if field is not None else ffi.NULL
    known = row if row is not None and 0 <= row < 1 << 63 else 0
    lib.mmfpy_explain(handle, status, known, name, error)
    # C knows no negative rows, and its message always names a row; this message names the caller's.
    text = text_of(lib.mmf_status_text(status))
    hint = text_of(error.message).rpartition(text + "; ")[2]
    places = [] if row is None else [f"row {row}"]
    places += [] if field is None else [f"field {field}"]
    where = ", ".join(places) + ": " if places else ""
    return make_error(
        CLASS_OF_STATUS[status],
        f"{path}: {where}{text}; {in_python(hint)}",
        path=path,
        row=row,
        field=field,
        status=text_of(lib.mmf_status_name(status)),
    )
