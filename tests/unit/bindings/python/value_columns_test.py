"""Columns, snapshots and extend with numpy, of enums, structs, arrays, time, decimals and nulls."""

import datetime
import decimal
import gc

import mmapforge
import numpy
import pytest
from schemas import BookStore, Level, Side, book, raises

Decimal = decimal.Decimal
COUNT = 20


@pytest.fixture
def books(path):
    with BookStore.create(path) as store:
        store.extend([book(i) for i in range(COUNT)])
        yield store
        gc.collect()


def values(store, name):
    return [value for (value,) in store.tuples(name)]


def same(store, first):
    """True if the rows from first on are those from 0 on."""
    return [list(r) for r in store[first:]] == [list(r) for r in store[: len(store) - first]]


# ---- Columns ----


@pytest.mark.parametrize("name, unit", [("at", "ns"), ("second", "s")])
def test_timestamps(books, name, unit):
    column = books.columns[name]
    assert column.dtype == numpy.dtype(f"M8[{unit}]") and not column.flags.writeable
    assert list(column) == values(books, name)
    assert column.max() == books.max(name)
    books.set(0, **{name: 5})
    assert column[0] == numpy.datetime64(5, unit)  # it is the memory of the file


def test_dates_are_a_copy(books):
    column = books.columns["day"]
    assert column.dtype == numpy.dtype("M8[D]") and column.tolist() == values(books, "day")
    books.set_day(0, 0)
    assert column[0] == numpy.datetime64("2024-01-01")
    assert books[::-3].columns["day"].tolist() == values(books, "day")[::-3]


def test_enums_and_decimals(books):
    assert books.columns["side"].tolist() == [int(side) for side in values(books, "side")]
    column = books.columns["fixed"]
    assert column.scale == column[3:].scale == 2
    assert [Decimal(int(units)).scaleb(-2) for units in column] == values(books, "fixed")


def test_arrays(books):
    column = books.columns["greeks"]
    assert column.shape == (COUNT, 4) and column.strides == (books.schema.record_size, 8)
    assert column.tolist() == [list(value) for value in values(books, "greeks")]
    assert books[::-2].columns["greeks"].tolist() == column[::-2].tolist()
    books.set_greeks(0, [9, 8, 7, 6])
    assert column[0].tolist() == [9, 8, 7, 6]
    assert books.columns["flags"].dtype == bool and books.columns["flags"][1].tolist() == [True, False, False]


def test_structs(books):
    column = books.columns["bids"]
    assert column.shape == (COUNT, 3)
    assert column["size"].tolist() == [[level.size for level in value] for value in values(books, "bids")]
    assert column["orders"].tolist() == [[level.orders for level in value] for value in values(books, "bids")]
    assert books.columns["note"]["by"]["price"].tolist() == list(range(COUNT))
    assert books.columns["note"]["text"][3] == b"n3"


@pytest.mark.parametrize("name", ["volume", "fee", "memo", "tags", "notes"])
def test_nullable_columns_are_masked(books, name):
    column = books.columns[name]
    assert isinstance(column, numpy.ma.MaskedArray) and len(column) == COUNT
    nulls = [value is None for value in values(books, name)]
    mask = numpy.ma.getmaskarray(column)
    if mask.dtype.names:
        mask = numpy.array([numpy.ma.flatten_mask(mask[i : i + 1]).all() for i in range(COUNT)])
    elif mask.ndim == 2:
        assert (mask.all(axis=1) == mask.any(axis=1)).all()
        mask = mask.all(axis=1)
    assert mask.tolist() == nulls
    if name == "volume":
        assert column.tolist() == values(books, name)
        assert column.sum() == sum(value for value in values(books, name) if value is not None)
    if name == "fee":
        assert column.data.scale == 4


def test_a_column_keeps_the_store_open(books):
    column = books.columns["bids"]
    with raises(mmapforge.ViewsAliveError, "columns['bids']"):
        books.close()
    del column


def test_writable_columns(books):
    books.columns.writable("at")[0] = numpy.datetime64(7, "ns")
    books.columns.writable("greeks")[0, 1] = 2.5
    gc.collect()
    assert books[0].at == numpy.datetime64(7, "ns") and books[0].greeks[1] == 2.5
    for name in ("side", "day", "fee", "note", "bids", "flags", "memo", "fixed", "tags"):
        with raises(mmapforge.FieldTypeError, "set it row by row", field=name):
            books.columns.writable(name)


def test_columns_of_no_rows(path):
    with BookStore.create(path) as store:
        for name in store.schema.names:
            assert len(store.columns[name]) == 0
        assert store.columns["bids"].shape == (0, 3)
        assert len(store.snapshot()) == 0 and store.snapshot().dtype == store.schema.dtype


