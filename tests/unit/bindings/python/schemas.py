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


BOOK = """\
/// Which side an order is on.
enum Side : uint8 {
  Buy = 1;
  Sell = 2;
}
/// One price level.
struct Level {
  price: decimal(18,4);
  size: uint32;
  orders: uint16?;
}
struct Note {
  text: string[8];
  by: Level;
  kinds: Side[2];
}
record Book version 2 {
  symbol: string[8];
  at: timestamp[ns];
  day: date;
  side: Side = Buy;
  bids: Level[3];
  greeks: float64[4];
  flags: bool[3];
  note: Note;
  fee: decimal(10,4)? = 1.5;
  memo: string[8]?;
  notes: Note[2]?;
  tags: Side[4]?;
  volume: int32?;
  ratio: float32 = 2.5;
  low: int64 = -9223372036854775808;
  name: string[4] = "abc";
  flag: bool = true;
  fixed: decimal(5,2) = -0.05;
  second: timestamp[s] = 60;
}
"""

Book, BookStore = mmapforge.define(__name__, BOOK)
Side, Level, Note = BookStore.schema.types.values()


def book(i):
    """The i-th book of a series in which all differ, in the form in which they are read."""
    import datetime
    from decimal import Decimal

    def level(n):
        return Level(Decimal(n).scaleb(-4), n, None if n % 2 else n)

    note = Note("n%d" % i, level(i), (Side.Buy, Side.Sell))
    return {
        "symbol": "S%d" % i,
        "at": timestamp(10**18 + i, "ns"),
        "day": datetime.date(2024, 1, 1) + datetime.timedelta(i),
        "side": Side(1 + i % 2),
        "bids": (level(i), level(i + 1), level(i + 2)),
        "greeks": (0.5 * i, 1.0, -2.0, 3.25),
        "flags": (True, False, i % 2 == 0),
        "note": note,
        "fee": None if i % 3 == 0 else Decimal(i).scaleb(-4),
        "memo": None if i % 4 == 0 else "m%d" % i,
        "notes": None if i % 2 else (note, note),
        "tags": None if i % 5 else (Side.Buy, Side.Buy, Side.Sell, Side.Sell),
        "volume": None if i % 2 else -i,
        "ratio": 0.25,
        "low": i,
        "name": "é",
        "flag": False,
        "fixed": Decimal(-i).scaleb(-2),
        "second": timestamp(i, "s"),
    }


def timestamp(number, unit):
    """A timestamp as it is read: a numpy.datetime64, or an int without numpy."""
    try:
        import numpy
    except ImportError:
        return number
    return numpy.datetime64(number, unit)
