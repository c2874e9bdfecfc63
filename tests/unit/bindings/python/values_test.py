"""Enums, structs, arrays, time, decimals, nulls and defaults: what is written, read and refused."""

import copy
import datetime
import decimal
import enum
import pickle

import mmapforge
import pytest
import schemas
from schemas import Book, BookStore, Level, Note, Side, book, overwrite, raises, timestamp

Decimal = decimal.Decimal
UTC = datetime.timezone.utc


@pytest.fixture
def books(path):
    """Ten books, open for writing."""
    with BookStore.create(path) as store:
        for i in range(10):
            assert store.append(book(i)) == i
        yield store


def read(store, row, name):
    """The value of a field, which is the same in every way of reading it."""
    index = store.schema.names.index(name)
    found = getattr(store, "get_" + name)(row)
    others = [
        store[row, name],
        getattr(store[row], name),
        list(store[row])[index],
        getattr(list(store)[row], name),
        list(store.tuples(name))[row][0],
        next(store[row : row + 1].tuples())[index],
    ]
    for other in others:
        assert type(other) is type(found) and other == found
    return found


def write_ways(store):
    """Each way of writing one field of row 0."""
    return {
        "set_x": lambda name, value: getattr(store, "set_" + name)(0, value),
        "item": lambda name, value: store.__setitem__((0, name), value),
        "record": lambda name, value: setattr(store[0], name, value),
        "set": lambda name, value: store.set(0, **{name: value}),
        "two": lambda name, value: store.set(0, **{"symbol": "two", name: value}),
        "whole": lambda name, value: store.set(0, {**book(0), name: value}),
    }


@pytest.fixture(params=list(write_ways(None)))
def write(request, books):
    """Writes a field of row 0, returns what is read, and checks that the other rows stayed."""

    def call(name, value):
        write_ways(books)[request.param](name, value)
        assert list(books[1]) == list(book(1).values())
        return read(books, 0, name)

    call.store = books
    call.way = request.param
    return call


def refused(write, kind, name, value, *parts, field=None):
    before = list(write.store.tuples())
    with raises(kind, write.store.path, *parts, field=field or name, row=0):
        write(name, value)
    assert list(write.store.tuples()) == before


# ---- Records ----


def test_every_value_comes_back(books):
    for i in range(10):
        for name, value in book(i).items():
            found = read(books, i, name)
            assert type(found) is type(value) and found == value


def test_records_compare_copy_and_pickle(books):
    record = books[1]
    assert record == Book(**book(1)) and record != books[2]
    assert copy.copy(record) == copy.deepcopy(record) == pickle.loads(pickle.dumps(record)) == record
    assert "side=<Side.Sell: 2>" in repr(record) and "price=Decimal('0.0001')" in repr(record)
    assert "fee=Decimal('0.0001')" in repr(record) and "tags=None" in repr(record)
    assert Book.__match_args__ == BookStore.schema.names


def test_a_file_without_its_module(books):
    path = books.path
    books.close()
    with mmapforge.open(path) as store:
        record = store[2]
        assert record == BookStore.record(**book(2))
        assert isinstance(record.side, enum.IntEnum) and type(record.side) is not Side
        again = pickle.loads(pickle.dumps(record))
        assert again == record and type(again.note) is type(record.note) and type(again.side) is type(record.side)
        assert copy.deepcopy(record.note) == record.note
        # Records of one store are taken by the other.
        with BookStore.create(path + "2") as other:
            other.append(record)
            other.extend(store)
            assert [other[0], *other[1:]] == [record, *store]


def test_equal_definitions_of_files_are_one_class(tmp_path):
    text = "enum Kind : int8 {\n  A = -1;\n}\nrecord %s version 1 {\n  kind: Kind;\n}\n"
    classes = set()
    for name in ("One", "Two"):
        _, store_class = mmapforge.define("mmapforge", text % name)
        classes.add(store_class.schema.types["Kind"])
    assert len(classes) == 1


