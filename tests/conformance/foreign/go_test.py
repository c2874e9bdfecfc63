"""Files of the Go library, to and from: its own two files, and what an independent reader makes of ours."""

import datetime
import decimal
import json
import math
import os
import re
import struct

import go_reader
import mmapforge
import pytest
from mmapforge.__main__ import main

DATA = "tests/conformance/foreign/data/"
os.environ["MMF_MMFGEN"] = os.path.abspath("gen/mmfgen")
TICK = "record Tick version 1{} {{\n  symbol: string[64];\n  price: float64;\n  volume: float64;\n  timestamp: {};\n}}\n"
TICK_FIELDS = [("symbol", "string", 64), ("price", "float64", 0), ("volume", "float64", 0), ("timestamp", "uint64", 0)]
CAP = "record MarketCap version 1 {\n  id: uint64;\n  price: float64;\n  volume: float64;\n  market_cap: float64;\n  stale: bool;\n}\n"
SIZE = 104  # of a Tick
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def tick(attributes="", timestamp="uint64"):
    return TICK.format(attributes, timestamp)


def bits(value):
    return struct.pack("<d", value)


@pytest.fixture
def migrate(tmp_path, capsys):
    """`python -m mmapforge migrate`; its exit status, output and errors."""

    def migrate(old, new, schema, *options):
        path = tmp_path / "schema.mmfs"
        path.write_text(schema, encoding="utf-8")
        code = main(["migrate", str(old), str(new), "--schema", str(path), *options])
        out, err = capsys.readouterr()
        return code, out, err

    return migrate


@pytest.fixture
def old(tmp_path):
    """A copy of tick5.mmf, with changes."""

    def old(change=None, name="old.mmf"):
        with open(DATA + "tick5.mmf", "rb") as file:
            data = bytearray(file.read())
        if change is not None:
            data = change(data) or data
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return old


def set_word(at, value):
    def change(data):
        struct.pack_into("<Q", data, at, value)

    return change


def row_at(row):
    return 64 + row * SIZE


def text_rows(name):
    """The rows of the text that the Go program printed, each a dict of texts."""
    with open(DATA + name, encoding="utf-8") as file:
        lines = [line for line in file if line.startswith("row=")]
    pattern = r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)'
    return [dict(re.findall(pattern, line)) for line in lines]


def text_of(quoted):
    return json.loads(quoted.replace("\\x", "\\u00"))


def number(text):
    return float(text.replace("Inf", "inf").replace("NaN", "nan"))


def test_the_ticks_of_go_are_read(tmp_path, migrate, old):
    new = tmp_path / "new.mmf"
    assert migrate(old(), new, tick(" @checksums")) == (0, f"{new}: 5 records were migrated\n", "")
    rows = text_rows("tick5.txt")
    with mmapforge.open(new) as store:
        assert store.schema.checksums and len(store) == len(rows) == 5
        store.verify()
        for record, said in zip(store, rows):
            assert record.symbol == text_of(said["symbol"])
            assert len(record.symbol.encode()) == int(said["symbol_len"])
            for name in ("price", "volume"):
                assert bits(getattr(record, name))[::-1].hex() == said[name + "_bits"]
            assert record.timestamp == int(said["timestamp"])


def test_a_file_that_grew_is_read(tmp_path, migrate):
    new = tmp_path / "new.mmf"
    assert migrate(DATA + "marketcap1000.mmf", new, CAP)[0] == 0
    rows = text_rows("marketcap1000.txt")
    with mmapforge.open(new) as store:
        assert len(store) == 1000 and len(rows) == 40
        for said in rows:
            record = store[int(said["row"])]
            assert record.id == int(said["id"])
            for name in ("price", "volume", "market_cap"):
                assert bits(getattr(record, name)) == bits(number(said[name]))
            assert record.stale == (said["stale"] == "true")


def test_a_schema_of_another_type_for_the_same_integer(tmp_path, migrate, old):
    """A uint64 of Go is no int64: what a timestamp is stored as does not have the same hash."""
    new = tmp_path / "new.mmf"
    code, _, err = migrate(old(), new, tick(timestamp="timestamp[ns]"))
    assert code == 1 and "schema hash 73f6506908abfd81" in err
    wanted = go_reader.schema_hash(TICK_FIELDS[:3] + [("timestamp", "int64", 0)])
    assert wanted.hex() in err and "the names, types and capacities that the Go struct has" in err
    assert not new.exists()


