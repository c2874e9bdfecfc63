"""A store as a sequence of records: rows, slices, loops, and assignment to fields of records."""

import copy
import operator
import os
import pickle
import signal

import mmapforge
import pytest
import schemas
from schemas import Every, Quote, Tick, TickStore, raises, tick

BIG = 1 << 70


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


# ---- Rows ----


def test_rows(reader):
    assert len(reader) == 10 and reader
    for i in range(-10, 10):
        expected = tick(i % 10)
        assert reader[i]._asdict() == expected
        assert reader.get(i) == reader[i]
        assert reader[i, "price"] == reader.get(i, "price") == reader.get_price(i) == expected["price"]
        assert reader[i, "symbol"] == reader.get_symbol(i) == expected["symbol"]
    assert reader[Index(3)].timestamp == 3
    assert reader[True].timestamp == 1
    assert reader.get_price(Index(-1)) == reader.get_price(True) * 9


@pytest.mark.parametrize("row", [10, -11, 2**31, -(2**31), 2**63 - 1, -(2**63), 2**64, BIG, -BIG])
def test_there_is_no_such_row(reader, writer_of, row):
    calls = [
        lambda s: s[row],
        lambda s: s[row, "price"],
        lambda s: s.get(row),
        lambda s: s.get_price(row),
        lambda s: s.get_timestamp(row),
        lambda s: s.get_symbol(row),
        lambda s: s[:][row],
    ]
    for call in calls:
        with raises(mmapforge.RowError, reader.path, "of 10", "-10 to 9", row=row,
                    status="MMF_ERR_RANGE") as raised:  # fmt: skip
            call(reader)
        assert isinstance(raised.value, IndexError)
    store = writer_of()
    for call in [
        lambda s: s.set_price(row, 1.0),
        lambda s: s.set_timestamp(row, 1),
        lambda s: s.set_symbol(row, "x"),
        lambda s: s.set(row, tick(1)),
        lambda s: s.set(row, price=1.0),
        lambda s: s.__setitem__(row, tick(1)),
        lambda s: s.__setitem__((row, "price"), 1.0),
    ]:
        with raises(mmapforge.RowError, store.path, row=row):
            call(store)
    assert [record._asdict() for record in store] == [tick(i) for i in range(10)]


@pytest.fixture
def writer_of(tmp_path):
    stores = []

    def make():
        stores.append(TickStore.open(schemas.fill(str(tmp_path / "written.mmf"), 10), "r+"))
        return stores[0]

    yield make
    for store in stores:
        store.close()


def test_rows_of_an_empty_store(path):
    with TickStore.create(path) as store:
        for row in (0, -1):
            with raises(mmapforge.RowError, "no rows", row=row):
                store[row]
        assert list(store) == list(reversed(store)) == list(store[:]) == []
        assert len(store.snapshot()) == 0
        assert not store


@pytest.mark.parametrize("row", [1.0, "1", None, 1j, [1], b"1", slice(1)])
def test_rows_are_integers(writer, row):
    calls = [
        lambda: writer.get(row),
        lambda: writer.get_price(row),
        lambda: writer.get_timestamp(row),
        lambda: writer.get_symbol(row),
        lambda: writer[row, "price"],
        lambda: writer.set(row, price=1.0),
        lambda: writer.set_price(row, 1.0),
        lambda: writer.set_symbol(row, "x"),
        lambda: writer.__setitem__((row, "price"), 1.0),
    ]
    if not isinstance(row, slice):
        calls += [lambda: writer[row], lambda: writer[:][row], lambda: writer.__setitem__(row, tick(1))]
    for call in calls:
        with raises(mmapforge.FieldTypeError, writer.path, type(row).__name__) as raised:
            call()
        assert isinstance(raised.value, TypeError)


def test_rows_of_numpy(writer):
    numpy = pytest.importorskip("numpy")
    for kind in (numpy.int8, numpy.uint64, numpy.intp):
        assert writer[kind(3)].timestamp == writer.get_timestamp(kind(3)) == 3
        writer.set_price(kind(3), 4.0)
        assert writer[kind(3), "price"] == 4.0
    for wrong in (numpy.float32(1.5), numpy.float64(1), numpy.array([1, 2]), numpy.str_("1")):
        for call in (lambda: writer[wrong], lambda: writer.get_price(wrong),
                     lambda: writer.set_price(wrong, 1.0)):  # fmt: skip
            with pytest.raises(mmapforge.FieldTypeError):
                call()