def test_rows_by_extend(books):
    for rows in ([book(i) for i in range(3)], [tuple(book(i).values()) for i in range(3)], books[:3], list(books[:3])):
        assert books.extend(rows) == 3
        assert [list(r) for r in books[-3:]] == [list(book(i).values()) for i in range(3)]


def test_columns_by_extend(books):
    columns = {name: [book(i)[name] for i in range(5)] for name in books.schema.names}
    assert books.extend(columns) == books.extend(**columns) == 5
    for start in (10, 15):
        assert [list(r) for r in books[start : start + 5]] == [list(book(i).values()) for i in range(5)]


def test_one_value_for_every_row(books):
    given = {name: book(1)[name] for name in ("symbol", "at", "day", "side", "note", "fee", "fixed", "second")}
    given.update(fee=None, memo=None, volume=7, side="Sell")
    given.update({name: [book(1)[name]] * 3 for name in ("bids", "greeks", "flags")})
    assert books.extend(given) == 3
    for record in books[-3:]:
        assert (record.note, record.fee, record.volume, record.side) == (book(1)["note"], None, 7, Side.Sell)
        assert (record.day, record.at, record.fixed) == (book(1)["day"], book(1)["at"], book(1)["fixed"])


# ---- Defaults ----

NEEDED = ("symbol", "at", "day", "bids", "greeks", "flags", "note")


def test_defaults(books):
    given = {name: book(1)[name] for name in NEEDED}
    expected = {
        "side": Side.Buy, "fee": Decimal("1.5000"), "memo": None, "notes": None, "tags": None, "volume": None,
        "ratio": 2.5, "low": -(2**63), "name": "abc", "flag": True, "fixed": Decimal("-0.05"),
        "second": timestamp(60, "s"),
    }  # fmt: skip
    books.append(given)
    books.append(**given)
    books.extend([given])
    books.extend({name: [value] for name, value in given.items()})
    for record in books[-4:]:
        assert {name: getattr(record, name) for name in expected} == expected
        assert str(record.fee) == "1.5000" and str(record.fixed) == "-0.05"
    for field in books.schema:
        assert field.is_optional == (field.name not in NEEDED)
        assert field.default == expected.get(field.name)


def test_a_field_without_default_is_needed(books):
    for call in (books.append, lambda given: books.append(**given), lambda given: books.extend([given]),
                 lambda given: books.extend({name: [value] for name, value in given.items()})):  # fmt: skip
        with raises(mmapforge.FieldNameError, "no value for day", "give every field", field="day"):
            call({name: book(1)[name] for name in NEEDED if name != "day"})
    with raises(mmapforge.FieldNameError, "'sise'", "did you mean 'side'"):
        books.append({**book(1), "sise": 1})


def test_a_struct_takes_defaults(books):
    books.set_note(0, {"text": "t", "by": {"price": 1, "size": 2}, "kinds": ["Buy", 2]})
    assert books[0].note == Note("t", Level(Decimal("1.0000"), 2, None), (Side.Buy, Side.Sell))


# ---- Enums ----


def test_enums(write):
    for value in (Side.Sell, 2, "Sell", True and 2):
        assert write("side", value) is Side.Sell
    assert write("side", enum.IntEnum("Other", {"B": 1}).B) is Side.Buy
    assert write("side", schemas.mmapforge._schema.schema_of(schemas.BOOK).types["Side"].Sell) is Side.Sell


