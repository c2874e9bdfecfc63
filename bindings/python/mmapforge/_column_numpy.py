"""The numpy array class of columns. Imported only if numpy is installed."""

from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

import numpy

from mmapforge._core import ffi, lib
from mmapforge._errors import FieldTypeError, make_error
from mmapforge._schema import LENGTH_SIZE, VALIDITY, Field, Struct, Validity
from mmapforge._totals import limits_in, sum_in, total_of
from mmapforge._values import number_of

# The keys have the machine's byte order; numpy computes the totals of other columns.
_TYPE_OF: Dict["numpy.dtype[Any]", int] = {
    numpy.dtype("?"): lib.MMF_TYPE_BOOL,
    numpy.dtype("i1"): lib.MMF_TYPE_INT8,
    numpy.dtype("u1"): lib.MMF_TYPE_UINT8,
    numpy.dtype("i2"): lib.MMF_TYPE_INT16,
    numpy.dtype("u2"): lib.MMF_TYPE_UINT16,
    numpy.dtype("i4"): lib.MMF_TYPE_INT32,
    numpy.dtype("u4"): lib.MMF_TYPE_UINT32,
    numpy.dtype("i8"): lib.MMF_TYPE_INT64,
    numpy.dtype("u8"): lib.MMF_TYPE_UINT64,
    numpy.dtype("f4"): lib.MMF_TYPE_FLOAT32,
    numpy.dtype("f8"): lib.MMF_TYPE_FLOAT64,
}


# Arguments that numpy.sum() and similar functions pass on, and that have no effect when None.
_PLAIN = frozenset(("axis", "dtype", "out"))


def _changes_nothing(options: Dict[str, Any]) -> bool:
    return all(name in _PLAIN and value is None for name, value in options.items())


if TYPE_CHECKING:
    Array = numpy.ndarray[Any, Any]
else:
    Array = numpy.ndarray


# ---- Comparing ----

_UINT64 = numpy.dtype("u8")


def _encoded(values: Any) -> Any:
    """Text encoded as in a column of strings: numpy compares str and bytes as unequal, silently."""
    if isinstance(values, str):
        return values.encode("utf-8", "surrogateescape")
    if isinstance(values, bytes):
        return values
    given = numpy.asarray(values)
    if given.dtype.kind == "U":
        return numpy.char.encode(given, "utf-8", "surrogateescape")
    if given.dtype.kind == "O":
        listed = [v.encode("utf-8", "surrogateescape") if isinstance(v, str) else v for v in given.flat]
        return numpy.array(listed, object).reshape(given.shape)
    return given


def _refuse_to_compare(column: Any, other: Any) -> None:
    """Raises for a value that numpy would silently compare as unequal to all bytes."""
    if getattr(other, "dtype", None) == column.dtype or isinstance(other, numpy.void):
        return
    size = column.dtype.itemsize
    what = f"a column of bytes[{size}] is compared with a {type(other).__name__}; its values are padded "
    what += f"with NUL, so compare with numpy.void(value.ljust({size}, b'\\0')), or read them by tuples()"
    raise make_error(FieldTypeError, what)


def _comparison(name: str, with_negative: bool) -> Any:
    """A comparison method of ndarray, correct for text, and for uint64 with signed integers.

    with_negative is the result for an unsigned and a negative number. numpy would convert both to
    floats, and large numbers would lose digits.
    """
    own = getattr(numpy.ndarray, name)

    def compare(self: Any, other: Any) -> Any:
        kind = self.dtype.kind
        if kind == "S":
            other = _encoded(other)
        elif kind == "V" and self.dtype.names is None:
            _refuse_to_compare(self, other)
        elif self.dtype == _UINT64 and getattr(getattr(other, "dtype", None), "kind", "") == "i":
            signed = numpy.asarray(other)
            made = own(self, signed.astype(_UINT64))
            return numpy.where(signed < 0, with_negative, made)
        return own(self, other)

    compare.__name__ = name
    return compare


