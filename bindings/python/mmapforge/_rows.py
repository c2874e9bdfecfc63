"""One row: get_ and set_ of its fields, and whole records in every form that callers may give."""

import difflib
import operator
from collections.abc import Mapping as AnyMapping
from collections.abc import Set as AnySet
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Optional, Sequence, Tuple

from mmapforge._codec import PACK_ERRORS, check
from mmapforge._core import ffi, lib
from mmapforge._errors import FieldNameError, FieldTypeError, make_error
from mmapforge._handle import OpenStore
from mmapforge._printable import printable
from mmapforge._record import Record
from mmapforge._schema import STRUCT_CODES, Field, Schema
from mmapforge._tables import is_table
from mmapforge._values import named_values

ROW_MAX = (1 << 63) - 1

_C_TYPES = {"bool": "uint8_t", "float32": "float", "float64": "double"}

# The type whose values a field stores unchanged.
_PLAIN: Dict[str, type] = {"bool": bool, "float64": float, "bytes": bytes, "string": str}
_PLAIN.update({name: int for name in STRUCT_CODES if "int" in name})

Getter = Callable[[Any, int], Any]
Setter = Callable[[Any, int, Any], None]


def check_row(store: OpenStore, row: Any) -> int:
    """The row as an int that fits C's int64_t; FieldTypeError or RowError."""
    try:
        number = operator.index(row)
    except TypeError:
        message = f"{store.path}: {row!r} is of type {type(row).__name__}, expected the number of a row"
        raise make_error(FieldTypeError, message, path=store.path) from None
    if not -ROW_MAX <= number <= ROW_MAX:
        store._fail(lib.MMF_ERR_RANGE, number)
    return number


def _get_scalar(field: Field) -> Getter:
    call = getattr(lib, "mmfpy_get_" + field.type)
    offset = field.offset
    failed = {
        "int8": -(1 << 63), "int16": -(1 << 63), "int32": -(1 << 63), "int64": -(1 << 63),
        "uint64": (1 << 64) - 1,
    }.get(field.type, -1)  # fmt: skip

    # cffi truncates every object with an __int__, such as a numpy float, so check_row converts those.
    def get_float(self: OpenStore, row: int, /) -> Any:
        try:
            value = call(self._handle, row if type(row) is int else check_row(self, row), offset)
        except OverflowError:
            value = call(self._handle, check_row(self, row), offset)
        return value if value == value else _get_again(self, row, field)

    def get_integer(self: OpenStore, row: int, /) -> Any:
        try:
            value = call(self._handle, row if type(row) is int else check_row(self, row), offset)
        except OverflowError:
            value = call(self._handle, check_row(self, row), offset)
        return value if value != failed else _get_again(self, row, field)

    def get_bool(self: OpenStore, row: int, /) -> Any:
        return bool(get_integer(self, row))

    if field.type == "bool":
        return get_bool
    return get_float if field.type.startswith("float") else get_integer


def _get_again(store: OpenStore, row: Any, field: Field) -> Any:
    """A scalar value that equals the value for a failure, or the exception if it was a failure."""
    number = check_row(store, row)
    out = ffi.new(_C_TYPES.get(field.type, field.type + "_t") + " *")
    status = lib.mmfpy_get_field(store._handle, number, field.offset, field.size, out)
    if status:
        store._fail(status, row, field.name)
    return out[0]


def _get_sized(field: Field) -> Getter:
    offset, most, name, is_text = field.offset, field.max, field.name, field.is_text
    call = lib.mmfpy_get_bytes
    # Free memory for a value; each reading thread takes one.
    pool: List[Tuple[Any, Any]] = []

    def get_sized(self: OpenStore, row: int, /) -> Any:
        try:
            memory, buffer = pool.pop()
        except IndexError:
            memory = ffi.new("char[]", most)
            buffer = ffi.buffer(memory)
        try:
            at = row if type(row) is int else check_row(self, row)
            length = call(self._handle, at, offset, most, memory)
        except OverflowError:
            length = call(self._handle, check_row(self, row), offset, most, memory)
        if length < 0:
            self._fail(-length, row, name)
        data = buffer[:length]
        pool.append((memory, buffer))
        if not is_text:
            return data
        try:
            return data.decode("utf-8", self._codec.errors)
        except UnicodeDecodeError:
            return self._codec.decode(field, data, self.path, row)

    return get_sized


def _set_scalar(field: Field) -> Setter:
    call = getattr(lib, "mmfpy_set_" + field.type)
    offset, name = field.offset, field.name
    # C would convert a float that is too large for float32 to infinity, so check() sees those first.
    plain = None if field.type == "float32" else _PLAIN[field.type]

    def set_scalar(self: OpenStore, row: int, value: Any, /) -> None:
        try:
            if type(value) is plain and type(row) is int:
                status = call(self._handle, row, offset, value)
            else:
                good = check(field, value, self._codec.errors, self.path, row)
                status = call(self._handle, check_row(self, row), offset, good)
        except OverflowError:
            good = check(field, value, self._codec.errors, self.path, row)
            status = call(self._handle, check_row(self, row), offset, good)
        if status:
            self._fail(status, row, name)

    return set_scalar


