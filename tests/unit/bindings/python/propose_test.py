"""`mmapforge.schema_of` proposes a schema that holds what it was asked about."""

import datetime
import os
from decimal import Decimal

import mmapforge
import numpy
import pytest


@pytest.fixture(autouse=True)
def mmfgen(monkeypatch):
    monkeypatch.setenv("MMF_MMFGEN", os.path.abspath("gen/mmfgen"))



def fields(source, **options):
    """The proposed fields, as declared, by their names; and their doc comments."""
    schema = mmapforge.Schema(mmapforge.schema_of(source, **options))
    return {field.name: (field.declaration, field.doc) for field in schema}


def types(source):
    return {name: declaration for name, (declaration, _) in fields(source).items()}


class ArrowType(str):
    """As pyarrow.DataType."""

    bit_width = 64


class Column:
    """As pyarrow.ChunkedArray."""

    def __init__(self, type_, values, nulls=0):
        self.type, self.values, self.null_count = ArrowType(type_), values, nulls

    def to_pylist(self):
        return list(self.values)

    def __len__(self):
        return len(self.values)


class ArrowSchema:
    """As pyarrow.Schema."""

    metadata = None

    def __init__(self, **types):
        self.names, self.types = list(types), list(types.values())


class ArrowTable:
    """As pyarrow.Table."""

    def __init__(self, **columns):
        self.columns = columns
        self.schema = ArrowSchema(**{name: column.type for name, column in columns.items()})

    def column(self, i):
        return list(self.columns.values())[i]


# ---- What a schema is proposed for ----


def test_a_dtype_of_numpy():
    scalars = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]
    dtype = numpy.dtype([("f%d" % i, code) for i, code in enumerate(scalars)])
    assert list(types(dtype).values()) == [
        "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32",
        "float64"]  # fmt: skip
    # Four bytes of UTF-8 hold any character.
    assert types(numpy.dtype([("s", "S6"), ("u", "U4"), ("v", "V3"), ("half", "f2"), ("big", ">i4")])) == {
        "s": "string[6]", "u": "string[16]", "v": "bytes[3]", "half": "float32", "big": "int32"}  # fmt: skip


def test_a_structured_array():
    array = numpy.array([("AAPL", 1.5), ("é", 2.5)], dtype=[("symbol", "U10"), ("price", "f8")])
    assert types(array) == {"symbol": "string[8]", "price": "float64"}


def test_columns_by_name():
    source = {
        "text": ["A", "Grüße, Welt"],  # 13 bytes
        "data": [b"x" * 8, b""],
        "yes": [True, False],
        "whole": [1, -2],
        "large": [1, 2**64 - 1],
        "real": [1, 2.5],
        "array": numpy.arange(2, dtype="i2"),
        "texts": numpy.array(["ab", "c"]),
        "objects": numpy.array(["ab", "c"], dtype=object),
        "scalars": [numpy.int64(3), numpy.int64(4)],
    }
    assert types(source) == {
        "text": "string[16]", "data": "bytes[8]", "yes": "bool", "whole": "int64", "large": "uint64",
        "real": "float64", "array": "int16", "texts": "string[8]", "objects": "string[8]",
        "scalars": "int64"}  # fmt: skip
    assert fields(source)["text"][1] == "at most 13 bytes in the source"


@pytest.mark.parametrize("type_, declared", [
    ("int64", "int64"), ("uint8", "uint8"), ("double", "float64"), ("float", "float32"), ("halffloat", "float32"),
    ("bool", "bool"), ("string", "string[64]"), ("large_string", "string[64]"), ("binary", "bytes[64]"),
    ("fixed_size_binary[16]", "bytes[16]"), ("timestamp[ns]", "timestamp[ns]"),
    ("timestamp[ms, tz=UTC]", "timestamp[ms]"), ("date32[day]", "date"), ("date64[ms]", "timestamp[ms]"),
    ("decimal128(18, 4)", "decimal(18,4)"), ("fixed_size_list<item: double>[3]", "float64[3]"),
    ("fixed_size_list<item: timestamp[s]>[2]", "timestamp[s][2]"), ("time64[us]", "int64"), ("duration[s]", "int64"),
    ("dictionary<values=string, indices=int32, ordered=0>", "string[64]")])  # fmt: skip
