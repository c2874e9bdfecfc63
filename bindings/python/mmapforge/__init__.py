"""Typed records in memory-mapped files, shared between processes.

A generated module (`import tick_store`) is built on this package; `mmapforge.open(path)` reads any
store by the schema that its file carries. bindings/python/README.md is the tour.
"""

try:
    import mmapforge._core as _core  # noqa: F401
except ModuleNotFoundError as _error:
    if _error.name != "_cffi_backend":
        raise
    # The extension needs the module _cffi_backend, which comes with the package cffi.
    _message = "mmapforge needs cffi, which is not installed: pip install cffi (Debian: apt-get install "
    raise ModuleNotFoundError(_message + "python3-cffi)", name="_cffi_backend") from None

from mmapforge._definitions import define_enum, define_struct
from mmapforge._errors import (
    ArgumentError,
    ArgumentTypeError,
    BusyError,
    CapacityError,
    ClosedError,
    CorruptError,
    EndedError,
    EnumError,
    Error,
    FieldNameError,
    FieldRangeError,
    FieldTypeError,
    FormatError,
    LockedError,
    MissingRowsWarning,
    NoSpaceError,
    NullError,
    OutOfMemoryError,
    ReadOnlyError,
    RecoveryError,
    RowError,
    SchemaError,
    StoreExistsError,
    StoreIOError,
    StoreNotFoundError,
    StorePermissionError,
    TextError,
    TooLongError,
    UnsupportedError,
    VersionError,
    ViewsAliveError,
    WaitTimeoutError,
    WriterDiedError,
)
from mmapforge._generate import compile_schema as compile
from mmapforge._generate import generate, get_include, get_sources
from mmapforge._logical import Timestamp
from mmapforge._propose import schema_of
from mmapforge._record import Record
from mmapforge._schema import Field, Schema, Struct
from mmapforge._store import Store, define, open, opener
from mmapforge._view import View

__version__ = "0.2.0"

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "BusyError",
    "CapacityError",
    "ClosedError",
    "CorruptError",
    "EndedError",
    "EnumError",
    "Error",
    "Field",
    "FieldNameError",
    "FieldRangeError",
    "FieldTypeError",
    "FormatError",
    "LockedError",
    "MissingRowsWarning",
    "NoSpaceError",
    "NullError",
    "OutOfMemoryError",
    "ReadOnlyError",
    "Record",
    "RecoveryError",
    "RowError",
    "Schema",
    "SchemaError",
    "Store",
    "StoreExistsError",
    "StoreIOError",
    "StoreNotFoundError",
    "StorePermissionError",
    "Struct",
    "TextError",
    "Timestamp",
    "TooLongError",
    "UnsupportedError",
    "VersionError",
    "View",
    "ViewsAliveError",
    "WaitTimeoutError",
    "WriterDiedError",
    "compile",
    "define",
    "define_enum",
    "define_struct",
    "generate",
    "get_include",
    "get_sources",
    "open",
    "opener",
    "schema_of",
]

# A class shows the module from which users import it.
for _name in __all__:
    if isinstance(globals()[_name], type) and _name != "Timestamp":
        globals()[_name].__module__ = __name__
del _name