def test_no_member(write):
    for value in (0, 3, 255, "Hold", "buy", ""):
        refused(write, mmapforge.EnumError, "side", value, "no member of Side", "Buy = 1, Sell = 2")
    with raises(mmapforge.EnumError, status="MMF_ERR_ENUM"):
        write("side", 3)
    other, _ = mmapforge.define(__name__, "enum Kind : uint8 {\n  Sell = 1;\n}\nrecord Other version 1 {\n  kind: Kind;\n}\n")
    kind = other._schema.types["Kind"]
    refused(write, mmapforge.EnumError, "side", kind.Sell, "Kind.Sell is no member of Side")
    for value in (256, -1):
        refused(write, mmapforge.FieldRangeError, "side", value, "0 to 255")
    for value in (None, 1.0, b"Buy", [1], {}):
        refused(write, mmapforge.FieldTypeError, "side", value, "a member of Side, its name or its number")


def test_a_value_in_the_file_that_no_member_has(books):
    books.close()
    overwrite(books.path, BookStore, 0, "side", b"\x07")
    with BookStore.open(books.path) as store:
        assert read(store, 0, "side") == 7 and type(store[0].side) is int


def test_the_class_of_an_enum():
    assert issubclass(Side, enum.IntEnum) and Side.__module__ == "schemas"
    assert [(m.name, m.value) for m in Side] == [("Buy", 1), ("Sell", 2)]
    assert Side.__doc__ == "Which side an order is on."
    assert BookStore.schema.by_name["side"].enum is Side


# ---- Timestamps ----


def test_timestamps(write):
    stamp = 1_700_000_000
    for value in (stamp, datetime.datetime.fromtimestamp(stamp, UTC),
                  datetime.datetime.fromtimestamp(stamp, datetime.timezone(datetime.timedelta(hours=5)))):  # fmt: skip
        assert write("second", value) == timestamp(stamp, "s")
    micro = datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, UTC)
    assert write("at", micro) == timestamp(-1000, "ns")
    assert write("at", 2**63 - 1) == timestamp(2**63 - 1, "ns")
    assert write("at", 1 - 2**63) == timestamp(1 - 2**63, "ns")


def test_timestamps_of_numpy(write):
    numpy = pytest.importorskip("numpy")
    day = numpy.datetime64("2024-02-29")
    for value in (day, day.astype("M8[s]"), day.astype("M8[ms]"), day.astype("M8[ns]"), day.astype("M8[h]")):
        for name, unit in (("at", "ns"), ("second", "s")):
            found = write(name, value)
            assert found == day and found.dtype == numpy.dtype(f"M8[{unit}]")
    assert write("at", numpy.datetime64("2024-03", "M")) == numpy.datetime64("2024-03-01")
    assert write("second", numpy.datetime64(3, "25s")) == numpy.datetime64(75, "s")
    refused(write, mmapforge.FieldRangeError, "second", numpy.datetime64(1, "ms"), "no whole number of seconds", "round")
    refused(write, mmapforge.FieldRangeError, "at", numpy.datetime64(2**62, "s"), "outside the range of timestamp[ns]")
    for value in (numpy.datetime64("NaT"), numpy.timedelta64(1, "s"), numpy.float64(1)):
        refused(write, mmapforge.FieldTypeError, "at", value, "timestamp[ns]")


def test_timestamps_refused(write):
    naive = datetime.datetime(2024, 1, 1)
    refused(write, mmapforge.FieldTypeError, "at", naive, "time zone", "replace(tzinfo=datetime.timezone.utc)")
    refused(write, mmapforge.FieldTypeError, "at", datetime.date(2024, 1, 1), "no time of day")
    refused(write, mmapforge.FieldTypeError, "at", "2024-01-01", "fromisoformat")
    refused(write, mmapforge.FieldTypeError, "at", None, "a field always has a value")
    refused(write, mmapforge.FieldTypeError, "at", 1.0, "round it")
    refused(write, mmapforge.FieldRangeError, "at", 2**63, "int64")
    # numpy's NaT has this number, so that it could not be read.
    refused(write, mmapforge.FieldRangeError, "at", -(2**63), "outside the range")
    late = datetime.datetime(9999, 1, 1, tzinfo=UTC)
    refused(write, mmapforge.FieldRangeError, "at", late, "use a larger unit")
    half = datetime.datetime(2024, 1, 1, 0, 0, 0, 500000, UTC)
    refused(write, mmapforge.FieldRangeError, "second", half, "no whole number of seconds")