def _set_sized(field: Field) -> Setter:
    def set_sized(self: OpenStore, row: int, value: Any, /) -> None:
        data = check(field, value, self._codec.errors, self.path, row)
        number = check_row(self, row)
        status = lib.mmfpy_set_bytes(self._handle, number, field.offset, field.max, data, len(data))
        if status:
            self._fail(status, row, field.name)

    return set_sized


# ---- Fields of other types ----


def _get_number(field: Field, load: Callable[[Any], Any]) -> Getter:
    get = _get_scalar(field)

    def get_number(self: OpenStore, row: int, /) -> Any:
        return load(get(self, row))

    return get_number


def _get_block(field: Field) -> Getter:
    """Of arrays, structs and nullable fields: the whole record is read, because they need be consistent."""

    def get_block(self: OpenStore, row: int, /) -> Any:
        try:
            memory, buffer = self._pool.pop()
        except IndexError:
            memory = ffi.new("char[]", self.schema.record_size)
            buffer = memoryview(ffi.buffer(memory))
        number = check_row(self, row)
        at = lib.mmfpy_read_row(self._handle, number, memory, len(buffer))
        if at < 0:
            self._fail(-at, row, field.name)
        value = self._codec.load_from(field, buffer.cast("B"), self.path, at)
        self._pool.append((memory, buffer))
        return value

    return get_block


def _set_number(field: Field) -> Setter:
    call = getattr(lib, "mmfpy_set_" + field.type)

    def set_number(self: OpenStore, row: int, value: Any, /) -> None:
        number = check(field, value, self._codec.errors, self.path, row)
        status = call(self._handle, check_row(self, row), field.offset, number)
        if status:
            self._fail(status, row, field.name)

    return set_number


def _set_block(field: Field) -> Setter:
    def set_block(self: OpenStore, row: int, value: Any, /) -> None:
        item = check(field, value, self._codec.errors, self.path, row)
        status = _replace_items(self, check_row(self, row), [field], [item])
        if status:
            self._fail(status, row, field.name)

    return set_block


def _methods_of(field: Field) -> Tuple[Getter, Setter]:
    if field.is_block or field.nullable:
        return _get_block(field), _set_block(field)
    load = field._loader
    if load is not None:
        return _get_number(field, load), _set_number(field)
    if field.is_sized:
        return _get_sized(field), _set_sized(field)
    return _get_scalar(field), _set_scalar(field)


def set_value(store: OpenStore, row: int, field: Field, value: Any) -> Any:
    """Replaces one field of one row; returns the value that the field now has."""
    getattr(store, "set_" + field.name)(row, value)
    if field.is_plain and type(value) is _PLAIN.get(field.type):
        return value
    return getattr(store, "get_" + field.name)(row)


def field_methods(schema: Schema) -> Dict[str, Any]:
    """The methods get_ and set_ of every field, for a store class."""
    methods: Dict[str, Any] = {}
    for field in schema.fields:
        about = f"{field.name} of a row ({field.declaration})"
        about += f": {printable(field.doc)}" if field.doc else "."
        get, put = _methods_of(field)
        for method, prefix, verb in ((get, "get_", ""), (put, "set_", "Sets ")):
            method.__name__ = prefix + field.name
            method.__qualname__ = f"{schema.name}Store.{method.__name__}"
            method.__doc__ = verb + about
            methods[method.__name__] = method
    return methods


# ---- Whole records ----