class Column(Array):
    """A numpy array whose sum, min, max and mean run in C, at the speed of memory.

    Its comparisons and searchsorted accept text for strings, and compare integers exactly.

    With arguments, sum, min, max and mean are numpy's. The sum of floats is pairwise like numpy's,
    but in other blocks, so the last digits may differ; float32 is summed in float64. An array that
    numpy computes from a column is a plain array.
    """

    def _total(self, what: int, arguments: Tuple[Any, ...], options: Dict[str, Any]) -> Any:
        """The total in C, or None if numpy's own method must compute it."""
        if arguments or options and not _changes_nothing(options):
            return None
        number = _TYPE_OF.get(self.dtype)
        if number is None or self.ndim != 1 or self.size == 0:
            return None
        # from_buffer needs contiguous memory, which one value is. Three times as fast as __array_interface__.
        return total_of(ffi.from_buffer(self[:1]), self.size, self.strides[0], number, what)

    def sum(self, *arguments: Any, **options: Any) -> Any:
        total = self._total(lib.MMFPY_SUM, arguments, options)
        if total is None:
            return super().sum(*arguments, **options)
        value = sum_in(total)
        if isinstance(value, float):
            return self.dtype.type(value)
        kind = numpy.uint64 if self.dtype.kind == "u" else numpy.int64
        info = numpy.iinfo(kind)
        # Beyond 64 bits numpy's sum wraps around, so numpy computes it.
        return kind(value) if info.min <= value <= info.max else super().sum()

    def mean(self, *arguments: Any, **options: Any) -> Any:
        total = self._total(lib.MMFPY_SUM, arguments, options)
        if total is None:
            return super().mean(*arguments, **options)
        kind = self.dtype.type if self.dtype.kind == "f" else numpy.float64
        return kind(sum_in(total) / self.size)

    def min(self, *arguments: Any, **options: Any) -> Any:
        return self._limit(lib.MMFPY_MIN, arguments, options)

    def max(self, *arguments: Any, **options: Any) -> Any:
        return self._limit(lib.MMFPY_MAX, arguments, options)

    def _limit(self, which: int, arguments: Tuple[Any, ...], options: Dict[str, Any]) -> Any:
        total = self._total(which, arguments, options)
        is_most = which == lib.MMFPY_MAX
        if total is None:
            own = super().max if is_most else super().min
            return own(*arguments, **options)
        return self.dtype.type(limits_in(total, self.dtype.kind == "b")[is_most])

    __eq__: Any = _comparison("__eq__", False)
    __ne__: Any = _comparison("__ne__", True)
    __lt__: Any = _comparison("__lt__", False)
    __le__: Any = _comparison("__le__", False)
    __gt__: Any = _comparison("__gt__", True)
    __ge__: Any = _comparison("__ge__", True)

    def searchsorted(self, v: Any, side: Any = "left", sorter: Any = None) -> Any:
        """As numpy's, but exact for integers: numpy would convert a column of uint64 to floats."""
        if self.dtype.kind == "S":
            return super().searchsorted(_encoded(v), side, sorter)
        keys = numpy.asarray(v)
        if self.dtype.kind not in "iu" or keys.dtype.kind not in "iu" or keys.dtype == self.dtype:
            return super().searchsorted(v, side, sorter)
        has, asked = numpy.iinfo(self.dtype), numpy.iinfo(keys.dtype)
        below = keys < has.min if asked.min < has.min else numpy.zeros(keys.shape, bool)
        above = keys > has.max if asked.max > has.max else numpy.zeros(keys.shape, bool)
        inside = numpy.where(below | above, 0, keys).astype(self.dtype)
        found = super().searchsorted(inside, side, sorter)
        return numpy.where(below, 0, numpy.where(above, len(self), found))[()]

    def __array_wrap__(self, made: Any, context: Any = None, return_scalar: bool = False) -> Any:
        return numpy.asarray(made)[()]


