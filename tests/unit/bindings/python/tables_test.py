"""Tables and columns of other libraries: taken by their columns, nulls refused, the unknown refused.

The libraries need not be there: their tests are skipped where they are not. Objects with the same
methods stand in for them, so that what is decided here is tested everywhere.
"""

import datetime
import itertools

import mmapforge
import pytest
from schemas import EveryStore, QuoteStore, TickStore, ZERO, raises, tick

# As many rows as a Tick has fields, so that a table read by rows, or transposed, is noticed.
TICKS = [tick(i) for i in range(4)]
COLUMNS = {name: [t[name] for t in TICKS] for name in TICKS[0]}


@pytest.fixture
def empty(path):
    with TickStore.create(path) as store:
        yield store


def rows(store):
    return [record._asdict() for record in store]


# ---- Stand-ins ----


class ArrowColumn:
    """As pyarrow.Array."""

    def __init__(self, values):
        self.values = list(values)
        self.null_count = self.values.count(None)

    def to_pylist(self):
        return list(self.values)

    def to_numpy(self, zero_copy_only=True):
        import numpy

        assert not zero_copy_only, "of a bool, or of several chunks, there would be none"
        return numpy.array([float("nan") if v is None else v for v in self.values])

    def __array__(self, dtype=None, copy=None):
        return self.to_numpy(False)

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        raise AssertionError("gives scalars of Arrow")

    def __arrow_c_array__(self, requested_schema=None):
        raise AssertionError("not asked for")


class ArrowTable:
    """As pyarrow.Table: iterating over it gives its columns."""

    class Schema:
        pass

    def __init__(self, columns):
        self.columns = [ArrowColumn(values) for values in columns.values()]
        self.schema = self.Schema()
        self.schema.names = list(columns)

    def column(self, i):
        return self.columns[i]

    def __iter__(self):
        return iter(self.columns)

    def __len__(self):
        return len(self.columns[0])

    def __arrow_c_stream__(self, requested_schema=None):
        raise AssertionError("not asked for")


class PolarsColumn:
    """As polars.Series."""

    def __init__(self, values):
        self.values = list(values)

    def null_count(self):
        return self.values.count(None)

    def to_list(self):
        return list(self.values)

    def to_numpy(self):
        return ArrowColumn(self.values).to_numpy(False)

    def __array__(self, dtype=None, copy=None):
        return self.to_numpy()

    def __iter__(self):
        return iter(self.values)

    def __len__(self):
        return len(self.values)


class PolarsTable:
    """As polars.DataFrame: iterating over it gives its columns."""

    def __init__(self, columns):
        self.columns = list(columns)
        self.by_name = {name: PolarsColumn(values) for name, values in columns.items()}

    def get_column(self, name):
        return self.by_name[name]

    def __iter__(self):
        return iter(self.by_name.values())

    def __dataframe__(self):
        raise AssertionError("not asked for")


class UnknownTable:
    """A table of an unknown library, with as many columns as a record has fields."""

    def __init__(self, columns):
        self.by_name = columns

    def __iter__(self):
        return iter(self.by_name.values())

    def __arrow_c_stream__(self, requested_schema=None):
        raise AssertionError("not asked for")


class UnknownColumn:
    """A column of an unknown library, which converts a null to NaN."""

    def __init__(self, values):
        self.values = values

    def __iter__(self):
        return iter(self.values)

    def __len__(self):
        return len(self.values)

    def __arrow_c_array__(self, requested_schema=None):
        raise AssertionError("not asked for")


def from_pyarrow(columns):
    return pytest.importorskip("pyarrow").table(columns)


def batch_from_pyarrow(columns):
    return pytest.importorskip("pyarrow").RecordBatch.from_pydict(columns)


def chunks_from_pyarrow(columns):
    pyarrow = pytest.importorskip("pyarrow")
    parts = [{name: values[a:b] for name, values in columns.items()} for a, b in ((0, 1), (1, None))]
    schema = pyarrow.table(columns).schema
    return pyarrow.concat_tables([pyarrow.table(part, schema=schema) for part in parts])


