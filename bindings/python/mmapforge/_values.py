"""Values of enums, timestamps, dates, decimals, arrays and structs: checked and packed, and unpacked.

`item_of` gives what the struct module packs: a number, or the bytes of an array or a struct.
`loader_of` is the way back. A null has no item: the validity bytes say that it is one.
"""

import copy
import datetime
import decimal
import operator
import struct
from collections.abc import Mapping as AnyMapping
from collections.abc import Set as AnySet
from typing import Any, Callable, Dict, List, NoReturn, Optional, Sequence, Tuple

from mmapforge._definitions import is_enum_class
from mmapforge._errors import EnumError, FieldNameError, FieldRangeError, FieldTypeError
from mmapforge._logical import (
    EPOCH_DAY,
    PER_SECOND,
    UNIT_NAMES,
    decimal_of,
)
from mmapforge._plain import Place, check_integer, check_plain, is_null, is_null_type, refuse, wrong_type
from mmapforge._schema import VALIDITY, Field, Struct, Validity, struct_format

INT64_MIN, INT64_MAX = -(1 << 63), (1 << 63) - 1

# ---- One number ----


def _member(field: Field, value: Any, at: Place) -> int:
    kind: Any = field.enum
    if type(value) is kind:
        return int(value)
    if isinstance(value, str):
        if value in kind.__members__:
            return int(kind.__members__[value])
        shown = repr(value)
    elif is_enum_class(type(value)) and kind.__members__.get(value.name) != value:
        # Another enum of a schema: its numbers mean something else.
        shown = f"{type(value).__name__}.{value.name}"
    else:
        number = check_integer(field, value, at)
        if number in field._members:
            return number
        shown = str(number)
    known = ", ".join(f"{member.name} = {int(member)}" for member in list(kind)[:10])
    more = ", ..." if len(kind) > 10 else ""
    what = f"{shown} is no member of {kind.__name__}; its members are {known}{more}"
    refuse(EnumError, field, what, at, "MMF_ERR_ENUM")


def _timestamp(field: Field, value: Any, at: Place) -> int:
    if type(value).__name__ == "datetime64":
        number = _of_datetime64(field, value, at)
    elif is_null_type(type(value)):
        wrong_type(field, value, at)
    elif isinstance(value, datetime.datetime):
        number = _of_datetime(field, value, at)
    elif isinstance(value, datetime.date):
        wrong_type(field, value, at, "a date has no time of day: give a datetime with a time zone")
    elif isinstance(value, str):
        wrong_type(field, value, at, "parse it, as by datetime.datetime.fromisoformat")
    else:
        number = check_integer(field, value, at, "round it to an int" if isinstance(value, float) else "")
    if not INT64_MIN < number <= INT64_MAX:
        what = f"{value!s} is outside the range of {field.declaration}; use a larger unit"
        refuse(FieldRangeError, field, what, at)
    return number


def _of_datetime64(field: Field, value: Any, at: Place) -> int:
    import numpy

    if numpy.isnat(value):
        wrong_type(field, value, at)
    unit, step = numpy.datetime_data(value.dtype)
    if unit in ("Y", "M"):
        _need_near(field, value, at)
        value, unit, step = value.astype("M8[D]"), "D", 1
    number = int(value.astype(numpy.int64)) * step
    seconds = {"W": 604800, "D": 86400, "h": 3600, "m": 60}.get(unit)
    if seconds is not None:
        return number * seconds * PER_SECOND[field.unit]
    per_second = {**PER_SECOND, "ps": 10**12, "fs": 10**15, "as": 10**18}.get(unit)
    if per_second is None:
        wrong_type(field, value, at)
    return _scaled(field, value, number, per_second, at)


def is_near(values: Any) -> bool:
    """False if numpy would silently give wrong days for datetime64 values of years, months or weeks."""
    import numpy

    unit, step = numpy.datetime_data(values.dtype)
    # The days of so many years, months or weeks do not fit 64 bits.
    limit = {"Y": 1 << 54, "M": 1 << 58, "W": 1 << 60}.get(unit, 1 << 63) // step
    numbers = numpy.where(numpy.isnat(values), 0, values.astype("i8"))
    return numbers.size == 0 or (-limit < int(numbers.min()) and int(numbers.max()) < limit)