# ---- Dates ----


def test_dates(write):
    for value in (datetime.date.min, datetime.date(1969, 12, 31), datetime.date(2024, 2, 29), datetime.date.max):
        assert write("day", value) == value
    assert write("day", 0) == datetime.date(1970, 1, 1)
    # Days that datetime.date does not have are read as their number.
    for days in (2**31 - 1, -(2**31), datetime.date.max.toordinal() - 719163 + 1):
        found = write("day", days)
        assert type(found) is int and found == days


def test_dates_of_numpy(write):
    numpy = pytest.importorskip("numpy")
    for value in (numpy.datetime64("2024-02-29"), numpy.datetime64("2024-02-29T00:00:00", "ns")):
        assert write("day", value) == datetime.date(2024, 2, 29)
    refused(write, mmapforge.FieldRangeError, "day", numpy.datetime64("2024-02-29T01"), "no whole day")
    refused(write, mmapforge.FieldTypeError, "day", numpy.datetime64("NaT"), "date")


def test_dates_refused(write):
    moment = datetime.datetime(2024, 1, 1, tzinfo=UTC)
    refused(write, mmapforge.FieldTypeError, "day", moment, "value.date()")
    for value in (None, "2024-01-01", 1.0, datetime.time(1), datetime.timedelta(1)):
        refused(write, mmapforge.FieldTypeError, "day", value, "datetime.date")
    refused(write, mmapforge.FieldRangeError, "day", 2**31, "int32")


# ---- Decimals ----


def test_decimals(write):
    for value, shown in (("1.5", "1.5000"), (Decimal("-0.0001"), "-0.0001"), (3, "3.0000"), ("-0", "0.0000"),
                         ("999999.9999", "999999.9999"), (-999999, "-999999.0000"), (Decimal("1E+2"), "100.0000"),
                         ("1.50000000000000", "1.5000"), (Decimal("0E-99"), "0.0000"), ("1e-4", "0.0001")):  # fmt: skip
        found = write("fee", value)
        assert type(found) is Decimal and str(found) == shown


def test_decimals_whatever_the_context(write):
    with decimal.localcontext() as context:
        context.prec = 3
        context.traps[decimal.Inexact] = True
        assert str(write("fee", "123456.7891")) == "123456.7891"


def test_decimals_refused(write):
    for value in ("1.00001", Decimal("0.00005"), "1e-5"):
        refused(write, mmapforge.FieldRangeError, "fee", value, "more than 4 digits after the point", "quantize")
    for value in ("1000000", 10**6, -(10**6), Decimal("1E+999999"), 10**5000):
        refused(write, mmapforge.FieldRangeError, "fee", value, "more than 6 digits before the point", "decimal(10,4)")
    for value in (1.5, 0.1):
        refused(write, mmapforge.FieldTypeError, "fee", value, "decimal.Decimal(str(value))")
    for value in ("", "x", "1,5", b"1", [], object()):
        refused(write, mmapforge.FieldTypeError, "fee", value, "decimal(10,4)")
    for value in (Decimal("nan"), Decimal("inf"), "-Infinity"):
        refused(write, mmapforge.FieldRangeError, "fee", value)
    refused(write, mmapforge.FieldTypeError, "fixed", None, "a field always has a value")


# ---- Arrays ----


def test_arrays(write):
    for value in ([1, 2, 3.5, 4], (1.0, 2.0, 3.5, 4.0), range(4), iter([1, 2, 3, 4]), [True, 0, 0, 0]):
        kept = tuple(value) if not hasattr(value, "__next__") else (1, 2, 3, 4)
        found = write("greeks", list(kept) if hasattr(value, "__next__") else value)
        assert type(found) is tuple and found == kept and set(map(type, found)) == {float}
    assert write("flags", [1, 0, True]) == (True, False, True)
    assert write("tags", ["Buy", 2, Side.Buy, 1]) == (Side.Buy, Side.Sell, Side.Buy, Side.Buy)


