"""Appending many records: columns at the speed of memory, rows a batch at a time."""

import array
import itertools
import struct
import sys
from collections.abc import Mapping as AnyMapping
from collections.abc import Set as AnySet
from typing import Any, Dict, Iterable, List, Mapping, NoReturn, Optional, Sequence

from mmapforge._chunk import chunk_rows
from mmapforge._codec import FLOAT32_MAX, check, is_null_type
from mmapforge._core import ffi, lib
from mmapforge._errors import (
    ArgumentError,
    Error,
    FieldNameError,
    FieldRangeError,
    FieldTypeError,
    TextError,
    TooLongError,
    make_error,
)
from mmapforge._handle import OpenStore
from mmapforge._rows import fail_names, values_of
from mmapforge._schema import STRUCT_CODES, Field
from mmapforge._tables import HAS_NUMPY, column_of, columns_of, dates_of

_FLOAT_LIMITS = {
    "float32": (-FLOAT32_MAX, FLOAT32_MAX),
    "float64": (-sys.float_info.max, sys.float_info.max),
}


# ---- From the values of a column to memory that C reads ----


class Source:
    """The memory of a column. count is None if one value is used for every row."""

    __slots__ = ("field", "count", "_memory", "_stride", "_width", "_lengths")

    def __init__(
        self,
        field: Field,
        count: Optional[int],
        memory: Any,
        *,
        stride: int = 0,
        width: int = 0,
        lengths: Any = None,
    ) -> None:
        self.field = field
        self.count = count
        self._memory = memory
        self._stride = stride
        self._width = width
        self._lengths = lengths

    def fill(self, c_source: Any) -> None:
        """Fills the C struct, which must not be used after this object is freed."""
        c_source.data = self._memory
        c_source.lengths = ffi.NULL if self._lengths is None else self._lengths
        c_source.stride = self._stride
        c_source.width = self._width
        c_source.offset = self.field.offset
        c_source.size = self.field.size
        c_source.max = self.field.max


def source_of(store: OpenStore, field: Field, values: Any) -> Source:
    """The Source of the caller's values for one column."""
    if isinstance(values, (AnySet, AnyMapping)):
        _fail(store, FieldTypeError, field, f"a {type(values).__name__} has no order of rows; give a list")
    dates = dates_of(values)
    if dates is not None and not field.is_sized and not _is_empty(values):
        what = f"a column of {dates.type}, which {field.type} does not take; convert it with "
        what += f"{dates.conversion}, which counts in the unit of the column"
        _fail(store, FieldTypeError, field, what)
    given = column_of(values, field.is_sized)
    if given.problem:
        _fail(store, FieldTypeError, field, given.problem)
    if given.null is not None:
        what = "null, and a field always has a value; fill the nulls, or leave such rows out"
        _fail_at(store, FieldTypeError, field, given.null, what)
    values = given.values
    if field.is_sized:
        return _sized_source(store, field, values)
    if isinstance(values, (str, bytes)) or not _is_sequence(values):
        return _one_value(store, field, values)
    if HAS_NUMPY and _is_array(values):
        return _numpy_source(store, field, values)
    return _plain_source(store, field, values)


def _fail(store: OpenStore, kind: Any, field: Field, what: str) -> NoReturn:
    message = f"{store.path}: extend: field {field.name}: {what}; nothing was appended"
    raise make_error(kind, message, path=store.path, field=field.name)


def _fail_at(
    store: OpenStore, kind: Any, field: Field, row: int, what: str, status: str = ""
) -> NoReturn:
    """Raises for the value of one field in one of the rows that the caller gave."""
    message = f"{_given_row(store, row)}, field {field.name}: {what}; nothing was appended"
    raise make_error(kind, message, path=store.path, row=row, field=field.name, status=status)


def _given_row(store: OpenStore, row: int) -> str:
    """The start of a message. Rows of the store have other numbers, and those of an iterable none."""
    return f"{store.path}: extend: given row {row} (the first is 0)"


def _appended(count: int) -> str:
    """The end of a message."""
    if count == 0:
        return "nothing was appended"
    return f"extend appended {count} record{'' if count == 1 else 's'}"


