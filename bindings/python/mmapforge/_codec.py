"""Values of Python into records and out of them, and what is wrong with a value that does not fit."""

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

_EXPECTED = {"string": "a str", "bytes": "bytes", "bool": "a bool", "float32": "a float"}
_EXPECTED["float64"] = "a float"


def _refuse(
    kind: Type[Error], field: Field, what: str, path: Optional[str], row: Optional[int]
) -> NoReturn:
    where = "" if path is None else f"{path}: "
    at = "" if row is None else f"row {row}, "
    raise make_error(kind, f"{where}{at}field {field.name}: {what}", path=path, row=row,
                     field=field.name)  # fmt: skip


def _wrong_type(field: Field, value: Any, path: Optional[str], row: Optional[int]) -> NoReturn:
    shown = repr(value)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    expected = _EXPECTED.get(field.type, "an int")
    what = f"{shown} is of type {type(value).__name__}, expected {expected} ({field.declaration})"
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
    if isinstance(value, (str, bytes, bytearray)):
        _wrong_type(field, value, path, row)
    try:
        number = float(value)
    except (TypeError, ValueError):
        _wrong_type(field, value, path, row)
    except OverflowError:
        _refuse(FieldRangeError, field, "the number is too large for a float", path, row)
    if field.type == "float32" and math.isfinite(number) and abs(number) > FLOAT32_MAX:
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
            data = value.encode("utf-8", errors)
        except UnicodeError as error:
            what = f"{value!r} cannot be encoded: {error}; open with errors='surrogateescape'"
            _refuse(TextError, field, what, path, row)
    elif not field.is_text and isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
    else:
        _wrong_type(field, value, path, row)
    if len(data) > field.max:
        what = f"the value has {len(data)} bytes, at most {field.max} fit {field.declaration}"
        _refuse(TooLongError, field, what, path, row)
    return data


def check(
    field: Field, value: Any, errors: str, path: Optional[str] = None, row: Optional[int] = None
) -> Any:
    """The value as its field takes it, or an exception that says why the field does not take it."""
    if field.is_sized:
        return _check_bytes(field, value, errors, path, row)
    if field.is_integer:
        return _check_integer(field, value, path, row)
    if field.type == "bool":
        return _check_bool(field, value, path, row)
    return _check_float(field, value, path, row)


class Codec:
    """Packs and unpacks the records of one schema.

    `flatten` and `restore` are written out for the schema, a line per string or bytes field, since
    they run once per record. `flatten` takes the values of a record and gives what `struct` packs;
    `restore` is the way back.
    """

    __slots__ = ("schema", "errors", "struct", "flatten", "restore", "sized", "pick")

    flatten: Callable[..., Tuple[Any, ...]]
    restore: Callable[..., Tuple[Any, ...]]
    pick: Callable[[Any], Tuple[Any, ...]]  # the values of a mapping, in the order of the fields

    def __init__(self, schema: Schema, errors: str) -> None:
        self.schema = schema
        self.errors = errors
        self.struct = struct.Struct(struct_format(schema))
        self.sized = [field for field in schema.fields if field.is_sized]
        pick = operator.itemgetter(*schema.names)
        self.pick = pick if len(schema.names) > 1 else lambda mapping: (pick(mapping),)
        self.flatten = _make_flatten(schema, errors)
        self.restore = _make_restore(schema, errors)

    def pack_into(self, buffer: Any, offset: int, values: Sequence[Any], path: str) -> None:
        """Packs one record, of which values has every field in order."""
        try:
            self.struct.pack_into(buffer, offset, *self.flatten(*values))
        except (struct.error, TypeError, AttributeError, ValueError, OverflowError):
            for field, value in zip(self.schema.fields, values):
                check(field, value, self.errors, path)
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


def _make_flatten(schema: Schema, errors: str) -> Callable[..., Tuple[Any, ...]]:
    lines: List[str] = []
    results: List[str] = []
    for i, field in enumerate(schema.fields):
        if field.is_sized:
            plain = f"f{i}.encode('utf-8', errors)" if field.is_text else f"as_bytes(f{i})"
            lines.append(f"    f{i} = {plain}")
            lines.append(f"    if len(f{i}) > {field.max}: raise ValueError")
            results.append(f"len(f{i}), f{i}")
        elif field.type == "bool":
            lines.append(f"    if f{i} is not True and f{i} is not False: f{i} = as_bool[{i}](f{i})")
            results.append(f"f{i}")
        else:
            results.append(f"f{i}")
    parameters = ", ".join(f"f{i}" for i in range(len(schema.fields)))
    source = f"def flatten({parameters}):\n" + "\n".join(lines)
    source += f"\n    return ({', '.join(results)},)\n"

    def as_bytes(value: Any) -> bytes:
        if isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(value)
        raise TypeError

    def bool_of(field: Field) -> Callable[[Any], bool]:
        return lambda value: _check_bool(field, value, None, None)

    as_bool = {i: bool_of(field) for i, field in enumerate(schema.fields) if field.type == "bool"}
    scope: Dict[str, Any] = {"as_bytes": as_bytes, "as_bool": as_bool, "errors": errors}
    exec(source, scope)
    flatten: Callable[..., Tuple[Any, ...]] = scope["flatten"]
    return flatten


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
