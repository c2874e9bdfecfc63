"""A schema as Python objects. The C library parses its text and computes the layout."""

import copy
import enum
import functools
from typing import Any, Callable, Dict, Iterator, List, Mapping, NoReturn, Optional, Sequence, Tuple, Type

from mmapforge._core import ffi, lib
from mmapforge._definitions import NO_MODULE, by_value, enum_class, struct_class
from mmapforge._errors import ArgumentTypeError, SchemaError, UnsupportedError, make_error, text_of
from mmapforge._logical import (
    UNITS,
    date_loader,
    decimal_loader,
    decimal_of,
    enum_loader,
    timestamp_loader,
)
from mmapforge._printable import printable

SEQUENCE_SIZE = 8  # bytes before the first field of a record
LENGTH_SIZE = 4  # bytes before the data of a string or bytes field

# From a scalar type of the schema language to its letter in the struct module; array.array and
# memoryview use the same letters.
STRUCT_CODES: Mapping[str, str] = {
    "bool": "?",
    "int8": "b",
    "uint8": "B",
    "int16": "h",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "uint64": "Q",
    "float32": "f",
    "float64": "d",
}

_INTEGER_BITS = {
    "int8": (True, 8),
    "uint8": (False, 8),
    "int16": (True, 16),
    "uint16": (False, 16),
    "int32": (True, 32),
    "uint32": (False, 32),
    "int64": (True, 64),
    "uint64": (False, 64),
}


_LOGICAL = {
    lib.MMF_LOGICAL_NONE: "",
    lib.MMF_LOGICAL_TIMESTAMP: "timestamp",
    lib.MMF_LOGICAL_DATE: "date",
    lib.MMF_LOGICAL_DECIMAL: "decimal",
    lib.MMF_LOGICAL_ENUM: "enum",
}

# The enum and struct classes of a schema, by the address of their C definition.
_Definitions = Mapping[int, Any]


def _address(pointer: Any) -> int:
    return int(ffi.cast("uintptr_t", pointer))