# The exceptions for a record or a value that the schema does not take.
_REFUSALS = (FieldNameError, FieldRangeError, FieldTypeError, TextError, TooLongError)


def _refusal(store: OpenStore, error: Error, row: Optional[int], end: str = "") -> Error:
    """A refusal whose message names the row that was given; None is a value for every row."""
    start = f"{store.path}: extend"
    what = str(error.args[-1])
    if what.startswith(start + ": "):
        what = what[len(start) + 2 :]
    if row is None:
        start += ": "
    else:
        start = _given_row(store, row) + (", " if what.startswith("field ") else ": ")
    return make_error(type(error), start + what + end, path=store.path, row=row, field=error.field,
                      status=error.status)  # fmt: skip


def _checked(store: OpenStore, field: Field, value: Any, row: Optional[int] = None) -> Any:
    """As check, for a value of a column."""
    try:
        return check(field, value, store._codec.errors)
    except _REFUSALS as error:
        raise _refusal(store, error, row, "; nothing was appended") from None


def _blame(store: OpenStore, field: Field, values: Sequence[Any]) -> None:
    """Raises for the first value that the field does not take."""
    for row, value in enumerate(values):
        _checked(store, field, value, row)


def _is_sequence(values: Any) -> bool:
    return hasattr(values, "__len__") or hasattr(values, "__iter__")


def _is_empty(values: Any) -> bool:
    try:
        return len(values) == 0
    except TypeError:  # one value, as an array without dimensions
        return False


# ---- Scalars, as memory ----


def _is_array(values: Any) -> bool:
    if isinstance(values, (list, tuple)):
        return False
    if hasattr(values, "__array__"):
        return True
    try:
        memoryview(values).release()
    except TypeError:
        return False
    return True


def _plain_source(store: OpenStore, field: Field, values: Any) -> Source:
    """Values that are not a numpy array: a buffer of the right type as it is, others as a list."""
    code = STRUCT_CODES[field.type]
    try:
        view = memoryview(values)
        if view.format == code and view.ndim == 1 and view.c_contiguous and code != "?":
            return Source(field, len(view), ffi.from_buffer(view), stride=field.size)
    except TypeError:
        pass
    try:
        # A class of the caller's may return a wrong length.
        listed = values if type(values) in (list, tuple) else list(values)
    except NotImplementedError:
        shown = type(values).__name__
        _fail(store, FieldTypeError, field, f"list() does not accept a {shown}; give a list, or use numpy")
    made: Any
    try:
        made = _packed(field, code, listed)
    except (TypeError, OverflowError, struct.error):
        _blame(store, field, listed)
        raise
    # Not the length of the list, which another thread may have changed since.
    count = memoryview(made).nbytes // field.size
    return Source(field, count, ffi.from_buffer(made), stride=field.size)


def _packed(field: Field, code: str, listed: Sequence[Any]) -> Any:
    """The values packed as an array in C; an exception if one has the wrong type or range."""
    if field.type == "bool":
        if not set(map(type, listed)) <= {bool}:
            listed = [check(field, value, "strict") for value in listed]
        return bytes(listed)
    if field.is_integer:
        return array.array(code, listed)
    # array.array would store infinity for a number that is too large for float32.
    made = array.array("d", listed) if code == "d" else struct.pack(f"={len(listed)}f", *listed)
    if _has_nan(made, code) and any(map(is_null_type, set(map(type, listed)))):
        raise TypeError
    return made


def _has_nan(made: Any, code: str) -> bool:
    """False where no number is NaN, or none can be of a null: the types of those come with numpy."""
    numpy = sys.modules.get("numpy")
    if not hasattr(numpy, "frombuffer") or len(made) == 0:
        return False
    return bool(numpy.isnan(numpy.frombuffer(made, code)).any())  # type: ignore[union-attr]


def _one_value(store: OpenStore, field: Field, value: Any) -> Source:
    good = _checked(store, field, value)
    code = STRUCT_CODES[field.type]
    made = array.array("B" if code == "?" else code, [good])
    return Source(field, None, ffi.from_buffer(made))