def test_what_the_hash_does_not_cover(tmp_path, migrate, old):
    new = tmp_path / "new.mmf"
    lines = tick().splitlines()
    turned = "\n".join(lines[:1] + lines[2:5] + lines[1:2] + lines[5:]) + "\n"
    # Volumes and prices are where it takes the symbol's length to be.
    code, _, err = migrate(old(), new, turned)
    assert code == 1 and "field 'symbol' claims a length of" in err and "in the order of the Go struct" in err
    code, _, err = migrate(old(), new, tick().replace("version 1", "version 2"))
    assert code == 1 and "write 'version 1' in it" in err
    assert not new.exists()


def test_a_type_that_go_lacks_is_refused_by_name(tmp_path, migrate, old):
    new = tmp_path / "new.mmf"
    for declared, lacks in {"int32[3]": "arrays", "Leg": "structs", "float64?": "fields that may be null"}.items():
        schema = f"struct Leg {{\n  a: int8;\n}}\nrecord Tick version 1 {{\n  bids: {declared};\n}}\n"
        code, _, err = migrate(old(), new, schema)
        assert code == 1 and f"field 'bids' is '{declared}', and the Go library has no {lacks}" in err


def test_the_record_is_found_by_its_hash(tmp_path, migrate, old):
    new = tmp_path / "new.mmf"
    assert migrate(old(), new, CAP + tick())[0] == 0
    with mmapforge.open(new) as store:
        assert store.schema.name == "Tick"


def test_blank_rows_are_kept_and_told(tmp_path, migrate, old):
    new = tmp_path / "new.mmf"
    code, out, _ = migrate(old(set_word(48, 7)), new, tick())
    assert code == 0
    assert out.splitlines() == [
        f"{new}: 7 records were migrated",
        f"{new}: 2 of them are blank: appended and never set; the first is row 5",
    ]
    with mmapforge.open(new) as store:
        assert len(store) == 7
        assert (store[6].symbol, store[6].price, store[6].timestamp) == ("", 0.0, 0)
    back = tmp_path / "back.mmf"
    assert migrate(old(set_word(48, 7), "again.mmf"), back, tick(), "--to", "go")[0] == 0
    assert [sequence for sequence, _ in go_reader.GoFile(back.read_bytes(), TICK_FIELDS).rows] == [2] * 5 + [0] * 2


@pytest.mark.parametrize("row", [0, 4])
@pytest.mark.parametrize("attributes", ["", " @checksums"])
def test_torn_rows_stay_torn_and_are_told(tmp_path, migrate, old, row, attributes):
    new = tmp_path / "new.mmf"
    torn = old(set_word(row_at(row), 7))
    code, out, _ = migrate(torn, new, tick(attributes))
    assert code == 0 and "1 of them are torn" in out and f"the first is row {row}" in out
    with mmapforge.open(new, mode="r+") as store:
        assert len(store) == 5
        with pytest.raises(mmapforge.CorruptError) as raised:
            store[row].symbol.encode()
        assert raised.value.row in (row, None)
        store[row] = {"symbol": "X", "price": 1.0, "volume": 2.0, "timestamp": 3}
        assert store[row].symbol == "X"
    # The rows before it, and no file for Go that would not say so.
    go = tmp_path / "go.mmf"
    code, _, err = migrate(torn, go, tick(), "--to", "go")
    assert code == 1 and f"row {row} of the old file is torn" in err and not go.exists()
    if row > 0:
        code, out, _ = migrate(torn, go, tick(), "--to", "go", "--rows", str(row))
        assert code == 0 and "1 rows that lie in the old file after these were left out" in out
        assert go_reader.GoFile(go.read_bytes(), TICK_FIELDS).count == row


def test_values_without_a_sequence_are_torn(tmp_path, migrate, old):
    new = tmp_path / "new.mmf"
    code, out, _ = migrate(old(set_word(row_at(3), 0)), new, tick())
    assert code == 0 and "1 of them are torn" in out and "blank" not in out


def test_a_count_that_is_too_low(tmp_path, migrate, old):
    """The header's page was lost in a power cut, and the rows are there."""
    new, all_rows = tmp_path / "new.mmf", tmp_path / "all.mmf"
    stale = old(set_word(48, 3))
    code, out, _ = migrate(stale, new, tick())
    assert code == 0 and "3 records were migrated" in out
    assert "2 rows that lie in the old file after these were left out; --rows 5 takes them" in out
    code, out, _ = migrate(stale, all_rows, tick(), "--rows", "5")
    assert (code, out) == (0, f"{all_rows}: 5 records were migrated\n")
    code, _, err = migrate(stale, tmp_path / "more.mmf", tick(), "--rows", "6")
    assert code == 1 and "options.rows is 6, and the file has 5 rows" in err


