"""Converts between Python values and records, and explains why a value does not fit its field."""

import functools
import operator
import struct
from typing import Any, Callable, Dict, List, NoReturn, Optional, Sequence, Tuple

from mmapforge._errors import Error, TextError
from mmapforge._plain import Place, check_bool, check_float, check_plain, refuse
from mmapforge._schema import LENGTH_SIZE, Field, Schema, item_format, struct_format
from mmapforge._values import empty_item, filler_of, flat_items, item_of, loader_of, make_restore


def check(
    field: Field, value: Any, errors: str, path: Optional[str] = None, row: Optional[int] = None
) -> Any:
    """The value as the item that is packed, or an exception that says why the field refuses it.

    The item of a null is None; a field that is not nullable refuses it.
    """
    if field.is_plain:
        return check_plain(field, value, Place(path, row, None, errors))
    if hasattr(value, "__next__"):
        value = list(value)
    try:
        return item_of(field, value, _unnamed(errors))
    except Error:
        # Again, with the name of the place, which is seldom needed.
        return item_of(field, value, Place(path, row, None, errors))


@functools.lru_cache(maxsize=None)
def _unnamed(errors: str) -> Place:
    return Place(errors=errors, is_named=False)


_NOWHERE = Place()

# The exceptions that packing raises for a value which its field refuses; check() finds the field.
PACK_ERRORS = (struct.error, TypeError, AttributeError, ValueError, OverflowError, KeyError)