def test_arrays_of_numpy(write):
    numpy = pytest.importorskip("numpy")
    assert write("greeks", numpy.arange(4)) == (0.0, 1.0, 2.0, 3.0)
    assert write("greeks", numpy.arange(4, dtype="f4")[::-1]) == (3.0, 2.0, 1.0, 0.0)
    assert write("tags", numpy.array([1, 2, 1, 2])) == (Side.Buy, Side.Sell) * 2
    refused(write, mmapforge.FieldTypeError, "greeks", numpy.zeros((2, 2)), "shape (2, 2)", "expected (4,)")


def test_arrays_refused(write):
    for value in ([], [1] * 3, [1] * 5):
        refused(write, mmapforge.FieldTypeError, "greeks", value, f"{len(value)} values, expected 4 (float64[4])")
    for value in (None, 1.0, "abcd", b"abcd", {1, 2, 3, 4}, {1: 1, 2: 2, 3: 3, 4: 4}):
        refused(write, mmapforge.FieldTypeError, "greeks", value, "a sequence of 4 values (float64[4])")
    refused(write, mmapforge.FieldTypeError, "greeks", [1, 2, None, 4], "expected a float", field="greeks[2]")
    refused(write, mmapforge.FieldTypeError, "flags", [True, 2, True], "expected a bool", field="flags[1]")
    refused(write, mmapforge.EnumError, "tags", [1, 2, 3, 1], "no member of Side", field="tags[2]")


# ---- Structs ----


def test_structs(write):
    expected = Level(Decimal("1.5000"), 2, None)
    level = [expected, ("1.5", 2, None), ["1.5", 2, None], {"orders": None, "size": 2, "price": "1.5"},
             {"price": "1.5", "size": 2}]  # fmt: skip
    for value in level:
        found = write("bids", [value] * 3)
        assert found == (expected,) * 3 and {type(one) for one in found} == {Level}
    note = write("note", ("text", level[0], (1, 2)))
    assert type(note) is Note and note.by == expected and note.text == "text"


def test_named_tuples_of_others_are_taken_by_name(write):
    import collections

    other = collections.namedtuple("Other", ["size", "orders", "price"])
    assert write("bids", [other(1, None, 2)] * 3)[0] == Level(Decimal("2.0000"), 1, None)


def test_structs_refused(write):
    level = Level(1, 1, 1)
    refused(write, mmapforge.FieldTypeError, "bids", [level, level, (1, 2)], "2 values, expected 3",
            "price, size, orders", field="bids[2]")  # fmt: skip
    refused(write, mmapforge.FieldTypeError, "bids", [level, level, Level("x", 1, 1)], "no decimal number",
            field="bids[2].price")  # fmt: skip
    refused(write, mmapforge.FieldRangeError, "bids", [level, Level(1, 2**32, 1), level], field="bids[1].size")
    refused(write, mmapforge.FieldNameError, "bids", [level, level, {"prise": 1}], "no field 'prise' in Level",
            field="bids[2]")  # fmt: skip
    refused(write, mmapforge.FieldNameError, "bids", [{"price": 1}, level, level], "no value for size", field="bids[0]")
    refused(write, mmapforge.TooLongError, "note", ("123456789", level, (1, 2)), "9 bytes", field="note.text")
    refused(write, mmapforge.FieldRangeError, "note", ("", Level(1, -1, 1), (1, 2)), field="note.by.size")
    refused(write, mmapforge.EnumError, "note", ("", level, (1, 0)), field="note.kinds[1]")
    for value in (None, 1, "abc", b"abc", {1, 2, 3}):
        refused(write, mmapforge.FieldTypeError, "note", value, "a Note, a mapping or a sequence of its fields")