class _Memory:
    """The object from which numpy makes a column, and which becomes the column's base.

    It is not a buffer, because numpy lets every user make an array over a writable buffer writable,
    and a write to a store opened for reading would crash.
    """

    __slots__ = ("_pointer", "__array_interface__")

    def __init__(self, pointer: Any, interface: Dict[str, Any]) -> None:
        self._pointer = pointer
        self.__array_interface__ = interface


def make_column(
    pointer: Any, count: int, dtype: str, offset: int, stride: int, writable: bool
) -> Any:
    """A column that starts offset bytes after a view's pointer; an empty column for None."""
    if pointer is None:
        empty = numpy.empty(0, dtype) if writable else numpy.frombuffer(b"", dtype)
        return empty.view(Column)
    interface = {
        "version": 3,
        "data": (int(ffi.cast("uintptr_t", pointer)) + offset, not writable),
        "shape": (count,),
        "strides": (stride,),
        # The protocol requires a byte order, which the package's dtypes have, except for bool.
        "typestr": dtype if dtype != "?" else "|b1",
    }
    return numpy.asarray(_Memory(pointer, interface)).view(Column)


# ---- Columns of other types ----


class DecimalColumn(Column):
    """A column of decimals as integers; `scale` is the number of digits after the point."""

    scale: Optional[int] = None

    def __array_finalize__(self, of: Any) -> None:
        self.scale = getattr(of, "scale", None)


def make_value_column(
    pointer: Any, count: int, field: Field, offset: int, stride: int, writable: bool
) -> Any:
    """A column of a field that is not plain, without its nulls; an empty column for None."""
    one = field.element
    shape = (count, field.count) if field.count else (count,)
    strides = (stride, one.size) if field.count else (stride,)
    dtype = one.dtype if one.struct is not None else numpy.dtype(one._numpy_format)
    if pointer is None:
        made = numpy.empty((0, *shape[1:]), dtype)
    else:
        at = int(ffi.cast("uintptr_t", pointer)) + offset + (LENGTH_SIZE if one.is_sized else 0)
        interface = {
            "version": 3,
            "data": (at, not writable),
            "shape": shape,
            "strides": strides,
            "typestr": dtype.str,
        }
        # The protocol has no dtypes with gaps, so a struct is bytes first.
        made = numpy.asarray(_Memory(pointer, interface)).view(dtype)
    if one.logical == "decimal":
        decimals = made.view(DecimalColumn)
        decimals.scale = one.scale
        return decimals
    if one.logical == "date":
        # numpy has no dates of 32 bits.
        return made.astype("M8[D]")
    return made.view(Column)


# ---- Nulls ----


def has_nulls(field: Field) -> bool:
    """True if the field, or anything in it, is nullable."""
    return field.nullable or (field.struct is not None and any(map(has_nulls, field.struct.fields)))


def is_null_in(flags: Any, validity: Validity, field: Field) -> Any:
    """Where a nullable field is null; flags are the validity bytes of each row, the last dimension."""
    byte, bit = divmod(field._null_bit - 1, 8)
    found = flags if validity.size == 1 else flags[..., byte]
    return numpy.asarray(found) >> bit & 1 == 0


def mask_of_records(records: Any, fields: Sequence[Field], validity: Validity) -> Any:
    """The mask of structured arrays of records or structs, in which True means null."""
    masked: Any = numpy.ma
    mask = numpy.zeros(records.shape, masked.make_mask_descr(records.dtype))
    for field in fields:
        _fill_mask(mask, records, field, validity)
    return mask


def _fill_mask(mask: Any, records: Any, field: Field, validity: Validity) -> None:
    if not has_nulls(field):
        return
    if field.struct is not None:
        mask[field.name] = mask_of_struct(records[field.name], field.struct)
    if field.nullable:
        mask[field.name][is_null_in(records[VALIDITY], validity, field)] = True


def mask_of_struct(values: Any, of: Struct) -> Any:
    return mask_of_records(numpy.asarray(values), of.fields, of._validity)


def masked_records(records: Any, fields: Sequence[Field], validity: Validity) -> Any:
    """A masked array of records, if any field is nullable; else the records."""
    if not any(map(has_nulls, fields)):
        return records
    masked: Any = numpy.ma
    return masked.array(records, mask=mask_of_records(records, fields, validity), copy=False)