def test_a_schema_of_arrow(type_, declared):
    assert types(ArrowSchema(column=type_)) == {"column": declared}


def test_a_table_of_arrow():
    found = fields(ArrowTable(
        name=Column("string", ["A", None, "Zürich"], nulls=1),
        size=Column("uint8", [1, None, None], nulls=2),
        at=Column("timestamp[us]", [1, 2, 3]),
    ))  # fmt: skip
    assert found["name"] == ("string[8]?", "at most 7 bytes in the source")
    assert found["size"] == ("uint8?", "") and found["at"] == ("timestamp[us]", "")


def test_dates_decimals_and_arrays():
    utc = datetime.timezone.utc
    source = {
        "day": numpy.zeros(2, "M8[D]"),
        "at": numpy.zeros(2, "M8[ns]"),
        "hour": numpy.zeros(2, "M8[h]"),
        "gone": numpy.array(["2024-01-01", "NaT"], "M8[ms]"),
        "days": [datetime.date(2024, 1, 1), None],
        "moments": [datetime.datetime(2024, 1, 1, tzinfo=utc)] * 2,
        "price": [Decimal("1.50"), Decimal("-1234")],
        "tiny": [Decimal("1E-5"), None],
        "greeks": [[1, 2.5], (3, 4)],
        "matrix": numpy.zeros((2, 3), "f4"),
        "each": [numpy.arange(2), numpy.arange(2)],
        "none": [None, 1],
    }
    assert types(source) == {
        "day": "date", "at": "timestamp[ns]", "hour": "timestamp[s]", "gone": "timestamp[ms]?", "days": "date?",
        "moments": "timestamp[us]", "price": "decimal(6,2)", "tiny": "decimal(5,5)?", "greeks": "float64[2]",
        "matrix": "float32[3]", "each": "int64[2]", "none": "int64?"}  # fmt: skip
    assert types(numpy.dtype([("a", "f8", (3,)), ("at", "M8[us]")])) == {"a": "float64[3]", "at": "timestamp[us]"}
    found = fields({"naive": [datetime.datetime(2024, 1, 1)]})
    assert found["naive"] == ("timestamp[us]", "give the datetimes a time zone first")


def test_what_is_proposed_takes_the_columns_of_every_kind(tmp_path):
    source = {
        "day": [datetime.date(2024, 1, 1), None],
        "at": numpy.array(["2024-01-01", "NaT"], "M8[ms]"),
        "price": [Decimal("1.50"), Decimal("-1234")],
        "greeks": [[1, 2.5], (3, 4)],
        "size": [None, 5],
    }
    _, store_class = mmapforge.define(__name__, mmapforge.schema_of(source))
    with store_class.create(str(tmp_path / "t.mmf")) as store:
        assert store.extend(source) == 2
        assert list(store[0]) == [source["day"][0], source["at"][0], Decimal("1.50"), (1.0, 2.5), None]
        assert list(store[1]) == [None, None, Decimal("-1234.00"), (3.0, 4.0), 5]


def test_nan_in_a_column_that_has_none():
    found = fields({"text": ["a", float("nan")], "number": [1, float("nan"), None], "real": [1.5, float("nan")]})
    assert found["text"] == ("string[8]?", "at most 1 byte in the source; 1 of 2 values are NaN: make them null first")
    assert found["number"] == ("int64?", "1 of 2 values are NaN: make them null first")
    assert found["real"] == ("float64", "")


