"""Columns: zero-copy arrays over the file, their sums in C, and snapshots."""

import bisect
import copy
import fractions
import gc
import math
import operator
import pickle

import mmapforge
import numpy
import pytest
import schemas
from schemas import EveryStore, INTEGERS, TickStore, ZERO, overwrite, raises, text, tick

SCALARS = ["flag", *INTEGERS, "ratio", "price"]
DTYPES = {"flag": "?", **{name: kind for name, (kind, _, _) in INTEGERS.items()}, "ratio": "f4", "price": "f8"}
KEYS = [slice(None), slice(2, 7), slice(None, None, 3), slice(None, None, -1), slice(8, 1, -3), slice(4, 5),
        slice(5, 5), slice(100, 200)]  # fmt: skip


def values_of(name, count):
    """Values of all magnitudes, the smallest and the largest first."""
    if name in INTEGERS:
        _, low, high = INTEGERS[name]
        return [(low, high, 0, 1)[i] if i < 4 else low + (high - low) * i * 7919 // count % (high - low + 1)
                for i in range(count)]  # fmt: skip
    if name == "flag":
        return [i % 3 == 1 for i in range(count)]
    return [(-1.5) ** (i % 40) * 1.25 for i in range(count)]


@pytest.fixture
def many(path):
    """A store of 5000 rows with values of all magnitudes in every scalar field."""
    count = 5000
    with EveryStore.create(path) as store:
        store.extend({**ZERO, **{name: values_of(name, count) for name in SCALARS}})
    with EveryStore.open(path) as store:
        yield store
        gc.collect()


# ---- Properties of a column ----


@pytest.mark.parametrize("name", SCALARS)
def test_a_column_lies_over_the_file(many, name):
    column = many.columns[name]
    assert isinstance(column, numpy.ndarray)
    assert column.dtype == numpy.dtype(DTYPES[name])
    assert column.shape == (5000,)
    assert column.strides == (many.schema.record_size,)
    assert column.flags.aligned and not column.flags.owndata
    assert column.tolist() == [value for (value,) in many.tuples(name)]
    others = [many.columns[other] for other in SCALARS]
    addresses = [other.__array_interface__["data"][0] - column.__array_interface__["data"][0] for other in others]
    offsets = [many.schema.by_name[o].offset - many.schema.by_name[name].offset for o in SCALARS]
    assert addresses == offsets


@pytest.mark.parametrize("name", [*SCALARS, "name", "digest"])
def test_a_column_is_read_only(many, name):
    column = many.columns[name]
    assert not column.flags.writeable
    for array in (column, column[::2], column.view(numpy.ndarray), numpy.asarray(column)):
        with pytest.raises(ValueError):
            array[0] = array[1]
        with pytest.raises(ValueError):
            array.flags.writeable = True
        with pytest.raises(ValueError):
            array.setflags(write=True)
    assert memoryview(column).readonly if name in SCALARS else True
    base = column
    while isinstance(base, numpy.ndarray):
        base = base.base
    # A memoryview as base would also be unsafe: it can be released, and its .obj is the memory itself.
    with pytest.raises(TypeError):
        memoryview(base)


def test_values_change_with_the_file(writer):
    with mmapforge.open(writer.path) as reader:
        column, symbols = reader.columns["price"], reader.columns["symbol"]
        lengths, part = reader.columns.lengths("symbol"), reader[8:2:-3].columns["price"]
        own = writer.columns["price"]
        writer.set_price(5, 123.0)
        writer[5].symbol = "changed"
        assert column[5] == part[1] == own[5] == 123.0
        assert (symbols[5], lengths[5]) == (b"changed", 7)
        assert numpy.shares_memory(column, reader.columns["price"])
        # The column keeps its number of rows; a new column has the new rows.
        writer.append(tick(10))
        assert len(column) == 10 and len(reader.columns["price"]) == 11
        del column, symbols, lengths, part, own


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_columns_of_slices(reader, key):
    whole = {name: reader.columns[name] for name in reader.columns}
    view = reader[key]
    for name, column in whole.items():
        expected = column[key]
        found = view.columns[name]
        assert found.tolist() == expected.tolist()
        assert found.dtype == column.dtype
        assert not found.flags.writeable or not len(found)
        for inner in KEYS:
            assert view[inner].columns[name].tolist() == expected[inner].tolist()
        if len(found) > 1:
            assert found.strides == expected.strides
            assert numpy.shares_memory(found, column)
    assert view.columns.lengths("symbol").tolist() == [2] * len(view)
    assert list(view.columns) == list(reader.schema.names)


