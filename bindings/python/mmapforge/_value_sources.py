"""Columns of enums, time, decimals, arrays, structs and nulls, as memory that C reads.

Arrays of numpy are converted as a whole where that is exact; other columns, and those with a value
that the field refuses, are taken value by value.
"""

import array
from collections.abc import Mapping as AnyMapping
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

from mmapforge._core import ffi
from mmapforge._errors import FieldTypeError
from mmapforge._handle import OpenStore
from mmapforge._logical import HAS_NUMPY, PER_SECOND
from mmapforge._plain import is_null
from mmapforge._schema import VALIDITY, Field, Validity
from mmapforge._sources import Source, checked, fail, fail_at, is_sequence, refuse_unordered, source_of
from mmapforge._tables import numpy_or_list
from mmapforge._values import INT64_MAX, block_of, empty_item, is_near


class Given(NamedTuple):
    """A column: its memory, and which rows have a value. One bool is for every row."""

    source: Source
    valid: Any


def given_of(store: OpenStore, field: Field, values: Any) -> Given:
    """The column of a field that is not plain."""
    if _is_one(field, values):
        return _one_value(store, field, values)
    refuse_unordered(store, field, values)
    values, problem = numpy_or_list(values)
    if problem:
        fail(store, FieldTypeError, field, problem)
    if HAS_NUMPY and hasattr(values, "dtype"):
        made = _of_array(store, field, values)
        if made is not None:
            return made
        values = _rows_of(field, values)
    return _of_list(store, field, values if isinstance(values, (list, tuple)) else list(values))


def _is_one(field: Field, values: Any) -> bool:
    """True for one value for every row."""
    if isinstance(values, (str, bytes, bytearray)) or is_null(values) or not is_sequence(values):
        return True
    if getattr(values, "ndim", 1) == 0:
        return True
    if field.struct is None or field.count:
        return False
    # A table is a mapping, too, but no table comes here.
    return isinstance(values, AnyMapping) or hasattr(values, "_fields")


def _one_value(store: OpenStore, field: Field, value: Any) -> Given:
    if getattr(value, "ndim", 1) == 0 and hasattr(value, "dtype"):
        value = value[()]
    item = checked(store, field, value)
    valid = item is not None
    block = block_of(field, item if valid else empty_item(field))
    return Given(_block_source(field, None, block), valid)


def _block_source(field: Field, count: Optional[int], blocks: Any) -> Source:
    """Values in the form in which they lie in a record, end to end; one for every row without a count."""
    # The extra byte gives the buffer an address when there are no values.
    memory = ffi.from_buffer(bytes(blocks) + b"\0")
    stride = field.size if count is not None else 0
    return Source(field, count, memory, stride=stride, width=field.size, is_block=True)


# ---- Value by value ----


def _of_list(store: OpenStore, field: Field, values: Sequence[Any]) -> Given:
    if not field.nullable:
        for row, value in enumerate(values):
            if is_null(value):
                what = "null, and a field always has a value; fill the nulls, or leave such rows out"
                fail_at(store, FieldTypeError, field, row, what)
    items = [checked(store, field, value, row) for row, value in enumerate(values)]
    valid: Any = [item is not None for item in items]
    empty = empty_item(field)
    filled = [empty if item is None else item for item in items]
    if not field.is_block and not field.is_sized and field.type != "bool":
        blocks: Any = array.array(field._code, filled).tobytes()
    else:
        zeroes = bytes(field.size)
        blocks = b"".join(
            zeroes if item is None else block_of(field, item) for item in items
        )
    return Given(_block_source(field, len(items), blocks), all(valid) or valid)


# ---- Arrays of numpy ----


def _rows_of(field: Field, values: Any) -> List[Any]:
    """The rows of an array, and None for those of which everything is masked."""
    import numpy

    masked: Any = numpy.ma
    if field.struct is not None and values.dtype.names is not None and values.ndim == (2 if field.count else 1):
        from mmapforge._column_numpy import rows_of_structs

        mask = masked.getmaskarray(values) if masked.isMaskedArray(values) else None
        return rows_of_structs(field, numpy.asarray(masked.getdata(values)), mask)
    listed = list(values)
    if not field.nullable or not masked.isMaskedArray(values):
        return listed
    mask = masked.getmaskarray(values)
    return [
        None if masked.flatten_mask(mask[i : i + 1]).all() else value for i, value in enumerate(listed)
    ]


