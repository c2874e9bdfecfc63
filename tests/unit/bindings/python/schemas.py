"""The schemas of these tests, and the facts about each type that tests need."""

import contextlib
import struct

import mmapforge

TICK = """\
/// A trade print.
record Tick version 1 {
  /// exchange ticker
  symbol: string[8];
  price: float64;
  volume: float64;
  /// nanoseconds since the Unix epoch
  timestamp: uint64;
}
"""

QUOTE = """\
record Quote version 3 {
  bid: float64;
  ask: float64;
}
"""

EVERY = """\
record Every version 2 {
  flag: bool;
  tiny: int8;
  octet: uint8;
  small: int16;
  port: uint16;
  medium: int32;
  colour: uint32;
  large: int64;
  stamp: uint64;
  ratio: float32;
  price: float64;
  name: string[7];
  digest: bytes[5];
}
"""

Tick, TickStore = mmapforge.define(__name__, TICK)
Quote, QuoteStore = mmapforge.define(__name__, QUOTE)
Every, EveryStore = mmapforge.define(__name__, EVERY)

# The largest float32, and the point half-way to the next, from which on numbers round to infinity.
FLOAT32_MAX = (2 - 2**-23) * 2.0**127
FLOAT32_INFINITE = (2 - 2**-24) * 2.0**127

# From an integer field of Every to its type, its smallest and its largest value.
INTEGERS = {
    "tiny": ("int8", -(2**7), 2**7 - 1),
    "octet": ("uint8", 0, 2**8 - 1),
    "small": ("int16", -(2**15), 2**15 - 1),
    "port": ("uint16", 0, 2**16 - 1),
    "medium": ("int32", -(2**31), 2**31 - 1),
    "colour": ("uint32", 0, 2**32 - 1),
    "large": ("int64", -(2**63), 2**63 - 1),
    "stamp": ("uint64", 0, 2**64 - 1),
}

ZERO = {
    "flag": False,
    **{name: 0 for name in INTEGERS},
    "ratio": 0.0,
    "price": 0.0,
    "name": "",
    "digest": b"",
}


def tick(i):
    """The i-th tick of a series in which all differ."""
    return {"symbol": "S%d" % (i % 7), "price": 1.5 * i, "volume": 10.0 + i, "timestamp": i}


def fill(path, count):
    """A closed file of count ticks."""
    with TickStore.create(path) as store:
        store.extend([tick(i) for i in range(count)])
    return path


def overwrite(path, store_class, row, field, data):
    """Writes bytes into a field of a closed file, as only another program would."""
    with store_class.open(path) as store:
        info = store.info()
    field = store_class.schema.by_name[field]
    with open(path, "r+b") as file:
        file.seek(info.header_size + row * info.record_size + field.offset)
        file.write(data)


def text(data, length=None):
    """A string field in a file: its length word and its bytes."""
    return struct.pack("<I", len(data) if length is None else length) + data


@contextlib.contextmanager
def raises(kind, *parts, field=None, row=None, status=None):
    """Expects an exception of exactly this class, with the parts in its message, and these attributes."""
    import pytest

    with pytest.raises(kind) as raised:
        yield raised
    error = raised.value
    assert type(error) is kind, repr(error)
    message = str(error)
    for part in parts:
        assert str(part) in message, message
    if field is not None:
        assert error.field == field and field in message, (error.field, message)
    if row is not None:
        assert error.row == row and "row %d" % row in message, (error.row, message)
    if status is not None:
        assert error.status == status
