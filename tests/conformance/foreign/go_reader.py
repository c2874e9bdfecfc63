"""Reads files of the Go library (format version 1), from the facts about them in docs/migration.md alone.

It shares no code with mmapforge: what that writes for Go, this has to find. It knows nothing of this
project's schemas either; the fields are given as [("price", "float64", 0), ("symbol", "string", 64)].
"""

import hashlib
import struct

NUMBERS = {
    "bool": ("B", 1),
    "int8": ("b", 1),
    "uint8": ("B", 1),
    "int16": ("h", 2),
    "uint16": ("H", 2),
    "int32": ("i", 4),
    "uint32": ("I", 4),
    "int64": ("q", 8),
    "uint64": ("Q", 8),
    "float32": ("f", 4),
    "float64": ("d", 8),
}


def up(value, multiple):
    return (value + multiple - 1) // multiple * multiple


def lay_out(fields):
    """The offset of each field, and the size of a record."""
    at, offsets = 8, []
    for _, kind, room in fields:
        align, size = (NUMBERS[kind][1],) * 2 if kind in NUMBERS else (4, 4 + room)
        at = up(at, align)
        offsets.append(at)
        at += size
    return offsets, up(at, 8)


def schema_hash(fields):
    parts = []
    for name, kind, room in sorted(fields, key=lambda field: field[0].encode()):
        parts.append(f"{name}:{kind}:{NUMBERS[kind][1] if kind in NUMBERS else 4 + room}")
    return hashlib.sha256(",".join(parts).encode()).digest()


class GoFile:
    """A file, checked as far as the Go library relies on it; rows are (sequence, {name: value})."""

    def __init__(self, data, fields):
        self.fields = fields
        self.offsets, self.record_size = lay_out(fields)
        magic, version, found_hash, self.schema_version, size, self.count, self.capacity = struct.unpack_from(
            "<4sI32sIIQQ", data
        )
        assert (magic, version) == (b"MMFG", 1)
        assert found_hash == schema_hash(fields)
        assert size == self.record_size
        self.rows = [self._row(data, 64 + row * size) for row in range(self.count)]
        self.data = data

    def _row(self, data, at):
        (sequence,) = struct.unpack_from("<Q", data, at)
        values = {}
        for (name, kind, room), offset in zip(self.fields, self.offsets):
            if kind in NUMBERS:
                (value,) = struct.unpack_from("<" + NUMBERS[kind][0], data, at + offset)
                values[name] = value == 1 if kind == "bool" else value
            else:
                (length,) = struct.unpack_from("<I", data, at + offset)
                assert length <= room
                values[name] = data[at + offset + 4 : at + offset + 4 + length]
        return sequence, values

    def check_written(self):
        """What mmapforge promises of its own files, so that the Go library can go on with them."""
        for sequence, _ in self.rows:
            assert sequence % 2 == 0
        capacity = 64
        while capacity < self.capacity:
            capacity *= 2
        assert capacity == self.capacity >= self.count
        assert len(self.data) >= 64 + self.capacity * self.record_size
        assert not any(self.data[64 + self.count * self.record_size :])
