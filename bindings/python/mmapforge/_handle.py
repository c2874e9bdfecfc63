"""Handles of C: how a file is opened, and what is told of it."""

import codecs
import operator
import os
import warnings
from typing import Any, NamedTuple, Optional, Tuple, Type, Union

from mmapforge import _errors
from mmapforge._core import ffi, lib
from mmapforge._schema import Schema

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]

# Info.replaced of mmf_replaced.
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
    """What `store.info()` tells: sizes in bytes, counts in records."""

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
    missing_rows: int  # of count: the last so many, which a damaged file lacks
    # At most so many records, appended after the last sync, were lost when this writer opened the
    # file: the machine or a container was restarted, or the file is a copy that `cp` made.
    dropped_rows: int
    # What became of the file since it was opened: "" for nothing, or "unlinked" (removed), "moved"
    # (renamed), "by file" (the path leads to another file), "by store" (written over by another
    # store), "copied up" (by overlayfs: this is the old copy). Open the store again to follow it.
    replaced: str


def check_mode(mode: str) -> None:
    """Raises unless it is "r" or "r+"."""
    if not isinstance(mode, str) or mode not in _MODES:
        message = f"mode is {mode!r}, expected 'r' to read or 'r+' to write; create() makes a file"
        raise _errors.make_error(_errors.ArgumentError, message)


def encoded_path(path: Path) -> bytes:
    """The path as the system takes it."""
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
    """Where the file is, by no symbolic link: what leads to it from another directory, too.

    (Joined to the working directory as text, `link/../file` would be another file.)
    """
    try:
        return os.path.realpath(os.fsdecode(path))
    except OSError:  # the working directory is gone
        return os.fsdecode(path)


def _check_errors(errors: str) -> None:
    try:
        codecs.lookup_error(errors)
    except (LookupError, TypeError):
        message = f"errors is {errors!r}, expected how bytes.decode treats what is not UTF-8, such as "
        message += "'strict', 'replace' or 'surrogateescape'"
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
    """A handle of C, and what closes it when it is forgotten: keep both, and use the handle.

    They are two because the memory of the handle must outlive what closes it. A collector of cycles
    runs finalizers in any order, so that one of them may use a store whose closer has run.
    """
    check_mode(mode)
    name = encoded_path(path)
    for what, value, limit in (
        ("reserve", reserve, 1 << 63),
        ("capacity", capacity, 1 << 63),
        ("permissions", permissions, 0o10000),
    ):
        try:
            number = operator.index(value)
        except TypeError:
            message = f"{what} is of type {type(value).__name__}, expected an int"
            raise _errors.make_error(_errors.ArgumentTypeError, message) from None
        if not 0 <= number < limit:
            message = f"{what} is {value}, expected 0 for the default or a number below {limit}"
            raise _errors.make_error(_errors.ArgumentError, message)
    _check_errors(errors)
    error = ffi.new("mmf_error *")
    c_schema = ffi.NULL if schema is None else schema.c_schema
    number = _CREATE if create else _MODES[mode]
    handle = ffi.new("mmfpy_store *")
    # Before the call: an exception which a signal's handler raises right after it closes the file.
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
        # A create that fails leaves no file; while it is open, it is the one that was made here.
        if create and lib.mmfpy_count(handle) >= 0:
            os.unlink(name)
        raise
    return handle, closer


def _warning_for(handle: Any) -> Type[Warning]:
    """The class of a message that came with an open store."""
    about = ffi.new("mmfpy_info *")
    if lib.mmfpy_read_info(handle, about) == lib.MMF_OK and about.missing_rows > 0:
        return _errors.MissingRowsWarning
    return RuntimeWarning


def close_handle(handle: Any) -> None:
    lib.mmfpy_close(handle)


def schema_text(handle: Any) -> str:
    """The canonical schema in the file of an open handle."""
    return _errors.text_of(lib.mmfpy_schema(handle).text)
