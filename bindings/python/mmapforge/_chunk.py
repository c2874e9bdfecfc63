"""Reading many records: copied in C, each consistent, and taken apart into columns of values."""

import itertools
import struct
from typing import Any, Iterator, List, Optional, Sequence, Tuple

from mmapforge._codec import Codec
from mmapforge._core import ffi, lib
from mmapforge._schema import LENGTH_SIZE, STRUCT_CODES, Field

CHUNK_ROWS = 1024
CHUNK_BYTES = 1 << 18
MEMO_BYTES = 1 << 20


def chunk_rows(record_size: int) -> int:
    """Rows that are read at a time."""
    return max(1, min(CHUNK_ROWS, CHUNK_BYTES // record_size))


class _Memo(dict):  # type: ignore[type-arg]
    """From the bytes of a sized field to its value: records often repeat their strings."""

    def __init__(self, field: Field, errors: str) -> None:
        super().__init__()
        self._text = field.is_text
        self._errors = errors
        self._most = max(16, MEMO_BYTES // (field.size + 64))

    def __missing__(self, raw: bytes) -> Any:
        data = raw[LENGTH_SIZE : LENGTH_SIZE + int.from_bytes(raw[:LENGTH_SIZE], "little")]
        value: Any = data.decode("utf-8", self._errors) if self._text else data
        if len(self) >= self._most:
            self.clear()
        self[raw] = value
        return value


class _Sink:
    """Where one field of a chunk goes."""

    def __init__(self, field: Field, rows: int, errors: str) -> None:
        self.field = field
        self.buffer = bytearray(rows * field.size)
        self.memory = memoryview(self.buffer)
        self.memo = _Memo(field, errors) if field.is_sized else None
        self.value = struct.Struct(f"{field.size}s")

    def values(self, count: int) -> Sequence[Any]:
        if self.memo is None:
            code = STRUCT_CODES[self.field.type]
            return struct.unpack_from(f"<{count}{code}", self.buffer)
        raw = self.value.iter_unpack(self.memory[: count * self.field.size])
        return list(map(self.memo.__getitem__, itertools.chain.from_iterable(raw)))


class ChunkReader:
    """Reads chosen fields of rows, chunk by chunk, through memory of its own. For one thread."""

    def __init__(self, store: Any, codec: Codec, names: Optional[Sequence[str]] = None) -> None:
        schema = codec.schema
        fields = schema.fields if names is None else [store.field(name) for name in names]
        self._store = store
        self._codec = codec
        self.rows = chunk_rows(schema.record_size)
        self._sinks = [_Sink(field, self.rows, codec.errors) for field in fields]
        self._c_sinks = ffi.new("mmfpy_sink[]", len(fields))
        self._scratch = bytearray(min(self.rows, 64) * schema.record_size)
        self._c_scratch = ffi.from_buffer(self._scratch)
        self._keep = [ffi.from_buffer(sink.buffer) for sink in self._sinks]
        for c_sink, sink, memory in zip(self._c_sinks, self._sinks, self._keep):
            c_sink.to = memory
            c_sink.offset = sink.field.offset
            c_sink.size = sink.field.size
        self._copied = ffi.new("uint64_t *")

    def read(self, first: int, count: int) -> List[Sequence[Any]]:
        """The values of the fields of count rows, at most `self.rows`; one sequence per field."""
        status = lib.mmfpy_gather(
            self._store.handle,
            first,
            count,
            self._c_sinks,
            len(self._sinks),
            self._c_scratch,
            len(self._scratch),
            self._copied,
        )
        if status:
            self._store.fail(status, first + self._copied[0])
        try:
            return [sink.values(count) for sink in self._sinks]
        except UnicodeDecodeError:
            self._blame_text(first, count)
            raise

    def _blame_text(self, first: int, count: int) -> None:
        for row in range(count):
            for sink in self._sinks:
                if not sink.field.is_text:
                    continue
                at = row * sink.field.size
                raw = bytes(sink.memory[at : at + sink.field.size])
                length = int.from_bytes(raw[:LENGTH_SIZE], "little")
                data = raw[LENGTH_SIZE : LENGTH_SIZE + length]
                self._codec.decode(sink.field, data, self._store.path, first + row)

    def chunks(self, start: int, stop: int) -> Iterator[Tuple[int, int, List[Sequence[Any]]]]:
        """(first row, rows, columns) until the rows from start to stop are read."""
        for first in range(start, stop, self.rows):
            count = min(self.rows, stop - first)
            yield first, count, self.read(first, count)