class Field:
    """One field of a schema, or of a struct.

    Attributes:
        name: as in the schema.
        type: the name of the type that is stored, without its capacity: "float64", "string"; "int64"
            of a timestamp, "struct" of any struct.
        index: its place among the fields.
        offset: bytes from the start of a record, or of a struct.
        size: bytes there: all elements, including the length words of string and bytes.
        max: capacity in bytes of string[max] and bytes[max], else 0.
        doc: the doc comment, "" if there is none.
        count: N of T[N], or 0 for a single value.
        nullable: True for T?.
        logical: "timestamp", "date", "decimal" or "enum", or "" if the number means itself.
        unit: of a timestamp: "s", "ms", "us" or "ns".
        precision, scale: p and s of decimal(p, s).
        enum: the IntEnum class of an enum, or None.
        struct: the Struct of a struct, with its fields, or None.
        was: the name in an earlier version, or "".
        since: the version that added it, or 0.
        deprecated: True if it is.
    """

    __slots__ = (
        "name", "type", "index", "offset", "size", "max", "doc", "_type_number", "is_sized",
        "_code", "_numpy_format", "_data_offset", "count", "nullable", "logical", "unit", "precision",
        "scale", "enum", "struct", "was", "since", "deprecated", "is_plain", "is_block", "_null_bit",
        "_default_text", "_declaration", "_members", "_cache",
    )  # fmt: skip

    enum: Optional[Type[Any]]
    struct: Optional["Struct"]

    def __init__(self, index: int, c_field: Any, definitions: _Definitions) -> None:
        self.name = text_of(c_field.name)
        self.type = text_of(lib.mmf_type_name(c_field.type))
        self.index = index
        self.offset = int(c_field.offset)
        self.size = int(c_field.size)
        self.max = int(c_field.max)
        self.doc = text_of(c_field.doc)
        self._type_number = int(c_field.type)
        self.count = int(c_field.count)
        self._null_bit = int(c_field.null_bit)
        self.nullable = self._null_bit != 0
        self.logical = _LOGICAL[c_field.logical]
        self.precision = int(c_field.precision)
        self.scale = int(c_field.scale) if self.logical == "decimal" else 0
        self.unit = UNITS[c_field.scale // 3] if self.logical == "timestamp" else ""
        self.enum = definitions.get(_address(c_field.enumeration))
        self.struct = definitions.get(_address(c_field.structure))
        self._members: Dict[int, Any] = {} if self.enum is None else by_value(self.enum)
        self.was = _optional_text(c_field.was)
        self.since = int(c_field.since)
        self.deprecated = bool(c_field.deprecated)
        self._default_text = _optional_text(c_field.default_text)
        self._declaration = _declaration_of(c_field)
        # True for the types that have one form everywhere: numbers, bools, string and bytes.
        self.is_plain = not (self.count or self.nullable or self.logical or self.struct)
        # True for arrays and structs, which are packed and unpacked as bytes.
        self.is_block = bool(self.count or self.struct)
        self.is_sized = self.type in ("string", "bytes")  # True for string and bytes
        # Of the struct module; "" for string, bytes, arrays and structs.
        self._code = "" if self.is_block else STRUCT_CODES.get(self.type, "")
        self._numpy_format = _numpy_format_of(self)  # of one element; "" for a struct
        self._data_offset = _data_offset_of(self)
        self._cache: Dict[Any, Any] = {}  # loaders, by how strings are decoded

    @property
    def is_text(self) -> bool:
        """True for string."""
        return self.type == "string"

    @property
    def is_integer(self) -> bool:
        return self.type in _INTEGER_BITS

    @property
    def limits(self) -> Tuple[int, int]:
        """The smallest and the largest value of an integer field."""
        signed, bits = _INTEGER_BITS[self.type]
        return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)

    @property
    def declaration(self) -> str:
        """The type as the schema has it: "string[64]", "Level[10]", "decimal(10,4)?"."""
        return self._declaration

    @property
    def default(self) -> Any:
        """The value of a record that is given without this field; None if there is none, or null."""
        return None if self._default_text == "" else _default_of(self, self._default_text)

    @property
    def is_optional(self) -> bool:
        """True if a record may be given without this field."""
        return self.nullable or self._default_text != ""

    @property
    def element(self) -> "Field":
        """The field of one element of an array, which is never null; of other fields, one value."""
        if not self.count and not self.nullable:
            return self
        made: Optional[Field] = self._cache.get("element")
        if made is None:
            made = copy.copy(self)
            made.count, made.nullable, made.offset = 0, False, 0
            made._cache = {}
            made.size = self.size // (self.count or 1)
            made.is_plain = not (made.logical or made.struct)
            made.is_block = made.struct is not None
            made._code = "" if made.is_block else STRUCT_CODES.get(made.type, "")
            made._data_offset = _data_offset_of(made)
            made._declaration = self._declaration.rstrip("?")
            if self.count:
                made._declaration = made._declaration[: made._declaration.rindex("[")]
            self._cache["element"] = made
        return made

    @property
    def _loader(self) -> Optional[Callable[[Any], Any]]:
        """From a stored number to its value; None where it is the value."""
        if self.logical == "timestamp":
            return timestamp_loader(self.unit)
        if self.logical == "date":
            return date_loader()
        if self.logical == "decimal":
            return decimal_loader(self.scale)
        return enum_loader(self._members) if self.logical == "enum" else None

    @property
    def dtype(self) -> Any:
        """The numpy dtype in a record as `snapshot` gives it; needs numpy."""
        import numpy

        one = numpy.dtype(self._numpy_format) if self.struct is None else self.struct.dtype
        return numpy.dtype((one, (self.count,))) if self.count else one

    def __repr__(self) -> str:
        return f"<Field {self.name}: {self.declaration}>"