def test_columns_are_a_mapping(reader):
    columns = reader.columns
    assert list(columns) == ["symbol", "price", "volume", "timestamp"]
    assert len(columns) == 4
    assert "price" in columns and "prise" not in columns
    assert dict(columns.items())["timestamp"].tolist() == list(range(10))
    assert columns.get("prise") is None
    frame = {name: column.tolist() for name, column in columns.items()}
    assert frame["symbol"][:2] == [b"S0", b"S1"]


def test_strings_and_bytes(every):
    names = ["", "a", "1234567", "日本", "a\0b", "a\0"]
    digests = [b"", b"a", b"12345", b"\xff\xfe", b"a\0b", b"a\0"]
    every.extend({**ZERO, "name": names, "digest": digests})
    column, data = every.columns["name"], every.columns["digest"]
    assert (column.dtype, data.dtype) == (numpy.dtype("S7"), numpy.dtype("V5"))
    # numpy drops trailing NULs of S; V has the whole capacity.
    assert column.tolist() == [name.encode().rstrip(b"\0") for name in names]
    assert [bytes(value) for value in data] == [digest.ljust(5, b"\0") for digest in digests]
    lengths = every.columns.lengths("name")
    assert lengths.dtype == numpy.uint32
    assert lengths.tolist() == [len(name.encode()) for name in names]
    assert every.columns.lengths("digest").tolist() == [len(digest) for digest in digests]
    assert not lengths.flags.writeable
    assert lengths.sum() == sum(len(name.encode()) for name in names) and lengths.max() == 7
    with raises(mmapforge.FieldTypeError, every.path, "float64", field="price"):
        every.columns.lengths("price")
    del column, data, lengths


def test_empty_columns(every):
    for name in every.columns:
        column = every.columns[name]
        assert column.shape == (0,) and not column.flags.writeable
    for name in SCALARS:
        assert every.columns[name].sum() == 0
        assert every.columns.writable(name).shape == (0,)
        with pytest.raises(ValueError):
            every.columns[name].max()


def test_what_numpy_makes_of_a_column_is_plain(reader):
    column = reader.columns["price"]
    for made in (column + 1, column * column, column > 2, numpy.sqrt(column), -column, numpy.add(column, 1),
                 numpy.concatenate([column, column]), numpy.asarray(column)):  # fmt: skip
        assert type(made) is numpy.ndarray
    assert made.flags.owndata or made.base is not None
    assert isinstance(numpy.add.reduce(column), float)
    assert type(column[0]) is numpy.float64
    assert (column + 1).tolist() == [1.5 * i + 1 for i in range(10)]
    assert numpy.add.accumulate(column).tolist()[-1] == 1.5 * 45
    del made


def test_copies(reader):
    column = reader.columns["price"]
    expected = column.tolist()
    for same in (pickle.loads(pickle.dumps(column)), copy.copy(column), copy.deepcopy(column), column.copy(),
                 numpy.array(column), column.astype("f4")):  # fmt: skip
        assert same.tolist() == expected
        assert not numpy.shares_memory(same, column)
        assert same.sum() == sum(expected)
        same[0] = 5.0
    assert column.tolist() == expected
    del column, same
    reader.close()


def test_one_column_of_every_size(path, tmp_path):
    """Fields at the start and at the end of a record, and alone in one."""
    for name, kind in [("bool", "?"), ("uint8", "u1"), ("float32", "f4"), ("int64", "i8")]:
        _, store_class = mmapforge.define(name, "record X version 1 {\n  x: %s;\n}\n" % name)
        with store_class.create(tmp_path / name) as store:
            store.extend(x=[1, 0, 1])
            assert store.columns["x"].tolist() == [1, 0, 1]
            assert store.columns["x"].dtype == kind
            assert store.snapshot()["x"].tolist() == [1, 0, 1]
            gc.collect()


# ---- Writable columns ----


