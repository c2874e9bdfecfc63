"""The values of a column as memory that C reads: numbers, bools, text and bytes."""

import array
import itertools
import struct
import sys
from collections.abc import Mapping as AnyMapping
from collections.abc import Set as AnySet
from typing import Any, List, NoReturn, Optional, Sequence

from mmapforge._codec import check
from mmapforge._core import ffi
from mmapforge._errors import (
    ArgumentError,
    EnumError,
    Error,
    FieldNameError,
    FieldRangeError,
    FieldTypeError,
    TextError,
    TooLongError,
    make_error,
)
from mmapforge._handle import OpenStore
from mmapforge._logical import HAS_NUMPY
from mmapforge._plain import FLOAT32_MAX, is_null_type
from mmapforge._schema import STRUCT_CODES, Field
from mmapforge._tables import column_of, dates_of

_FLOAT_LIMITS = {
    "float32": (-FLOAT32_MAX, FLOAT32_MAX),
    "float64": (-sys.float_info.max, sys.float_info.max),
}


class Source:
    """The memory of a column. count is None if one value is used for every row."""

    __slots__ = ("field", "count", "_memory", "_stride", "_width", "_lengths", "_is_block")

    def __init__(
        self,
        field: Field,
        count: Optional[int],
        memory: Any,
        *,
        stride: int = 0,
        width: int = 0,
        lengths: Any = None,
        is_block: bool = False,
    ) -> None:
        self.field = field
        self.count = count
        self._memory = memory
        self._stride = stride
        self._width = width
        self._lengths = lengths
        self._is_block = is_block

    def fill(self, c_source: Any) -> None:
        """Fills the C struct, which must not be used after this object is freed."""
        c_source.data = self._memory
        c_source.lengths = ffi.NULL if self._lengths is None else self._lengths
        c_source.stride = self._stride
        c_source.width = self._width
        c_source.offset = self.field.offset
        c_source.size = self.field.size
        # C copies values without max, and with a width, as they are.
        c_source.max = 0 if self._is_block else self.field.max


def refuse_unordered(store: OpenStore, field: Field, values: Any) -> None:
    """Fails for a set or a mapping, whose values are those of no rows."""
    if isinstance(values, (AnySet, AnyMapping)):
        fail(store, FieldTypeError, field, f"a {type(values).__name__} has no order of rows; give a list")


def source_of(store: OpenStore, field: Field, values: Any) -> Source:
    """The Source of the caller's values for one column."""
    refuse_unordered(store, field, values)
    dates = dates_of(values)
    if dates is not None and not field.is_sized and not _is_empty(values):
        what = f"a column of {dates.type}, which {field.type} does not take; convert it with "
        what += f"{dates.conversion}, which counts in the unit of the column"
        fail(store, FieldTypeError, field, what)
    given = column_of(values, field.is_sized)
    if given.problem:
        fail(store, FieldTypeError, field, given.problem)
    if given.null is not None:
        what = "null, and a field always has a value; fill the nulls, or leave such rows out"
        fail_at(store, FieldTypeError, field, given.null, what)
    values = given.values
    if field.is_sized:
        return _sized_source(store, field, values)
    if isinstance(values, (str, bytes)) or not is_sequence(values):
        return _one_value(store, field, values)
    if HAS_NUMPY and _is_array(values):
        return _numpy_source(store, field, values)
    return _plain_source(store, field, values)


def fail(store: OpenStore, kind: Any, field: Field, what: str) -> NoReturn:
    message = f"{store.path}: extend: field {field.name}: {what}; nothing was appended"
    raise make_error(kind, message, path=store.path, field=field.name)


def fail_at(
    store: OpenStore, kind: Any, field: Field, row: int, what: str, status: str = ""
) -> NoReturn:
    """Raises for the value of one field in one of the rows that the caller gave."""
    message = f"{_given_row(store, row)}, field {field.name}: {what}; nothing was appended"
    raise make_error(kind, message, path=store.path, row=row, field=field.name, status=status)