def _need_near(field: Field, value: Any, at: Place) -> None:
    if not is_near(value):
        refuse(FieldRangeError, field, f"{value!s} is outside the range of {field.declaration}", at)


def _scaled(field: Field, value: Any, number: int, per_second: int, at: Place) -> int:
    """A number of units, per_second of which are a second, in the unit of the field, exactly."""
    scaled, rest = divmod(number * PER_SECOND[field.unit], per_second)
    if rest:
        what = f"{value!s} is no whole number of {UNIT_NAMES[field.unit]} ({field.declaration}); round it first"
        refuse(FieldRangeError, field, what, at)
    return scaled


_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def _of_datetime(field: Field, value: datetime.datetime, at: Place) -> int:
    """Also of a pandas.Timestamp, which has nanoseconds."""
    if value.utcoffset() is None:
        hint = "a datetime without a time zone may mean any moment: give it one, as by "
        wrong_type(field, value, at, hint + "value.replace(tzinfo=datetime.timezone.utc)")
    nanoseconds = getattr(value, "nanosecond", 0)
    plain = value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value
    past = plain - _EPOCH
    number = (past.days * 86400 + past.seconds) * 10**9 + past.microseconds * 1000 + nanoseconds
    return _scaled(field, value, number, 10**9, at)


def _date(field: Field, value: Any, at: Place) -> int:
    if is_null_type(type(value)):
        wrong_type(field, value, at)
    if isinstance(value, datetime.datetime):
        wrong_type(field, value, at, "a datetime has a time of day: give value.date()")
    if isinstance(value, datetime.date):
        return int(value.toordinal()) - EPOCH_DAY
    if type(value).__name__ == "datetime64":
        return _of_day64(field, value, at)
    hint = "parse it, as by datetime.date.fromisoformat" if isinstance(value, str) else ""
    return check_integer(field, value, at, hint)


def _of_day64(field: Field, value: Any, at: Place) -> int:
    import numpy

    if numpy.isnat(value):
        wrong_type(field, value, at)
    _need_near(field, value, at)
    day = value.astype("M8[D]")
    if day != value:
        refuse(FieldRangeError, field, f"{value!s} is no whole day; give value.astype('datetime64[D]')", at)
    low, high = field.limits
    number = int(day.astype(numpy.int64))
    if not low <= number <= high:
        refuse(FieldRangeError, field, f"{value!s} is outside the range of a date", at)
    return number


def _decimal(field: Field, value: Any, at: Place) -> int:
    if isinstance(value, decimal.Decimal):
        given = value
    elif isinstance(value, str):
        try:
            given = decimal.Decimal(value)
        except decimal.InvalidOperation:
            refuse(FieldTypeError, field, f"{value!r} is no decimal number ({field.declaration})", at)
    elif isinstance(value, float) or type(value).__name__ in ("float32", "float16"):
        hint = "a float is seldom the decimal that it shows: give decimal.Decimal(str(value))"
        wrong_type(field, value, at, hint)
    else:
        try:
            number = operator.index(value)
        except TypeError:
            wrong_type(field, value, at)
        # Before it becomes text, which is slow for a huge number.
        if abs(number) >= 10 ** (field.precision - field.scale):
            _too_large(field, f"{number}" if abs(number) < 10**40 else "the number", at)
        return int(number * 10**field.scale)
    return _units(field, given, at)


def _units(field: Field, given: decimal.Decimal, at: Place) -> int:
    sign, digits, exponent = given.as_tuple()
    if not isinstance(exponent, int):
        refuse(FieldRangeError, field, f"{given!r} is no number that {field.declaration} has", at)
    if not any(digits):
        return 0
    shown = str(given) if len(digits) <= 40 else "the number"
    if given.adjusted() >= field.precision - field.scale:
        _too_large(field, shown, at)
    text = "".join(map(str, digits))
    stripped = text.rstrip("0")
    exponent += len(text) - len(stripped) + field.scale
    if exponent < 0:
        what = f"{shown} has more than {field.scale} digits after the point ({field.declaration}); round it first, as by "
        refuse(FieldRangeError, field, f"{what}value.quantize(decimal.Decimal('1E-{field.scale}'))", at)
    number: int = int(stripped) * 10**exponent
    return -number if sign else number