# ---- Snapshots ----


def test_the_dtype(books):
    dtype = books.schema.dtype
    assert dtype.itemsize == books.schema.record_size
    assert dtype.names == (*books.schema.names, "_validity")
    assert dtype["at"] == numpy.dtype("M8[ns]") and dtype["greeks"] == numpy.dtype(("f8", (4,)))
    assert dtype["bids"].shape == (3,) and dtype["bids"].base.names == ("price", "size", "orders", "_validity")
    assert dtype["day"] == numpy.dtype("i4") and dtype["fee"] == numpy.dtype("i8") and dtype["side"] == numpy.dtype("u1")


def test_a_snapshot_is_masked(books):
    taken = books.snapshot()
    assert isinstance(taken, numpy.ma.MaskedArray) and len(taken) == COUNT
    assert taken["volume"].tolist() == values(books, "volume")
    assert taken["note"]["by"]["orders"].tolist() == [value.by.orders for value in values(books, "note")]
    assert taken["at"].tolist() == books.columns["at"].tolist()
    part = books.snapshot(3, 9)
    assert part["volume"].tolist() == values(books, "volume")[3:9]
    assert books[9:3:-2].snapshot()["volume"].tolist() == values(books, "volume")[9:3:-2]


def test_without_nullable_fields_it_is_not_masked(path):
    _, store_class = mmapforge.define(__name__, "record Day version 1 {\n  day: date;\n}\n")
    with store_class.create(path) as store:
        store.append(day=5)
        assert not isinstance(store.snapshot(), numpy.ma.MaskedArray)
        assert store.snapshot()["day"].tolist() == [5]
        assert store.extend(store.snapshot()) == 1 and same(store, 1)


# ---- Extend ----


def test_snapshots_go_back(books):
    assert books.extend(books.snapshot()) == COUNT and same(books, COUNT)
    assert books.extend(books.snapshot(0, COUNT).data) == COUNT and same(books, COUNT)


def test_rows_of_a_snapshot_go_back(books):
    rows = books.snapshot()
    for i, row in enumerate(rows):
        assert books.append(row) == COUNT + i
    assert same(books, COUNT)
    assert books.extend(rows[i] for i in range(COUNT)) == COUNT and same(books, 2 * COUNT)
    for name in ("note", "notes", "bids", "tags", "volume"):
        for i, value in enumerate(rows[name]):
            books.set(COUNT + (i + 1) % COUNT, **{name: value})
            assert books[COUNT + (i + 1) % COUNT, name] == books[i, name], name
    with raises(mmapforge.FieldNameError, "no field 'other'", field="other"):
        books.append(numpy.zeros(1, [("other", "i4")])[0])
    with raises(mmapforge.FieldTypeError, "field bids[1].size", "always has a value"):
        rows.mask["bids"]["size"][1, 1] = True
        books.append(rows[1])


def test_a_row_of_a_column_of_decimals_has_units(path):
    _, store_class = mmapforge.define(__name__, "record Two version 1 {\n  two: decimal(5,1)[2];\n  or_null: decimal(4,2)[2]?;\n}\n")
    with store_class.create(path) as store:
        store.append(two=["1.5", 2], or_null=["-0.25", 1])
        store.append(two=[0, 0])
        for name in ("two", "or_null"):
            store.set(1, **{name: store.columns[name][0]})
            assert store[1, name] == store[0, name]
        store.set(0, or_null=None)
        store.set(1, or_null=store.columns["or_null"][0])
        assert store[1].or_null is None
        store.set(1, two=numpy.array([3, 4]))
        assert store[1].two == (3, 4)
        gc.collect()


def test_nulls_of_bytes_go_back(path):
    _, store_class = mmapforge.define(__name__, "record Raw version 1 {\n  raw: bytes[3]?;\n  text: string[3]?;\n}\n")
    with store_class.create(path) as store:
        store.extend([(b"abc", None), (None, "x")])
        assert store.extend(store.snapshot()) == store.extend(dict(store[:2].columns)) == 2
        assert [tuple(record) for record in store] == [(b"abc", None), (None, "x")] * 3
        gc.collect()


def test_columns_go_back(books):
    assert books.extend(dict(books[:COUNT].columns)) == COUNT
    gc.collect()
    assert same(books, COUNT)


def given(**columns):
    """Columns of three books, some of them replaced."""
    return {**{name: [book(i)[name] for i in range(3)] for name in BookStore.schema.names}, **columns}


def written(books, **columns):
    """What extend has written of one column."""
    assert books.extend(given(**columns)) == 3
    (name,) = columns
    return [value for (value,) in books[-3:].tuples(name)]