def test_durations_become_integers_and_say_of_what():
    found = fields({"took": numpy.zeros(2, "m8[ms]"), "big": numpy.zeros(2, ">f8")})
    assert found == {"took": ("int64", "milliseconds of a duration; convert it by astype('int64')"), "big": ("float64", "")}


def test_what_is_proposed_takes_the_columns(tmp_path):
    source = {"symbol": ["AAPL", "Grüße"], "price": [1.5, 2.5], "size": numpy.arange(2, dtype="u4")}
    text = mmapforge.schema_of(source, name="Trade")
    _, store_class = mmapforge.define(__name__, text)
    with store_class.create(str(tmp_path / "t.mmf")) as store:
        assert store.extend(source) == 2
        assert [tuple(record) for record in store] == [("AAPL", 1.5, 0), ("Grüße", 2.5, 1)]


# ---- Names ----


def test_names_become_those_of_the_language():
    source = {"Adj Close": [1], "2nd": [1], "%": [1], "a__b": [1], "Price": [1], "price": [1], "größe": [1]}
    found = fields(source)
    assert list(found) == ["adj_close", "field_2nd", "field", "a_b", "Price", "price_2", "gr_e"]
    assert found["adj_close"][1] == "column 'Adj Close' of the source"
    assert found["Price"][1] == ""


def test_names_that_mean_something_in_c_or_python_get_another():
    source = {name: [1] for name in ["class", "int", "from", "self", "errno", "NULL", "class_value", "fine"]}
    found = fields(source)
    assert list(found) == ["class_value_2", "int_value", "from_value", "self_value", "errno_value", "NULL_value",
                           "class_value", "fine"]  # fmt: skip
    assert found["int_value"][1] == "column 'int' of the source"


def test_more_names_than_one_run_of_the_generator_reports():
    words = "int char short long float double void signed unsigned const volatile static extern register auto if else for while do switch case default break continue return goto sizeof struct union enum typedef inline restrict"
    assert len(fields({word: [1] for word in words.split()})) == 34


def test_without_the_generator_names_are_not_checked(monkeypatch):
    monkeypatch.delenv("MMF_MMFGEN")
    monkeypatch.setenv("PATH", "/nowhere")
    assert list(fields({"class": [1]})) == ["class"]


def test_the_record_is_named():
    text = mmapforge.schema_of({"a": [1]}, name="Trade", version=3)
    assert text == "record Trade version 3 {\n  a: int64;\n}\n"


# ---- What it refuses ----