def _too_large(field: Field, shown: str, at: Place) -> NoReturn:
    digits = field.precision - field.scale
    what = f"{shown} has more than {digits} digits before the point ({field.declaration})"
    refuse(FieldRangeError, field, what, at)


_NUMBERS: Dict[str, Callable[[Field, Any, Place], int]] = {
    "enum": _member, "timestamp": _timestamp, "date": _date, "decimal": _decimal,
}  # fmt: skip

# ---- Any value ----

def item_of(field: Field, value: Any, at: Place) -> Any:
    """The item of a value; None for a null of a nullable field. An exception says what is wrong."""
    if field.nullable:
        return None if is_null(value) or _is_hidden(value) else item_of(_present(field), value, at)
    if field.count:
        return _array(field, value, at)
    if field.struct is not None:
        return _struct(field, field.struct, value, at)
    number = _NUMBERS.get(field.logical)
    return check_plain(field, value, at) if number is None else number(field, value, at)


def _is_hidden(value: Any) -> bool:
    """True for an array or a record of numpy of which everything is masked."""
    if not hasattr(value, "mask") or not hasattr(value, "dtype") or not getattr(value, "size", 0):
        return False
    import numpy

    masked: Any = numpy.ma
    return masked.isMaskedArray(value) and bool(masked.flatten_mask(masked.getmaskarray(value)).all())


def _present(field: Field) -> Field:
    """The field of a nullable one's values."""
    if not field.count:
        return field.element
    made: Optional[Field] = field._cache.get("present")
    if made is None:
        made = copy.copy(field)
        made.nullable, made._cache = False, {}
        field._cache["present"] = made
    return made


_QUICK = {"float32": (float,), "float64": (float, int), "bool": (bool,)}


def _array(field: Field, value: Any, at: Place) -> bytes:
    one = field.element
    listed = _elements(field, value, at)
    if len(listed) != field.count:
        what = f"{len(listed)} values, expected {field.count} ({field.declaration})"
        refuse(FieldTypeError, field, what, at)
    if one.is_plain and one._code and set(map(type, listed)) <= set(_QUICK.get(one.type, (int,))):
        try:
            return struct.pack(f"<{field.count}{one._code}", *listed)
        except (struct.error, OverflowError):
            pass  # found below
    items = [item_of(one, v, at.within(field, i)) for i, v in enumerate(listed)]
    if one._code:
        return struct.pack(f"<{field.count}{one._code}", *items)
    return b"".join(block_of(one, item) for item in items)


def _elements(field: Field, value: Any, at: Place) -> Sequence[Any]:
    kind = type(value)
    if kind is tuple or kind is list:
        return value  # type: ignore[no-any-return]
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        # Of numpy: its own scalars, because tolist() would make ints of datetime64.
        if getattr(value, "ndim", 1) != 1:
            refuse(FieldTypeError, field, f"an array of shape {value.shape}, expected ({field.count},)", at)
        return _decimals_of(value) if field.logical == "decimal" else list(value)
    if isinstance(value, (str, bytes, bytearray, AnySet, AnyMapping)) or not hasattr(value, "__iter__"):
        wrong_type(field, value, at)
    return list(value)


def _decimals_of(values: Any) -> Sequence[Any]:
    """The values of a row of a column of decimals, which are units; those of another array as they are."""
    scale = getattr(getattr(values, "data", values) if hasattr(values, "mask") else values, "scale", None)
    if not isinstance(scale, int):
        return list(values)
    return [units if is_null(units) else decimal_of(int(units), scale) for units in values]


def block_of(field: Field, item: Any) -> bytes:
    """The bytes that an item takes in an array or a record."""
    if field.is_block:
        return item  # type: ignore[no-any-return]
    if field.is_sized:
        return struct.pack(f"<I{field.max}s", len(item), item)
    return struct.pack("<" + field._code, item)


def _struct(field: Field, of: Struct, value: Any, at: Place) -> bytes:
    values = _members(field, of, value, at)
    items = [
        item_of(member, v, at.within(field, member.name)) for member, v in zip(of.fields, values)
    ]
    return packer_of(of).pack(*flat_items(of.fields, of._validity, items))