def _of_array(store: OpenStore, field: Field, values: Any) -> Optional[Given]:
    """The column of an array whose values all suit the field; None for others."""
    import numpy

    masked: Any = numpy.ma
    if field.struct is not None:
        return _of_structs(field, values)
    mask = masked.getmaskarray(values) if masked.is_masked(values) else None
    data: Any = masked.getdata(values)
    if field.is_plain or (field.nullable and not field.is_block and not field.logical):
        return _of_plain_array(store, field, data, mask)
    one = field.element
    if one.is_sized or data.ndim != (2 if field.count else 1):
        return None
    if mask is not None and field.count:
        if bool((mask.any(axis=1) != mask.all(axis=1)).any()):
            return None  # an element is null, and not the array
        mask = mask.all(axis=1)
    flat = numpy.ascontiguousarray(data).reshape(-1)
    made, nulls = _converted(one, flat, getattr(data, "scale", None))
    if made is None or len(flat) != len(data) * (field.count or 1):
        return None
    if nulls is not None and nulls.any():
        if field.count:
            return None
        mask = nulls if mask is None else mask | nulls
    if mask is not None:
        if not field.nullable:
            return None
        made = made.copy()
        made.reshape(len(data), -1)[mask] = 0
    valid: Any = True if mask is None else ~mask
    return Given(_block_source(field, len(data), made.tobytes()), valid)


def _of_structs(field: Field, values: Any) -> Optional[Given]:
    import numpy

    from mmapforge._column_numpy import hidden_rows

    masked: Any = numpy.ma
    if values.dtype.names is None or values.ndim != (2 if field.count else 1):
        return None
    if field.count and values.shape[1] != field.count:
        return None
    mask = masked.getmaskarray(values) if masked.isMaskedArray(values) else None
    data: Any = numpy.asarray(masked.getdata(values)).reshape(-1)
    flat_mask = None if mask is None else mask.reshape(-1)
    null: Any = None
    if field.nullable and flat_mask is not None and len(data):
        # Null is a value of which everything is masked, and an array of which all elements are.
        null = hidden_rows(flat_mask).reshape(len(values), -1)
        if field.count and bool((null.any(axis=1) != null.all(axis=1)).any()):
            return None
        null = null.all(axis=1)
    hidden = None if null is None else numpy.repeat(null, field.count or 1)
    made = _structs(field.struct, data, flat_mask, hidden)
    if made is None:
        return None
    valid: Any = True if null is None else ~null
    return Given(_block_source(field, len(values), made.tobytes()), valid)


def _structs(of: Any, data: Any, mask: Any, hidden: Any) -> Any:
    """Structs as they lie in a record; None if a value does not suit. Those that are hidden are zero."""
    import numpy

    from mmapforge._column_numpy import is_null_in

    made = numpy.zeros(len(data), of.dtype)
    if not set(of.names) <= set(data.dtype.names):
        return None
    for member in of.fields:
        found = data[member.name]
        null = numpy.zeros(len(data), bool) if hidden is None else hidden.copy()
        own_mask = None if mask is None else mask[member.name]
        if member.nullable and VALIDITY in data.dtype.names:
            null |= is_null_in(data[VALIDITY], of._validity, member)
        numbers = _member(member, found, own_mask, null)
        if numbers is None:
            return None
        made[member.name] = numbers.reshape(made[member.name].shape)
        made[member.name][null] = numpy.zeros((), made[member.name].dtype)
        if member.nullable:
            byte, bit = divmod(member._null_bit - 1, 8)
            flags = made[VALIDITY] if of._validity.size == 1 else made[VALIDITY][..., byte]
            flags |= (~null).astype("u1") << bit
    return made


def _member(member: Field, found: Any, mask: Any, null: Any) -> Any:
    """The values of a member of structs; the masked ones are added to null. None if one does not suit."""
    import numpy

    one = member.element
    if found.ndim != (2 if member.count else 1) or one.is_sized or (member.count and found.shape[1] != member.count):
        return None
    if member.struct is not None:
        if member.nullable or found.dtype.names is None:
            return None
        hidden = numpy.repeat(null, member.count or 1)
        return _structs(member.struct, found.reshape(-1), None if mask is None else mask.reshape(-1), hidden)
    if mask is not None:
        rows = mask.reshape(len(null), -1)
        if not member.nullable and bool((rows.any(axis=1) & ~null).any()):
            return None
        if bool((rows.any(axis=1) != rows.all(axis=1)).any()):
            return None
        null |= rows.all(axis=1)
    flat = numpy.ascontiguousarray(found).reshape(len(null), -1)
    if null.any():
        # What a null has may not be a value: that of no member, or a decimal with too many digits.
        if one.logical == "enum":
            flat = flat.copy()
            flat[null] = next(iter(one._members))
        else:
            flat = flat.copy()
            flat[null] = numpy.zeros((), flat.dtype)
    scale = one.scale if one.logical == "decimal" else None
    made, nats = _converted(one, flat.reshape(-1), scale)
    if made is None or (nats is not None and nats.any()):
        return None
    return made.view(one._numpy_format) if one.logical == "timestamp" else made


def _of_plain_array(store: OpenStore, field: Field, data: Any, mask: Any) -> Optional[Given]:
    """A nullable number, bool, text or bytes."""
    import numpy

    if data.dtype.kind == "O" or data.ndim != 1 or (mask is not None and not field.nullable):
        return None
    if mask is None:
        return Given(source_of(store, field, data), True)
    data = data.copy()
    data[mask] = numpy.zeros((), data.dtype)
    return Given(source_of(store, field, data), ~mask)