@pytest.mark.parametrize("key", [(), (1,), (1, "price", 2)])
def test_keys_are_pairs(writer, key):
    with raises(mmapforge.FieldTypeError, writer.path, len(key)):
        writer[key]
    with raises(mmapforge.FieldTypeError, writer.path, len(key)):
        writer[key] = 1.0


@pytest.mark.parametrize("name", ["prise", "", "PRICE", "_v_price", 3, None, ["price"], "é"])
def test_there_is_no_such_field(writer, name):
    calls = [
        lambda: writer.__setitem__((0, name), 1.0),
        lambda: writer.columns[name],
        lambda: writer.columns.lengths(name),
        lambda: writer.columns.writable(name),
        lambda: writer.sum(name),
        lambda: list(writer.tuples(name)),
        lambda: writer[0, name],
    ]
    for call in calls:
        with raises(mmapforge.FieldNameError, writer.path, repr(name), "symbol") as raised:
            call()
        assert isinstance(raised.value, KeyError)
    if isinstance(name, str):
        assert name not in writer.columns
        with raises(mmapforge.FieldNameError, repr(name), field=name):
            writer.set(0, **{name: 1.0})


# ---- Slices ----

SLICES = [
    slice(None), slice(2, 5), slice(-3, None), slice(None, -3), slice(5, 2), slice(100, 200), slice(-100, 3),
    slice(None, None, 2), slice(1, 8, 3), slice(None, None, -1), slice(8, 1, -3), slice(9, None, -20),
    slice(0, BIG), slice(-BIG, BIG, BIG), slice(None, None, 11), slice(0, 0),
]  # fmt: skip


@pytest.mark.parametrize("key", SLICES, ids=str)
def test_slices_are_those_of_a_list(reader, key):
    whole = list(reader)
    view, expected = reader[key], whole[key]
    assert len(view) == len(expected)
    assert list(view) == expected
    assert list(reversed(view)) == expected[::-1]
    assert [view[i] for i in range(-len(view), len(view))] == expected * 2
    assert [tuple(row) for row in view] == list(view.tuples())
    assert list(view.tuples("volume", "symbol")) == [(r.volume, r.symbol) for r in expected]
    for inner in SLICES:
        assert list(view[inner]) == expected[inner]
        assert list(view[inner][::-2]) == expected[inner][::-2]
    snapshot = view.snapshot()
    assert [int(t) for t in snapshot["timestamp"]] == [r.timestamp for r in expected]
    assert [s.decode() for s in snapshot["symbol"]] == [r.symbol for r in expected]


def test_slices_are_lazy(path):
    with TickStore.create(path) as store:
        store.extend([tick(i) for i in range(4)])
        view, last = store[1:], store[-2:]
        store.append(tick(4))
        assert len(view) == 3 and len(store[1:]) == 4
        store.set_price(3, 99.0)
        assert view[-1].price == last[1].price == 99.0
        assert [record.timestamp for record in view] == [1, 2, 3]


def test_slices_must_be_of_integers(reader):
    for key in (slice("a"), slice(1.5), slice(0, 5, "x")):
        with pytest.raises(TypeError):
            reader[key]
    with pytest.raises(ValueError):
        reader[::0]
    with raises(mmapforge.RowError, "of 2", row=2):
        reader[3:5][2]


def test_rows_are_not_assigned_by_slices(writer):
    with raises(mmapforge.FieldTypeError, "one by one"):
        writer[1:3] = [tick(1), tick(2)]


# ---- Loops ----


def test_loops(path):
    count = 5000  # more than a chunk
    with TickStore.open(schemas.fill(path, count)) as store:
        assert [record._row for record in store] == list(range(count))
        assert [record._asdict() for record in store] == [tick(i) for i in range(count)]
        assert [record.timestamp for record in reversed(store)] == list(range(count))[::-1]
        assert list(store.tuples("timestamp")) == [(i,) for i in range(count)]
        assert list(store.tuples("price", "price", start=-2)) == [(tick(i)["price"],) * 2 for i in
                                                                  (count - 2, count - 1)]  # fmt: skip
        assert len(list(store.tuples(start=10, stop=20))) == 10
        assert [r.timestamp for r in store[1500:4000:7]] == list(range(1500, 4000, 7))
        assert Tick(**tick(4999)) in store
        assert Tick(**tick(5000)) not in store