def _optional_text(text: Any) -> str:
    return "" if text == ffi.NULL else text_of(text)


def _declaration_of(c_field: Any) -> str:
    size = lib.MMF_FIELD_TYPE_SIZE
    buffer = ffi.new("char[]", size)
    lib.mmf_field_type_write(ffi.addressof(c_field), buffer, size)
    return text_of(buffer)


def _default_of(field: Field, text: str) -> Any:
    """The value of a default, whose text C has checked."""
    if field.enum is not None:
        return field.enum[text]
    if field.logical == "decimal":
        whole, _, fraction = text.partition(".")
        return decimal_of(int(whole + fraction.ljust(field.scale, "0")), field.scale)
    if field.type == "string":
        return text[1:-1]
    if field.type == "bool":
        return text == "true"
    if not field.is_integer:
        return float(text)
    load = field._loader
    return int(text) if load is None else load(int(text))


class Validity:
    """The validity bytes of a record or struct: a bit for each nullable field, 1 if it has a value."""

    __slots__ = ("offset", "size")

    def __init__(self, offset: int, fields: Sequence[Field]) -> None:
        self.offset = offset
        self.size = (sum(field.nullable for field in fields) + 7) // 8  # 0 if no field is nullable


class Struct:
    """A struct of a schema.

    Attributes:
        name: as in the schema.
        doc: its doc comment.
        fields: in declared order.
        size: bytes from one element of an array to the next.
        type: the class of its values, a named tuple.
        names: of the fields.
    """

    __slots__ = ("name", "doc", "fields", "size", "type", "names", "_validity", "_codecs", "_dtype")

    def __init__(self, c_struct: Any, definitions: _Definitions, module: str) -> None:
        self.name = text_of(c_struct.name)
        self.doc = text_of(c_struct.doc)
        self.fields: Tuple[Field, ...] = tuple(
            Field(i, c_struct.fields[i], definitions) for i in range(c_struct.field_count)
        )
        self.names: Tuple[str, ...] = tuple(field.name for field in self.fields)
        self.size = int(c_struct.size)
        self._validity = Validity(int(c_struct.validity_offset), self.fields)
        self.type: Type[Any] = struct_class(
            module, self.name, self.doc,
            tuple((field.name, field.declaration, _class_of(field)) for field in self.fields),
        )  # fmt: skip
        self._codecs: Dict[str, Any] = {}
        self._dtype: Any = None

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    @property
    def dtype(self) -> Any:
        """The numpy dtype of one value."""
        if self._dtype is None:
            self._dtype = _dtype_of(self.fields, self._validity, self.size)
        return self._dtype

    def __repr__(self) -> str:
        fields = ", ".join(f"{field.name}: {field.declaration}" for field in self.fields)
        return f"<Struct {self.name} ({fields})>"


def _class_of(field: Field) -> Any:
    """The class that a field uses, or None."""
    return field.enum if field.struct is None else field.struct.type


VALIDITY = "_validity"  # in a dtype; no field has such a name


def _dtype_of(fields: Sequence[Field], validity: Validity, size: int) -> Any:
    """The numpy dtype of a record or struct."""
    import numpy

    names = [field.name for field in fields]
    formats = [field._numpy_format if field.is_plain else field.dtype for field in fields]
    offsets = [field._data_offset for field in fields]
    if validity.size:
        names.append(VALIDITY)
        formats.append("u1" if validity.size == 1 else ("u1", (validity.size,)))
        offsets.append(validity.offset)
    return numpy.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": size})