def _numpy_source(store: OpenStore, field: Field, values: Any) -> Source:
    import numpy

    masked: Any = numpy.ma
    if masked.is_masked(values):
        _fail(store, FieldTypeError, field, "an array with masked values; give it filled()")
    try:
        given = numpy.asarray(values)
    except (TypeError, ValueError) as error:
        what = f"numpy cannot make an array of a {type(values).__name__}: {error}"
        _fail(store, FieldTypeError, field, what)
    if given.ndim == 0:
        return _one_value(store, field, given.item())
    if given.ndim != 1:
        _fail(store, ArgumentError, field, f"an array of {given.ndim} dimensions, expected one")
    made = _convert(store, field, given)
    address = ffi.cast("void *", made.__array_interface__["data"][0])
    source = Source(field, len(made), address, stride=made.strides[0])
    return _Kept(source, made)


class _Kept(Source):
    """A Source that keeps the array with its memory alive."""

    __slots__ = ("_array",)

    def __init__(self, of: Source, array_: Any) -> None:
        super().__init__(of.field, of.count, of._memory, stride=of._stride, width=of._width)
        self._array = array_


def _convert(store: OpenStore, field: Field, given: Any) -> Any:
    """The array in the field's type, or an exception if a value would change."""
    import numpy

    wanted = numpy.dtype(field._numpy_format)
    kind = given.dtype.kind
    if given.dtype == wanted:
        # numpy accepts any byte as a bool; the file must have 0 or 1.
        return given if field.type != "bool" else given.view(numpy.uint8) != 0
    if len(given) == 0:
        return numpy.empty(0, wanted)
    if kind == "O":
        return numpy.array([_checked(store, field, v, i) for i, v in enumerate(given.tolist())], wanted)
    taken = {"bool": "iu", "float32": "fiub", "float64": "fiub"}.get(field.type, "iub")
    if kind not in taken:
        what = f"an array of {given.dtype}, which {field.type} does not take"
        _fail(store, FieldTypeError, field, what)
    if field.type == "bool":
        _need_range(store, field, given, 0, 1)
    elif field.is_integer and kind in "iu":
        _need_range(store, field, given, *field.limits)
    with numpy.errstate(over="ignore"):
        made = given.astype(wanted)
    if kind == "f" and given.dtype.itemsize > wanted.itemsize:
        infinite = numpy.isinf(made) & ~numpy.isinf(given)
        if infinite.any():
            row = int(infinite.argmax())
            _fail_range(store, field, row, given[row], *_FLOAT_LIMITS[field.type])
    return made


def _need_range(store: OpenStore, field: Field, given: Any, low: Any, high: Any) -> None:
    for value in (given.min(), given.max()):
        if not low <= value.item() <= high:
            _fail_range(store, field, int((given == value).argmax()), value.item(), low, high)


def _fail_range(store: OpenStore, field: Field, row: int, value: Any, low: Any, high: Any) -> NoReturn:
    what = f"{value} is outside the range of {field.type}, {low} to {high}"
    _fail_at(store, FieldRangeError, field, row, what)


# ---- Strings and bytes, as memory ----


def _sized_source(store: OpenStore, field: Field, values: Any) -> Source:
    if isinstance(values, (str, bytes, bytearray, memoryview)):
        data = _checked(store, field, values)
        if data.endswith(b"\0"):
            _fail(store, ArgumentError, field, "one value for every row must not end in NUL; give a list")
        return Source(field, None, ffi.from_buffer(data + b"\0"), width=len(data))
    dtype = getattr(values, "dtype", None)
    if dtype is not None and hasattr(values, "tolist"):
        dimensions = getattr(values, "ndim", 1)
        if dimensions == 0:
            return _sized_source(store, field, values.tolist())
        if dimensions != 1:
            _fail(store, ArgumentError, field, f"an array of {dimensions} dimensions, expected one")
        # A void dtype with fields is a record, not bytes.
        kinds = "S" if field.is_text or dtype.names else "SV"
        if getattr(dtype, "kind", "") in kinds:
            return _array_source(store, field, values)
        values = values.tolist()
    if not _is_sequence(values):
        _checked(store, field, values)
    return _list_source(store, field, list(values))