@pytest.mark.parametrize("unit", ["D", "h", "m", "s", "ms", "us", "ns", "W", "M"])
def test_datetimes_of_every_unit(books, unit):
    moments = numpy.array(["1969-12-01", "1970-01-01", "2024-02-01"], f"M8[{unit}]")
    assert written(books, at=moments) == list(moments)
    assert written(books, second=moments[::-1]) == list(moments[::-1])
    assert written(books, day=moments) == moments.astype("M8[D]").tolist()
    assert written(books, at=moments.astype(moments.dtype.newbyteorder(">"))) == list(moments)


def test_datetimes_that_do_not_fit(books):
    moments = numpy.array([0, 1, 1001], "M8[ms]")
    with raises(mmapforge.FieldRangeError, "given row 1", "no whole number of seconds", field="second"):
        books.extend(given(second=moments))
    with raises(mmapforge.FieldRangeError, "given row 2", "no whole day", field="day"):
        books.extend(given(day=numpy.array([0, 86400000, 5], "M8[ms]")))
    with raises(mmapforge.FieldRangeError, "given row 0", "outside the range of timestamp[ns]", field="at"):
        books.extend(given(at=numpy.array([2**62, 1, 2], "M8[s]")))
    # numpy converts so many years to days that wrap around: to 1969-11-09.
    years = numpy.array([50505469855533109] * 3).astype("M8[Y]")
    for name in ("day", "second"):
        for many in (years, list(years), years.astype("M8[M]")):
            with raises(mmapforge.FieldRangeError, "given row 0", "outside the range of", field=name):
                books.extend(given(**{name: many}))
    for name in ("at", "day", "second"):
        with raises(mmapforge.FieldTypeError, "given row 1", "null", field=name):
            books.extend(given(**{name: numpy.array(["2024-01-01", "NaT", "2024-01-01"], "M8[D]")}))
    assert len(books) == COUNT


def test_integers(books):
    assert written(books, at=numpy.arange(3)) == [numpy.datetime64(i, "ns") for i in range(3)]
    assert written(books, day=numpy.arange(3, dtype="u1")) == [datetime.date(1970, 1, 1 + i) for i in range(3)]
    assert written(books, side=numpy.array([1, 2, 1])) == [Side.Buy, Side.Sell, Side.Buy]
    assert written(books, fixed=numpy.arange(3)) == [Decimal(i) for i in range(3)]
    assert written(books, volume=numpy.arange(3)) == [0, 1, 2]
    with raises(mmapforge.EnumError, "given row 2", "3 is no member", field="side"):
        books.extend(given(side=numpy.array([1, 2, 3])))
    with raises(mmapforge.FieldRangeError, "given row 1", "digits before the point", field="fixed"):
        books.extend(given(fixed=numpy.array([1, 1000, 2])))
    with raises(mmapforge.FieldTypeError, "given row 0", "Decimal(str(value))", field="fixed"):
        books.extend(given(fixed=numpy.array([1.0, 2.0, 3.0])))
    with raises(mmapforge.FieldRangeError, "given row 0", field="day"):
        books.extend(given(day=numpy.array([2**31, 1, 2])))


def test_a_column_of_decimals_has_units(books):
    assert written(books, fixed=books[4:7].columns["fixed"]) == [book(i)["fixed"] for i in (4, 5, 6)]
    gc.collect()


def test_masked_arrays(books):
    mask = [False, True, False]
    for made, name, expected in (
        (numpy.ma.array([1, 2, 3], mask=mask), "volume", [1, None, 3]),
        (numpy.ma.array([b"a", b"b", b"c"], mask=mask), "memo", ["a", None, "c"]),
        (numpy.ma.array([1, 2, 3], mask=mask), "fee", [Decimal(1), None, Decimal(3)]),
        (numpy.ma.array([[1] * 4] * 3, mask=[[False] * 4, [True] * 4, [False] * 4]), "tags",
         [(Side.Buy,) * 4, None, (Side.Buy,) * 4]),
    ):  # fmt: skip
        assert written(books, **{name: made}) == expected
    with raises(mmapforge.FieldTypeError, "given row 1", "null", field="side"):
        books.extend(given(side=numpy.ma.array([1, 2, 1], mask=mask)))
    with raises(mmapforge.FieldTypeError, "given row 1", field="tags[2]"):
        books.extend(given(tags=numpy.ma.array([[1] * 4] * 3, mask=[[0] * 4, [0, 0, 1, 0], [0] * 4])))


def test_two_dimensions(books):
    made = numpy.arange(12).reshape(3, 4)
    for one in (made, made.astype("f4"), made.astype("f8"), numpy.asfortranarray(made.astype("f8")), made.tolist(), list(made)):
        assert written(books, greeks=one) == [tuple(map(float, row)) for row in made.tolist()]
    with raises(mmapforge.FieldTypeError, "given row 0", "3 values, expected 4", field="greeks"):
        books.extend(given(greeks=made[:, :3]))
    with raises(mmapforge.FieldTypeError, "given row 0", field="greeks"):
        books.extend(given(greeks=numpy.arange(3.0)))


