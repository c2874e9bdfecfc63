"""Converts between Python values and records, and explains why a value does not fit its field."""

import datetime
import functools
import math
import operator
import struct
from typing import Any, Callable, Dict, List, NoReturn, Optional, Sequence, Tuple, Type

from mmapforge._errors import (
    Error,
    FieldRangeError,
    FieldTypeError,
    TextError,
    TooLongError,
    make_error,
)
from mmapforge._schema import Field, Schema, struct_format

FLOAT32_MAX = 3.4028234663852886e38
# From this number on, rounding to the nearest float32 gives infinity, in struct and in numpy.
FLOAT32_INFINITE = (2 - 2**-24) * 2.0**127

_EXPECTED = {"string": "a str", "bytes": "bytes", "bool": "a bool", "float32": "a float"}
_EXPECTED["float64"] = "a float"


def _refuse(
    kind: Type[Error], field: Field, what: str, path: Optional[str], row: Optional[int]
) -> NoReturn:
    where = "" if path is None else f"{path}: "
    at = "" if row is None else f"row {row}, "
    raise make_error(kind, f"{where}{at}field {field.name}: {what}", path=path, row=row,
                     field=field.name)  # fmt: skip


# The types of None, pandas.NA, pandas.NaT and numpy.ma.masked. float() converts some to NaN.
_NULL_TYPES = ("NoneType", "NAType", "NaTType", "MaskedConstant")


_DATES = (datetime.date, datetime.time, datetime.timedelta)  # a datetime is a date
_NUMPY_DATES = ("datetime64", "timedelta64")


def is_null_type(kind: type) -> bool:
    """True for the type of a value that says that there is none, of any library."""
    return kind.__name__ in _NULL_TYPES


def _wrong_type(field: Field, value: Any, path: Optional[str], row: Optional[int]) -> NoReturn:
    shown = repr(value)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    expected = _EXPECTED.get(field.type, "an int")
    what = f"{shown} is of type {type(value).__name__}, expected {expected} ({field.declaration})"
    if is_null_type(type(value)):
        what += "; a field always has a value: fill the nulls, or leave such records out"
    elif isinstance(value, _DATES) or type(value).__name__ in _NUMPY_DATES:
        what += "; convert it to a number in the unit of the field"
    _refuse(FieldTypeError, field, what, path, row)


def _check_integer(field: Field, value: Any, path: Optional[str], row: Optional[int]) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        _wrong_type(field, value, path, row)
    low, high = field.limits
    if not low <= number <= high:
        what = f"{number} is outside the range of {field.type}, {low} to {high}"
        _refuse(FieldRangeError, field, what, path, row)
    return number


def _check_float(field: Field, value: Any, path: Optional[str], row: Optional[int]) -> float:
    if isinstance(value, (str, bytes, bytearray)) or is_null_type(type(value)):
        _wrong_type(field, value, path, row)
    try:
        number = float(value)
    except (TypeError, ValueError):
        _wrong_type(field, value, path, row)
    except OverflowError:
        _refuse(FieldRangeError, field, "the number is too large for a float", path, row)
    if field.type == "float32" and FLOAT32_INFINITE <= abs(number) < math.inf:
        what = f"{number!r} is outside the range of float32, -{FLOAT32_MAX!r} to {FLOAT32_MAX!r}"
        _refuse(FieldRangeError, field, what, path, row)
    return number


def _check_bool(field: Field, value: Any, path: Optional[str], row: Optional[int]) -> bool:
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return bool(value)
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    _wrong_type(field, value, path, row)


def _check_bytes(
    field: Field, value: Any, errors: str, path: Optional[str], row: Optional[int]
) -> bytes:
    if field.is_text and isinstance(value, str):
        try:
            data = str.encode(value, "utf-8", errors)
        except UnicodeError as error:
            what = f"{value!r} cannot be encoded: {error}; open with errors='surrogateescape'"
            _refuse(TextError, field, what, path, row)
    elif not field.is_text and isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(memoryview(value))
    else:
        _wrong_type(field, value, path, row)
    if len(data) > field.max:
        what = f"the value has {len(data)} bytes, at most {field.max} fit {field.declaration}"
        _refuse(TooLongError, field, what, path, row)
    return data