def _array_source(store: OpenStore, field: Field, values: Any) -> Source:
    """A numpy array of fixed width: trailing NULs belong to a 'V' value, and not to an 'S' value."""
    import numpy

    given = numpy.asarray(values)
    width = given.dtype.itemsize
    if given.dtype.kind == "S":
        if field.is_text and store._codec.errors == "strict":
            _need_text(store, field, given)
        address = ffi.cast("void *", given.__array_interface__["data"][0])
        source = Source(field, len(given), address, stride=given.strides[0], width=width)
        return _Kept(source, given)
    lengths = array.array("I", itertools.repeat(width, len(given)))
    return Source(
        field,
        len(given),
        ffi.from_buffer(given.tobytes() + b"\0"),
        lengths=ffi.from_buffer("uint32_t[]", lengths),
    )


def _need_text(store: OpenStore, field: Field, given: Any) -> None:
    """Raises for the first value of an array that is not UTF-8."""
    import numpy

    data = numpy.ascontiguousarray(given)
    if data.nbytes == 0 or data.view(numpy.uint8).max() < 0x80:
        return
    for row, value in enumerate(data.tolist()):
        try:
            value.decode("utf-8")
        except UnicodeDecodeError as error:
            what = f"{value!r} is not UTF-8 ({error.reason} at byte {error.start})"
            _fail_at(store, TextError, field, row, what)


def _list_source(store: OpenStore, field: Field, values: List[Any]) -> Source:
    errors = store._codec.errors
    try:
        if field.is_text:
            data = [value.encode("utf-8", errors) for value in values]
        elif all(isinstance(value, (bytes, bytearray, memoryview)) for value in values):
            data = [bytes(memoryview(value)) for value in values]
        else:
            raise TypeError
    except (AttributeError, TypeError, UnicodeError):
        _blame(store, field, values)
        raise
    lengths = array.array("I", map(len, data))
    joined = b"".join(data)
    if sum(lengths) != len(joined):
        what = "a value has a len() that is not its length in bytes; give plain str or bytes"
        _fail(store, FieldTypeError, field, what)
    # The extra byte gives the buffer an address when all values are empty.
    whole = ffi.from_buffer(joined + b"\0")
    return Source(field, len(data), whole, lengths=ffi.from_buffer("uint32_t[]", lengths))


# ---- extend ----


def extend(store: OpenStore, rows: Any, columns: Dict[str, Any]) -> int:
    """As Store.extend."""
    if rows is None:
        if not columns:
            message = f"{store.path}: extend: no rows and no columns to append"
            raise make_error(FieldTypeError, message, path=store.path)
        return _append_columns(store, columns)
    if columns:
        message = f"{store.path}: extend: give rows or columns by name, not both"
        raise make_error(FieldTypeError, message, path=store.path)
    if isinstance(rows, AnyMapping):
        return _append_columns(store, rows)
    table = columns_of(store.path, rows, "extend")
    if table is not None:
        return _append_columns(store, table)
    return _append_rows(store, rows)


# ---- Appending columns ----


def _append_columns(store: OpenStore, columns: Mapping[str, Any]) -> int:
    fields = store.schema.fields
    if len(columns) != len(fields) or any(field.name not in columns for field in fields):
        fail_names(store, columns, "extend")
    sources = [source_of(store, field, columns[field.name]) for field in fields]
    count = _common_length(store, sources)
    c_sources = ffi.new("mmfpy_source[]", len(sources))
    for c_source, source in zip(c_sources, sources):
        source.fill(c_source)
    first, bad = ffi.new("uint64_t *"), ffi.new("uint64_t *")
    bad_source = ffi.new("uint32_t *")
    status = lib.mmfpy_append_columns(
        store._handle, count, c_sources, len(sources), first, bad, bad_source
    )
    if status == lib.MMF_ERR_TOO_LONG:
        field = fields[bad_source[0]]
        what = f"the value is longer than {field.declaration} takes"
        _fail_at(store, TooLongError, field, int(bad[0]), what, "MMF_ERR_TOO_LONG")
    if status:
        store._fail(status)
    return count