def _members(field: Field, of: Struct, value: Any, at: Place) -> Sequence[Any]:
    """The values of a struct's fields, in order."""
    if type(value) is of.type:
        return value  # type: ignore[no-any-return]
    if hasattr(value, "_asdict") and hasattr(value, "_fields"):
        if tuple(value._fields) != tuple(of.type._fields):
            value = value._asdict()
    elif getattr(getattr(value, "dtype", None), "names", None):
        return _of_void(of, value)
    if isinstance(value, AnyMapping):
        return _of_mapping(field, of, value, at)
    if isinstance(value, (str, bytes, bytearray, AnySet)) or not hasattr(value, "__iter__"):
        wrong_type(field, value, at)
    listed = list(value)
    if len(listed) != len(of.fields):
        what = f"{len(listed)} values, expected {len(of.fields)} ({', '.join(of.names)})"
        refuse(FieldTypeError, field, what, at)
    return listed


def _of_mapping(field: Field, of: Struct, value: Any, at: Place) -> Sequence[Any]:
    for name in value:
        if name not in of.names:
            what = f"there is no field {name!r} in {of.name}; its fields are {', '.join(of.names)}"
            refuse(FieldNameError, field, what, at)
    values = []
    for member in of.fields:
        if member.name in value:
            values.append(value[member.name])
        elif member.is_optional:
            values.append(member.default)
        else:
            refuse(FieldNameError, field, f"no value for {member.name}; give every field of {of.name}", at)
    return values


def _of_void(of: Struct, value: Any) -> Sequence[Any]:
    """The values of a record of numpy, by its names if it has those of the fields."""
    if not set(of.names) <= set(value.dtype.names):
        return list(value)
    found = named_values(of.fields, of._validity, value)
    return [found[name] for name in of.names]


def named_values(fields: Sequence[Field], validity: Validity, value: Any) -> Dict[str, Any]:
    """The values of a record of numpy by their names; None for those that its mask or its validity bytes hide."""
    import numpy

    masked: Any = numpy.ma
    names = value.dtype.names
    data = masked.getdata(value)[()]
    mask = masked.getmaskarray(value)[()] if masked.isMaskedArray(value) else None
    flags = numpy.atleast_1d(data[VALIDITY]) if VALIDITY in names else None
    known = {field.name: field for field in fields}
    values: Dict[str, Any] = {}
    for name in names:
        field = known.get(name)
        if field is None or name == VALIDITY:
            if name != VALIDITY:
                values[name] = value[name]
            continue
        byte, bit = divmod(field._null_bit - 1, 8)
        if field.nullable and flags is not None and not int(flags[byte]) >> bit & 1:
            values[name] = None
            continue
        values[name] = number_of(field, data[name]) if mask is None else _under_mask(field, data[name], mask[name])
    return values


def _under_mask(field: Field, found: Any, mask: Any) -> Any:
    """A value of a masked record of numpy: None if all of it is masked, masked if a part is."""
    import numpy

    masked: Any = numpy.ma
    hidden = masked.flatten_mask(numpy.asarray(mask))
    if hidden.all():
        return None
    if not hidden.any() or field.struct is None:
        values = number_of(field, found)
        return masked.array(values, object, mask=mask) if hidden.any() else values
    # Not a field of the record: there numpy takes all of a struct to be masked if a part of it is.
    return masked.array(found, mask=mask) if field.count else masked.mvoid(found, mask=mask)


def number_of(field: Field, found: Any) -> Any:
    """A value in numpy's form of a struct, in which a decimal is a number of units."""
    if field.logical == "decimal" and getattr(getattr(found, "dtype", None), "kind", "") == "i":
        if field.count:
            return [decimal_of(int(units), field.scale) for units in found]
        return decimal_of(int(found), field.scale)
    return _text_of(field, found) if field.is_sized else found


def _text_of(field: Field, data: Any) -> Any:
    data = bytes(data)
    return data.decode("utf-8", "surrogateescape") if field.is_text else data


# ---- Records and structs as items of the struct module ----


