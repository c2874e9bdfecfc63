"""Reading many records: C copies each consistently and splits them into columns of values."""

import array
import struct
from typing import Any, Iterator, List, Optional, Sequence, Tuple

from mmapforge._codec import Codec
from mmapforge._core import ffi, lib
from mmapforge._errors import Error, TextError
from mmapforge._handle import OpenStore
from mmapforge._plain import Place
from mmapforge._schema import LENGTH_SIZE, STRUCT_CODES, Field, Validity
from mmapforge._values import loader_of

CHUNK_ROWS = 1024
CHUNK_BYTES = 1 << 18


def chunk_rows(record_size: int) -> int:
    """The number of rows to read at a time."""
    return max(1, min(CHUNK_ROWS, CHUNK_BYTES // record_size))


class _Scalars:
    """Memory for the values of a scalar field."""

    def __init__(self, field: Field, rows: int) -> None:
        self.field = field
        self.buffer = bytearray(rows * field.size)
        self._code = STRUCT_CODES[field.type]

    def values(self, count: int) -> Sequence[Any]:
        return struct.unpack_from(f"<{count}{self._code}", self.buffer)

    def blame(self, codec: Codec, row: int, at: Place) -> None:
        """Raises for text in the value of a row that is not UTF-8."""


class _Texts:
    """Memory for the values of a string or bytes field.

    Records often repeat strings. C finds the equal ones of a chunk, so that each Python object is
    made only once.
    """

    def __init__(self, field: Field, rows: int, errors: str) -> None:
        self.field = field
        self.buffer = bytearray(rows * field.size)
        self._errors = errors
        self._ids = array.array("I", bytes(4 * rows))
        self._firsts = array.array("I", bytes(4 * rows))
        self._table = array.array("I", bytes(4 << (2 * rows - 1).bit_length()))
        self._c_buffer = ffi.from_buffer(self.buffer)
        self._c_arrays = [
            ffi.from_buffer("uint32_t[]", words) for words in (self._ids, self._firsts, self._table)
        ]

    def data(self, row: int) -> bytes:
        """The bytes of one value."""
        at = row * self.field.size
        length = int.from_bytes(self.buffer[at : at + LENGTH_SIZE], "little")
        begin = at + LENGTH_SIZE
        return bytes(self.buffer[begin : min(begin + length, at + self.field.size)])

    def blame(self, codec: Codec, row: int, at: Place) -> None:
        if self.field.is_text:
            codec.decode_at(self.field, self.data(row), at)

    def values(self, count: int) -> Sequence[Any]:
        found = lib.mmfpy_distinct(
            self._c_buffer, count, self.field.size, *self._c_arrays, len(self._table)
        )
        made: List[Any] = [self.data(row) for row in self._firsts[:found]]
        if self.field.is_text:
            made = [data.decode("utf-8", self._errors) for data in made]
        return list(map(made.__getitem__, struct.unpack_from(f"={count}I", self._ids)))


class _Numbers(_Scalars):
    """Memory for the numbers of timestamps, dates, decimals and enums."""

    def values(self, count: int) -> Sequence[Any]:
        load: Any = self.field._loader
        return list(map(load, super().values(count)))


class _Blocks:
    """Memory for the values of an array or struct field."""

    def __init__(self, field: Field, rows: int, errors: str) -> None:
        self.field = field
        self.buffer = bytearray(rows * field.size)
        self._load: Any = loader_of(field, errors)

    def values(self, count: int) -> Sequence[Any]:
        size, load = self.field.size, self._load
        raw = bytes(memoryview(self.buffer)[: count * size])
        return [load(raw[at : at + size]) for at in range(0, count * size, size)]

    def blame(self, codec: Codec, row: int, at: Place) -> None:
        size = self.field.size
        codec.blame_value(self.field, memoryview(self.buffer)[row * size : (row + 1) * size], at)


class _Nullable:
    """The values of a nullable field; its memory is that of the field without nulls."""

    def __init__(self, field: Field, sink: Any, valid: "_Valid") -> None:
        self.field = field
        self.buffer = sink.buffer
        self._sink = sink
        self._valid = valid
        self._byte, bit = divmod(field._null_bit - 1, 8)
        self._mask = 1 << bit

    def values(self, count: int) -> Sequence[Any]:
        flags = self._flags(count)
        mask = self._mask
        try:
            return [value if flag & mask else None for value, flag in zip(self._sink.values(count), flags)]
        except UnicodeDecodeError:
            # A null has no text, whatever its bytes are.
            size = self.field.size
            for row, flag in enumerate(flags):
                if not flag & mask:
                    self.buffer[row * size : (row + 1) * size] = bytes(size)
            return [value if flag & mask else None for value, flag in zip(self._sink.values(count), flags)]

    def blame(self, codec: Codec, row: int, at: Place) -> None:
        if self._flags(row + 1)[row] & self._mask:
            self._sink.blame(codec, row, at)

    def _flags(self, count: int) -> bytearray:
        """The validity byte of each row that has the bit of this field."""
        size = self._valid.size
        return self._valid.buffer[self._byte : count * size : size]


class _Valid:
    """Memory for the validity bytes, which are read after all fields."""

    def __init__(self, validity: Validity, rows: int) -> None:
        self.offset = validity.offset
        self.size = validity.size
        self.buffer = bytearray(rows * validity.size)


def _sink_of(field: Field, rows: int, errors: str) -> Any:
    if field.is_block:
        return _Blocks(field, rows, errors)
    if field.is_sized:
        return _Texts(field, rows, errors)
    return _Numbers(field, rows) if field.logical else _Scalars(field, rows)


class ChunkReader:
    """Reads chosen fields of rows in chunks, into its own memory. Not thread-safe."""

    def __init__(self, store: OpenStore, names: Optional[Sequence[str]] = None) -> None:
        schema = store.schema
        fields = schema.fields if names is None else [store._field(name) for name in names]
        self._store = store
        self.rows = chunk_rows(schema.record_size)
        errors = store._codec.errors
        valid = _Valid(schema._validity, self.rows)
        self._sinks: List[Any] = []
        for field in fields:
            sink = _sink_of(field, self.rows, errors)
            self._sinks.append(_Nullable(field, sink, valid) if field.nullable else sink)
        self._has_nulls = any(field.nullable for field in fields)
        self._c_sinks = ffi.new("mmfpy_sink[]", len(fields) + self._has_nulls)
        self._scratch = bytearray(min(self.rows, 64) * schema.record_size)
        self._c_scratch = ffi.from_buffer(self._scratch)
        self._keep = [ffi.from_buffer(sink.buffer) for sink in self._sinks]
        for c_sink, sink, memory in zip(self._c_sinks, self._sinks, self._keep):
            c_sink.to = memory
            c_sink.offset = sink.field.offset
            c_sink.size = sink.field.size
        if self._has_nulls:
            self._keep.append(ffi.from_buffer(valid.buffer))
            last = self._c_sinks[len(fields)]
            last.to, last.offset, last.size = self._keep[-1], valid.offset, valid.size
        self._copied = ffi.new("uint64_t *")

    def read(self, first: int, count: int) -> List[Sequence[Any]]:
        """The values of the fields of count rows, at most `self.rows`; one sequence per field."""
        _, columns, error = self._read_some(first, count)
        if error is not None:
            raise error
        return columns

    def _read_some(
        self, first: int, count: int
    ) -> Tuple[int, List[Sequence[Any]], Optional[Error]]:
        """The number of rows before the first unreadable one, their values, and the error or None."""
        error: Optional[Error] = None
        status = lib.mmfpy_gather(
            self._store._handle,
            first,
            count,
            self._c_sinks,
            len(self._c_sinks),
            self._c_scratch,
            len(self._scratch),
            self._copied,
        )
        if status:
            count = int(self._copied[0])
            error = self._store._error_of(status, first + count)
        try:
            return count, [sink.values(count) for sink in self._sinks], error
        except UnicodeDecodeError:
            count, error = self._text_error(first, count)
            return count, [sink.values(count) for sink in self._sinks], error

    def _text_error(self, first: int, count: int) -> Tuple[int, Error]:
        """The number of rows before the first string that is not UTF-8, and the error for it."""
        for row in range(count):
            at = Place(self._store.path, first + row)
            try:
                for sink in self._sinks:
                    sink.blame(self._store._codec, row, at)
            except TextError as error:
                return row, error
        raise AssertionError("every string can be decoded")

    def chunks(self, start: int, stop: int) -> Iterator[Tuple[int, int, List[Sequence[Any]]]]:
        """(first row, rows, columns) until the rows from start to stop are read.

        When a row cannot be read, the rows before it are yielded, and then its error is raised.
        """
        for first in range(start, stop, self.rows):
            count, columns, error = self._read_some(first, min(self.rows, stop - first))
            if count:
                yield first, count, columns
            if error is not None:
                raise error
