"""Appending one record: every accepted form, and the errors for others."""

import array
import collections
import types

import mmapforge
import pytest
import schemas
from schemas import Quote, Tick, TickStore, raises, tick

VALUES = tuple(tick(5).values())
Shape = collections.namedtuple("Shape", "symbol price volume timestamp")

SHAPES = {
    "record": Tick(*VALUES),
    "dict": tick(5),
    "dict in another order": dict(reversed(list(tick(5).items()))),
    "ordered dict": collections.OrderedDict(tick(5)),
    "mapping": types.MappingProxyType(tick(5)),
    "chain": collections.ChainMap(tick(5), {}),
    "tuple": VALUES,
    "named tuple": Shape(*VALUES),
    "list": list(VALUES),
    "deque": collections.deque(VALUES),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_shapes(writer, shape):
    assert writer.append(shape) == 10
    assert writer.extend([shape, shape]) == 2
    writer.set(0, shape)
    writer[1] = shape
    assert [writer[row] for row in (10, 11, 12, 0, 1)] == [Tick(*VALUES)] * 5
    assert len(writer) == 13


def test_one_shot_shapes(writer):
    assert writer.append(iter(VALUES)) == 10
    assert writer.append(value for value in VALUES) == 11
    assert writer.append(tick(5).values()) == 12
    assert writer.extend([iter(VALUES), tick(5).values()]) == 2
    assert list(writer[10:]) == [Tick(*VALUES)] * 5
    # The message counts the original items, not the remaining ones.
    for call in (lambda: writer.append(iter(VALUES[:2])), lambda: writer.extend([iter(VALUES[:2])])):
        with raises(mmapforge.FieldTypeError, "2 values", "expected 4", "symbol, price"):
            call()


def test_keywords(writer):
    assert writer.append(**tick(5)) == 10
    assert writer.append(timestamp=5, volume=15.0, price=7.5, symbol="S5") == 11
    assert writer[10] == writer[11] == Tick(*VALUES)


def test_records_of_other_stores(writer, tmp_path):
    """By names: from another module, in another order, from a file that is read."""
    text = "record Other version 9 {\n  timestamp: uint32;\n  symbol: string[20];\n" \
           "  volume: float32;\n  price: float64;\n}\n"  # fmt: skip
    Other, _ = mmapforge.define("other", text)
    assert writer.append(Other(5, "S5", 15.0, 7.5)) == 10
    writer.set(0, Other(5, "S5", 15.0, 7.5))
    assert writer[0] == writer[10] == Tick(*VALUES)
    with mmapforge.open(writer.path) as any_store:
        writer.append(any_store[0])
    assert writer[11] == writer[0]
    with raises(mmapforge.FieldNameError, "'bid'", "symbol, price", field="bid"):
        writer.append(Quote(1.0, 2.0))
    with raises(mmapforge.TooLongError, field="symbol"):
        writer.append(Other(5, "x" * 20, 1.0, 1.0))


def test_names(writer):
    for call, part in (
        (lambda: writer.append(), "append"),
        (lambda: writer.append({}), "append"),
        (lambda: writer.append(symbol="x"), "price, volume, timestamp"),
        (lambda: writer.append({"symbol": "x"}), "price, volume, timestamp"),
        (lambda: writer.append({**tick(1), "prise": 1.0}), "'prise'"),
        (lambda: writer.append(**{**tick(1), "prise": 1.0}), "did you mean 'price'?"),
        (lambda: writer.append({"Symbol": "x", "price": 1, "volume": 1, "timestamp": 1}), "'symbol'?"),
        (lambda: writer.append({1: "x", "price": 1, "volume": 1, "timestamp": 1}), "no field 1"),
        (lambda: writer.append(zebra=1), "the fields are symbol, price, volume, timestamp"),
    ):
        with raises(mmapforge.FieldNameError, writer.path, part) as raised:
            call()
        assert isinstance(raised.value, KeyError)
    assert len(writer) == 10


@pytest.mark.parametrize("wrong", [3, 1.5, "abcd", b"abcd", "", object(), True, {1, 2, 3, 4}, frozenset()])
def test_what_is_no_record(writer, wrong):
    for call in (writer.append, lambda one: writer.extend([one]), lambda one: writer.set(0, one)):
        with raises(mmapforge.FieldTypeError, writer.path, type(wrong).__name__, "Tick"):
            call(wrong)
    assert len(writer) == 10 and writer[0] == Tick(**tick(0))


@pytest.mark.parametrize("wrong", [(), (1,), VALUES[:3], VALUES + (1,), array.array("d", [1, 2]), range(9)])
def test_wrong_counts(writer, wrong):
    for call in (writer.append, lambda one: writer.extend([one]), lambda one: writer.set(0, one)):
        with raises(mmapforge.FieldTypeError, writer.path, "%d values" % len(wrong), "expected 4"):
            call(wrong)
    assert len(writer) == 10


def test_either_a_record_or_names(writer):
    with raises(mmapforge.FieldTypeError, "not both"):
        writer.append(tick(1), price=1.0)
    assert len(writer) == 10


def test_what_a_failed_append_leaves(writer):
    """The next append reuses the memory of the last one; bytes of a failed append must not appear."""
    with pytest.raises(mmapforge.TooLongError):
        writer.append(symbol="x" * 9, price=1.0, volume=1.0, timestamp=1)
    with pytest.raises(mmapforge.FieldRangeError):
        writer.append(symbol="12345678", price=9.0, volume=9.0, timestamp=-1)
    writer.append(symbol="", price=0.0, volume=0.0, timestamp=0)
    writer.append(symbol="12345678", price=9.0, volume=9.0, timestamp=9)
    writer.append(symbol="a", price=0.0, volume=0.0, timestamp=0)
    assert [tuple(r) for r in writer[10:]] == [
        ("", 0.0, 0.0, 0), ("12345678", 9.0, 9.0, 9), ("a", 0.0, 0.0, 0)
    ]  # fmt: skip
    writer.set_symbol(11, "b")
    # The bytes after a string in the file must be zero, because arrays show them.
    header_size = writer.info().header_size
    writer.close()
    with open(writer.path, "rb") as file:
        file.seek(header_size)
        assert b"2345678" not in file.read()


def test_growth(path):
    """A reader that was open before sees the file grow far beyond its first size."""
    with TickStore.create(path, capacity=1) as store, TickStore.open(path) as reader:
        first = store.capacity
        for i in range(first * 3 + 1):
            assert store.append(tick(i)) == i
        assert store.capacity > first
        assert len(reader) == len(store) == first * 3 + 1
        assert reader[-1] == store[-1] == Tick(**tick(first * 3))


def test_the_reserve_is_used_up(path):
    with TickStore.create(path, reserve=1 << 18) as store:
        most = store.info().capacity_max
        store.extend([tick(i) for i in range(most)])
        with raises(mmapforge.CapacityError, path, "reserve", status="MMF_ERR_CAPACITY") as raised:
            store.append(tick(0))
        assert isinstance(raised.value, MemoryError)
        assert len(store) == most
        store.set(most - 1, tick(0))
    with TickStore.open(path, "r+") as store:
        assert store.append(tick(1)) == most