def test_the_class_of_a_struct():
    assert Level._fields == ("price", "size", "orders") and issubclass(Level, tuple)
    assert Level.__doc__ == "One price level." and Level.__module__ == "schemas"
    of = BookStore.schema.by_name["bids"].struct
    assert of.type is Level and [field.declaration for field in of] == ["decimal(18,4)", "uint32", "uint16?"]


# ---- Nulls ----


def test_nulls(write):
    for name, value in (("fee", Decimal("2.0000")), ("memo", ""), ("notes", (book(0)["note"],) * 2),
                        ("tags", (Side.Buy,) * 4), ("volume", 0)):  # fmt: skip
        assert write(name, None) is None
        assert write(name, value) == value
        assert write(name, None) is None


def test_a_null_leaves_the_other_nulls_alone(books):
    before = [list(record) for record in books]
    books[1].fee = None
    books[2].memo = "x"
    before[1][8], before[2][9] = None, "x"
    assert [list(record) for record in books] == before


def test_nulls_of_other_libraries(write):
    numpy = pytest.importorskip("numpy")
    for value in (numpy.ma.masked, numpy.datetime64("NaT")):
        assert write("volume", value) is None


# ---- Text ----


def test_text_that_is_not_utf_8_within_a_struct(books):
    books.close()
    field = BookStore.schema.by_name["note"]
    overwrite(books.path, BookStore, 3, "note", schemas.text(b"\xff"))
    assert field.struct.fields[0].offset == 0
    with BookStore.open(books.path) as store:
        for call in (lambda: store[3], lambda: store.get_note(3), lambda: list(store)):
            with raises(mmapforge.TextError, store.path, "UTF-8", field="note.text", row=3):
                call()
    with BookStore.open(books.path, errors="replace") as store:
        assert store[3].note.text == list(store)[3].note.text == "\ufffd"


# ---- What a field says of itself ----


def test_fields():
    text = (
        "record R version 3 {\n  a: decimal(9,2)? = 1.00 @since(2) @was(b);\n  c: timestamp[ms] @deprecated;\n"
        "  d: bytes[4];\n}\n"
    )
    a, c, d = mmapforge.define(__name__, text)[1].schema
    assert (a.declaration, a.logical, a.precision, a.scale, a.nullable, a.was, a.since) == (
        "decimal(9,2)?", "decimal", 9, 2, True, "b", 2,
    )  # fmt: skip
    assert (a.type, a.default, a.deprecated, a.count) == ("int64", Decimal("1.00"), False, 0)
    assert (c.declaration, c.logical, c.unit, c.deprecated, c.default) == ("timestamp[ms]", "timestamp", "ms", True, None)
    assert (d.declaration, d.logical, d.nullable, d.enum, d.struct, d.was, d.since) == (
        "bytes[4]", "", False, None, None, "", 0,
    )  # fmt: skip
    bids = BookStore.schema.by_name["bids"]
    assert (bids.declaration, bids.count, bids.type, repr(bids)) == ("Level[3]", 3, "struct", "<Field bids: Level[3]>")


def test_totals(books):
    assert books.sum("fixed") == sum(book(i)["fixed"] for i in range(10))
    assert str(books.sum("fixed")) == "-0.45" and books.mean("fixed") == Decimal("-0.045")
    assert (books.min("fixed"), books.max("fixed")) == (Decimal("-0.09"), Decimal("0.00"))
    assert (books.min("day"), books.max("day")) == (book(0)["day"], book(9)["day"])
    assert (books.min("at"), books.max("second")) == (book(0)["at"], book(9)["second"])
    assert books.max("side") is Side.Sell
    for name, what in (("day", "has no sum"), ("at", "has no sum"), ("side", "has no sum"), ("fee", "may be null"),
                       ("bids", "no sum or limits"), ("greeks", "no sum or limits")):  # fmt: skip
        with raises(mmapforge.FieldTypeError, what, field=name):
            books.sum(name)
    with raises(mmapforge.FieldTypeError, field="volume"):
        books.max("volume")


