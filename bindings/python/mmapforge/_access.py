"""get_price and set_price: one field of one row, by one call of C."""

import operator
from typing import Any, Callable, Dict, List, Tuple

from mmapforge._codec import check
from mmapforge._core import ffi, lib
from mmapforge._errors import FieldTypeError, make_error
from mmapforge._printable import printable
from mmapforge._schema import STRUCT_CODES, Field, Schema

ROW_MAX = (1 << 63) - 1

_C_TYPES = {"bool": "uint8_t", "float32": "float", "float64": "double"}

# What a field takes and gives back as it was.
_PLAIN: Dict[str, type] = {"bool": bool, "float64": float, "bytes": bytes, "string": str}
_PLAIN.update({name: int for name in STRUCT_CODES if "int" in name})

Getter = Callable[[Any, int], Any]
Setter = Callable[[Any, int, Any], None]


def check_row(store: Any, row: Any) -> int:
    """The row as a number that C takes; FieldTypeError or RowError."""
    try:
        number = operator.index(row)
    except TypeError:
        message = f"{store.path}: {row!r} is of type {type(row).__name__}, expected the number of a row"
        raise make_error(FieldTypeError, message, path=store.path) from None
    if not -ROW_MAX <= number <= ROW_MAX:
        store.fail(lib.MMF_ERR_RANGE, number)
    return number


def _get_scalar(field: Field) -> Getter:
    call = getattr(lib, "mmfpy_get_" + field.type)
    offset = field.offset
    failed = {
        "int8": -(1 << 63), "int16": -(1 << 63), "int32": -(1 << 63), "int64": -(1 << 63),
        "uint64": (1 << 64) - 1,
    }.get(field.type, -1)  # fmt: skip

    # cffi rounds whatever has an __int__, such as a float of numpy, so other types are looked at.
    def get_float(self: Any, row: int, /) -> Any:
        try:
            value = call(self.handle, row if type(row) is int else check_row(self, row), offset)
        except OverflowError:
            value = call(self.handle, check_row(self, row), offset)
        return value if value == value else _get_again(self, row, field)

    def get_integer(self: Any, row: int, /) -> Any:
        try:
            value = call(self.handle, row if type(row) is int else check_row(self, row), offset)
        except OverflowError:
            value = call(self.handle, check_row(self, row), offset)
        return value if value != failed else _get_again(self, row, field)

    def get_bool(self: Any, row: int, /) -> Any:
        return bool(get_integer(self, row))

    if field.type == "bool":
        return get_bool
    return get_float if field.type.startswith("float") else get_integer


def _get_again(store: Any, row: Any, field: Field) -> Any:
    """The value of a scalar field that may have been the sign of a failure, or the exception."""
    number = check_row(store, row)
    out = ffi.new(_C_TYPES.get(field.type, field.type + "_t") + " *")
    status = lib.mmfpy_get_field(store.handle, number, field.offset, field.size, out)
    if status:
        store.fail(status, row, field.name)
    return out[0]


def _get_sized(field: Field) -> Getter:
    offset, most, name, is_text = field.offset, field.max, field.name, field.is_text
    call = lib.mmfpy_get_bytes
    # Memory for values, one for each thread that is reading.
    pool: List[Tuple[Any, Any]] = []

    def get_sized(self: Any, row: int, /) -> Any:
        try:
            memory, buffer = pool.pop()
        except IndexError:
            memory = ffi.new("char[]", most)
            buffer = ffi.buffer(memory)
        try:
            at = row if type(row) is int else check_row(self, row)
            length = call(self.handle, at, offset, most, memory)
        except OverflowError:
            length = call(self.handle, check_row(self, row), offset, most, memory)
        if length < 0:
            self.fail(-length, row, name)
        data = buffer[:length]
        pool.append((memory, buffer))
        if not is_text:
            return data
        try:
            return data.decode("utf-8", self.codec.errors)
        except UnicodeDecodeError:
            return self.codec.decode(field, data, self.path, row)

    return get_sized


def _set_scalar(field: Field) -> Setter:
    call = getattr(lib, "mmfpy_set_" + field.type)
    offset, name = field.offset, field.name
    # A float that is too large for float32 is one that C would make infinite.
    plain = None if field.type == "float32" else _PLAIN[field.type]

    def set_scalar(self: Any, row: int, value: Any, /) -> None:
        try:
            if type(value) is plain and type(row) is int:
                status = call(self.handle, row, offset, value)
            else:
                good = check(field, value, self.codec.errors, self.path, row)
                status = call(self.handle, check_row(self, row), offset, good)
        except OverflowError:
            good = check(field, value, self.codec.errors, self.path, row)
            status = call(self.handle, check_row(self, row), offset, good)
        if status:
            self.fail(status, row, name)

    return set_scalar


def _set_sized(field: Field) -> Setter:
    def set_sized(self: Any, row: int, value: Any, /) -> None:
        data = check(field, value, self.codec.errors, self.path, row)
        number = check_row(self, row)
        status = lib.mmfpy_set_bytes(self.handle, number, field.offset, field.max, data, len(data))
        if status:
            self.fail(status, row, field.name)

    return set_sized


def set_value(store: Any, row: int, field: Field, value: Any) -> Any:
    """Replaces one field of one row; returns the value as the field holds it."""
    getattr(store, "set_" + field.name)(row, value)
    if type(value) is _PLAIN.get(field.type):
        return value
    return getattr(store, "get_" + field.name)(row)


def field_methods(schema: Schema) -> Dict[str, Any]:
    """get_ and set_ of every field, for the body of a store class."""
    methods: Dict[str, Any] = {}
    for field in schema.fields:
        about = f"{field.name} of a row ({field.declaration})"
        about += f": {printable(field.doc)}" if field.doc else "."
        get = _get_sized(field) if field.is_sized else _get_scalar(field)
        put = _set_sized(field) if field.is_sized else _set_scalar(field)
        for method, prefix, verb in ((get, "get_", ""), (put, "set_", "Sets ")):
            method.__name__ = prefix + field.name
            method.__qualname__ = f"{schema.name}Store.{method.__name__}"
            method.__doc__ = verb + about
            methods[method.__name__] = method
    return methods