def test_writable(writer):
    with TickStore.open(writer.path) as reader:
        column = writer.columns.writable("price")
        column[3] = 77.0
        column[5:7] = [1.0, 2.0]
        assert reader[3].price == writer[3].price == 77.0
        column += 1
        assert reader.columns["price"].tolist()[3] == 78.0
        writer[::-1].columns.writable("timestamp")[0] = 99
        assert reader[9].timestamp == 99
        assert writer.columns["price"].flags.writeable is False
        with raises(mmapforge.FieldTypeError, "row by row", field="symbol"):
            writer.columns.writable("symbol")
        with raises(mmapforge.ReadOnlyError, "r+", field="price"):
            reader.columns.writable("price")
        del column


# ---- Sums ----


def exact(name, values):
    return sum(map(fractions.Fraction, values)) if name in ("ratio", "price") else sum(values)


@pytest.mark.parametrize("name", SCALARS)
@pytest.mark.parametrize("key", KEYS + [slice(0, 1), slice(1, 4097), slice(4999, None), slice(None, None, 511)],
                         ids=str)  # fmt: skip
def test_sums(many, name, key):
    view = many[key]
    values = [value for (value,) in view.tuples(name)]
    column = view.columns[name]
    if not values:
        assert view.sum(name) == 0 and column.sum() == 0
        for call in (view.min, view.max, view.mean):
            with raises(mmapforge.ArgumentError, name, "no rows", field=name) as raised:
                call(name)
            assert isinstance(raised.value, ValueError)
        return
    plain = numpy.asarray(column)
    assert view.min(name) == column.min() == min(values)
    assert view.max(name) == column.max() == max(values)
    assert type(view.min(name)) is type(values[0])
    assert type(column.min()) is type(plain.min()) and type(column.sum()) is type(plain.sum())
    assert type(column.mean()) is type(plain.mean())
    total = exact(name, values)
    if name in ("ratio", "price"):
        scale = sum(map(abs, values))
        assert abs(view.sum(name) - total) <= scale * 2**-48
        assert math.isclose(column.sum(), plain.astype("f8").sum(), rel_tol=1e-6, abs_tol=scale * 1e-7)
        assert math.isclose(view.mean(name), float(total / len(values)), rel_tol=1e-9, abs_tol=scale * 2**-48)
    else:
        assert type(view.sum(name)) is int
        assert view.sum(name) == total
        assert int(column.sum()) == int(plain.sum())  # as numpy's, which wraps around beyond 64 bits
        assert view.mean(name) == total / len(values)
        assert column.mean() == total / len(values)
    assert many[key].sum(name) == view.sum(name)


@pytest.mark.parametrize("name", INTEGERS)
def test_sums_of_integers_are_exact(every, name):
    """Sums beyond 2^63 and 2^64, positive and negative, of more values than a block of the loop."""
    _, low, high = INTEGERS[name]
    count = 70_000
    every.extend({**ZERO, name: [high] * count})
    assert every.sum(name) == high * count
    assert every.mean(name) == float(high)
    every.extend({**ZERO, name: [low] * (2 * count)})
    assert every.sum(name) == high * count + low * 2 * count
    assert (every.min(name), every.max(name)) == (low, high)
    assert every[count:].max(name) == low
    assert every[::-1].sum(name) == every.sum(name)


def test_sums_of_floats_are_accurate(every):
    """A million times 0.1: a sequential sum has an error of 1e-6, a pairwise sum one below 1e-9."""
    every.extend({**ZERO, "price": numpy.full(1_000_000, 0.1), "ratio": numpy.float32(0.1)})
    exact_sum = float(fractions.Fraction(0.1) * 1_000_000)
    assert abs(every.sum("price") - exact_sum) < 1e-9
    assert abs(every.columns["price"].sum() - exact_sum) < 1e-9
    single = float(numpy.float32(0.1))
    assert abs(every.sum("ratio") - float(fractions.Fraction(single) * 1_000_000)) < 1e-6
    assert every.columns["ratio"].sum() == numpy.float32(every.sum("ratio"))
    gc.collect()