def check(
    field: Field, value: Any, errors: str, path: Optional[str] = None, row: Optional[int] = None
) -> Any:
    """The value converted for its field, or an exception that says why the field refuses it."""
    if field.is_sized:
        return _check_bytes(field, value, errors, path, row)
    if field.is_integer:
        return _check_integer(field, value, path, row)
    if field.type == "bool":
        return _check_bool(field, value, path, row)
    return _check_float(field, value, path, row)


# The exceptions that packing raises for a value which its field refuses; check() finds the field.
PACK_ERRORS = (struct.error, TypeError, AttributeError, ValueError, OverflowError, KeyError)


class Codec:
    """Packs and unpacks the records of one schema.

    `pack_values`, `pack_fields`, `pack_rows` and `restore` are generated source code, a line for
    each string or bytes field, because they run once per record. `pack_values` packs a sequence of
    values in the order of the fields, `pack_fields` a mapping with all fields, and `pack_rows` many
    rows, of which it sets `batch.packed` to the number of those packed, also when it raises;
    `restore` converts what `struct` unpacks to values.
    """

    __slots__ = (
        "schema", "errors", "struct", "pack_values", "pack_fields", "pack_rows", "restore", "sized",
        "pick",
    )  # fmt: skip

    pack_values: Callable[[Any, Sequence[Any]], None]
    pack_fields: Callable[[Any, Any], None]
    pack_rows: Callable[..., None]
    restore: Callable[..., Tuple[Any, ...]]
    pick: Callable[[Any], Tuple[Any, ...]]  # the values of a mapping, in the order of the fields

    def __init__(self, schema: Schema, errors: str) -> None:
        self.schema = schema
        self.errors = errors
        self.struct = struct.Struct(struct_format(schema))
        self.sized = [field for field in schema.fields if field.is_sized]
        self.pick = pick_of(schema)
        packers = _make_packers(schema, errors, self.struct)
        self.pack_values, self.pack_fields, self.pack_rows = packers
        self.restore = _make_restore(schema, errors)

    def pack_checked(
        self, buffer: Any, values: Sequence[Any], path: Optional[str] = None, row: Optional[int] = None
    ) -> None:
        """As pack_values, but its exceptions say what is wrong with which field; they name row."""
        try:
            self.pack_values(buffer, values)
        except PACK_ERRORS:
            for field, value in zip(self.schema.fields, values):
                check(field, value, self.errors, path, row)
            raise

    def unpack_from(self, buffer: Any, path: str, row: int) -> Tuple[Any, ...]:
        """The values of a record."""
        raw = self.struct.unpack_from(buffer)
        try:
            return self.restore(*raw)
        except UnicodeDecodeError:
            self.blame_text(buffer, path, row)

    def blame_text(self, buffer: Any, path: str, row: int) -> NoReturn:
        """Raises for the first string of a record that is not UTF-8."""
        for field in self.sized:
            data = bytes(buffer[field.offset + 4 : field.offset + field.size])
            length = int.from_bytes(bytes(buffer[field.offset : field.offset + 4]), "little")
            if field.is_text:
                self.decode(field, data[:length], path, row)
        raise AssertionError("no string of the record is at fault")

    def decode(self, field: Field, data: bytes, path: str, row: Optional[int]) -> str:
        """The text of a string field."""
        try:
            return data.decode("utf-8", self.errors)
        except UnicodeDecodeError as error:
            what = f"{data!r} is not UTF-8 ({error.reason} at byte {error.start}); open with "
            what += "errors='replace' or 'surrogateescape' to read it"
            _refuse(TextError, field, what, path, row)


def codec_of(schema: Schema, errors: str) -> Codec:
    """The codec of a schema, cached: compiling its code takes longer than opening a file."""
    made: Optional[Codec] = schema._codecs.get(errors)
    if made is None:
        made = schema._codecs.setdefault(errors, Codec(schema, errors))
    return made