def from_polars(columns):
    return pytest.importorskip("polars").DataFrame(columns)


def from_pandas(columns):
    return pytest.importorskip("pandas").DataFrame(columns)


def nullable_from_pandas(columns):
    return from_pandas(columns).convert_dtypes()


def arrow_from_pandas(columns):
    pytest.importorskip("pyarrow")
    return from_pandas(columns).convert_dtypes(dtype_backend="pyarrow")


TABLES = {
    "like Arrow": ArrowTable,
    "like polars": PolarsTable,
    "pyarrow table": from_pyarrow,
    "pyarrow record batch": batch_from_pyarrow,
    "pyarrow chunks": chunks_from_pyarrow,
    "polars": from_polars,
    "pandas": from_pandas,
    "pandas, nullable": nullable_from_pandas,
    "pandas, of Arrow": arrow_from_pandas,
}
WITH_NULLS = [name for name in TABLES if name != "pandas"]  # which makes NaN of None in float columns


def column(table, name):
    """One column of a table of any library."""
    if hasattr(table, "get_column"):
        return table.get_column(name)
    return table.column(list(table.schema.names).index(name)) if hasattr(table, "schema") else table[name]


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_is_taken_by_its_columns(empty, kind):
    table = TABLES[kind](COLUMNS)
    assert empty.extend(table) == 4
    # In any order, and one by one.
    backwards = TABLES[kind](dict(reversed(list(COLUMNS.items()))))
    assert empty.extend(backwards) == 4
    assert empty.extend({name: column(table, name) for name in COLUMNS}) == 4
    assert rows(empty) == TICKS * 3


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_numbers_only(path, kind):
    """Only the type tells whether iterating yields rows or columns."""
    with QuoteStore.create(path) as store:
        assert store.extend(TABLES[kind]({"ask": [3.0, 4.0], "bid": [1.0, 2.0]})) == 2
        assert [tuple(quote) for quote in store] == [(1.0, 3.0), (2.0, 4.0)]


@pytest.mark.parametrize("kind", WITH_NULLS)
@pytest.mark.parametrize("name", COLUMNS)
def test_a_null_is_refused_with_its_row_and_column(empty, kind, name):
    values = list(COLUMNS[name])
    values[2] = None
    table = TABLES[kind]({**COLUMNS, name: values})
    for given in (table, {**COLUMNS, name: column(table, name)}):
        with raises(mmapforge.FieldTypeError, empty.path, "null", "nothing was appended", field=name, row=2):
            empty.extend(given)
    assert len(empty) == 0


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_other_columns_is_refused(empty, kind):
    with raises(mmapforge.FieldNameError, "colour", field="colour"):
        empty.extend(TABLES[kind]({**COLUMNS, "colour": [1, 2, 3, 4]}))
    fewer = {name: values for name, values in COLUMNS.items() if name != "volume"}
    with raises(mmapforge.FieldNameError, field="volume"):
        empty.extend(TABLES[kind](fewer))
    assert len(empty) == 0


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_is_no_record(empty, kind):
    """A list of tables is not an iterable of records, though a table has as many columns as fields."""
    table = TABLES[kind](COLUMNS)
    for give in (lambda: empty.extend([table]), lambda: empty.append(table)):
        with raises(mmapforge.FieldTypeError, "table"):
            give()
    assert len(empty) == 0


@pytest.mark.parametrize("kind", TABLES)
def test_numbers_and_bools_and_bytes(path, kind):
    columns = {name: [value] * 3 for name, value in ZERO.items()}
    columns.update(flag=[True, False, True], port=[0, 1, 65535], digest=[b"", b"ab", b"\0\0"], ratio=[0.5, 1.5, 2.0])
    table = TABLES[kind](columns)
    with EveryStore.create(path) as store:
        assert store.extend(table) == 3
        for name in ("flag", "port", "digest", "ratio"):
            assert [value for (value,) in store.tuples(name)] == columns[name], name