@pytest.mark.parametrize("count", [65, 2**32, 2**63, 2**64 - 1])
def test_a_count_beyond_the_file(tmp_path, migrate, old, count):
    new = tmp_path / "new.mmf"
    code, _, err = migrate(old(set_word(48, count)), new, tick())
    assert code == 1 and f"counts {count} rows and has room for 64" in err and "options.rows = 64" in err
    assert migrate(old(set_word(48, count)), new, tick(), "--rows", "5")[0] == 0


def test_the_capacity_is_not_believed(tmp_path, migrate, old):
    for capacity in (0, 1, 2**64 - 1):
        new = tmp_path / f"new{capacity}.mmf"
        assert migrate(old(set_word(56, capacity)), new, tick())[0] == 0
        with mmapforge.open(new) as store:
            assert len(store) == 5


def test_a_length_beyond_its_field_is_named(tmp_path, migrate, old):
    new = tmp_path / "new.mmf"

    def change(data):
        struct.pack_into("<I", data, row_at(2) + 8, 65)

    code, _, err = migrate(old(change), new, tick())
    assert code == 1 and "row 2: field 'symbol' claims a length of 65 bytes, and has room for 64" in err
    assert not new.exists()


def test_open_says_what_to_do(old):
    with pytest.raises(mmapforge.VersionError) as raised:
        mmapforge.open(old())
    assert "format version 1, which is the Go library's" in str(raised.value)
    assert "python -m mmapforge migrate" in str(raised.value)


def test_to_go_and_back(tmp_path, migrate, old):
    ours, go, again = tmp_path / "ours.mmf", tmp_path / "go.mmf", tmp_path / "again.mmf"
    assert migrate(old(), ours, tick(" @checksums"))[0] == 0
    assert migrate(ours, go, tick(" @checksums"), "--to", "go") == (0, f"{go}: 5 records were migrated\n", "")
    read = go_reader.GoFile(go.read_bytes(), TICK_FIELDS)
    read.check_written()
    with open(DATA + "tick5.mmf", "rb") as file:
        theirs = go_reader.GoFile(file.read(), TICK_FIELDS)
    for (_, mine), (_, his) in zip(read.rows, theirs.rows):
        assert {name: bits(value) if isinstance(value, float) else value for name, value in mine.items()} == {
            name: bits(value) if isinstance(value, float) else value for name, value in his.items()
        }
    assert read.count == theirs.count == 5 and read.schema_version == 1
    assert migrate(go, again, tick(" @checksums"))[0] == 0
    with mmapforge.open(ours) as a, mmapforge.open(again) as b:
        assert [bits(row.price) for row in a] == [bits(row.price) for row in b]


EVERY = """enum Side : uint8 {{
  Buy = 1;
  Sell = 2;
}}
record Deal version 3{} {{
  flag: bool;
  i8: int8;
  u8: uint8;
  i16: int16;
  u16: uint16;
  i32: int32;
  u32: uint32;
  f32: float32;
  i64: int64;
  u64: uint64;
  f64: float64;
  text: string[5];
  raw: bytes[7];
  at: timestamp[ms];
  day: date;
  fee: decimal(10,2);
  side: Side;
  added: decimal(4,1) = 2.5;
  kind: Side = Sell;
}}
"""
EVERY_FIELDS = [
    ("flag", "bool", 0), ("i8", "int8", 0), ("u8", "uint8", 0), ("i16", "int16", 0), ("u16", "uint16", 0),
    ("i32", "int32", 0), ("u32", "uint32", 0), ("f32", "float32", 0), ("i64", "int64", 0), ("u64", "uint64", 0),
    ("f64", "float64", 0), ("text", "string", 5), ("raw", "bytes", 7), ("at", "int64", 0), ("day", "int32", 0),
    ("fee", "int64", 0), ("side", "uint8", 0), ("added", "int64", 0), ("kind", "uint8", 0),
]  # fmt: skip