def test_a_mean_of_decimals_whatever_the_context(books):
    with decimal.localcontext(decimal.Context(prec=2, traps=[decimal.Inexact])):
        assert books[:3].mean("fixed") == Decimal("-0.01")
        assert books[:4].mean("fixed") == Decimal("-0.015")
        books.set(0, fixed="0.01")  # now the sum of the first three is -0.02
        assert str(books[:3].mean("fixed")) == "-0.006666666666666666666666666667"


def test_totals_and_columns_of_a_file_of_another_version(path):
    old_text = "record Part version 1 {\n  a: int32;\n  at: timestamp[s];\n  cost: decimal(4,2);\n  f: float32;\n}\n"
    new_text = "record Part version 2 {\n  more: int16 = 3 @since(2);\n  f: float64;\n  cost: decimal(6,2);\n"
    new_text += "  a: int64;\n  at: timestamp[s];\n}\n"
    _, old = mmapforge.define(__name__, old_text)
    _, new = mmapforge.define(__name__, new_text)
    with old.create(path) as store:
        store.extend((i - 500, i, Decimal(i % 100), i / 4) for i in range(1000))
    with new.open(path) as store:
        assert store.sum("a") == -500 and (store.min("a"), store.max("a")) == (-500, 499)
        assert store.sum("cost") == 49500 and store.mean("f") == 499.5 / 4
        assert store.max("at") == timestamp(999, "s") and store.sum("more") == 3000
        rows = store[::-7]
        assert rows.sum("a") == sum(record.a for record in rows) and rows.max("f") == store[-1].f
        assert store[3:3].sum("a") == 0
        with raises(mmapforge.ArgumentError, "no rows"):
            store[3:3].max("a")
        for name in ("a", "at"):
            with raises(mmapforge.UnsupportedError, "another version of the schema", f"tuples('{name}')", field=name):
                store.columns[name]
    with raises(mmapforge.ClosedError):
        store.sum("a")


def test_a_plain_schema_has_the_code_it_had():
    """The packing of a schema of plain fields does not look at nulls and checks no value twice."""
    codec = schemas.TickStore.schema
    assert codec.is_plain and not BookStore.schema.is_plain
    from mmapforge._codec import codec_of

    names = codec_of(codec, "strict").pack_values.__code__.co_names
    assert "items" not in names and "valid" not in codec_of(codec, "strict").pack_values.__code__.co_varnames


# ---- Rows that extend refuses ----


def test_extend_names_the_place(books):
    rows = [book(0), book(1), {**book(2), "bids": [Level(1, 1, 1), Level(1, 1, 1), Level(1, "x", 1)]}]
    with raises(mmapforge.FieldTypeError, "given row 2", "extend appended 2 records", field="bids[2].size"):
        books.extend(rows)
    columns = {name: [book(i)[name] for i in range(3)] for name in books.schema.names}
    for name, value, kind in (("side", 9, mmapforge.EnumError), ("at", None, mmapforge.FieldTypeError),
                              ("fee", 1.5, mmapforge.FieldTypeError), ("greeks", [1], mmapforge.FieldTypeError),
                              ("memo", "123456789", mmapforge.TooLongError)):  # fmt: skip
        wrong = [*columns[name][:2], value]
        with raises(kind, "given row 2 (the first is 0)", "nothing was appended", field=name):
            books.extend({**columns, name: wrong})
    with raises(mmapforge.ArgumentError, "differ in length"):
        books.extend({**columns, "fee": [None]})
    with raises(mmapforge.FieldTypeError, "no order of rows", field="side"):
        books.extend({**columns, "side": {1, 2}})
    assert len(books) == 12