def packer_of(of: Struct) -> struct.Struct:
    made: Optional[struct.Struct] = of._codecs.get("")
    if made is None:
        made = struct.Struct(struct_format(of.fields, of._validity, of.size))
        of._codecs[""] = made
    return made


def flat_items(fields: Sequence[Field], validity: Validity, items: Sequence[Any]) -> List[Any]:
    """What struct packs: string and bytes with their lengths, and the validity bytes at the end."""
    flat: List[Any] = []
    valid = 0
    for field, item in zip(fields, items):
        if field.nullable:
            if item is None:
                item = empty_item(field)
            else:
                valid |= 1 << (field._null_bit - 1)
        flat += (len(item), item) if field.is_sized else (item,)
    if validity.size:
        flat.append(valid.to_bytes(validity.size, "little"))
    return flat


def empty_item(field: Field) -> Any:
    """The item of a null: zeroes."""
    return b"" if field.is_sized or field.is_block else False if field.type == "bool" else 0


def filler_of(field: Field) -> Any:
    """An item that any field takes: None for null, an enum's first member, else zeroes."""
    if field.nullable:
        return None
    if field.count:
        return field.count * block_of(field.element, filler_of(field.element))
    if field.struct is not None:
        of = field.struct
        items = [filler_of(member) for member in of.fields]
        return packer_of(of).pack(*flat_items(of.fields, of._validity, items))
    return next(iter(field._members)) if field.logical == "enum" else empty_item(field)


# ---- From items to values ----

Load = Callable[[Any], Any]


def loader_of(field: Field, errors: str) -> Optional[Load]:
    """From an item of a field that is not null to its value; None where it is the value.

    The item of string and bytes is their data, without the length.
    """
    key = ("load", errors)
    if key not in field._cache:
        field._cache[key] = _make_loader(field, errors)
    found: Optional[Load] = field._cache[key]
    return found


def _make_loader(field: Field, errors: str) -> Optional[Load]:
    if field.count:
        return _array_loader(field, errors)
    if field.struct is not None:
        return _struct_loader(field.struct, errors)
    if field.is_sized:
        return (lambda data: data.decode("utf-8", errors)) if field.is_text else None
    return field._loader


def _array_loader(field: Field, errors: str) -> Load:
    one = field.element
    load = loader_of(one, errors)
    if one._code:
        unpack = struct.Struct(f"<{field.count}{one._code}").unpack
        if load is None:
            return unpack
        each = load
        return lambda raw: tuple(map(each, unpack(raw)))
    size = one.size
    begins = range(0, field.size, size)
    each_struct: Any = load
    return lambda raw: tuple([each_struct(raw[begin : begin + size]) for begin in begins])


def _struct_loader(of: Struct, errors: str) -> Load:
    unpack = packer_of(of).unpack
    restore = make_restore(of.fields, of._validity, errors)
    kind, new = of.type, tuple.__new__
    return lambda raw: new(kind, restore(*unpack(raw)))


def make_restore(fields: Sequence[Field], validity: Validity, errors: str) -> Callable[..., Tuple[Any, ...]]:
    """From what struct unpacks to the values; generated source code, because it runs once per record."""
    parameters: List[str] = []
    results: List[str] = []
    scope: Dict[str, Any] = {"errors": errors}
    for i, field in enumerate(fields):
        result = f"f{i}"
        if field.is_sized:
            parameters.append(f"n{i}, f{i}")
            text = ".decode('utf-8', errors)" if field.is_text else ""
            result = f"f{i}[:n{i}]{text}"
        else:
            parameters.append(f"f{i}")
            load = None if field.is_plain else loader_of(field, errors)
            if load is not None:
                scope[f"load{i}"] = load
                result = f"load{i}(f{i})"
        if field.nullable:
            byte, bit = divmod(field._null_bit - 1, 8)
            result = f"{result} if valid[{byte}] & {1 << bit} else None"
        results.append(result)
    if validity.size:
        parameters.append("valid")
    source = f"def restore({', '.join(parameters)}):\n    return ({', '.join(results)},)\n"
    exec(source, scope)
    restore: Callable[..., Tuple[Any, ...]] = scope["restore"]
    return restore