@pytest.mark.parametrize("source, kind, words", [
    ({}, mmapforge.ArgumentError, "0 columns"),
    (5, mmapforge.ArgumentTypeError, "of type int"),
    ([1, 2], mmapforge.ArgumentTypeError, "of type list"),
    (numpy.zeros(3), mmapforge.ArgumentTypeError, "of type ndarray"),
    ({"a": []}, mmapforge.FieldTypeError, "column 'a' is without a value"),
    ({"a": [None]}, mmapforge.FieldTypeError, "without a value"),
    ({"a": [1, "x"]}, mmapforge.FieldTypeError, "of type int, str"),
    ({"a": [1 << 64]}, mmapforge.FieldTypeError, "64 bits"),
    ({"a": [-1, 1 << 63]}, mmapforge.FieldTypeError, "64 bits"),
    ({"a": ["x" * 65537]}, mmapforge.FieldTypeError, "65,536"),
    ({"a": numpy.zeros(2, complex)}, mmapforge.FieldTypeError, "complex128"),
    ({"a": 1}, mmapforge.FieldTypeError, "of type int"),
    ({"a": None}, mmapforge.FieldTypeError, "of type NoneType"),
    ({"a": "abc"}, mmapforge.FieldTypeError, "of type str"),
    ({"a": b"abc"}, mmapforge.FieldTypeError, "of type bytes"),
    ({"a": {"x": 1}}, mmapforge.FieldTypeError, "of type dict"),
    ({"a": ["\ud800"]}, mmapforge.FieldTypeError, "not UTF-8"),
    ({"a": [[1, 2], [3]]}, mmapforge.FieldTypeError, "lists of 1 to 2 elements"),
    ({"a": [[]]}, mmapforge.FieldTypeError, "lists of 0 to 0 elements"),
    ({"a": [["x"]]}, mmapforge.FieldTypeError, "of lists of string[8]"),
    ({"a": [[1, None]]}, mmapforge.FieldTypeError, "nulls in it"),
    ({"a": [Decimal("1E18"), Decimal("0.1")]}, mmapforge.FieldTypeError, "decimals of 20 digits"),
    ({"a": [Decimal("nan")]}, mmapforge.FieldTypeError, "no number"),
    ({"a": [datetime.time(1)]}, mmapforge.FieldTypeError, "of type time"),
    ({"a": numpy.zeros((3, 2, 2))}, mmapforge.FieldTypeError, "shape (3, 2, 2)"),
    ({"a": [2**53 + 1, 1.5]}, mmapforge.FieldTypeError, "9007199254740993"),
    ({"c%d" % i: [1] for i in range(1025)}, mmapforge.ArgumentError, "1025 columns"),
    (numpy.dtype([("a", "O")]), mmapforge.FieldTypeError, "Python objects"),
    (numpy.dtype([("a", [("b", "f8")])]), mmapforge.FieldTypeError, "structured"),
    (numpy.dtype([("a", "f8", (3, 2))]), mmapforge.FieldTypeError, "shape (3, 2)"),
    (ArrowSchema(a="list<item: int64>"), mmapforge.FieldTypeError, "list<item: int64>"),
    (ArrowSchema(a="decimal128(38, 4)"), mmapforge.FieldTypeError, "at most 18 digits"),
    (ArrowSchema(a="null"), mmapforge.FieldTypeError, "no field holds")])  # fmt: skip
def test_refuses(source, kind, words):
    with pytest.raises(mmapforge.Error) as caught:
        mmapforge.schema_of(source)
    assert type(caught.value) is kind, caught.value
    assert words in str(caught.value)


@pytest.mark.parametrize("options, kind, words", [
    ({"name": "my record"}, mmapforge.ArgumentError, "'my record'"), ({"name": ""}, mmapforge.ArgumentError, "''"),
    ({"name": "int"}, mmapforge.ArgumentError, "cannot name a record"),
    ({"name": None}, mmapforge.ArgumentTypeError, "NoneType"), ({"version": 0}, mmapforge.ArgumentError, "is 0"),
    ({"version": 65536}, mmapforge.ArgumentError, "65536"), ({"version": "1"}, mmapforge.ArgumentError, "'1'")])  # fmt: skip
def test_refuses_a_wrong_record(options, kind, words):
    with pytest.raises(mmapforge.Error) as caught:
        mmapforge.schema_of({"a": [1]}, **options)
    assert type(caught.value) is kind and words in str(caught.value)


# ---- Real libraries, where they are ----


def test_pandas():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({
        "symbol": ["A", "BB"],
        "price": [1.0, float("nan")],
        "count": pandas.array([1, None], "Int64"),
        "at": pandas.to_datetime(["2020-01-01", "2020-01-02"]),
        "kind": pandas.Categorical(["x", "y"]),
    })  # fmt: skip
    found = fields(frame)
    assert [declaration for declaration, _ in found.values()] == [
        "string[8]", "float64", "int64?", "timestamp[ns]", "string[8]"]  # fmt: skip


def test_polars():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"symbol": ["A", "BB"], "price": [1.0, None], "day": [1, 2]}).with_columns(
        polars.col("day").cast(polars.Date)
    )
    found = fields(frame)
    assert [declaration for declaration, _ in found.values()] == ["string[8]", "float64?", "date"]
    with pytest.raises(mmapforge.FieldTypeError, match="collect"):
        mmapforge.schema_of(frame.lazy())