class Schema:
    """The schema of one record type; `store.schema` of an open store.

    Attributes:
        name: of the record.
        doc: its doc comment.
        version: N of `version N`.
        fields: in declared order.
        record_size: bytes from one record to the next.
        checksums: True when every record has a checksum.
        layout_hash: the identity of the layout, as in the file.
        text: the canonical text, as in the file.
        names: of the fields.
        by_name: the fields by their names.
        types: the classes of its enums and structs by their names, each after those that it uses.
    """

    __slots__ = (
        "name", "doc", "version", "fields", "record_size", "checksums", "layout_hash", "text",
        "by_name", "names", "types", "is_plain", "_validity", "_codecs", "_c_schema", "_dtype",
    )  # fmt: skip

    def __init__(self, text: str, module: str = NO_MODULE) -> None:
        data = text.encode()
        out = ffi.new("mmf_schema **")
        error = ffi.new("mmf_error *")
        if lib.mmf_schema_parse(data, len(data), out, error) != lib.MMF_OK:
            _fail_text(text_of(error.message))
        self._c_schema = ffi.gc(out[0], lib.mmf_schema_free)
        self.name = text_of(out[0].name)
        self.doc = text_of(out[0].doc)
        self.version = int(out[0].version)
        self.record_size = int(out[0].record_size)
        self.checksums = bool(out[0].checksum_offset)
        self.layout_hash = int(out[0].layout_hash)
        self.text = text
        definitions = _definitions_of(out[0], module)
        self.types: Dict[str, Type[Any]] = {
            made.__name__ if isinstance(made, type) else made.name: _type_of(made)
            for made in definitions.values()
        }
        for kind in self.types.values():
            _make_picklable(kind, text)
        self.fields: Tuple[Field, ...] = tuple(
            Field(i, out[0].fields[i], definitions) for i in range(out[0].field_count)
        )
        self._validity = Validity(int(out[0].validity_offset), self.fields)
        self.is_plain = all(field.is_plain for field in self.fields)
        self.by_name: Dict[str, Field] = {field.name: field for field in self.fields}
        self.names: Tuple[str, ...] = tuple(field.name for field in self.fields)
        self._codecs: Dict[str, Any] = {}  # by how strings are decoded; codec_of makes them
        self._dtype: Any = None

    @property
    def dtype(self) -> Any:
        """The numpy dtype of a whole record as `snapshot` gives it; needs numpy.

        A string is 'S', from which numpy drops trailing NULs. bytes is 'V', of its whole capacity. An
        enum is its integer, a date int32 of days, and a decimal int64 in units of its last digit. Where
        fields are nullable, `_validity` has their bits: 1 for a value, from the first nullable field and
        the lowest bit on.
        """
        if self._dtype is None:
            try:
                import numpy  # noqa: F401
            except ImportError:
                message = "the dtype of a schema needs numpy; install it (pip install numpy)"
                raise make_error(UnsupportedError, message) from None

            self._dtype = _dtype_of(self.fields, self._validity, self.record_size)
        return self._dtype

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schema):
            return NotImplemented
        return (self.name, self.version, self.layout_hash) == (
            other.name,
            other.version,
            other.layout_hash,
        )

    def __hash__(self) -> int:
        return hash((self.name, self.version, self.layout_hash))

    def __reduce__(self) -> Any:
        return schema_of, (self.text,)

    def __str__(self) -> str:
        """The text with control characters escaped; `text` has the original."""
        return printable(self.text)

    def __repr__(self) -> str:
        fields = ", ".join(f"{field.name}: {field.declaration}" for field in self.fields)
        return f"<Schema {self.name} version {self.version} ({fields})>"


def _fail_text(what: str) -> NoReturn:
    """Raises for a text that is not a schema. C expects the text in a file, and blames its header."""
    what = what.replace("embedded schema", "schema").replace("; the header of the file is damaged", "")
    what += "; give a schema's canonical text, such as store.schema.text"
    raise make_error(SchemaError, what, status="MMF_ERR_SCHEMA")