def test_a_loop_ends_where_the_store_ended_when_it_began(path):
    with TickStore.create(path) as store:
        store.extend([tick(i) for i in range(3)])
        seen = 0
        for record in store:
            store.append(record)
            seen += 1
        assert (seen, len(store)) == (3, 6)


def test_two_loops_at_once(reader):
    assert [(a.timestamp, b.timestamp) for a in reader for b in reader] == [
        (a, b) for a in range(10) for b in range(10)
    ]


def test_wait_and_follow_end_with_the_writer(path):
    with TickStore.create(path) as store:
        store.extend([tick(i) for i in range(3)])
        with mmapforge.open(path) as reader:
            with pytest.raises(mmapforge.WaitTimeoutError):
                reader.wait(3, 0, until_closed=True)
    with mmapforge.open(path) as reader:
        assert reader.wait(2, until_closed=True) == 3
        assert [r.timestamp for r in reader.follow(1, until_closed=True)] == [1, 2]
        with raises(mmapforge.EndedError, path, "the last writer has closed the file", status="MMF_ERR_ENDED"):
            reader.wait(3, until_closed=True)
        with pytest.raises(mmapforge.WaitTimeoutError):
            reader.wait(3, 0)
    child = os.fork()
    if child == 0:
        store = TickStore.open(path, "r+")
        store.append(tick(3))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    with mmapforge.open(path) as reader:
        coming = reader.follow(2, until_closed=True)
        assert [next(coming).timestamp, next(coming).timestamp] == [2, 3]
        with raises(mmapforge.WriterDiedError, path, "killed", status="MMF_ERR_WRITER_DIED"):
            next(coming)


def test_wait_and_follow(path):
    with TickStore.create(path) as store:
        store.extend([tick(i) for i in range(3)])
        assert store.wait(0) == store.wait(2, 0) == 3
        for timeout in (0, 0.001, -0.0, True):
            with raises(mmapforge.WaitTimeoutError, path, "3 records", status="MMF_ERR_TIMEOUT") as raised:
                store.wait(3, timeout)
            assert isinstance(raised.value, TimeoutError)
        for wrong in (-1, -1e-9, float("inf"), float("-inf"), float("nan")):
            said = "timeout is %s, expected seconds from 0 on, or None" % float(wrong)
            with raises(mmapforge.ArgumentError, path + ": wait: " + said):
                store.wait(2, wrong)
            with raises(mmapforge.ArgumentError, path + ": follow: " + said) as raised:
                next(store.follow(0, wrong))
            assert isinstance(raised.value, ValueError)
        with raises(mmapforge.ArgumentTypeError, "wait: timeout"):
            store.wait(2, 10**400)
        for count in (-1, 1 << 64, BIG):
            with raises(mmapforge.ArgumentError, "count", count):
                store.wait(count, 0)
        for wrong in ("1", 1.5, None):
            with pytest.raises(TypeError):
                store.wait(wrong, 0)
        assert [r.timestamp for r in store.follow(1, timeout=0)] == [1, 2]
        assert [r.timestamp for r in store.follow(-1, timeout=0)] == [2]
        assert [r.timestamp for r in store.follow(-9, timeout=0)] == [0, 1, 2]
        assert list(store.follow(timeout=0)) == list(store.follow(7, timeout=0)) == []
        coming = store.follow(2, timeout=0)
        assert next(coming).timestamp == 2
        store.extend([tick(3), tick(4)])
        assert [r.timestamp for r in coming] == [3, 4]


# ---- Records ----


def test_a_record_is_a_copy(writer):
    record = writer[2]
    writer.set(2, tick(7))
    assert record == Tick(**tick(2)) and writer[2] == Tick(**tick(7))


