"""Appending many records: every kind of column and row, and the errors for others."""

import array
import collections
import itertools

import mmapforge
import pytest
import schemas
from schemas import INTEGERS, QuoteStore, Tick, TickStore, ZERO, raises, tick

TICKS = [tick(i) for i in range(6)]
COLUMNS = {name: [t[name] for t in TICKS] for name in TICKS[0]}


@pytest.fixture
def empty(path):
    with TickStore.create(path) as store:
        yield store


def rows(store):
    return [record._asdict() for record in store]


# ---- Columns ----

KINDS = {
    "list": list,
    "tuple": tuple,
    "generator": iter,
    "deque": collections.deque,
    "values": lambda column: dict(enumerate(column)).values(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_columns(empty, kind):
    columns = {name: KINDS[kind](column) for name, column in COLUMNS.items()}
    assert empty.extend(**columns) == 6
    columns = {name: KINDS[kind](column) for name, column in COLUMNS.items()}
    assert empty.extend(columns) == 6
    assert rows(empty) == TICKS * 2


def test_buffers(empty):
    columns = {
        "symbol": COLUMNS["symbol"],
        "price": array.array("d", COLUMNS["price"]),
        "volume": memoryview(array.array("d", COLUMNS["volume"])),
        "timestamp": array.array("B", COLUMNS["timestamp"]),
    }
    assert empty.extend(columns) == 6
    columns["price"] = memoryview(array.array("d", [v for p in COLUMNS["price"] for v in (p, -1)]))[::2]
    columns["volume"] = memoryview(array.array("d", COLUMNS["volume"][::-1]))[::-1]
    columns["timestamp"] = range(6)
    assert empty.extend(columns) == 6
    columns["volume"] = array.array("f", COLUMNS["volume"])
    columns["timestamp"] = bytearray(range(6))
    assert empty.extend(columns) == 6
    assert rows(empty) == TICKS * 3
    with raises(mmapforge.FieldTypeError, field="timestamp"):
        empty.extend({**columns, "timestamp": array.array("d", range(6))})


def test_one_value_for_every_row(empty):
    assert empty.extend(symbol="A", price=[1.0, 2.0], volume=3, timestamp=range(2)) == 2
    assert [tuple(r) for r in empty] == [("A", 1.0, 3.0, 0), ("A", 2.0, 3.0, 1)]
    assert empty.extend(symbol="B", price=1.0, volume=2.0, timestamp=3) == 1
    assert empty.extend(symbol="", price=[], volume=2.0, timestamp=3) == 0
    assert len(empty) == 3


def test_nothing(empty):
    assert empty.extend([]) == empty.extend(iter(())) == empty.extend(()) == 0
    assert empty.extend({name: [] for name in COLUMNS}) == 0
    assert empty.extend(**{name: () for name in COLUMNS}) == 0
    assert empty.extend(empty) == empty.extend(empty[:]) == 0
    assert len(empty) == 0


def test_bools(every):
    for column in ([True, False, 1], (True, False, 1), [1, 0, True], iter([True, False, True])):
        assert every.extend({**ZERO, "flag": column}) == 3
    assert [r.flag for r in every] == [True, False, True] * 4


@pytest.mark.parametrize("name", INTEGERS)
def test_lists_of_integers_are_exact(every, name):
    _, low, high = INTEGERS[name]
    # numpy would convert such a list to float64.
    values = [0, 1, high, low, high - 1, 1]
    assert every.extend({**ZERO, name: values}) == 6
    assert every.extend({**ZERO, name: iter(values)}) == 6
    assert list(every.tuples(name)) == [(value,) for value in values * 2]
    for wrong in (low - 1, high + 1):
        with raises(mmapforge.FieldRangeError, every.path, wrong, low, high, field=name, row=3):
            every.extend({**ZERO, name: [0, 1, low, wrong, high + 1]})
    for wrong in (1.0, None, "1", [1]):
        with raises(mmapforge.FieldTypeError, type(wrong).__name__, field=name, row=2):
            every.extend({**ZERO, name: [0, 1, wrong]})
    assert len(every) == 12


def test_bad_values_in_lists(empty):
    for name, bad, kind in (
        ("symbol", "x" * 9, mmapforge.TooLongError),
        ("symbol", None, mmapforge.FieldTypeError),
        ("symbol", b"x", mmapforge.FieldTypeError),
        ("symbol", "\udc80", mmapforge.TextError),
        ("price", "1.0", mmapforge.FieldTypeError),
        ("price", 10**400, mmapforge.FieldRangeError),
        ("timestamp", -1, mmapforge.FieldRangeError),
    ):
        with raises(kind, empty.path + ": extend: given row 4 (the first is 0), field " + name,
                    "; nothing was appended", field=name, row=4):  # fmt: skip
            empty.extend({**COLUMNS, name: COLUMNS[name][:4] + [bad] + COLUMNS[name][5:]})
        assert len(empty) == 0


def test_wrong_columns(empty):
    with raises(mmapforge.ArgumentError, empty.path, "length", "price has 5", "volume has 6"):
        empty.extend({**COLUMNS, "price": COLUMNS["price"][:5]})
    with raises(mmapforge.FieldNameError, "'prise'", "did you mean 'price'?", field="prise"):
        empty.extend(**COLUMNS, prise=[1])
    with raises(mmapforge.FieldNameError, "volume, timestamp", field="volume"):
        empty.extend(symbol=["x"], price=[1.0])
    with raises(mmapforge.FieldNameError, "symbol"):
        empty.extend({})
    with raises(mmapforge.FieldTypeError, empty.path):
        empty.extend()
    with raises(mmapforge.FieldTypeError, "not both"):
        empty.extend([tick(1)], price=[1.0])
    for wrong in ({1.0: 1, 2.0: 2}, {1.0, 2.0}, frozenset([1.0])):
        with raises(mmapforge.FieldTypeError, "order", field="price"):
            empty.extend({**COLUMNS, "price": wrong})
    for wrong in ([[1.0]] * 6, [[1.0], [1.0, 2.0]] * 3, ["a"] * 6, "abcdef", b"abcdef", None, object()):
        with raises(mmapforge.FieldTypeError, field="price"):
            empty.extend({**COLUMNS, "price": wrong})
    for wrong in ([["a"]] * 6, [1] * 6, 1, None):
        with raises(mmapforge.FieldTypeError, field="symbol"):
            empty.extend({**COLUMNS, "symbol": wrong})
    assert len(empty) == 0


def test_a_column_that_raises(empty):
    def broken():
        yield 1.0
        raise ZeroDivisionError

    for name in COLUMNS:
        with pytest.raises(ZeroDivisionError):
            empty.extend({**COLUMNS, name: broken()})
    assert len(empty) == 0


# ---- Rows ----


@pytest.mark.parametrize("shape", [dict, lambda t: Tick(**t), lambda t: tuple(t.values()),
                                   lambda t: list(t.values())])  # fmt: skip
@pytest.mark.parametrize("count", [1, 1023, 1024, 1025, 3000])
def test_rows(empty, shape, count):
    expected = [tick(i) for i in range(count)]
    assert empty.extend([shape(t) for t in expected]) == count
    assert empty.extend(shape(t) for t in expected) == count
    assert rows(empty) == expected * 2


def test_rows_of_mixed_shapes(empty):
    assert empty.extend([tick(0), Tick(**tick(1)), tuple(tick(2).values())]) == 3
    assert rows(empty) == TICKS[:3]


# What a message says after that many records.
APPENDED = {0: "nothing was appended", 1: "extend appended 1 record"}


@pytest.mark.parametrize("at", [0, 1, 1023, 1024, 2500])
def test_rows_before_a_bad_one(empty, at):
    good = [tick(i) for i in range(at)]
    for bad, kind, part in (
        ({**tick(0), "price": "x"}, mmapforge.FieldTypeError, "price"),
        (tuple({**tick(0), "timestamp": -1}.values()), mmapforge.FieldRangeError, "timestamp"),
        ((1, 2), mmapforge.FieldTypeError, "2 values"),
        ({"symbol": "x"}, mmapforge.FieldNameError, "volume"),
        (3, mmapforge.FieldTypeError, "int"),
    ):
        before = len(empty)
        said = APPENDED.get(at, "extend appended %d records" % at)
        with raises(kind, "%s: extend: given row %d (the first is 0)" % (empty.path, at), part, "; " + said, row=at):
            empty.extend(itertools.chain(good, [bad], [tick(0)]))
        assert rows(empty)[before:] == good


class Boom(Exception):
    pass


@pytest.mark.parametrize("kind", [Boom, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("at", [0, 1, 5, 1500])
def test_an_iterable_that_raises(empty, at, kind):
    """All that it yielded before is appended, and the exception says so in a note."""

    def broken():
        yield from (tick(i) for i in range(at))
        raise kind("here")

    with pytest.raises(kind) as raised:
        empty.extend(broken())
    assert str(raised.value) == "here"
    assert rows(empty) == [tick(i) for i in range(at)]
    said = APPENDED.get(at, "extend appended %d records" % at)
    assert raised.value.__notes__ == ["%s: %s" % (empty.path, said)]


def test_an_iterable_that_raises_when_there_is_no_room(path):
    """An interrupt stays an interrupt; another exception becomes the context of that of the store."""

    def broken(kind):
        yield from (tick(i) for i in range(5))
        raise kind("here")

    with TickStore.create(path, capacity=1, reserve=4096) as store:
        most = store.info().capacity_max
        store.extend(tick(i) for i in range(most))
        with pytest.raises(KeyboardInterrupt) as raised:
            store.extend(broken(KeyboardInterrupt))
        assert str(raised.value) == "here"
        why, said = raised.value.__notes__
        assert why.startswith(path) and "reserve" in why
        assert said == path + ": nothing was appended"
        with raises(mmapforge.CapacityError, path, "reserve", "; nothing was appended") as raised:
            store.extend(broken(Boom))
        assert type(raised.value.__cause__) is Boom
        assert len(store) == most


def test_an_iterable_that_closes_the_store(path):
    def closing():
        yield tick(0)
        store.close()
        raise KeyboardInterrupt

    store = TickStore.create(path)
    with pytest.raises(KeyboardInterrupt) as raised:
        store.extend(closing())
    assert "closed" in raised.value.__notes__[0]
    assert "nothing was appended" in raised.value.__notes__[1]


@pytest.mark.parametrize("wrong", [3, object(), 1.5, True])
def test_what_cannot_be_iterated(empty, wrong):
    with raises(mmapforge.FieldTypeError, empty.path, type(wrong).__name__, "iterable"):
        empty.extend(wrong)


def test_strings_are_not_rows(empty):
    for wrong in ("abcd", b"abcd"):
        with pytest.raises(mmapforge.FieldTypeError):
            empty.extend(wrong)
    assert len(empty) == 0


# ---- Stores ----


def test_a_store_extends_another(path, tmp_path):
    count = 2500
    with TickStore.open(schemas.fill(path, count)) as source:
        with TickStore.create(tmp_path / "copy.mmf") as store:
            assert store.extend(source) == count
            assert store.extend(source[10:20]) == 10
            assert store.extend(source[20:10:-1]) == 10
            assert store.extend(source[::1000]) == 3
            with mmapforge.open(path) as any_store:
                assert store.extend(any_store) == count
            expected = [tick(i) for i in [*range(count), *range(10, 20), *range(20, 10, -1), 0, 1000, 2000,
                                          *range(count)]]  # fmt: skip
            assert rows(store) == expected


def test_a_store_extends_itself(writer):
    before = rows(writer)
    assert writer.extend(writer) == 10
    assert writer.extend(writer[:3]) == 3
    assert writer.extend(iter(writer)) == 23
    assert writer.extend(record for record in writer[::2]) == 23
    assert rows(writer)[:20] == before * 2
    assert len(writer) == 69


def test_a_store_of_another_layout(path, tmp_path):
    text = "record Short version 1 {\n  volume: float32;\n  timestamp: uint8;\n  symbol: string[3];\n" \
           "  price: float64;\n}\n"  # fmt: skip
    _, short = mmapforge.define("short", text)
    with TickStore.open(schemas.fill(path, 300)) as source, short.create(tmp_path / "s.mmf") as store:
        assert store.extend(source[:200]) == 200
        with raises(mmapforge.FieldRangeError, "; extend appended 256 records", field="timestamp", row=256):
            store.extend(source)
        assert rows(store)[200:] == [dict(zip(("volume", "timestamp", "symbol", "price"), (
            t["volume"], t["timestamp"], t["symbol"], t["price"]))) for t in map(tick, range(256))]  # fmt: skip
        with QuoteStore.create(tmp_path / "q.mmf") as quotes:
            quotes.append((1.0, 2.0))
            with pytest.raises(mmapforge.FieldNameError):
                store.extend(quotes)


def test_a_closed_source(path, empty, tmp_path):
    source = TickStore.open(schemas.fill(str(tmp_path / "other.mmf"), 3))
    view = source[:]
    source.close()
    for closed in (source, view):
        with raises(mmapforge.ClosedError, source.path):
            empty.extend(closed)
    assert len(empty) == 0


# ---- Room ----


def test_growth_in_the_middle(path):
    with TickStore.create(path, capacity=1) as store, TickStore.open(path) as reader:
        count = store.capacity * 3 + 5
        assert store.extend(tick(i) for i in range(count)) == count
        many = {"symbol": "A", "price": [float(i) for i in range(300_000)], "volume": 1.0, "timestamp": 2}
        assert store.extend(many) == 300_000
        assert len(reader) == count + 300_000
        assert reader[count - 1]._asdict() == tick(count - 1)
        assert reader[-1] == Tick("A", 299_999.0, 1.0, 2)
        assert reader[count:].sum("price") == 299_999 * 300_000 / 2


def test_the_reserve_is_used_up(path):
    with TickStore.create(path, reserve=1 << 20) as store:
        most = store.info().capacity_max
        many = [float(i) for i in range(most + 1)]
        with raises(mmapforge.CapacityError, path, "reserve", status="MMF_ERR_CAPACITY"):
            store.extend(symbol="A", price=many, volume=1.0, timestamp=2)
        assert len(store) == 0
        with raises(mmapforge.CapacityError, path, "; extend appended "):
            store.extend(tick(i) for i in range(most + 1))
        there = len(store)
        assert most - 1024 <= there <= most
        assert rows(store) == [tick(i) for i in range(there)]
        with raises(mmapforge.CapacityError, " appended"):
            while True:
                store.extend(store)


def test_read_only(reader):
    for call in (lambda: reader.extend([tick(1)]), lambda: reader.extend(**COLUMNS),
                 lambda: reader.extend(reader), lambda: reader.append(tick(1))):  # fmt: skip
        with raises(mmapforge.ReadOnlyError, reader.path, "r+"):
            call()


# ---- A file of another version of the schema ----


def test_columns_into_a_file_of_another_version(path):
    _, old = mmapforge.define(__name__, "record Part version 1 {\n  a: int32;\n  text: string[8];\n}\n")
    text = "record Part version 2 {\n  more: float64 = 2.5 @since(2);\n  text: string[8];\n  a: int32;\n}\n"
    _, new = mmapforge.define(__name__, text)
    with old.create(path) as store:
        store.append(a=7, text="seven")
    with new.open(path, "r+") as store:
        assert store.extend(a=[1, 2, 3], text=["x", "yy", ""]) == 3
        assert [tuple(record) for record in store] == [(2.5, "seven", 7), (2.5, "x", 1), (2.5, "yy", 2), (2.5, "", 3)]
    with old.open(path) as store:
        assert [tuple(record) for record in store] == [(7, "seven"), (1, "x"), (2, "yy"), (3, "")]
