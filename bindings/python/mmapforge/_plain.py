"""Values of numbers, bools, text and bytes: checked, with an exception that says why one does not fit."""

import datetime
import math
import operator
from typing import Any, NamedTuple, NoReturn, Optional, Type, Union

from mmapforge._errors import Error, FieldRangeError, FieldTypeError, TextError, TooLongError, make_error
from mmapforge._logical import UNIT_NAMES
from mmapforge._schema import Field

FLOAT32_MAX = 3.4028234663852886e38
# From this number on, rounding to the nearest float32 gives infinity, in struct and in numpy.
FLOAT32_INFINITE = (2 - 2**-24) * 2.0**127

# The types of None, pandas.NA, pandas.NaT and numpy.ma.masked. float() converts some to NaN.
_NULL_TYPES = ("NoneType", "NAType", "NaTType", "MaskedConstant")


def is_null_type(kind: type) -> bool:
    """True for the type of a value that says that there is none, of any library."""
    return kind.__name__ in _NULL_TYPES


def is_null(value: Any) -> bool:
    """True for None, and for what other libraries have instead."""
    if value is None:
        return True
    name = type(value).__name__
    # NaT is a null, too. It is the only value that is not equal to itself.
    return name in _NULL_TYPES or (name == "datetime64" and bool(value != value))


class Place(NamedTuple):
    """Where a value is given, for the messages of errors."""

    path: Optional[str] = None  # of the store
    row: Optional[int] = None
    name: Optional[str] = None  # of a value within a field: "bids[3].price"
    errors: str = "strict"  # how text is encoded
    is_named: bool = True  # False while it is not known yet that there is an error

    def within(self, field: Field, part: Union[int, str]) -> "Place":
        """The place of an element or a member of a field."""
        if not self.is_named:
            return self
        name = self.name or field.name
        return self._replace(name=f"{name}[{part}]" if isinstance(part, int) else f"{name}.{part}")


def refuse(kind: Type[Error], field: Field, what: str, at: Place, status: str = "") -> NoReturn:
    """Raises for a value that its field does not take."""
    where = "" if at.path is None else f"{at.path}: "
    row = "" if at.row is None else f"row {at.row}, "
    name = at.name or field.name
    raise make_error(kind, f"{where}{row}field {name}: {what}", path=at.path, row=at.row, field=name,
                     status=status)  # fmt: skip


_EXPECTED = {"string": "a str", "bytes": "bytes", "bool": "a bool", "float32": "a float"}
_EXPECTED["float64"] = "a float"
_DATES = (datetime.date, datetime.time, datetime.timedelta)  # a datetime is a date
_NUMPY_DATES = ("datetime64", "timedelta64")


def _expected(field: Field) -> str:
    if field.count:
        return f"a sequence of {field.count} values"
    if field.struct is not None:
        return f"a {field.struct.name}, a mapping or a sequence of its fields"
    if field.enum is not None:
        return f"a member of {field.enum.__name__}, its name or its number"
    if field.logical == "timestamp":
        return f"a numpy.datetime64, a datetime with a time zone, or an int of {UNIT_NAMES[field.unit]}"
    if field.logical == "date":
        return "a datetime.date or an int of days since 1970-01-01"
    if field.logical == "decimal":
        return "a decimal.Decimal, an int or a str"
    return _EXPECTED.get(field.type, "an int")


def wrong_type(field: Field, value: Any, at: Place, hint: str = "") -> NoReturn:
    """Raises for a value of a type that its field does not take."""
    shown = repr(value)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    what = f"{shown} is of type {type(value).__name__}, expected {_expected(field)} ({field.declaration})"
    if hint:
        what += f"; {hint}"
    elif is_null(value):
        what += "; a field always has a value: fill the nulls, or leave such records out"
    elif isinstance(value, _DATES) or type(value).__name__ in _NUMPY_DATES:
        what += "; convert it to a number in the unit of the field"
    refuse(FieldTypeError, field, what, at)


def check_integer(field: Field, value: Any, at: Place, hint: str = "") -> int:
    """An int in the range of the stored type."""
    try:
        number = operator.index(value)
    except TypeError:
        wrong_type(field, value, at, hint)
    low, high = field.limits
    if not low <= number <= high:
        what = f"{number} is outside the range of {field.type}, {low} to {high}"
        refuse(FieldRangeError, field, what, at)
    return number


def check_float(field: Field, value: Any, at: Place) -> float:
    if isinstance(value, (str, bytes, bytearray)) or is_null_type(type(value)):
        wrong_type(field, value, at)
    try:
        number = float(value)
    except (TypeError, ValueError):
        wrong_type(field, value, at)
    except OverflowError:
        refuse(FieldRangeError, field, "the number is too large for a float", at)
    if field.type == "float32" and FLOAT32_INFINITE <= abs(number) < math.inf:
        what = f"{number!r} is outside the range of float32, -{FLOAT32_MAX!r} to {FLOAT32_MAX!r}"
        refuse(FieldRangeError, field, what, at)
    return number


def check_bool(field: Field, value: Any, at: Place) -> bool:
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return bool(value)
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    wrong_type(field, value, at)


def _check_bytes(field: Field, value: Any, at: Place) -> bytes:
    if field.is_text and isinstance(value, str):
        try:
            data = str.encode(value, "utf-8", at.errors)
        except UnicodeError as error:
            what = f"{value!r} cannot be encoded: {error}; open with errors='surrogateescape'"
            refuse(TextError, field, what, at)
    elif not field.is_text and isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(memoryview(value))
    else:
        wrong_type(field, value, at)
    if len(data) > field.max:
        what = f"the value has {len(data)} bytes, at most {field.max} fit {field.declaration}"
        refuse(TooLongError, field, what, at)
    return data


def check_plain(field: Field, value: Any, at: Place) -> Any:
    """The value of a plain field converted for it, or an exception."""
    if field.is_sized:
        return _check_bytes(field, value, at)
    if field.is_integer:
        return check_integer(field, value, at)
    if field.type == "bool":
        return check_bool(field, value, at)
    return check_float(field, value, at)