def test_a_record_is_made_by_position_or_name():
    made = Tick("A", 1.0, 2.0, 3)
    assert made == Tick(symbol="A", price=1.0, volume=2.0, timestamp=3) == Tick("A", 1.0, timestamp=3, volume=2.0)
    assert made != Tick("A", 1.0, 2.0, 4)
    assert made != ("A", 1.0, 2.0, 3) and made != Quote(1.0, 2.0)
    symbol, price, *rest = made
    assert (symbol, price, rest) == ("A", 1.0, [2.0, 3])
    assert made._asdict() == {"symbol": "A", "price": 1.0, "volume": 2.0, "timestamp": 3}
    assert list(made._asdict()) == list(Tick._fields) == ["symbol", "price", "volume", "timestamp"]
    assert repr(made) == "Tick(symbol='A', price=1.0, volume=2.0, timestamp=3)"
    assert eval(repr(made)) == made
    made.price = 5.0
    assert made.price == 5.0
    for wrong in ((), ("A",), ("A", 1.0, 2.0, 3, 4)):
        with pytest.raises(TypeError):
            Tick(*wrong)
    with pytest.raises(TypeError):
        Tick("A", 1.0, 2.0, 3, prise=4)
    with pytest.raises(AttributeError):
        made.prise = 1.0
    with pytest.raises(TypeError):
        hash(made)


def test_records_are_pickled_and_copied_unbound(writer):
    with mmapforge.open(writer.path) as any_store:
        for record in (writer[3], Tick(**tick(3)), any_store[3]):
            for same in (pickle.loads(pickle.dumps(record)), copy.copy(record), copy.deepcopy(record)):
                assert same == record
                assert type(same) is type(record)
                same.price = -1.0
    assert writer[3].price == tick(3)["price"]


def test_assigning_writes_through(writer):
    record = writer[4]
    record.price = 8.5
    record.symbol = "NEW"
    record.timestamp = 2**64 - 1
    assert (writer[4].price, writer[4].symbol, writer[4].timestamp) == (8.5, "NEW", 2**64 - 1)
    assert writer[4].volume == tick(4)["volume"]
    writer[-1].price += 1.0
    assert writer[9, "price"] == tick(9)["price"] + 1.0
    for record in writer:
        record.volume = 0.0
    for record in writer[::3]:
        record.volume = 1.0
    assert writer.sum("volume") == 4.0
    with TickStore.open(writer.path) as reader:
        record = reader[0]
        with raises(mmapforge.ReadOnlyError, "r+", row=0, field="price"):
            record.price = 1.0
        assert record.price == 0.0


def test_a_record_holds_what_its_field_holds(every):
    every.append(schemas.ZERO)
    record = every[0]
    record.ratio = 0.1
    record.flag = 1
    record.digest = bytearray(b"ab")
    record.price = 7
    record.tiny = True
    for one in (record, every[0]):
        assert one.ratio == 0.10000000149011612  # the nearest float32
        assert one.flag is True
        assert type(one.digest) is bytes and one.digest == b"ab"
        assert type(one.price) is float
        assert type(one.tiny) is int
    for name, wrong, kind in (
        ("octet", 256, mmapforge.FieldRangeError),
        ("ratio", "x", mmapforge.FieldTypeError),
        ("name", "12345678", mmapforge.TooLongError),
    ):
        before = getattr(record, name)
        with raises(kind, every.path, field=name, row=0):
            setattr(record, name, wrong)
        assert getattr(record, name) == before == getattr(every[0], name)


def test_set(writer):
    writer.set(1, tick(20))
    writer.set(-8, Tick(**tick(30)))
    writer.set(3, tuple(tick(40).values()))
    writer.set(4, list(tick(50).values()))
    writer.set(5, **tick(60))
    writer.set(6, price=-1.0, symbol="six")
    writer[7] = tick(70)
    writer[8, "symbol"] = "eight"
    found = {record._row: record._asdict() for record in writer}
    for row in range(1, 6):
        assert found[row] == tick((row + 1) * 10)
    assert found[6] == {**tick(6), "price": -1.0, "symbol": "six"}
    assert found[7] == tick(70)
    assert found[8] == {**tick(8), "symbol": "eight"}
    assert found[0] == tick(0) and found[9] == tick(9)