class Codec:
    """Packs and unpacks the records of one schema.

    `pack_values`, `pack_fields`, `pack_rows` and `restore` are generated source code, a line for
    each field that is not a number, because they run once per record. `pack_values` packs a sequence of
    values in the order of the fields, `pack_fields` a mapping with all fields, and `pack_rows` many
    rows, of which it sets `batch.packed` to the number of those packed, also when it raises;
    `restore` converts what `struct` unpacks to values.
    """

    __slots__ = (
        "schema", "errors", "struct", "pack_values", "pack_fields", "pack_rows", "restore", "sized",
        "pick", "_items",
    )  # fmt: skip

    pack_values: Callable[[Any, Sequence[Any]], None]
    pack_fields: Callable[[Any, Any], None]
    pack_rows: Callable[..., None]
    restore: Callable[..., Tuple[Any, ...]]
    pick: Callable[[Any], Tuple[Any, ...]]  # the values of a mapping, in the order of the fields

    def __init__(self, schema: Schema, errors: str) -> None:
        self.schema = schema
        self.errors = errors
        self.struct = struct.Struct(struct_format(schema.fields, schema._validity, schema.record_size))
        self.sized = [field for field in schema.fields if field.is_sized]
        self.pick = pick_of(schema)
        packers = _make_packers(schema, errors, self.struct)
        self.pack_values, self.pack_fields, self.pack_rows = packers
        self.restore = make_restore(schema.fields, schema._validity, errors)
        self._items: Dict[int, struct.Struct] = {}  # by the index of a field

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
        at = Place(path, row)
        self._blame_texts(self.schema.fields, self.schema._validity.offset, memoryview(buffer), at)
        raise AssertionError("no string of the record is at fault")

    def _blame_texts(self, fields: Sequence[Field], validity: int, buffer: Any, at: Place) -> None:
        for field in fields:
            if field.nullable:
                byte, bit = divmod(field._null_bit - 1, 8)
                if not buffer[validity + byte] & 1 << bit:
                    continue
            self.blame_value(field, buffer[field.offset : field.offset + field.size], at)

    def blame_value(self, field: Field, data: Any, at: Place) -> None:
        """Raises for the first text of a value that is not UTF-8."""
        if field.count:
            size = field.element.size
            for i in range(field.count):
                part = data[i * size : (i + 1) * size]
                self.blame_value(field.element, part, at.within(field, i))
        elif field.struct is not None:
            of = field.struct
            for member in of.fields:
                inner = at.within(field, member.name)
                self._blame_texts((member,), of._validity.offset, data, inner)
        elif field.is_text:
            length = int.from_bytes(bytes(data[:LENGTH_SIZE]), "little")
            self.decode_at(field, bytes(data[LENGTH_SIZE:])[:length], at)

    def decode(self, field: Field, data: bytes, path: str, row: Optional[int]) -> str:
        """The text of a string field."""
        return self.decode_at(field, data, Place(path, row))

    def decode_at(self, field: Field, data: bytes, at: Place) -> str:
        """The text of a string at a place within a record."""
        try:
            return data.decode("utf-8", self.errors)
        except UnicodeDecodeError as error:
            what = f"{data!r} is not UTF-8 ({error.reason} at byte {error.start}); open with "
            what += "errors='replace' or 'surrogateescape' to read it"
            refuse(TextError, field, what, at)

    # ---- Single fields of a record ----

    def _item_struct(self, field: Field) -> struct.Struct:
        made = self._items.get(field.index)
        if made is None:
            made = self._items.setdefault(field.index, struct.Struct("<" + item_format(field)))
        return made

    def load_from(self, field: Field, buffer: Any, path: str, row: int) -> Any:
        """The value of one field of a record."""
        validity = self.schema._validity
        if field.nullable:
            byte, bit = divmod(field._null_bit - 1, 8)
            if not buffer[validity.offset + byte] & 1 << bit:
                return None
        raw = self._item_struct(field).unpack_from(buffer, field.offset)
        item = raw[1][: raw[0]] if field.is_sized else raw[0]
        try:
            load = loader_of(field, self.errors)
            return item if load is None else load(item)
        except UnicodeDecodeError:
            self.blame_text(buffer, path, row)

    def put_into(self, field: Field, item: Any, buffer: bytearray) -> None:
        """Packs the item of one field into a record of zeroes or fillers."""
        if field.nullable:
            byte, bit = divmod(field._null_bit - 1, 8)
            at = self.schema._validity.offset + byte
            buffer[at] = buffer[at] & ~(1 << bit) | (item is not None) << bit
            item = empty_item(field) if item is None else item
        parts = (len(item), item) if field.is_sized else (item,)
        self._item_struct(field).pack_into(buffer, field.offset, *parts)

    def blank(self) -> bytearray:
        """A record of fillers, which any store of the schema takes."""
        buffer = bytearray(self.schema.record_size)
        if not self.schema.is_plain:
            items = [filler_of(field) for field in self.schema.fields]
            self.struct.pack_into(buffer, 0, *flat_items(self.schema.fields, self.schema._validity, items))
        return buffer


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
            except ({caught}):
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
        "items": {},
    }
    caught = "error, TypeError, AttributeError, ValueError, OverflowError"
    if schema._validity.size:
        lines = ["valid = 0"]
    for i, field in enumerate(schema.fields):
        if not field.is_plain:
            # The value may be a sequence or a mapping, whose own methods may raise KeyError.
            caught = "error, TypeError, AttributeError, ValueError, OverflowError, KeyError"
            scope["items"][i] = functools.partial(check, field, errors=errors)
            lines.append(f"f{i} = items[{i}](f{i})")
            if field.nullable:
                lines.append(f"if f{i} is None: f{i} = {empty_item(field)!r}")
                lines.append(f"else: valid |= {1 << field._null_bit - 1}")
            packed.append(f"len(f{i}), f{i}" if field.is_sized else f"f{i}")
        elif field.is_sized:
            lines.append(f"f{i} = f{i}.encode('utf-8', errors)" if field.is_text else
                         f"f{i} = as_bytes(f{i})")  # fmt: skip
            lines.append(f"if len(f{i}) > {field.max}: raise ValueError")
            packed.append(f"len(f{i}), f{i}")
        else:
            if field.type == "bool":
                scope["as_bool"][i] = functools.partial(check_bool, field, at=_NOWHERE)
                lines.append(f"if f{i} is not True and f{i} is not False: f{i} = as_bool[{i}](f{i})")
            elif not field.is_integer:
                # struct would convert pandas.NaT, a null, to NaN.
                scope["as_float"][i] = functools.partial(check_float, field, at=_NOWHERE)
                lines.append(f"if f{i} != f{i}: f{i} = as_float[{i}](f{i})")
            packed.append(f"f{i}")
    if schema._validity.size:
        packed.append(f"valid.to_bytes({schema._validity.size}, 'little')")
    source = _PACKERS.format(
        values=", ".join(f"f{i}" for i in range(len(schema.fields))),
        lines="\n    ".join(lines),
        row_lines=("\n" + 16 * " ").join(lines),
        packed=", ".join(packed),
        size=schema.record_size,
        count=len(schema.fields),
        caught=caught,
    )
    exec(source, scope)
    return scope["pack_values"], scope["pack_fields"], scope["pack_rows"]


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(memoryview(value))
    raise TypeError