@pytest.mark.parametrize("at", [0, 1, 2, 3, 5, 600])
def test_nan_and_infinity(every, at):
    values = [1.0] * 601
    values[at] = math.nan
    every.extend({**ZERO, "price": values, "ratio": values})
    for name in ("price", "ratio"):
        column = every.columns[name]
        for made in (every.sum(name), every.min(name), every.max(name), every.mean(name), column.sum(),
                     column.min(), column.max(), column.mean()):  # fmt: skip
            assert math.isnan(made)
        every[at, name] = math.inf
        assert every.max(name) == every.sum(name) == column.mean() == math.inf and every.min(name) == 1.0
        every[at - 1, name] = -math.inf
        assert math.isnan(every.sum(name)) and every.min(name) == column.min() == -math.inf
        del column


def test_sums_of_what_is_no_number(reader):
    for call in (reader.sum, reader.min, reader.max, reader.mean, reader[:3].sum):
        with raises(mmapforge.FieldTypeError, reader.path, "string[8]", field="symbol"):
            call("symbol")


def test_arguments_are_those_of_numpy(many):
    for name in SCALARS:
        column = many.columns[name]
        plain = numpy.array(column)
        assert column.sum(axis=0) == plain.sum(axis=0)
        assert column.sum(0, "f8") == plain.sum(0, "f8")
        assert column.sum(dtype=object) == plain.sum(dtype=object)
        assert column.sum(keepdims=True).shape == (1,)
        assert column.max(initial=plain.max()) == plain.max()
        assert column.min(where=plain == plain, initial=plain.max()) == plain.min()
        assert column.mean(axis=0, dtype="f8") == plain.mean(axis=0, dtype="f8")
        out = numpy.zeros((), "f8")
        assert column.sum(out=out, dtype="f8") is out and out == plain.sum(dtype="f8")
        assert numpy.sum(column) == column.sum() and numpy.max(column) == numpy.amax(plain)
        assert numpy.min(column) == plain.min() and numpy.mean(column) == column.mean()
        square = column[:4900].reshape(70, 70)
        assert square.sum() == plain[:4900].reshape(70, 70).sum()
        assert square.max(axis=1).tolist() == plain[:4900].reshape(70, 70).max(axis=1).tolist()
        for wrong in (1, None):
            with pytest.raises(TypeError):
                column.sum(wrong=wrong)
        with pytest.raises(ValueError):
            column.max(axis=1)
    assert numpy.std(many.columns["price"]) == numpy.std(numpy.array(many.columns["price"]))
    for kind in (">f8", "f2", "c16", "M8[s]"):
        converted = many.columns["tiny"].astype(kind)
        assert converted.max() == numpy.asarray(converted).max()
    del column, square


# ---- Snapshots ----


# ---- Comparisons and searchsorted ----


def test_text_compares_with_str(path):
    """numpy silently compares str and bytes as unequal."""
    symbols = ["AAPL", "MSFT", "é", "", "AAPL"]
    with TickStore.create(path) as store:
        store.extend(symbol=symbols, price=1.0, volume=1.0, timestamp=1)
        column = store.columns["symbol"]
        for wanted in ("AAPL", "é", "", "B", b"AAPL"):
            text = wanted if isinstance(wanted, str) else wanted.decode()
            assert (column == wanted).tolist() == [s == text for s in symbols]
            assert (column != wanted).tolist() == [s != text for s in symbols]
            assert (wanted == column).tolist() == [s == text for s in symbols]
            assert (column < wanted).tolist() == [s.encode() < text.encode() for s in symbols]
            assert (column >= wanted).tolist() == [s.encode() >= text.encode() for s in symbols]
            assert (wanted in column) == (text in symbols)
        others = ["AAPL", "x", "é", "", "MSFT"]
        for given in (others, numpy.array(others), numpy.array(others, object), numpy.array(others).astype(object)):
            assert (column == given).tolist() == [a == b for a, b in zip(symbols, others)]
        assert (column[::2] == "AAPL").tolist() == [True, False, True]
        assert type(column == "AAPL") is numpy.ndarray
        del column
    ordered = sorted(["AAPL", "MSFT", "TSLA"])
    with TickStore.open(path, "r+") as store:
        store.extend(symbol=ordered, price=1.0, volume=1.0, timestamp=1)
        column = store[-3:].columns["symbol"]
        assert column.searchsorted("MSFT") == 1 and numpy.searchsorted(column, "MSFT", "right") == 2
        assert column.searchsorted(["A", "MSFT", "Z"]).tolist() == [0, 1, 3]
        del column