def test_set_is_all_or_nothing(writer):
    before = writer[0]
    for kind, fields, name in (
        (mmapforge.FieldTypeError, {"price": 9.0, "volume": "x"}, "volume"),
        (mmapforge.TooLongError, {"price": 9.0, "symbol": "x" * 9}, "symbol"),
        (mmapforge.FieldRangeError, {**tick(1), "timestamp": -1}, "timestamp"),
    ):
        with raises(kind, writer.path, field=name, row=0):
            writer.set(0, **fields)
    with raises(mmapforge.FieldNameError, "'prise'", "'price'", field="prise"):
        writer.set(0, prise=1.0)
    with raises(mmapforge.FieldNameError, "volume", "timestamp"):
        writer[0] = {"symbol": "x", "price": 1.0}
    for call in (lambda: writer.set(0), lambda: writer.set(0, tick(1), price=1.0),
                 lambda: writer.set(0, (1, 2)), lambda: writer.set(0, "abcd")):  # fmt: skip
        with raises(mmapforge.FieldTypeError, writer.path):
            call()
    assert writer[0] == before


def test_a_field_may_be_named_as_the_methods_are(path):
    text = "record Odd version 1 {\n  field: int32;\n  get: int32;\n  row: int32;\n  self: int32;\n}\n"
    Odd, OddStore = mmapforge.define("odd", text)
    with OddStore.create(path) as store:
        assert store.append(field=1, get=2, row=3, self=4) == 0
        assert store.extend(field=[5], get=[6], row=[7], self=[8]) == 1
        assert store.set(1, field=9, row=10, self=11) is None
        record = store[0]
        record.field = 12
        store[0, "self"] = 13
        assert [tuple(r) for r in store] == [(12, 2, 3, 13), (9, 6, 10, 11)]
        assert Odd(1, 2, 3, self=4) == Odd(field=1, get=2, row=3, self=4)


def test_names_that_only_another_language_allows(path):
    names = ["class", "None", "class_", "lambda"]
    fields = "".join("  %s: int32;\n" % name for name in names)
    _, store_class = mmapforge.define("words", "record Words version 1 {\n%s}\n" % fields)
    with store_class.create(path) as store:
        store.append(dict(zip(names, range(4))))
        store.append((4, 5, 6, 7))
    with mmapforge.open(path, "r+") as store:
        assert [list(record) for record in store] == [[0, 1, 2, 3], [4, 5, 6, 7]]
        assert getattr(store[0], "class") == 0
        setattr(store[0], "lambda", 9)
        assert store[0]._asdict() == {"class": 0, "None": 1, "class_": 2, "lambda": 9}


def test_many_fields_and_one(path, tmp_path):
    names = ["f%d" % i for i in range(1024)]
    fields = "".join("  %s: uint8;\n" % name for name in names)
    _, store_class = mmapforge.define("wide", "record Wide version 1 {\n%s}\n" % fields)
    with store_class.create(path) as store:
        store.append({name: i % 256 for i, name in enumerate(names)})
        store.extend([[7] * 1024, tuple(range(256)) * 4])
        store.extend({name: [1, 2] for name in names})
        assert [sum(record) for record in store][:2] == [sum(range(256)) * 4, 7 * 1024]
        store[0].f1000 = 5
        assert store[0, "f1000"] == 5
        assert len(store) == 5
    _, store_class = mmapforge.define("one", "record One version 1 {\n  x: int16;\n}\n")
    with store_class.create(tmp_path / "one.mmf") as store:
        store.append((3,))
        store.append({"x": 4})
        store.append(x=5)
        store.extend([(6,), {"x": 7}, store[0]])
        store.extend(x=[8])
        assert list(store.tuples()) == [(i,) for i in (3, 4, 5, 6, 7, 3, 8)]
        assert [list(record) for record in store[:2]] == [[3], [4]]


def test_schemas(path):
    schema = TickStore.schema
    assert (schema.name, schema.version, schema.record_size) == ("Tick", 1, 48)
    assert str(schema) == schemas.TICK
    assert [field.name for field in schema] == list(schema.names)
    assert repr(schema.fields[0]) == "<Field symbol: string[8]>"
    assert schema == mmapforge.Schema(schemas.TICK)
    assert hash(schema) == hash(mmapforge.Schema(schemas.TICK))
    assert schema != schemas.QuoteStore.schema
    assert operator.eq(schema, 3) is False
    assert pickle.loads(pickle.dumps(schema)) == schema
    for wrong in ("", "record", "record X version 1 {\n}\n", schemas.TICK + "\n", schemas.TICK[:-2], "\0"):
        with pytest.raises(mmapforge.Error):
            mmapforge.Schema(wrong)
    assert Every._fields == tuple(schemas.ZERO)