def _common_length(store: OpenStore, sources: List[Source]) -> int:
    lengths = {s.field.name: s.count for s in sources if s.count is not None}
    if not lengths:
        return 1
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} has {count}" for name, count in lengths.items())
        message = f"{store.path}: extend: columns differ in length: {shown}; give columns of one length"
        raise make_error(ArgumentError, message, path=store.path)
    return next(iter(lengths.values()))


# ---- Appending rows ----


def _append_rows(store: OpenStore, rows: Any) -> int:
    try:
        iterator = iter(rows)
    except TypeError:
        message = f"{store.path}: extend: {type(rows).__name__} is not iterable; give columns by "
        message += "name, or an iterable of records"
        raise make_error(FieldTypeError, message, path=store.path) from None
    size = store.schema.record_size
    most = chunk_rows(size)
    buffer = bytearray(most * size)
    memory = ffi.from_buffer(buffer)
    batch = ffi.new("mmfpy_batch *")
    try:
        while True:
            _pack(store, buffer, itertools.islice(iterator, most), batch)
            is_last = batch.packed < most
            # Also for no records, so that a closed or read-only store raises.
            _append_batch(store, memory, len(buffer), batch)
            if is_last:
                return int(batch.appended)
    except BaseException as error:
        failure = error
        if batch.packed:
            try:
                _append_batch(store, memory, len(buffer), batch)
            except Error as second:
                # An interrupt ends the program whatever happened to the records before it.
                if isinstance(error, Exception):
                    failure = second
                else:
                    _note(error, str(second))
        _say_appended(store, failure, batch.appended)
        if failure is not error:
            raise failure from error
        raise


def _append_batch(store: OpenStore, memory: Any, size: int, batch: Any) -> None:
    """Appends the packed records, which are no longer packed then, whether that succeeds or not."""
    status = lib.mmfpy_append_batch(store._handle, memory, size, batch)
    if status:
        batch.packed = 0
        raise store._error_of(status)


def _say_appended(store: OpenStore, error: BaseException, done: int) -> None:
    """Adds to an exception how many records were appended before it."""
    if isinstance(error, Error) and error.args:
        error.args = (*error.args[:-1], f"{error.args[-1]}; {_appended(done)}")
    else:
        _note(error, f"{store.path}: {_appended(done)}")


def _note(error: BaseException, note: str) -> None:
    """As add_note, which Python has from 3.11 on."""
    error.__notes__ = [*getattr(error, "__notes__", ()), note]  # type: ignore[attr-defined]


def _pack(store: OpenStore, buffer: bytearray, rows: Iterable[Any], batch: Any) -> None:
    """Packs rows until they end or one raises; batch.packed is their number in either case."""

    def refusal(at: int, error: Error) -> Error:
        return _refusal(store, error, int(batch.appended) + at // store.schema.record_size)

    def values(at: int, row: Any) -> Any:
        try:
            return values_of(store, row, "extend")
        except _REFUSALS as error:
            raise refusal(at, error) from None

    def pack_checked(at: int, row: Any) -> None:
        given = values(at, row)
        try:
            store._codec.pack_checked(memoryview(buffer)[at:], given)
        except _REFUSALS as error:
            raise refusal(at, error) from None

    record = store.record
    store._codec.pack_rows(rows, buffer, batch, values, pack_checked, record, record._values)


def append_copies(store: OpenStore, source: OpenStore, rows: range) -> int:
    """Appends rows of another store with the same layout: records are copied as they are."""
    size = store.schema.record_size
    most = chunk_rows(size)
    memory = ffi.new("char[]", most * size)
    batch = ffi.new("mmfpy_batch *")
    copied = ffi.addressof(batch, "packed")
    try:
        for first in range(rows.start, rows.stop, most):
            count = min(most, rows.stop - first)
            status = lib.mmfpy_copy_rows(source._handle, first, count, memory, most * size, copied)
            read_error = source._error_of(status, first + batch.packed) if status else None
            _append_batch(store, memory, most * size, batch)
            if read_error is not None:
                raise read_error
    except BaseException as error:
        _say_appended(store, error, batch.appended)
        raise
    return len(rows)
