"""Damaged and malformed files, opened and read in every way, raise exceptions and never crash."""

import os
import random
import shutil

import mmapforge
import numpy
import pytest
import tick_store
from ticks import path, run, values  # noqa: F401 (path is a fixture)

FLIPS = int(os.environ.get("MMF_HOSTILE_FLIPS", "1500"))

# Reads in another process, because the test is that it does not crash. It prints only exceptions that
# are not an mmapforge.Error.
READ = """
import sys, warnings, mmapforge, tick_store
warnings.simplefilter("ignore")

def tries(store):
    yield lambda: len(store)
    yield lambda: list(store)
    yield lambda: list(reversed(store))
    yield lambda: list(store.tuples())
    yield lambda: [tuple(store[row]) for row in range(len(store))]
    yield lambda: [store.get(row, name) for row in range(len(store)) for name in store.schema.names]
    yield lambda: store.snapshot()
    yield lambda: [store.columns[name].tolist() for name in store.schema.names]
    yield lambda: store.columns.lengths(store.schema.names[0]).tolist()
    yield lambda: [store.sum(field.name) for field in store.schema if not field.is_sized]
    yield lambda: store.info()
    yield lambda: store.wait(0, timeout=0)
    yield lambda: repr(store.schema)
    yield lambda: list(store.follow(0, timeout=0))

def writes(store):
    yield lambda: store.append(store[0])
    yield lambda: store.extend(store[:5])
    yield lambda: store.set(0, store[-1])
    yield lambda: store.set_price(1, 2.0)
    yield lambda: store.sync()

def use(path, mode, opener):
    try:
        store = opener(path, mode)
    except mmapforge.Error as error:
        assert path in str(error), error
        assert not isinstance(error, mmapforge.ArgumentError), error
        return
    for what in tries(store):
        try:
            what()
        except mmapforge.Error as error:
            assert path in str(error), error
    for what in writes(store) if mode == "r+" else ():
        try:
            what()
        except (mmapforge.Error, AttributeError) as error:
            assert not isinstance(error, AttributeError) or "set_price" in str(error)
    try:
        store.close()
    except mmapforge.Error:
        pass

for path in sys.argv[1:]:
    try:
        for mode in ("r", "r+"):
            for opener in (mmapforge.open, tick_store.open):
                use(path, mode, opener)
    except BaseException:
        print(path, file=sys.stderr)
        raise
"""

ROWS = 100


def test_flipped_bytes(path, tmp_path):
    with tick_store.open(path) as store:
        info = store.info()
        whole = store.snapshot().tobytes()
    with open(path, "rb") as file:
        image = file.read()
    used = [at for at in range(info.header_size) if image[at]]
    records = range(info.header_size, info.header_size + ROWS * info.record_size)
    chance = random.Random(9)
    directory = tmp_path / "flipped"
    directory.mkdir()
    for batch in range(0, FLIPS, 250):
        names = []
        for number in range(batch, batch + 250):
            data = bytearray(image)
            for _ in range(chance.choice([1, 1, 1, 2, 8])):
                way = chance.randrange(4)
                at = chance.choice(used) if way < 2 else chance.choice(records)
                at = chance.randrange(info.header_size) if way == 3 else at
                data[at] = chance.choice([data[at] ^ 1 << chance.randrange(8), 0, 255])
            names.append(write(directory / str(number), data))
        run(READ, *names)
        shutil.rmtree(directory)
        directory.mkdir()
    assert whole == tick_store.open(path).snapshot().tobytes()


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)
    return str(name)


def test_words_that_lie(path, tmp_path):
    """Sets whole words of the header and of a record to values that often break programs."""
    with tick_store.open(path) as store:
        info = store.info()
    with open(path, "rb") as file:
        image = file.read()
    places = [at for at in range(0, info.header_size, 8) if any(image[at : at + 8])][:60]
    places += range(info.header_size, info.header_size + info.record_size, 8)
    values = [0, 1, 7, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64 - 8, 10**6]
    names = []
    for at in places:
        for value in values:
            data = bytearray(image)
            data[at : at + 8] = value.to_bytes(8, "little")
            names.append(write(tmp_path / f"{at}-{value}", data))
    for first in range(0, len(names), 200):
        run(READ, *names[first : first + 200])