@pytest.mark.parametrize("attributes", ["", " @checksums"])
@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 300])
def test_every_type_that_go_has(tmp_path, migrate, attributes, count):
    """The old file lacks the last two fields, so that their defaults become integers of Go."""
    ours, go, again = tmp_path / "ours.mmf", tmp_path / "go.mmf", tmp_path / "again.mmf"
    text = EVERY.format(attributes)
    without = text.replace("  added: decimal(4,1) = 2.5;\n  kind: Side = Sell;\n", "")
    path = tmp_path / "every.mmfs"
    path.write_text(without, encoding="utf-8")
    module = mmapforge.compile(path, name=f"every_{len(attributes)}_{count}_store")
    with module.create(ours) as store:
        for row in range(count):
            store.append(
                flag=row % 2 == 1, i8=-row % 100 - 50, u8=row % 256, i16=-row, u16=row, i32=-row * 1000, u32=row * 1000,
                f32=row / 4, i64=-row << 40, u64=row << 50, f64=-row / 3, text="é" * (row % 3), raw=b"\xff" * (row % 8),
                at=EPOCH + datetime.timedelta(seconds=row, milliseconds=7), day=EPOCH.date() + datetime.timedelta(days=row),
                fee=decimal.Decimal(-row) / 4, side=1 + row % 2,
            )  # fmt: skip
    assert migrate(ours, go, text, "--to", "go")[0] == 0
    read = go_reader.GoFile(go.read_bytes(), EVERY_FIELDS)
    read.check_written()
    assert read.count == count and read.schema_version == 3
    for row, (sequence, found) in enumerate(read.rows):
        assert sequence == 2
        assert found["flag"] == (row % 2 == 1) and found["i8"] == -row % 100 - 50 and found["u8"] == row % 256
        assert (found["i16"], found["u16"], found["i32"], found["u32"]) == (-row, row, -row * 1000, row * 1000)
        assert (found["f32"], found["i64"], found["u64"], found["f64"]) == (row / 4, -row << 40, row << 50, -row / 3)
        assert (found["text"], found["raw"]) == (("é" * (row % 3)).encode(), b"\xff" * (row % 8))
        assert (found["at"], found["day"], found["fee"], found["side"]) == (row * 1000 + 7, row, -row * 25, 1 + row % 2)
        assert (found["added"], found["kind"]) == (25, 2)
    # And back, with the same schema: what is only an integer to Go has its type again.
    assert migrate(go, again, text)[0] == 0
    with mmapforge.open(ours) as a, mmapforge.open(again) as b:
        assert len(b) == count
        for before, after in zip(a, b):
            assert before._asdict() == {k: v for k, v in after._asdict().items() if k not in ("added", "kind")}


def test_a_value_that_is_none_of_the_enum_is_named(tmp_path, migrate):
    """Written by hand: a Go file with a byte that the schema takes for an enum."""
    fields = [("side", "uint8", 0)]
    head = b"MMFG" + struct.pack("<I32sIIQQ", 1, go_reader.schema_hash(fields), 1, 16, 2, 64)
    old = tmp_path / "old.mmf"
    old.write_bytes((head + struct.pack("<QQ", 2, 1) + struct.pack("<QQ", 2, 9)).ljust(64 + 64 * 16, b"\0"))
    schema = "enum Side : uint8 {\n  Buy = 1;\n}\nrecord R version 1 {\n  side: Side;\n}\n"
    code, _, err = migrate(old, tmp_path / "new.mmf", schema)
    assert code == 1 and "row 1 cannot be migrated: the value of field 'side' is no member of the new enum" in err
    schema = "record R version 1 {\n  side: uint8;\n}\n"
    assert migrate(old, tmp_path / "new.mmf", schema)[0] == 0


def test_only_1_is_true(tmp_path, migrate):
    fields = [("on", "bool", 0)]
    head = b"MMFG" + struct.pack("<I32sIIQQ", 1, go_reader.schema_hash(fields), 1, 16, 3, 64)
    rows = b"".join(struct.pack("<QQ", 2, value) for value in (0, 1, 0xFF02))
    old = tmp_path / "old.mmf"
    old.write_bytes((head + rows).ljust(64 + 64 * 16, b"\0"))
    assert migrate(old, tmp_path / "new.mmf", "record R version 1 @checksums {\n  on: bool;\n}\n")[0] == 0
    with mmapforge.open(tmp_path / "new.mmf") as store:
        assert [row.on for row in store] == [False, True, False]


def test_the_reader_itself(old):
    """It reads what Go wrote, so that it may be believed of what we write."""
    read = go_reader.GoFile(old().read_bytes(), TICK_FIELDS)
    for (sequence, values), said in zip(read.rows, text_rows("tick5.txt")):
        assert sequence == int(said["seq"])
        assert values["symbol"].decode() == text_of(said["symbol"])
        assert math.isnan(values["volume"]) or values["volume"] == number(said["volume"])
    assert read.capacity == 64
