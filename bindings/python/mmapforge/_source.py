"""One column of values on its way into a store: what C reads it from, and what is wrong with it."""

import array
import itertools
from typing import Any, List, NoReturn, Optional

from mmapforge._codec import FLOAT32_MAX, check
from mmapforge._columns import HAS_NUMPY
from mmapforge._core import ffi
from mmapforge._errors import ArgumentError, FieldRangeError, FieldTypeError, make_error
from mmapforge._schema import STRUCT_CODES, Field, numpy_format


class Source:
    """Memory that holds a column. count is None when one value stands for every row."""

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
        """Describes it to C; it must live as long as the struct is used."""
        c_source.data = self._memory
        c_source.lengths = ffi.NULL if self._lengths is None else self._lengths
        c_source.stride = self._stride
        c_source.width = self._width
        c_source.offset = self.field.offset
        c_source.size = self.field.size
        c_source.max = self.field.max


def source_of(store: Any, field: Field, values: Any) -> Source:
    """The source for a column that a caller gave."""
    if field.is_sized:
        return _sized_source(store, field, values)
    if HAS_NUMPY:
        return _numpy_source(store, field, values)
    return _plain_source(store, field, values)


def _fail(store: Any, kind: Any, field: Field, what: str) -> NoReturn:
    message = f"{store.path}: extend: field {field.name}: {what}; nothing was appended"
    raise make_error(kind, message, path=store.path, field=field.name)


def _blame(store: Any, field: Field, values: List[Any]) -> None:
    """Raises for the first value that the field does not take."""
    for row, value in enumerate(values):
        check(field, value, store.codec.errors, store.path, row)


def _is_sequence(values: Any) -> bool:
    return hasattr(values, "__len__") or hasattr(values, "__iter__")


# ---- Scalars ----


def _plain_source(store: Any, field: Field, values: Any) -> Source:
    """Without numpy: buffers of the right type as they are, anything else by way of a list."""
    if not _is_sequence(values):
        return _one_value(store, field, values)
    code = STRUCT_CODES[field.type]
    try:
        view = memoryview(values)
        if view.format == code and view.ndim == 1 and view.c_contiguous:
            return Source(field, len(view), ffi.from_buffer(view), stride=field.size)
    except TypeError:
        pass
    listed = list(values)
    if field.type == "bool":
        _blame(store, field, listed)
        made = array.array("B", map(bool, listed))
    else:
        try:
            made = array.array(code, listed)
        except (TypeError, OverflowError):
            _blame(store, field, listed)
            raise
        if field.type == "float32":
            _blame(store, field, listed)
    return Source(field, len(listed), ffi.from_buffer(made), stride=field.size)


def _one_value(store: Any, field: Field, value: Any) -> Source:
    good = check(field, value, store.codec.errors, store.path)
    code = STRUCT_CODES[field.type]
    made = array.array("B" if code == "?" else code, [good])
    return Source(field, None, ffi.from_buffer(made))


def _numpy_source(store: Any, field: Field, values: Any) -> Source:
    import numpy

    if not _is_sequence(values) or isinstance(values, (str, bytes)):
        return _one_value(store, field, values)
    if not isinstance(values, numpy.ndarray):
        listed = values if isinstance(values, (list, tuple)) else None
        if listed is None and not hasattr(values, "__array__") and not hasattr(values, "dtype"):
            try:
                memoryview(values)
            except TypeError:
                listed = list(values)
        try:
            given = numpy.asarray(values if listed is None else listed)
        except (ValueError, OverflowError):
            _blame(store, field, list(values if listed is None else listed))
            raise
        # A list may mix what an array would quietly make one type of.
        if listed is not None and given.dtype.kind not in "biuf":
            _blame(store, field, list(listed))
    else:
        given = values
    if given.ndim == 0:
        return _one_value(store, field, given.item())
    if given.ndim != 1:
        _fail(store, ArgumentError, field, f"an array of {given.ndim} dimensions, expected one")
    made = _convert(store, field, given)
    address = ffi.cast("void *", made.__array_interface__["data"][0])
    source = Source(field, len(made), address, stride=made.strides[0])
    return _Kept(source, made)