def test_truncated_before_it_is_opened(path, tmp_path):
    with tick_store.open(path) as store:
        info = store.info()
    with open(path, "rb") as file:
        image = file.read()
    end = info.header_size + ROWS * info.record_size
    sizes = [0, 1, 7, 8, 4095, 4096, 4097, 8192, 16384, 20480, info.header_size - 1]
    sizes += [info.header_size, info.header_size + 1, info.header_size + 8, end - 1, end - 4096]
    names = [write(tmp_path / f"to{size}", image[:size]) for size in sizes]
    run(READ, *names)
    for name in names:
        # It does not open for writing. A reader gets the rows that are there; reading a missing one
        # raises.
        with pytest.raises((mmapforge.CorruptError, mmapforge.FormatError)):
            tick_store.open(name, "r+")
        try:
            store = tick_store.open(name)
        except (mmapforge.CorruptError, mmapforge.FormatError):
            continue
        with store:
            left = ROWS - store.info().missing_rows
            assert len(store) == ROWS and left < ROWS
            assert [tuple(store[row]) for row in range(left)] == [values(mark) for mark in range(left)]
            with pytest.raises(mmapforge.CorruptError, match=name):
                list(store)
            with pytest.raises(mmapforge.CorruptError, match=name):
                store[left]
            with pytest.raises(mmapforge.CorruptError, match=name):
                store.get_price(ROWS - 1)


NONSENSE = {
    "empty": b"",
    "text": b"timestamp,price\n1,2\n",
    "zeroes": bytes(200000),
    "ones": b"\xff" * 200000,
    "magic only": b"MMFG",
    "version of another program": b"MMFG\1\0\0\0" + bytes(200000),
    "a later version": b"MMFG\x63\0\0\0" + bytes(200000),
}


@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE.keys())
@pytest.mark.parametrize("mode", ["r", "r+"])
def test_files_that_are_no_stores(tmp_path, data, mode):
    name = write(tmp_path / "file", data)
    for opener in (mmapforge.open, tick_store.open):
        with pytest.raises((mmapforge.FormatError, mmapforge.VersionError, mmapforge.CorruptError)):
            opener(name, mode)
    with open(name, "rb") as file:
        assert file.read() == data, "an open that failed changed the file"


def test_names_that_are_no_files(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "dangling").symlink_to(tmp_path / "absent")
    for name in (tmp_path, tmp_path / "fifo", "/dev/null", "/dev/zero"):
        with pytest.raises(mmapforge.Error, match=str(name)):
            mmapforge.open(name)
    for name in (tmp_path / "absent", tmp_path / "dangling"):
        with pytest.raises(mmapforge.StoreNotFoundError):
            mmapforge.open(name)
    with pytest.raises(mmapforge.StoreIOError):
        mmapforge.open("x" * 5000)
    with pytest.raises(mmapforge.ArgumentError):
        mmapforge.open("")
    for name in (3, None, 1.5, object(), [], "a\0b", b"a\0b"):
        with pytest.raises((TypeError, ValueError)):
            mmapforge.open(name)


def test_strings_that_are_not_utf8(tmp_path):
    name = str(tmp_path / "ticks.mmf")
    good = ("é" * 32, 1.0, 2.0, 3)
    with tick_store.create(name, errors="surrogateescape") as store:
        store.extend([good] * 2000)
        store.append(symbol="\udcff\udcfe", price=1.0, volume=1.0, timestamp=1)
        store.extend([good] * 10)
    ways = [
        lambda: list(store), lambda: store[2000], lambda: store.get_symbol(2000),
        lambda: list(store.tuples("symbol")), lambda: list(store[::-1]), lambda: store[2000, "symbol"],
    ]  # fmt: skip
    with tick_store.open(name) as store:
        for way in ways:
            with pytest.raises(mmapforge.TextError, match="row 2000, field symbol.*not UTF-8") as error:
                way()
            assert (error.value.row, error.value.field) == (2000, "symbol")
            assert isinstance(error.value, ValueError)
        del error
        assert store.columns["symbol"][2000] == b"\xff\xfe"
        assert store.snapshot()["symbol"][2000] == b"\xff\xfe"
        assert sum(1 for _ in store.tuples("price")) == 2011
    for errors, expected in (
        ("replace", "\ufffd\ufffd"), ("surrogateescape", "\udcff\udcfe"), ("ignore", ""),
    ):  # fmt: skip
        with tick_store.open(name, errors=errors) as store:
            assert store[2000].symbol == expected
            assert [tick.symbol for tick in store][2000] == expected