def masked_column(column: Any, field: Field, null: Any) -> Any:
    """A masked array over a column; null says in which rows the field is null, or is None."""
    masked: Any = numpy.ma
    if field.struct is not None:
        mask = mask_of_struct(column, field.struct)
    else:
        mask = numpy.zeros(column.shape, bool)
    if null is not None:
        mask[null] = True
    return masked.array(column, mask=mask, copy=False)


def columns_of_records(records: Any, fields: Sequence[Field], validity: Validity) -> Dict[str, Any]:
    """The columns of records as `snapshot` gives them: decimals are units, and nulls are masked."""
    masked: Any = numpy.ma
    columns: Dict[str, Any] = {}
    whole: Any = numpy.asarray(masked.getdata(records))
    masks = masked.getmaskarray(records) if masked.isMaskedArray(records) else None
    for name in whole.dtype.names:
        if name == VALIDITY:
            continue
        data = whole[name]
        mask = None if masks is None else masks[name]
        field = next((field for field in fields if field.name == name), None)
        if field is None:
            columns[name] = data
            continue
        if field.logical == "decimal":
            data = data.view(DecimalColumn)
            data.scale = field.scale
        elif field.logical == "date" and data.dtype.kind == "i":
            data = data.astype("M8[D]")
        if mask is None and field.nullable and VALIDITY in whole.dtype.names:
            mask = _spread(is_null_in(whole[VALIDITY], validity, field), data)
        columns[name] = data if mask is None else masked.array(data, mask=mask, copy=False)
    return columns


def _spread(null: Any, data: Any) -> Any:
    """The mask of a column, from the rows in which it is null."""
    masked: Any = numpy.ma
    mask = numpy.zeros(data.shape, masked.make_mask_descr(data.dtype))
    mask[null] = True
    return mask


def hidden_rows(mask: Any) -> Any:
    """Where everything is masked, of the mask of a structured array of one dimension."""
    # A mask has no gaps: it is a byte for each value.
    return numpy.ascontiguousarray(mask).view("u1").reshape(len(mask), -1).all(axis=1)


def rows_of_structs(field: Field, data: Any, mask: Any) -> List[Any]:
    """The rows of a structured array as tuples, in the order of the struct's fields; None for a null.

    An array without the names of the struct's fields gives its own tuples.
    """
    of = field.struct
    assert of is not None
    flat = data.reshape(-1)
    flat_mask = None if mask is None else mask.reshape(-1)
    if not set(of.names) <= set(data.dtype.names):
        rows: List[Any] = list(map(tuple, flat))
    else:
        rows = list(zip(*(_member_rows(member, of._validity, flat, flat_mask) for member in of.fields)))
    if field.nullable and flat_mask is not None and len(flat):
        # Null is a value of which everything is masked.
        rows = [None if is_none else row for row, is_none in zip(rows, hidden_rows(flat_mask))]
    if not field.count:
        return rows
    # An array is null when all its elements are.
    grouped = [rows[at : at + field.count] for at in range(0, len(rows), field.count)]
    return [None if field.nullable and all(v is None for v in group) else group for group in grouped]


def _member_rows(member: Field, validity: Validity, data: Any, mask: Any) -> List[Any]:
    found = data[member.name]
    own_mask = None if mask is None else mask[member.name]
    rows: List[Any]
    if member.struct is not None and found.dtype.names is not None:
        rows = rows_of_structs(member, found, own_mask)
    else:
        rows = [number_of(member, value) for value in found]
        if own_mask is not None and own_mask.dtype.names is None:
            hidden = own_mask.reshape(len(rows), -1).all(axis=1)
            rows = [None if is_none else row for row, is_none in zip(rows, hidden)]
    if member.nullable and VALIDITY in data.dtype.names:
        null = is_null_in(data[VALIDITY], validity, member)
        rows = [None if is_none else row for row, is_none in zip(rows, null)]
    return rows