def pick_of(schema: Schema) -> Callable[[Any], Tuple[Any, ...]]:
    """A function from a mapping to the values of the fields in order."""
    pick: Callable[[Any], Any] = operator.itemgetter(*schema.names)
    return pick if len(schema.names) > 1 else lambda mapping: (pick(mapping),)


_PACKERS = """
def pack_values(buffer, values):
    {values}, = values
    {lines}
    pack_into(buffer, 0, {packed})

def pack_fields(buffer, mapping):
    if len(mapping) != {count}: raise KeyError
    {values}, = pick(mapping)
    {lines}
    pack_into(buffer, 0, {packed})

def pack_rows(rows, buffer, batch, values_of, pack_checked, record, values_in):
    at = 0
    try:
        for row in rows:
            kind = type(row)
            if kind is dict and len(row) == {count}:
                try:
                    row = pick(row)
                except KeyError:
                    row = values_of(at, row)
            elif kind is record:
                row = values_in(row)
            elif kind is not tuple:
                row = values_of(at, row)
            try:
                {values}, = row
                {row_lines}
                pack_into(buffer, at, {packed})
            except (error, TypeError, AttributeError, ValueError, OverflowError):
                pack_checked(at, row)
            at += {size}
        batch.packed = at // {size}
    except BaseException:
        batch.packed = at // {size}
        raise
"""


def _make_packers(schema: Schema, errors: str, record: struct.Struct) -> Tuple[Any, Any, Any]:
    lines: List[str] = ["pass"]
    packed: List[str] = []
    scope: Dict[str, Any] = {
        "as_bytes": _as_bytes,
        "as_bool": {},
        "as_float": {},
        "errors": errors,
        "error": struct.error,
        "pack_into": record.pack_into,
        "pick": pick_of(schema),
    }
    for i, field in enumerate(schema.fields):
        if field.is_sized:
            lines.append(f"f{i} = f{i}.encode('utf-8', errors)" if field.is_text else
                         f"f{i} = as_bytes(f{i})")  # fmt: skip
            lines.append(f"if len(f{i}) > {field.max}: raise ValueError")
            packed.append(f"len(f{i}), f{i}")
        else:
            if field.type == "bool":
                scope["as_bool"][i] = functools.partial(
                    _check_bool, field, path=None, row=None
                )
                lines.append(f"if f{i} is not True and f{i} is not False: f{i} = as_bool[{i}](f{i})")
            elif not field.is_integer:
                # struct would convert pandas.NaT, a null, to NaN.
                scope["as_float"][i] = functools.partial(_check_float, field, path=None, row=None)
                lines.append(f"if f{i} != f{i}: f{i} = as_float[{i}](f{i})")
            packed.append(f"f{i}")
    source = _PACKERS.format(
        values=", ".join(f"f{i}" for i in range(len(schema.fields))),
        lines="\n    ".join(lines),
        row_lines=("\n" + 16 * " ").join(lines),
        packed=", ".join(packed),
        size=schema.record_size,
        count=len(schema.fields),
    )
    exec(source, scope)
    return scope["pack_values"], scope["pack_fields"], scope["pack_rows"]


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(memoryview(value))
    raise TypeError


def _make_restore(schema: Schema, errors: str) -> Callable[..., Tuple[Any, ...]]:
    parameters: List[str] = []
    results: List[str] = []
    for i, field in enumerate(schema.fields):
        if field.is_sized:
            parameters.append(f"n{i}, f{i}")
            text = ".decode('utf-8', errors)" if field.is_text else ""
            results.append(f"f{i}[:n{i}]{text}")
        else:
            parameters.append(f"f{i}")
            results.append(f"f{i}")
    source = f"def restore({', '.join(parameters)}):\n    return ({', '.join(results)},)\n"
    scope: Dict[str, Any] = {"errors": errors}
    exec(source, scope)
    restore: Callable[..., Tuple[Any, ...]] = scope["restore"]
    return restore