def test_a_table_that_is_not_known_is_refused_before_anything_is_written(empty):
    for give in (
        lambda: empty.extend(UnknownTable(COLUMNS)),
        lambda: empty.extend([UnknownTable(COLUMNS)]),
        lambda: empty.extend({**COLUMNS, "price": UnknownColumn(COLUMNS["price"])}),
        lambda: empty.extend({**COLUMNS, "symbol": UnknownColumn(COLUMNS["symbol"])}),
        lambda: empty.extend(ArrowColumn(COLUMNS["price"])),
    ):
        with raises(mmapforge.FieldTypeError, empty.path):
            give()
    assert len(empty) == 0


def test_two_columns_of_one_name_are_refused(empty):
    twice = ArrowTable(COLUMNS)
    twice.schema.names = ["symbol", "price", "volume", "volume"]
    with raises(mmapforge.ArgumentError, "two columns 'volume'", field="volume"):
        empty.extend(twice)
    frame = pytest.importorskip("pandas").DataFrame([["A", 1.0, 2.0, 3]], columns=twice.schema.names)
    with raises(mmapforge.ArgumentError, "two columns 'volume'", field="volume"):
        empty.extend(frame)
    assert len(empty) == 0


def test_a_reader_of_batches_is_refused(empty):
    pyarrow = pytest.importorskip("pyarrow")
    batch = pyarrow.RecordBatch.from_pydict(COLUMNS)
    for _ in range(2):
        reader = pyarrow.RecordBatchReader.from_batches(batch.schema, [batch] * 4)
        with raises(mmapforge.FieldTypeError, "RecordBatchReader"):
            empty.extend(reader)
    with raises(mmapforge.FieldTypeError, "table"):
        empty.extend(iter(pyarrow.RecordBatchReader.from_batches(batch.schema, [batch] * 4)))
    assert len(empty) == 0


def test_lazy_tables_are_refused(empty):
    lazy = pytest.importorskip("polars").DataFrame(COLUMNS).lazy()
    with raises(mmapforge.FieldTypeError, "LazyFrame"):
        empty.extend(lazy)


@pytest.mark.parametrize("kind", ["pyarrow table", "polars"])
def test_parts_of_a_table(empty, kind):
    """A slice has an offset into the memory of the whole."""
    table = TABLES[kind](COLUMNS)
    assert empty.extend(table.slice(1, 2)) == 2
    assert rows(empty) == TICKS[1:3]


def test_types_of_text(empty):
    pyarrow = pytest.importorskip("pyarrow")
    symbols = ["", "é", "AAPL", "AAPL"]
    kinds = ["string", "large_string", "string_view"]
    arrays = [pyarrow.array(symbols, getattr(pyarrow, kind)()) for kind in kinds if hasattr(pyarrow, kind)]
    arrays.append(pyarrow.array(symbols).dictionary_encode())
    for array in arrays:
        assert empty.extend({**COLUMNS, "symbol": array}) == 4
    assert [symbol for (symbol,) in empty.tuples("symbol")] == symbols * len(arrays)


def test_a_nan_is_a_number(empty):
    """NaN in a library that has both NaN and nulls."""
    nan = float("nan")
    for kind in ("pyarrow table", "polars", "pandas"):
        try:
            table = TABLES[kind]({**COLUMNS, "price": [nan, 1.0, 2.0, 3.0]})
        except pytest.skip.Exception:
            continue
        before = len(empty)
        assert empty.extend(table) == 4
        assert empty.get_price(before) != empty.get_price(before)
    if len(empty) == 0:
        pytest.skip("neither pyarrow nor polars nor pandas is there")


# ---- NaN and nulls ----

NAN = float("nan")


def column_of_pandas(values, dtype):
    return pytest.importorskip("pandas").Series(values, dtype=dtype)


def missing(name):
    """The null of pandas: NA or NaT."""
    return getattr(pytest.importorskip("pandas"), name)