def _definitions_of(c_schema: Any, module: str) -> Dict[int, Any]:
    """The enum classes and Structs of a schema, by the address of their C definition, in order."""
    listed = ffi.new("mmf_definition[]", lib.MMF_DEFINITIONS_MAX)
    made: Dict[int, Any] = {}
    for i in range(lib.mmf_schema_definitions(c_schema, listed, lib.MMF_DEFINITIONS_MAX)):
        if listed[i].structure:
            made[_address(listed[i].structure)] = Struct(listed[i].structure, made, module)
            continue
        of = listed[i].enumeration
        members = tuple((text_of(of.members[m].name), int(of.members[m].value)) for m in range(of.member_count))
        made[_address(of)] = enum_class(module, text_of(of.name), text_of(of.doc), members)
    return made


def _make_picklable(kind: Any, text: str) -> None:
    """Pickles values of a class that no module has by the text of a schema that defines it."""
    if kind.__module__ != NO_MODULE or "_schema_text" in vars(kind):
        return
    # Not an attribute of an enum's members, so it is set on the class itself.
    type.__setattr__(kind, "_schema_text", text)
    is_enum = issubclass(kind, enum.Enum)
    type.__setattr__(kind, "__reduce_ex__", _reduce_member if is_enum else _reduce_tuple)


def _reduce_member(self: Any, protocol: int) -> Any:
    return _rebuild, (type(self)._schema_text, type(self).__name__, int(self))


def _reduce_tuple(self: Any, protocol: int) -> Any:
    return _rebuild, (type(self)._schema_text, type(self).__name__, tuple(self))


def _rebuild(text: str, name: str, value: Any) -> Any:
    """A member of an enum or a struct's tuple, for pickle."""
    kind = schema_of(text).types[name]
    return kind(value) if issubclass(kind, enum.Enum) else kind(*value)


def _type_of(made: Any) -> Type[Any]:
    kind: Type[Any] = made.type if isinstance(made, Struct) else made
    return kind


@functools.lru_cache(maxsize=256)
def _schema_of(text: str, module: str) -> Schema:
    return Schema(text, module)


def schema_for(text: str, module: str) -> Schema:
    """The schema of a text for a module, which has classes of its own for enums and structs."""
    made = schema_of(text)
    return _schema_of(text, module) if made.types else made


def schema_of(text: str) -> Schema:
    """The schema of a text, the same object for the same text; SchemaError for any other text."""
    if not isinstance(text, str):
        message = f"a schema is of type {type(text).__name__}, expected a str, its canonical text"
        raise make_error(ArgumentTypeError, message)
    return _schema_of(text, NO_MODULE)


def _data_offset_of(field: Field) -> int:
    """The offset of the value itself, after the length word of string and bytes."""
    return field.offset + (LENGTH_SIZE if field.is_sized else 0)


def _numpy_format_of(field: Field) -> str:
    """The numpy dtype of one element."""
    if field.struct is not None:
        return ""
    if field.logical == "timestamp":
        return f"<M8[{field.unit}]"
    if field.type == "string":
        return f"S{field.max}"
    if field.type == "bytes":
        return f"V{field.max}"
    return "?" if field.type == "bool" else "<" + _numpy_code(field.type)


def _numpy_code(name: str) -> str:
    kind = {"int": "i", "uin": "u", "flo": "f"}[name[:3]]
    return kind + str(int("".join(filter(str.isdigit, name))) // 8)


def item_format(field: Field) -> str:
    """The struct format of one field: a length and data of string and bytes, else one item."""
    if field.is_block:
        return f"{field.size}s"
    return f"I{field.max}s" if field.is_sized else STRUCT_CODES[field.type]


def struct_format(fields: Sequence[Field], validity: Validity, size: int) -> str:
    """The struct format of a whole record or struct; the validity bytes are the last item."""
    parts: List[str] = ["<"]
    at = 0
    for field in fields:
        parts.append(f"{field.offset - at}x")
        parts.append(item_format(field))
        at = field.offset + field.size
    if validity.size:
        parts.append(f"{validity.offset - at}x{validity.size}s")
        at = validity.offset + validity.size
    parts.append(f"{size - at}x")
    return "".join(part for part in parts if part != "0x")