def test_bytes_compare_or_say_why_not(every):
    every.append({**ZERO, "digest": b"abcde"})
    every.append({**ZERO, "digest": b"ab"})
    column = every.columns["digest"]
    for other in (b"ab", b"abcde", "abcde", [b"abcde", b"ab"]):
        with raises(mmapforge.FieldTypeError, "bytes[5]", "tuples()"):
            column == other
    assert (column == numpy.void(b"abcde")).tolist() == [True, False]
    assert (column == column).tolist() == [True, True]
    del column
    gc.collect()  # frees the tracebacks


TIMES = [0, 1, 2**53, 2**53 + 1, 2**53 + 2, 2**63 - 1, 2**63, 2**64 - 1]


def test_large_times_are_sought_exactly(every):
    """numpy compares int64 and uint64 as float64, in which 2**53 and 2**53 + 1 are equal."""
    every.extend({**ZERO, "stamp": TIMES})
    column = every.columns["stamp"]
    keys = [-1, *TIMES, 3]
    for side, find in (("left", bisect.bisect_left), ("right", bisect.bisect_right)):
        expected = [find(TIMES, key) for key in keys]
        assert [column.searchsorted(key, side) for key in keys] == expected
        assert [numpy.searchsorted(column, key, side) for key in keys] == expected
        small = [key for key in keys if key < 2**63]
        assert column.searchsorted(numpy.array(small, "i8"), side).tolist() == [find(TIMES, key) for key in small]
    for name in ("large", "tiny", "octet"):
        _, low, high = INTEGERS[name]
        every.set(0, **{name: low})
        some = every[:1].columns[name]
        assert [some.searchsorted(key, "right") for key in (low - 1, low, low + 1)] == [0, 1, 1]
        assert some.searchsorted(numpy.array([0, 200, 2**63], "u8")).tolist()[-1] == 1
        del some
    del column


def test_large_times_compare_exactly(every):
    every.extend({**ZERO, "stamp": TIMES})
    column = every.columns["stamp"]
    for key in (-1, 0, 2**53 + 1, 2**63 - 1):
        for other in (key, numpy.int64(key), numpy.full(len(TIMES), key, "i8")):
            for name in ("eq", "ne", "lt", "le", "gt", "ge"):
                compare = getattr(operator, name)
                assert compare(column, other).tolist() == [compare(time, key) for time in TIMES], (name, key)
                assert compare(other, column).tolist() == [compare(key, time) for time in TIMES], (name, key)
    del column


def test_snapshots(many):
    whole = many.snapshot()
    assert whole.dtype == many.schema.dtype and whole.shape == (5000,)
    assert whole.dtype.itemsize == many.schema.record_size
    assert whole.flags.owndata and whole.flags.writeable
    for name in many.columns:
        assert whole[name].tolist() == many.columns[name].tolist()
        assert whole[name].dtype == many.columns[name].dtype
    for start, stop in ((0, 10), (-5, None), (10, 5), (4990, 10_000), (-10_000, 3), (0, -4990), (3, 3)):
        assert many.snapshot(start, stop).tolist() == whole[start:stop].tolist()
    for key in KEYS:
        assert many[key].snapshot().tolist() == whole[key].tolist()
        assert many[key].snapshot().dtype == whole.dtype
    whole["price"] = 0.0
    assert many.columns["price"].any()


def test_a_snapshot_is_a_copy(writer):
    before = writer.snapshot(2, 5)
    expected = before.tolist()
    writer.set(3, tick(99))
    assert before.tolist() == expected
    writer.close()
    assert before["symbol"].tolist() == [b"S2", b"S3", b"S4"]


def test_what_is_not_text_is_shown_as_it_is(path):
    with EveryStore.create(path) as store:
        store.append(ZERO)
    overwrite(path, EveryStore, 0, "name", text(b"\xff\xfe"))
    with EveryStore.open(path) as store:
        assert store.snapshot()["name"][0] == store.columns["name"][0] == b"\xff\xfe"
        gc.collect()
