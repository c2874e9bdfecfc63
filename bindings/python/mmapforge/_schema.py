"""A schema as Python objects. The C library parses its text and computes the layout."""

import functools
from typing import Any, Dict, Iterator, List, Mapping, NoReturn, Tuple

from mmapforge._core import ffi, lib
from mmapforge._errors import ArgumentTypeError, SchemaError, UnsupportedError, make_error, text_of
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


class Field:
    """One field of a schema.

    Attributes:
        name: as in the schema.
        type: the type's name without its capacity: "float64", "string".
        index: its place among the fields.
        offset: bytes from the start of a record.
        size: bytes in a record, including the length word of string and bytes.
        max: capacity in bytes of string[max] and bytes[max], else 0.
        doc: the doc comment, "" if there is none.
    """

    __slots__ = (
        "name", "type", "index", "offset", "size", "max", "doc", "_type_number", "is_sized",
        "_code", "_numpy_format", "_data_offset",
    )  # fmt: skip

    def __init__(self, index: int, c_field: Any) -> None:
        self.name = text_of(c_field.name)
        self.type = text_of(lib.mmf_type_name(c_field.type))
        self.index = index
        self.offset = int(c_field.offset)
        self.size = int(c_field.size)
        self.max = int(c_field.max)
        self.doc = text_of(c_field.doc)
        self._type_number = int(c_field.type)
        self.is_sized = self.type in ("string", "bytes")  # True for string and bytes
        self._code = STRUCT_CODES.get(self.type, "")  # of the struct module; "" where is_sized
        self._numpy_format = _numpy_format_of(self)
        self._data_offset = _data_offset_of(self)

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
        """The type as the schema has it: "string[64]"."""
        return f"{self.type}[{self.max}]" if self.is_sized else self.type

    def __repr__(self) -> str:
        return f"<Field {self.name}: {self.declaration}>"


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
    """

    __slots__ = (
        "name", "doc", "version", "fields", "record_size", "checksums", "layout_hash", "text",
        "by_name", "names", "_codecs", "_c_schema", "_dtype",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
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
        self.fields: Tuple[Field, ...] = tuple(
            Field(i, out[0].fields[i]) for i in range(out[0].field_count)
        )
        self.by_name: Dict[str, Field] = {field.name: field for field in self.fields}
        self.names: Tuple[str, ...] = tuple(field.name for field in self.fields)
        self._codecs: Dict[str, Any] = {}  # by how strings are decoded; codec_of makes them
        self._dtype: Any = None

    @property
    def dtype(self) -> Any:
        """The numpy dtype of a whole record as `snapshot` gives it; needs numpy.

        A string is 'S', from which numpy drops trailing NULs. bytes is 'V', of its whole capacity.
        """
        if self._dtype is None:
            try:
                import numpy
            except ImportError:
                message = "the dtype of a schema needs numpy; install it (pip install numpy)"
                raise make_error(UnsupportedError, message) from None

            self._dtype = numpy.dtype(
                {
                    "names": list(self.names),
                    "formats": [field._numpy_format for field in self.fields],
                    "offsets": [field._data_offset for field in self.fields],
                    "itemsize": self.record_size,
                }
            )
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


@functools.lru_cache(maxsize=256)
def _schema_of(text: str) -> Schema:
    return Schema(text)


def schema_of(text: str) -> Schema:
    """The schema of a text, the same object for the same text; SchemaError for any other text."""
    if not isinstance(text, str):
        message = f"a schema is of type {type(text).__name__}, expected a str, its canonical text"
        raise make_error(ArgumentTypeError, message)
    return _schema_of(text)


def _data_offset_of(field: Field) -> int:
    """The offset of the value itself, after the length word of string and bytes."""
    return field.offset + (LENGTH_SIZE if field.is_sized else 0)


def _numpy_format_of(field: Field) -> str:
    """The field's numpy dtype."""
    if field.type == "string":
        return f"S{field.max}"
    if field.type == "bytes":
        return f"V{field.max}"
    return "?" if field.type == "bool" else "<" + _numpy_code(field.type)


def _numpy_code(name: str) -> str:
    kind = {"int": "i", "uin": "u", "flo": "f"}[name[:3]]
    return kind + str(int("".join(filter(str.isdigit, name))) // 8)


def struct_format(schema: Schema) -> str:
    """The struct format of a whole record: a length and data for each string and bytes field."""
    parts: List[str] = ["<"]
    at = 0
    for field in schema.fields:
        parts.append(f"{field.offset - at}x")
        parts.append(f"I{field.max}s" if field.is_sized else STRUCT_CODES[field.type])
        at = field.offset + field.size
    parts.append(f"{schema.record_size - at}x")
    return "".join(part for part in parts if part != "0x")