def _converted(field: Field, flat: Any, scale: Optional[int]) -> Tuple[Any, Any]:
    """The numbers of an array as the field stores them, and which are nulls; None if one does not suit."""
    import numpy

    wanted = numpy.dtype(field._numpy_format)
    kind = flat.dtype.kind
    if field.logical == "timestamp":
        return _timestamps(field, flat) if kind == "M" else (_integers(field, flat, "<i8"), None)
    if field.logical == "date":
        return _days(flat) if kind == "M" else (_integers(field, flat, "<i4"), None)
    if field.logical == "decimal":
        return _units(field, flat, scale), None
    if field.logical == "enum":
        numbers = _integers(field, flat, wanted)
        known = numbers is not None and bool(numpy.isin(numbers, list(field._members)).all())
        return (numbers if known else None), None
    if flat.dtype == wanted and kind != "b":
        return flat, None
    if field.is_integer:
        return _integers(field, flat, wanted), None
    if field.type == "bool":
        return (flat.view("u1") != 0 if kind == "b" else None), None
    # An exact number of another type. Others are converted, and refused, one by one.
    made = flat.astype(wanted) if kind in "iub" or (kind == "f" and flat.dtype.itemsize <= wanted.itemsize) else None
    return made, None


def _integers(field: Field, flat: Any, wanted: Any) -> Any:
    if flat.dtype.kind not in "iub" or len(flat) == 0:
        return flat.astype(wanted) if len(flat) == 0 and flat.dtype.kind != "M" else None
    low, high = field.limits
    if field.logical == "timestamp":
        low += 1  # NaT
    return flat.astype(wanted) if low <= int(flat.min()) and int(flat.max()) <= high else None


def _timestamps(field: Field, flat: Any) -> Tuple[Any, Any]:
    import numpy

    unit, step = numpy.datetime_data(flat.dtype)
    if unit not in PER_SECOND:
        if unit not in ("D", "h", "m"):
            return None, None
        step *= {"D": 86400, "h": 3600, "m": 60}[unit]
        unit = "s"
    nulls = numpy.isnat(flat)
    numbers = flat.astype(flat.dtype.newbyteorder("<")).view("<i8")
    numbers = numpy.where(nulls, 0, numbers)
    has, wants = PER_SECOND[unit], PER_SECOND[field.unit]
    if has > wants and step == 1:
        ratio = has // wants
        return (None if (numbers % ratio).any() else numbers // ratio), nulls
    factor = step * wants // has
    if step * wants % has:
        return None, None
    limit = INT64_MAX // factor
    too_large = len(numbers) and (int(numbers.max()) > limit or int(numbers.min()) < -limit)
    return (None if too_large else numbers * factor), nulls


def _days(flat: Any) -> Tuple[Any, Any]:
    import numpy

    if not is_near(flat):
        return None, None
    nulls = numpy.isnat(flat)
    days = flat.astype("M8[D]")
    if not (nulls | (days == flat)).all():
        return None, None
    numbers = numpy.where(nulls, 0, days.astype("i8"))
    info = numpy.iinfo("i4")
    fits = not len(numbers) or (info.min <= int(numbers.min()) and int(numbers.max()) <= info.max)
    return (numbers.astype("<i4") if fits else None), nulls


def _units(field: Field, flat: Any, scale: Optional[int]) -> Any:
    """Integers are whole numbers, but those of a column of decimals are its units."""
    if flat.dtype.kind not in "iu" or not len(flat):
        return None if len(flat) else flat.astype("<i8")
    factor = 10**field.scale if scale is None else 1
    if scale is not None and scale != field.scale:
        return None
    limit = 10**field.precision // factor
    if not -limit < int(flat.min()) or not int(flat.max()) < limit:
        return None
    return flat.astype("<i8") * factor


# ---- Validity bytes ----


def validity_source(validity: Validity, fields: List[Tuple[Field, Any]], count: int) -> Source:
    """The validity bytes of count rows, from the nullable fields and which of their rows have a value."""
    size = validity.size
    same = bytearray(size)
    for field, valid in fields:
        byte, bit = divmod(field._null_bit - 1, 8)
        if valid is True:
            same[byte] |= 1 << bit
    if all(isinstance(valid, bool) for _, valid in fields):
        return Source(_validity_field(validity), None, ffi.from_buffer(same), width=size, is_block=True)
    rows = bytearray(bytes(same) * count)
    for field, valid in fields:
        byte, bit = divmod(field._null_bit - 1, 8)
        if isinstance(valid, bool):
            continue
        rows[byte::size] = bytes(
            flags | bool(has) << bit for flags, has in zip(rows[byte::size], valid)
        )
    memory = ffi.from_buffer(rows + b"\0")
    return Source(_validity_field(validity), count, memory, stride=size, width=size, is_block=True)


class _ValidityField(NamedTuple):
    """The part of a Field that a Source uses."""

    name: str
    offset: int
    size: int
    max: int


def _validity_field(validity: Validity) -> Any:
    return _ValidityField("", validity.offset, validity.size, 0)