# Columns of floats, of which the second value is NaN: a number, which is stored.
NAN_COLUMNS = {
    "list": lambda: [1.0, NAN],
    "numpy": lambda: pytest.importorskip("numpy").array([1.0, NAN]),
    "numpy of objects": lambda: pytest.importorskip("numpy").array([1.0, NAN], object),
    "pandas float64": lambda: column_of_pandas([1.0, NAN], "float64"),
    "pandas float64, of None": lambda: column_of_pandas([1.0, None], "float64"),  # pandas makes it NaN
    "pandas object": lambda: column_of_pandas([1.0, NAN], object),
    "pyarrow": lambda: pytest.importorskip("pyarrow").array([1.0, NAN]),
    "polars": lambda: pytest.importorskip("polars").Series([1.0, NAN]),
}

# Columns of which the second value is null: refused.
NULL_COLUMNS = {
    "list": lambda: [1.0, None],
    "list with NA": lambda: [1.0, missing("NA")],
    "list with NaT": lambda: [1.0, missing("NaT")],
    "numpy of objects": lambda: pytest.importorskip("numpy").array([1.0, None], object),
    "pandas Float64": lambda: column_of_pandas([1.0, missing("NA")], "Float64"),
    "pandas Float64, of NaN": lambda: column_of_pandas([1.0, NAN], "Float64"),  # pandas makes it NA
    "pandas double[pyarrow]": lambda: pytest.importorskip("pyarrow") and column_of_pandas([1.0, None], "double[pyarrow]"),
    "pandas object": lambda: column_of_pandas([1.0, None], object),
    "pandas object with NA": lambda: column_of_pandas([1.0, missing("NA")], object),
    "pandas object with NaT": lambda: column_of_pandas([1.0, missing("NaT")], object),
    "pyarrow": lambda: pytest.importorskip("pyarrow").array([1.0, None]),
    "polars": lambda: pytest.importorskip("polars").Series([1.0, None]),
    "like Arrow": lambda: ArrowColumn([1.0, None]),
    "like polars": lambda: PolarsColumn([1.0, None]),
}


@pytest.mark.parametrize("kind", NAN_COLUMNS)
@pytest.mark.parametrize("name", ["ratio", "price"])
def test_a_nan_in_a_column_of_floats_is_stored(every, kind, name):
    assert every.extend({**ZERO, name: NAN_COLUMNS[kind]()}) == 2
    one, nan = (every.get(row, name) for row in (0, 1))
    assert one == 1.0 and nan != nan


@pytest.mark.parametrize("kind", NULL_COLUMNS)
@pytest.mark.parametrize("name", ["ratio", "price"])
def test_a_null_in_a_column_of_floats_is_refused(every, kind, name):
    said = every.path + ": extend: given row 1 (the first is 0), field " + name
    with raises(mmapforge.FieldTypeError, said, "a field always has a value", field=name, row=1):
        every.extend({**ZERO, name: NULL_COLUMNS[kind]()})
    assert len(every) == 0


@pytest.mark.parametrize("kind", NAN_COLUMNS)
@pytest.mark.parametrize("name", ["stamp", "flag"])
def test_a_nan_in_a_column_of_other_fields_is_refused(every, kind, name):
    with raises(mmapforge.FieldTypeError, field=name):
        every.extend({**ZERO, name: NAN_COLUMNS[kind]()})
    assert len(every) == 0


# (numpy.ma.masked in a field of floats becomes NaN, of which numpy warns.)
@pytest.mark.parametrize("name, null", [
    *itertools.product(["price", "timestamp", "symbol"], ["None", "NA", "NaT"]),
    ("timestamp", "masked"), ("symbol", "masked"),
])  # fmt: skip
def test_a_null_in_a_record_is_refused(empty, name, null):
    if null == "masked":
        value = pytest.importorskip("numpy").ma.masked
    else:
        value = None if null == "None" else missing(null)
    record = {**TICKS[0], name: value}
    for give in (lambda: empty.append(record), lambda: empty.append(**record),
                 lambda: empty.append(tuple(record.values())), lambda: empty.extend([record]),
                 lambda: empty.extend([tuple(record.values())])):  # fmt: skip
        with raises(mmapforge.FieldTypeError, "a field always has a value", field=name):
            give()
    assert len(empty) == 0
    empty.append(TICKS[0])
    for give in (lambda: empty.set(0, record), lambda: getattr(empty, "set_" + name)(0, value)):
        with raises(mmapforge.FieldTypeError, "a field always has a value", field=name):
            give()
    assert rows(empty) == TICKS[:1]


