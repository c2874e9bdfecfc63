"""One record from whatever a caller gives: names, a record, a mapping or a sequence."""

import difflib
from collections.abc import Mapping as AnyMapping
from collections.abc import Set as AnySet
from typing import Any, Dict, Mapping, NoReturn, Optional, Sequence

from mmapforge._access import check_row
from mmapforge._core import ffi, lib
from mmapforge._errors import FieldNameError, FieldTypeError, make_error
from mmapforge._record import Record
from mmapforge._tables import is_table


def fail_names(store: Any, given: Mapping[str, Any], what: str) -> NoReturn:
    """Raises for the first name that is no field, or the fields that are missing."""
    names = store.schema.names
    for name in given:
        if name not in store.schema.by_name:
            near = difflib.get_close_matches(str(name), names, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"the fields are {', '.join(names)}"
            message = f"{store.path}: {what}: there is no field {name!r}; {hint}"
            raise make_error(FieldNameError, message, path=store.path, field=str(name))
    missing = [name for name in names if name not in given]
    message = f"{store.path}: {what}: no value for {', '.join(missing)}; give every field"
    raise make_error(FieldNameError, message, path=store.path, field=missing[0])


def values_of(store: Any, record: Any, what: str) -> Sequence[Any]:
    """Every field's value, in order."""
    kind = type(record)
    if kind is store.record:
        return kind._values(record)  # type: ignore[no-any-return]
    if kind is tuple and len(record) == len(store.schema.fields):
        return record  # type: ignore[no-any-return]
    if kind is dict and len(record) == len(store.schema.fields):
        try:
            return store.codec.pick(record)  # type: ignore[no-any-return]
        except KeyError:
            fail_names(store, record, what)
    if isinstance(record, AnyMapping):
        try:
            values = [record[name] for name in store.schema.names]
        except KeyError:
            fail_names(store, record, what)
        if len(record) != len(values):
            fail_names(store, record, what)
        return values
    if isinstance(record, Record):
        if record._fields != store.schema.names:
            return values_of(store, record._asdict(), what)
        return tuple(record)
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
    """The memory of one record on its way into a store."""

    __slots__ = ("buffer", "memory", "size")

    def __init__(self, size: int) -> None:
        self.buffer = bytearray(size)
        self.memory = ffi.from_buffer(self.buffer)
        self.size = size


def one_record(
    store: Any, record: Any, fields: Dict[str, Any], what: str, row: Optional[int] = None
) -> Packed:
    """A packed record; the caller may give it back to store._spare."""
    if record is not None and fields:
        message = f"{store.path}: {what}: give a record or fields by name, not both"
        raise make_error(FieldTypeError, message, path=store.path)
    try:
        packed: Packed = store._spare.pop()
    except IndexError:
        packed = Packed(store.schema.record_size)
    if record is None and len(fields) == len(store.schema.fields):
        try:
            store.codec.pack_fields(packed.buffer, fields)
            return packed
        except Exception:
            pass  # the slow way says what is wrong
    values = values_of(store, fields if record is None else record, what)
    store.codec.pack_into(packed.buffer, 0, values, store.path, row)
    return packed


def replace_fields(store: Any, row: Any, record: Any, fields: Dict[str, Any]) -> None:
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
            store.handle, number, packed.memory, packed.size, ffi.NULL, 0
        )
    elif not fields:
        message = f"{store.path}: set: no record and no field to set"
        raise make_error(FieldTypeError, message, path=store.path)
    else:
        status = _replace_some(store, number, fields)
    if status:
        store.fail(status, row)


def _replace_some(store: Any, row: int, fields: Dict[str, Any]) -> int:
    if any(name not in store.schema.by_name for name in fields):
        fail_names(store, fields, "set")
    # What the other fields hold here is not looked at.
    values = [
        fields.get(field.name, "" if field.is_text else b"" if field.is_sized else 0)
        for field in store.schema.fields
    ]
    buffer = bytearray(store.schema.record_size)
    store.codec.pack_into(buffer, 0, values, store.path, row)
    chosen = [store.schema.by_name[name].index for name in fields]
    return int(
        lib.mmfpy_set_row(
            store.handle, row, ffi.from_buffer(buffer), len(buffer), chosen, len(chosen)
        )
    )