def test_structured_arrays(books):
    levels = numpy.array([(1, 2, 3), (4, 5, 6), (7, 8, 9)], [("price", "i8"), ("size", "u4"), ("orders", "u2")])
    found = written(books, bids=numpy.array([levels] * 3))
    # In the dtype of a struct, a decimal is a number of units.
    assert found == [tuple(Level(Decimal(p).scaleb(-4), s, o) for p, s, o in levels.tolist())] * 3


def test_a_structured_array_of_other_columns(books):
    dtype = [(name, books.schema.dtype[name]) for name in ("symbol", "at", "day", "bids", "greeks", "flags", "note",
                                                             "fixed")]  # fmt: skip
    rows = numpy.zeros(2, dtype)
    rows["note"]["kinds"] = 1
    rows["fixed"] = 125
    assert books.extend(rows) == 2
    assert str(books[-1].fixed) == "1.25"  # units, as in every structured array
    assert (books[-1].fee, books[-1].name, books[-1].day) == (Decimal("1.5000"), "abc", datetime.date(1970, 1, 1))


# ---- Structs as a whole ----

PAIR = """\
enum Kind : int8 {
  Low = -1;
  High = 1;
}
struct Inner {
  kind: Kind;
  when: timestamp[s]?;
}
struct Pair {
  cost: decimal(4,2);
  both: Inner[2];
  flag: bool;
  size: uint16?;
}
record Pairs version 1 {
  one: Pair;
  some: Pair?;
  many: Pair[2]?;
}
"""

Pairs, PairsStore = mmapforge.define(__name__, PAIR)
Kind, Inner, Pair = PairsStore.schema.types.values()


def pair(i):
    inner = (Inner(Kind(1), numpy.datetime64(i, "s")), Inner(Kind(-1), None))
    return Pair(Decimal(i).scaleb(-2), inner, i % 2 == 0, None if i % 3 == 0 else i)


@pytest.fixture
def pairs(path):
    with PairsStore.create(path) as store:
        for i in range(9):
            many = None if i % 4 == 0 else (pair(i), pair(i + 1))
            store.append(one=pair(i), some=None if i % 2 else pair(i), many=many)
        yield store
        gc.collect()


def test_columns_of_structs_go_back(pairs):
    assert pairs.extend(pairs.snapshot()) == 9 and same(pairs, 9)
    assert pairs.extend(dict(pairs[:9].columns)) == 9 and same(pairs, 9)
    # The same bytes, whichever way they were written.
    raw = [record.tobytes()[8:] for record in pairs.snapshot().data]
    assert raw[:9] == raw[9:18] == raw[18:]


@pytest.mark.parametrize("change, kind, place", [
    (lambda rows: rows["both"]["kind"].__setitem__((4, 1), 0), mmapforge.EnumError, "one.both[1].kind"),
    (lambda rows: rows["cost"].__setitem__(4, 10_000), mmapforge.FieldRangeError, "one.cost"),
    (lambda rows: rows["cost"].__setitem__(4, -10_000), mmapforge.FieldRangeError, "one.cost"),
])  # fmt: skip
def test_a_struct_with_a_wrong_member(pairs, change, kind, place):
    rows = numpy.array(numpy.ma.getdata(pairs.columns["one"]))
    change(rows)
    with raises(kind, "given row 4", "nothing was appended", field=place):
        pairs.extend(one=rows, some=None, many=None)
    # Where the struct is null, its bytes do not matter.
    some = numpy.ma.array(rows, mask=numpy.ma.make_mask_none(rows.shape, rows.dtype))
    some[4] = numpy.ma.masked
    assert pairs.extend(one=pairs[:9].columns["one"], some=some, many=None) == 9
    gc.collect()
    assert [record.some for record in pairs[9:]] == [None if i == 4 else pair(i) for i in range(9)]


def test_a_masked_member(pairs):
    column = pairs.columns["one"]
    mask = numpy.ma.getmaskarray(column).copy()
    mask["size"][2] = True
    given = numpy.ma.array(numpy.array(column.data), mask=mask)
    assert pairs.extend(one=given, some=None, many=None) == 9
    assert pairs[11].one == pair(2)._replace(size=None) and pairs[10].one == pair(1)
    mask["flag"][3] = True
    with raises(mmapforge.FieldTypeError, "given row 3", "a field always has a value", field="one.flag"):
        pairs.extend(one=numpy.ma.array(given.data, mask=mask), some=None, many=None)
    del column, given