class _Kept(Source):
    """A source over an array, which it keeps alive."""

    __slots__ = ("_array",)

    def __init__(self, of: Source, array_: Any) -> None:
        super().__init__(of.field, of.count, of._memory, stride=of._stride, width=of._width)
        self._array = array_


def _convert(store: Any, field: Field, given: Any) -> Any:
    """The array in the field's own type, or an exception where a value would change."""
    import numpy

    wanted = numpy.dtype(numpy_format(field))
    kind = given.dtype.kind
    if given.dtype == wanted:
        return given
    if len(given) == 0:
        return numpy.empty(0, wanted)
    if kind == "O":
        listed = given.tolist()
        return numpy.array([check(field, v, "strict", store.path, i) for i, v in enumerate(listed)],
                           wanted)  # fmt: skip
    taken = {"bool": "iu", "float32": "fiub", "float64": "fiub"}.get(field.type, "iub")
    if kind not in taken:
        hint = ""
        if kind in "mM":
            hint = "; convert it with astype('int64') to the unit that the field has"
        _fail(store, FieldTypeError, field,
              f"an array of {given.dtype}, which {field.type} does not take{hint}")  # fmt: skip
    if field.type == "bool":
        _need_range(store, field, given, 0, 1)
    elif field.is_integer and kind in "iu":
        _need_range(store, field, given, *field.limits)
    elif field.type == "float32" and kind in "fiu":
        finite = given[numpy.isfinite(given)] if kind == "f" else given
        if len(finite):
            _need_range(store, field, finite, -FLOAT32_MAX, FLOAT32_MAX)
    return given.astype(wanted)


def _need_range(store: Any, field: Field, given: Any, low: Any, high: Any) -> None:
    for value in (given.min(), given.max()):
        if not low <= value.item() <= high:
            row = int((given == value).argmax())
            message = f"{store.path}: extend: row {row}, field {field.name}: {value.item()} is "
            message += f"outside the range of {field.type}, {low} to {high}; nothing was appended"
            raise make_error(FieldRangeError, message, path=store.path, row=row, field=field.name)


# ---- string and bytes ----


def _sized_source(store: Any, field: Field, values: Any) -> Source:
    if isinstance(values, (str, bytes, bytearray, memoryview)):
        data = check(field, values, store.codec.errors, store.path)
        if data.endswith(b"\0"):
            _fail(store, ArgumentError, field, "one value for every row that ends in NUL; list it")
        return Source(field, None, ffi.from_buffer(data + b"\0"), width=len(data))
    dtype = getattr(values, "dtype", None)
    if dtype is not None and getattr(dtype, "kind", "") in "SV" and getattr(values, "ndim", 0) == 1:
        return _array_source(field, values)
    if dtype is not None and hasattr(values, "tolist"):
        values = values.tolist()
    if not _is_sequence(values):
        check(field, values, store.codec.errors, store.path)
    return _list_source(store, field, list(values))


def _array_source(field: Field, values: Any) -> Source:
    """A numpy array of fixed width: 'S' ends before its NULs, as numpy has it, 'V' has its width."""
    import numpy

    given = numpy.asarray(values)
    width = given.dtype.itemsize
    if given.dtype.kind == "S":
        address = ffi.cast("void *", given.__array_interface__["data"][0])
        source = Source(field, len(given), address, stride=given.strides[0], width=width)
        return _Kept(source, given)
    lengths = array.array("I", itertools.repeat(width, len(given)))
    return Source(
        field,
        len(given),
        ffi.from_buffer(given.tobytes()),
        lengths=ffi.from_buffer("uint32_t[]", lengths),
    )


def _list_source(store: Any, field: Field, values: List[Any]) -> Source:
    errors = store.codec.errors
    try:
        if field.is_text:
            data = [value.encode("utf-8", errors) for value in values]
        elif all(isinstance(value, (bytes, bytearray, memoryview)) for value in values):
            data = [bytes(value) for value in values]
        else:
            raise TypeError
    except (AttributeError, TypeError, UnicodeError):
        _blame(store, field, values)
        raise
    lengths = array.array("I", map(len, data))
    # One byte more, so that there is an address when all are empty.
    whole = ffi.from_buffer(b"".join(data) + b"\0")
    return Source(field, len(data), whole, lengths=ffi.from_buffer("uint32_t[]", lengths))