def test_a_nan_in_a_record_is_stored(empty):
    record = {**TICKS[0], "price": NAN}
    empty.append(record)
    empty.append(tuple(record.values()))
    empty.extend([record, tuple(record.values())])
    empty.append(TICKS[0])
    empty.set(4, record)
    assert all(price != price for (price,) in empty.tuples("price"))


# ---- Dates ----


class TypeLike:
    """Values of a data type that a stand-in has."""

    def __init__(self, text, bits=64, temporal=True):
        self.text = text
        self.bit_width = bits
        self.is_temporal = lambda: temporal

    def __str__(self):
        return self.text


def like_arrow(text, bits):
    column = ArrowColumn([1, 2])
    column.type = TypeLike(text, bits)
    return column


def like_polars():
    column = PolarsColumn([1, 2])
    column.dtype = TypeLike("Datetime")
    return column


def dates_of_pandas(dtype):
    pandas = pytest.importorskip("pandas")
    return pandas.Series(pandas.to_datetime([1000, 2000])).astype(dtype)


def days_of_pandas():
    pytest.importorskip("pyarrow")

    return column_of_pandas([datetime.date(1970, 1, 2), datetime.date(1970, 1, 3)], "date32[day][pyarrow]")


def dates_of_pyarrow(kind):
    pyarrow = pytest.importorskip("pyarrow")
    return pyarrow.array([1, 2], pyarrow.int32() if "32" in kind else pyarrow.int64()).cast(kind)


def chunks_of_pyarrow(kind):
    return pytest.importorskip("pyarrow").chunked_array([dates_of_pyarrow(kind)])


def dates_of_polars(kind):
    polars = pytest.importorskip("polars")
    return polars.Series([1, 2]).cast(polars.Int64).cast(getattr(polars, kind))


# From a column to the call that converts it, as the message has it, and that call.
DATES = {
    "like Arrow": (lambda: like_arrow("timestamp[us]", 64), "cast('int64')", None),
    "like Arrow, days": (lambda: like_arrow("date32[day]", 32), "cast('int32')", None),
    "like polars": (like_polars, "cast(polars.Int64)", None),
    "numpy": (lambda: pytest.importorskip("numpy").array([1, 2], "M8[us]"), "astype('int64')",
              lambda column: column.astype("int64")),
    "numpy, durations": (lambda: pytest.importorskip("numpy").array([1, 2], "m8[s]"), "astype('int64')",
                         lambda column: column.astype("int64")),
    "pandas": (lambda: dates_of_pandas("datetime64[us]"), "astype('int64')", lambda column: column.astype("int64")),
    "pandas, with a zone": (lambda: dates_of_pandas("datetime64[us]").dt.tz_localize("UTC"), "astype('int64')",
                            lambda column: column.astype("int64")),
    "pandas, of Arrow": (lambda: pytest.importorskip("pyarrow") and dates_of_pandas("timestamp[us][pyarrow]"),
                         "astype('int64[pyarrow]')", lambda column: column.astype("int64[pyarrow]")),
    "pandas, days of Arrow": (days_of_pandas, "astype('int32[pyarrow]')", lambda column: column.astype("int32[pyarrow]")),
    "pyarrow": (lambda: dates_of_pyarrow("timestamp[us]"), "cast('int64')", lambda column: column.cast("int64")),
    "pyarrow, chunks": (lambda: chunks_of_pyarrow("duration[s]"), "cast('int64')", lambda column: column.cast("int64")),
    "pyarrow, days": (lambda: dates_of_pyarrow("date32"), "cast('int32')", lambda column: column.cast("int32")),
    "polars": (lambda: dates_of_polars("Datetime"), "cast(polars.Int64)",
               lambda column: column.cast(pytest.importorskip("polars").Int64)),
    "polars, days": (lambda: dates_of_polars("Date"), "cast(polars.Int64)",
                     lambda column: column.cast(pytest.importorskip("polars").Int64)),
}  # fmt: skip