def test_a_schema_of_any_names(tmp_path):
    """A file from another program may have fields named like Python's keywords or this package's names."""
    names = ["field", "class", "class_", "None", "self", "store", "row", "values", "append", "get", "path"]
    text = "record Odd version 1 {\n" + "".join(f"  {name}: int32;\n" for name in names) + "}\n"
    record, made = mmapforge.define(__name__, text)
    name = str(tmp_path / "odd")
    with made.create(name) as store:
        store.append(dict(zip(names, range(len(names)))))
        store.append(tuple(range(len(names))))
        store.set(0, **{"class": 7})
    with mmapforge.open(name, "r+") as store:
        assert tuple(store[1]) == tuple(range(len(names)))
        assert store[0, "class"] == 7
        for i, name in enumerate(names):
            assert getattr(store[1], name) == i
            setattr(store[1], name, -i)
            assert store[1, name] == -i
            assert store.sum(name) == store.columns[name].sum()


def test_values_that_lie_about_themselves(tmp_path):
    """Sizes that C gets are those of the memory, not those that an object's methods return."""

    class LongBytes(bytes):
        def __len__(self):
            return 60

        def __bytes__(self):
            return self

    class LongText(str):
        def encode(self, *_):
            return LongBytes(b"z")

    class LongList(list):
        def __len__(self):
            return 10**6

    class LongArray(numpy.ndarray):
        __array_interface__ = {"data": (8, False), "shape": (10**6,), "typestr": "<f8", "version": 3}

        def __len__(self):
            return 10**6

    text = "record Both version 1 {\n  text: string[64];\n  data: bytes[64];\n  flag: bool;\n}\n"
    _, made = mmapforge.define(__name__, text)
    with made.create(tmp_path / "both") as store:
        store.append(text=LongText("abc"), data=LongBytes(b"abc"), flag=True)
        store.set_text(0, LongText("abc"))
        store.set_data(0, LongBytes(b"abc"))
        assert tuple(store[0]) == ("abc", b"abc", True)
        with pytest.raises(mmapforge.FieldTypeError, match="length"):
            store.extend(text=[LongText("abc")] * 9, data=b"", flag=True)
        store.extend(text="x", data=[LongBytes(b"abc")] * 2, flag=numpy.array([2, 0], "u1").view("?"))
        assert [tuple(record) for record in store[1:]] == [("x", b"abc", True), ("x", b"abc", False)]
        assert store.columns["flag"].view("u1").tolist() == [1, 1, 0]
    with tick_store.create(tmp_path / "ticks") as store:
        lying = numpy.arange(3.0).view(LongArray)
        assert store.extend(symbol="a", price=lying, volume=1.0, timestamp=[1, 2, 3]) == 3
        assert [tick.price for tick in store] == [0.0, 1.0, 2.0]
        with pytest.raises(mmapforge.ArgumentError, match="price has 3, volume has 2"):
            store.extend(symbol="a", price=LongList([1, 2, 3]), volume=[1, 2], timestamp=1)


def test_steps_beyond_any_store(path):
    with tick_store.open(path) as store:
        for step in (1 << 61, 1 << 62, (1 << 63) - 1, 1 << 63, 10**30):
            for rows, row in ((store[5::step], 5), (store[5::-step], 5), (store[100::step], None)):
                expected = [] if row is None else [row]
                assert [tick.timestamp for tick in rows] == expected
                assert rows.columns["timestamp"].tolist() == expected
                assert rows.snapshot()["timestamp"].tolist() == expected
                assert list(rows.tuples("timestamp")) == [(mark,) for mark in expected]
                assert rows.sum("timestamp") == sum(expected)