def fail_names(store: OpenStore, given: Mapping[str, Any], what: str) -> NoReturn:
    """Raises for the first unknown field name, or for the fields without a value."""
    names = store.schema.names
    for name in given:
        if name not in store.schema.by_name:
            near = difflib.get_close_matches(str(name), names, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"the fields are {', '.join(names)}"
            message = f"{store.path}: {what}: there is no field {name!r}; {hint}"
            raise make_error(FieldNameError, message, path=store.path, field=str(name))
    missing = [f.name for f in store.schema.fields if f.name not in given and not f.is_optional]
    message = f"{store.path}: {what}: no value for {', '.join(missing)}; give every field"
    raise make_error(FieldNameError, message, path=store.path, field=missing[0])


def _of_mapping(store: OpenStore, given: Mapping[str, Any], what: str) -> Sequence[Any]:
    """The values of a mapping, and the defaults of fields that it does not have."""
    found = 0
    values = []
    for field in store.schema.fields:
        try:
            values.append(given[field.name])
            found += 1
        except KeyError:
            if not field.is_optional:
                fail_names(store, given, what)
            values.append(field.default)
    if len(given) != found:
        fail_names(store, given, what)
    return values


def values_of(store: OpenStore, record: Any, what: str) -> Sequence[Any]:
    """Every field's value, in order."""
    kind = type(record)
    if kind is store.record:
        return kind._values(record)  # type: ignore[no-any-return]
    if kind is tuple and len(record) == len(store.schema.fields):
        return record  # type: ignore[no-any-return]
    if kind is dict and len(record) == len(store.schema.fields):
        try:
            return store._codec.pick(record)
        except KeyError:
            return _of_mapping(store, record, what)
    if isinstance(record, AnyMapping):
        return _of_mapping(store, record, what)
    if isinstance(record, Record):
        if record._fields != store.schema.names:
            return values_of(store, record._asdict(), what)
        return tuple(record)
    if getattr(getattr(record, "dtype", None), "names", None) and getattr(record, "ndim", 1) == 0:
        return _of_mapping(store, named_values(store.schema.fields, store.schema._validity, record), what)
    if isinstance(record, (str, bytes, AnySet)) or not hasattr(record, "__iter__"):
        message = f"{store.path}: {what}: {record!r} is of type {type(record).__name__}, expected "
        message += f"a {store.record.__name__}, a mapping or a sequence of its fields"
        raise make_error(FieldTypeError, message, path=store.path)
    if kind is not list and kind is not tuple and is_table(record):
        message = f"{store.path}: {what}: a {type(record).__name__} is a table and not a record; "
        message += "give tables to extend, one by one"
        raise make_error(FieldTypeError, message, path=store.path)
    values = list(record)
    if len(values) != len(store.schema.fields):
        message = f"{store.path}: {what}: {len(values)} values, expected {len(store.schema.fields)}"
        message += f" ({', '.join(store.schema.names)})"
        raise make_error(FieldTypeError, message, path=store.path)
    return values


class Packed:
    """Memory in which one record is packed before C writes it to the store."""

    __slots__ = ("buffer", "memory", "size")

    def __init__(self, size: int) -> None:
        self.buffer = bytearray(size)
        self.memory = ffi.from_buffer(self.buffer)
        self.size = size


def one_record(
    store: OpenStore, record: Any, fields: Dict[str, Any], what: str, row: Optional[int] = None
) -> Packed:
    """A packed record; the caller may return it to store._spare."""
    try:
        packed: Packed = store._spare.pop()
    except IndexError:
        packed = Packed(store.schema.record_size)
    try:
        if record is None:
            store._codec.pack_fields(packed.buffer, fields)
            return packed
        kind = type(record)
        if (kind is tuple or kind is store.record) and not fields:
            values = record if kind is tuple else kind._values(record)
            store._codec.pack_values(packed.buffer, values)
            return packed
    except PACK_ERRORS:
        pass  # the slow way below finds the error
    if record is not None and fields:
        message = f"{store.path}: {what}: give a record or fields by name, not both"
        raise make_error(FieldTypeError, message, path=store.path)
    values = values_of(store, fields if record is None else record, what)
    store._codec.pack_checked(packed.buffer, values, store.path, row)
    return packed


def replace_fields(store: OpenStore, row: Any, record: Any, fields: Dict[str, Any]) -> None:
    """Replaces a whole record or, when fields are named, those."""
    number = check_row(store, row)
    if record is None and len(fields) == 1:
        (name,) = fields
        if name not in store.schema.by_name:
            fail_names(store, fields, "set")
        return getattr(store, "set_" + name)(row, fields[name])  # type: ignore[no-any-return]
    if record is not None or len(fields) == len(store.schema.fields):
        packed = one_record(store, record, fields, "set", number)
        status = lib.mmfpy_set_row(
            store._handle, number, packed.memory, packed.size, ffi.NULL, 0
        )
    elif not fields:
        message = f"{store.path}: set: no record and no field to set"
        raise make_error(FieldTypeError, message, path=store.path)
    else:
        status = _replace_some(store, number, fields)
    if status:
        store._fail(status, row)


def _replace_some(store: OpenStore, row: int, fields: Dict[str, Any]) -> int:
    if any(name not in store.schema.by_name for name in fields):
        fail_names(store, fields, "set")
    chosen = [store.schema.by_name[name] for name in fields]
    items = [check(field, fields[field.name], store._codec.errors, store.path, row) for field in chosen]
    return _replace_items(store, row, chosen, items)


def _replace_items(store: OpenStore, row: int, fields: Sequence[Field], items: Sequence[Any]) -> int:
    # C copies the chosen fields only, but checks the values of the others, too.
    buffer = store._codec.blank()
    for field, item in zip(fields, items):
        store._codec.put_into(field, item, buffer)
    chosen = [field.index for field in fields]
    return int(
        lib.mmfpy_set_row(
            store._handle, row, ffi.from_buffer(buffer), len(buffer), chosen, len(chosen)
        )
    )