@pytest.mark.parametrize("kind", DATES)
def test_dates_are_refused_with_the_way_out(every, kind):
    make, remedy, convert = DATES[kind]
    dates = make()
    for name in ("large", "price", "flag"):
        with raises(mmapforge.FieldTypeError, "convert it with %s, which counts" % remedy, field=name):
            every.extend({**ZERO, name: dates})
    assert len(every) == 0
    if convert is not None:
        assert every.extend({**ZERO, "large": convert(dates)}) == 2
        assert [value for (value,) in every.tuples("large")] == [1, 2]


def test_numbers_are_no_dates(every):
    column = PolarsColumn([1, 2])
    column.dtype = TypeLike("Int64", temporal=False)
    assert every.extend({**ZERO, "large": column}) == 2
    assert every.extend({**ZERO, "large": like_arrow("int64", 64)}) == 2


def test_a_date_in_a_list_or_a_record_is_refused_with_the_way_out(every):

    for value in (datetime.datetime(2024, 1, 2), datetime.date(2024, 1, 2), datetime.timedelta(1)):
        for give in (lambda: every.extend({**ZERO, "large": [1, value]}), lambda: every.append({**ZERO, "price": value})):
            with raises(mmapforge.FieldTypeError, "convert it to a number in the unit of the field"):
                give()
    assert len(every) == 0


# ---- Enums, time, decimals, arrays, structs and nulls ----

DEAL = """\
enum Side : uint8 {
  Buy = 1;
  Sell = 2;
}
struct Level {
  price: decimal(10,2);
  size: uint32;
}
record Deal version 1 {
  at: timestamp[ns];
  seen: timestamp[ms]?;
  day: date?;
  side: Side;
  fee: decimal(10,4)?;
  greeks: float64[3];
  level: Level?;
  size: int32?;
  text: string[8]?;
}
"""

Deal, DealStore = mmapforge.define(__name__, DEAL)


def deals():
    """Three deals, each of whose nullable fields is null once."""
    from decimal import Decimal

    utc = datetime.timezone.utc
    return {
        "at": [10**18, 10**18 + 1, -1],
        "seen": [None, datetime.datetime(2024, 1, 1, tzinfo=utc), datetime.datetime(1969, 1, 1, tzinfo=utc)],
        "day": [datetime.date(2024, 2, 29), None, datetime.date(1969, 1, 1)],
        "side": ["Buy", "Sell", "Buy"],
        "fee": [Decimal("1.5000"), Decimal("-0.0001"), None],
        "greeks": [[1.0, 2.0, 3.0], [0.0, 0.0, 0.5], [4.0, 5.0, 6.0]],
        "level": [{"price": Decimal("2.50"), "size": 1}, None, {"price": Decimal("0.01"), "size": 2}],
        "size": [1, -2, None],
        "text": [None, "t", "u"],
    }


def deals_of_pyarrow():
    numpy = pytest.importorskip("numpy")
    arrow = pytest.importorskip("pyarrow")
    types = {
        "seen": arrow.timestamp("ms", tz="UTC"), "day": arrow.date32(), "fee": arrow.decimal128(10, 4),
        "greeks": arrow.list_(arrow.float64(), 3), "size": arrow.int32(), "text": arrow.string(),
        "level": arrow.struct([("price", arrow.decimal128(10, 2)), ("size", arrow.uint32())]),
    }  # fmt: skip
    made = {name: arrow.array(values, types.get(name)) for name, values in deals().items()}
    made["at"] = arrow.array(numpy.array(deals()["at"]).view("M8[ns]"))
    made["side"] = made["side"].dictionary_encode()
    return arrow.table(made)