def _given_row(store: OpenStore, row: int) -> str:
    """The start of a message. Rows of the store have other numbers, and those of an iterable none."""
    return f"{store.path}: extend: given row {row} (the first is 0)"


# The exceptions for a record or a value that the schema does not take.
REFUSALS = (EnumError, FieldNameError, FieldRangeError, FieldTypeError, TextError, TooLongError)


def refusal(store: OpenStore, error: Error, row: Optional[int], end: str = "") -> Error:
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


def checked(store: OpenStore, field: Field, value: Any, row: Optional[int] = None) -> Any:
    """As check, for a value of a column."""
    try:
        return check(field, value, store._codec.errors)
    except REFUSALS as error:
        raise refusal(store, error, row, "; nothing was appended") from None


def _blame(store: OpenStore, field: Field, values: Sequence[Any]) -> None:
    """Raises for the first value that the field does not take."""
    for row, value in enumerate(values):
        checked(store, field, value, row)


def is_sequence(values: Any) -> bool:
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
        fail(store, FieldTypeError, field, f"list() does not accept a {shown}; give a list, or use numpy")
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
    good = checked(store, field, value)
    code = STRUCT_CODES[field.type]
    made = array.array("B" if code == "?" else code, [good])
    return Source(field, None, ffi.from_buffer(made))


def _numpy_source(store: OpenStore, field: Field, values: Any) -> Source:
    import numpy

    masked: Any = numpy.ma
    if masked.is_masked(values):
        fail(store, FieldTypeError, field, "an array with masked values; give it filled()")
    try:
        given = numpy.asarray(values)
    except (TypeError, ValueError) as error:
        what = f"numpy cannot make an array of a {type(values).__name__}: {error}"
        fail(store, FieldTypeError, field, what)
    if given.ndim == 0:
        return _one_value(store, field, given.item())
    if given.ndim != 1:
        fail(store, ArgumentError, field, f"an array of {given.ndim} dimensions, expected one")
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
        return numpy.array([checked(store, field, v, i) for i, v in enumerate(given.tolist())], wanted)
    taken = {"bool": "iu", "float32": "fiub", "float64": "fiub"}.get(field.type, "iub")
    if kind not in taken:
        what = f"an array of {given.dtype}, which {field.type} does not take"
        fail(store, FieldTypeError, field, what)
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
    fail_at(store, FieldRangeError, field, row, what)


# ---- Strings and bytes, as memory ----


def _sized_source(store: OpenStore, field: Field, values: Any) -> Source:
    if isinstance(values, (str, bytes, bytearray, memoryview)):
        data = checked(store, field, values)
        if data.endswith(b"\0"):
            fail(store, ArgumentError, field, "one value for every row must not end in NUL; give a list")
        return Source(field, None, ffi.from_buffer(data + b"\0"), width=len(data))
    dtype = getattr(values, "dtype", None)
    if dtype is not None and hasattr(values, "tolist"):
        dimensions = getattr(values, "ndim", 1)
        if dimensions == 0:
            return _sized_source(store, field, values.tolist())
        if dimensions != 1:
            fail(store, ArgumentError, field, f"an array of {dimensions} dimensions, expected one")
        # A void dtype with fields is a record, not bytes.
        kinds = "S" if field.is_text or dtype.names else "SV"
        if getattr(dtype, "kind", "") in kinds:
            return _array_source(store, field, values)
        values = values.tolist()
    if not is_sequence(values):
        checked(store, field, values)
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
            fail_at(store, TextError, field, row, what)


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
        fail(store, FieldTypeError, field, what)
    # The extra byte gives the buffer an address when all values are empty.
    whole = ffi.from_buffer(joined + b"\0")
    return Source(field, len(data), whole, lengths=ffi.from_buffer("uint32_t[]", lengths))