def deals_of_pandas():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(deals())
    frame["at"] = pandas.to_datetime(frame["at"], unit="ns")
    frame["seen"] = pandas.to_datetime(frame["seen"], utc=True)
    frame["side"] = pandas.Categorical(frame["side"])
    frame["size"] = frame["size"].astype("Int32")
    return frame


def deals_of_pandas_of_arrow():
    pandas = pytest.importorskip("pandas")
    return deals_of_pyarrow().to_pandas(types_mapper=pandas.ArrowDtype)


def deals_of_polars():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({name: values for name, values in deals().items() if name not in ("fee", "level", "at")})
    return frame.with_columns(
        polars.Series("at", deals()["at"]).cast(polars.Datetime("ns")),
        polars.Series("fee", deals()["fee"], polars.Decimal(None, 4)),
        polars.Series("level", deals()["level"], polars.Object),
    )


def test_missing_values_of_categories(path):
    pandas = pytest.importorskip("pandas")
    text = "enum Side : uint8 {\n  Buy = 1;\n}\nrecord Kind version 1 {\n  side: Side?;\n}\n"
    _, store_class = mmapforge.define(__name__, text)
    with store_class.create(path) as store:
        for names in (["Buy", None], [1, None]):
            assert store.extend(side=pandas.Series(names, dtype="category")) == 2
        assert [record.side for record in store] == [1, None, 1, None]


@pytest.mark.parametrize("library", ["pyarrow", "polars"])
def test_timestamps_without_a_zone_are_utc_within_lists_and_structs_too(path, library):
    lists, structs = [[datetime.datetime(1969, 12, 31, 23), datetime.datetime(2024, 1, 1)]], [{"at": datetime.datetime(2024, 1, 1)}]
    text = "struct Seen {\n  at: timestamp[ms];\n}\nrecord Row version 1 {\n  list: timestamp[us][2];\n  seen: Seen;\n}\n"
    _, store_class = mmapforge.define(__name__, text)
    made = pytest.importorskip(library)
    column = made.array if library == "pyarrow" else made.Series
    with store_class.create(path) as store:
        assert store.extend(list=column(lists), seen=column(structs)) == 1
        expected = [-3600 * 10**6, 1704067200 * 10**6, 1704067200 * 10**3]
        assert [int(value.astype("i8")) for value in [*store[0].list, store[0].seen.at]] == expected
        with raises(mmapforge.FieldTypeError, "time zone", field="list[0]"):  # a list may be of anything
            store.extend(list=lists, seen=structs)


DEAL_TABLES = {
    "columns": deals,
    "pyarrow": deals_of_pyarrow,
    "pyarrow, a batch": lambda: deals_of_pyarrow().to_batches()[0],
    "pandas": deals_of_pandas,
    "pandas, of Arrow": deals_of_pandas_of_arrow,
    "polars": deals_of_polars,
}


@pytest.mark.parametrize("kind", DEAL_TABLES)
def test_other_types(path, kind):
    table = DEAL_TABLES[kind]()
    with DealStore.create(path) as store:
        rows = deals()
        for i in range(3):
            store.append({name: values[i] for name, values in rows.items()})
        assert store.extend(table) == 3
        assert [list(record) for record in store[3:]] == [list(record) for record in store[:3]]
        assert [record.text for record in store] == [None, "t", "u"] * 2


@pytest.mark.parametrize("name", ["at", "side", "greeks"])
def test_a_null_of_another_type_is_refused(path, name):
    for make in (deals, deals_of_pyarrow):
        with DealStore.create(path + make.__name__) as store:
            columns = {**deals(), name: [*deals()[name][:2], None]}
            if make is deals_of_pyarrow:
                arrow = pytest.importorskip("pyarrow")
                columns[name] = arrow.array(columns[name])
            with raises(mmapforge.FieldTypeError, "given row 2", "null", "nothing was appended", field=name):
                store.extend(columns)
            assert len(store) == 0
