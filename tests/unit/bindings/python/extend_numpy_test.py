"""Appending numpy arrays: which are used as they are, which are converted, and which are refused."""

import warnings

import mmapforge
import numpy
import pytest
import schemas
from schemas import EveryStore, FLOAT32_INFINITE, FLOAT32_MAX, INTEGERS, Tick, TickStore, ZERO, raises, tick

NUMBERS = {**{name: kind for name, (kind, _, _) in INTEGERS.items()}, "ratio": "float32", "price": "float64"}
LAYOUTS = {
    "whole": lambda a: a,
    "strided": lambda a: numpy.repeat(a, 3)[::3],
    "backwards": lambda a: a[::-1].copy()[::-1],
    "read-only": lambda a: numpy.frombuffer(a.tobytes(), a.dtype),
    "unaligned": lambda a: numpy.frombuffer(b"x" + a.tobytes(), a.dtype, len(a), 1),
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "column": lambda a: numpy.stack([a, a], axis=1)[:, 1],
    "field": lambda a: numpy.rec.fromarrays([a, a], names="x,y")["y"],
    "object": lambda a: a.astype(object),
    "subclass": lambda a: numpy.ma.masked_array(a),
}


def column(store, name):
    return [value for (value,) in store.tuples(name)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", NUMBERS)
def test_layouts(every, name, layout):
    given = numpy.arange(100).astype(NUMBERS[name])
    assert every.extend({**ZERO, name: LAYOUTS[layout](given)}) == 100
    assert column(every, name) == list(range(100))
    assert every.sum(name) == 4950


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("kind", sorted(set(NUMBERS.values())) + ["float16", "longdouble", "bool"])
def test_other_numbers(every, name, kind):
    given = numpy.array([0, 1, 100]).astype(kind)
    wanted = NUMBERS[name]
    if "int" in wanted and given.dtype.kind == "f":
        with raises(mmapforge.FieldTypeError, every.path, given.dtype, wanted, field=name):
            every.extend({**ZERO, name: given})
        assert len(every) == 0
    else:
        assert every.extend({**ZERO, name: given}) == 3
        assert column(every, name) == given.tolist()


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_out_of_range(every, name):
    kind, low, high = INTEGERS[name]
    assert every.extend({**ZERO, name: numpy.array([low, high], kind)}) == 2
    assert column(every, name) == [low, high]
    for bad in (low - 1, high + 1):
        for dtype in ("int64", "uint64", object):
            if dtype == object or numpy.iinfo(dtype).min <= bad <= numpy.iinfo(dtype).max:
                given = numpy.array([0, 1, bad, 1], dtype)
                with raises(mmapforge.FieldRangeError, bad, low, high, field=name, row=2):
                    every.extend({**ZERO, name: given})
    assert len(every) == 2


def test_floats(every):
    nan, inf = numpy.nan, numpy.inf
    for kind in ("float64", "float32", "longdouble", object):
        assert every.extend({**ZERO, "ratio": numpy.array([nan, inf, -inf, 0.5], kind)}) == 4
        assert numpy.isnan(every[-4].ratio) and column(every, "ratio")[-3:] == [inf, -inf, 0.5]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for bad in (FLOAT32_INFINITE, -1e300):
            for kind in ("float64", "longdouble", object):
                with raises(mmapforge.FieldRangeError, "float32", field="ratio", row=1):
                    every.extend({**ZERO, "ratio": numpy.array([inf, bad, 1e300], kind)})
        if numpy.finfo("longdouble").max > numpy.finfo("float64").max:
            with raises(mmapforge.FieldRangeError, "float64", field="price", row=0):
                every.extend({**ZERO, "price": numpy.array([numpy.longdouble("1e400")])})
        assert every.extend({**ZERO, "ratio": numpy.array([numpy.nextafter(FLOAT32_INFINITE, 0)])}) == 1
        assert every[-1].ratio == FLOAT32_MAX


def test_bools(every):
    for given in ([True, False], [1, 0]):
        for kind in (bool, "uint8", "int64", object):
            assert every.extend({**ZERO, "flag": numpy.array(given, kind)}) == 2
    assert column(every, "flag") == [True, False] * 8
    with raises(mmapforge.FieldRangeError, "2", field="flag", row=1):
        every.extend({**ZERO, "flag": numpy.array([1, 2])})
    for bad in (numpy.array([1.0]), numpy.array(["True"]), numpy.array([2], object)):
        with raises(mmapforge.FieldTypeError, field="flag"):
            every.extend({**ZERO, "flag": bad})


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_no_number(every, name):
    for bad in (
        numpy.array(["1", "2"]),
        numpy.array([b"1"]),
        numpy.array([1j]),
        numpy.zeros(2, "V4"),
        numpy.zeros(2, [("a", "i4")]),
        numpy.array([None, 1]),
        numpy.array(["x"], object),
        numpy.array([(1, 2), None], object),
    ):  # fmt: skip
        with raises(mmapforge.FieldTypeError, every.path, field=name):
            every.extend({**ZERO, name: bad})
    for bad in (numpy.array([1, 2], "M8[ns]"), numpy.array([1], "m8[s]")):
        with raises(mmapforge.FieldTypeError, "astype", field=name):
            every.extend({**ZERO, name: bad})
    for bad in (numpy.zeros((2, 2)), numpy.zeros((1, 1), "int8"), numpy.zeros((0, 3))):
        with raises(mmapforge.ArgumentError, "2 dimensions", field=name):
            every.extend({**ZERO, name: bad.astype(NUMBERS[name])})
    masked = numpy.ma.masked_array(numpy.zeros(2, NUMBERS[name]), [True, False])
    with raises(mmapforge.FieldTypeError, "masked", field=name):
        every.extend({**ZERO, name: masked})
    assert len(every) == 0


def test_one_value_for_every_row(every):
    for one in (numpy.float32(2), numpy.array(2), numpy.int8(2), numpy.array(2, object)):
        assert every.extend({**ZERO, "price": one, "tiny": [1, 2]}) == 2
        assert every.extend({**ZERO, "tiny": numpy.array(3, "int64"), "name": numpy.array("ab"),
                             "digest": numpy.array(b"xy")}) == 1  # fmt: skip
    assert column(every, "price")[:2] == [2.0, 2.0]
    assert tuple(every[2])[-2:] == ("ab", b"xy")
    assert every.extend({**ZERO, "price": numpy.broadcast_to(numpy.float64(7), 5)}) == 5
    assert column(every, "price")[-5:] == [7.0] * 5


def test_no_rows(every):
    for kind in ("float64", "int8", object, "S5", "U5", "M8[s]"):
        assert every.extend({**ZERO, "price": numpy.empty(0, kind)}) == 0
    for kind in ("float64", "S5", "U5", "V5", object):
        assert every.extend({**ZERO, "name": numpy.empty(0, kind), "digest": numpy.empty(0, kind)}) == 0


def test_more_rows_than_there_is_room_for(every):
    for many in (1 << 40, 1 << 59):
        with raises(mmapforge.CapacityError, every.path):
            every.extend({**ZERO, "price": numpy.broadcast_to(numpy.float64(7), many)})
    assert len(every) == 0


# ---- Strings and bytes ----

TEXTS = ["", "a", "1234567", "日本", "a\0b", "é"]


@pytest.mark.parametrize("layout", ["whole", "strided", "backwards", "column", "field", "read-only"])
def test_arrays_of_strings(every, layout):
    fixed = numpy.array([text.encode() for text in TEXTS])
    for given in (fixed, fixed.astype("S20"), numpy.array(TEXTS), numpy.array(TEXTS, "U40"),
                  numpy.array(TEXTS, object)):  # fmt: skip
        if given.dtype.kind == "O" and layout == "read-only":
            continue
        before = len(every)
        assert every.extend({**ZERO, "name": LAYOUTS[layout](given)}) == len(TEXTS)
        assert column(every, "name")[before:] == TEXTS


def test_arrays_of_bytes(every):
    values = [b"", b"a", b"12345", b"\xff\xfe"]
    for given in (numpy.array(values), numpy.array(values, "S9"), numpy.array(values, object)):
        before = len(every)
        assert every.extend({**ZERO, "digest": given}) == 4
        assert column(every, "digest")[before:] == values
    assert every.extend({**ZERO, "digest": numpy.array([b"ab\0", b"\0\0\0"], "V3")}) == 2
    assert column(every, "digest")[-2:] == [b"ab\0", b"\0\0\0"]
    assert every.extend({**ZERO, "digest": numpy.zeros(4, "V3")[::2]}) == 2


def test_wrong_arrays_of_strings(every):
    with raises(mmapforge.TooLongError, every.path, "string[7]", field="name", row=1):
        every.extend({**ZERO, "name": numpy.array([b"a", b"12345678"])})
    with raises(mmapforge.TooLongError, every.path, "string[7]", field="name", row=1):
        every.extend({**ZERO, "name": numpy.array(["a", "éééé"])})
    with raises(mmapforge.TooLongError, every.path, "bytes[5]", field="digest", row=0):
        every.extend({**ZERO, "digest": numpy.zeros(2, "V6")})
    with raises(mmapforge.TextError, "UTF-8", field="name", row=1):
        every.extend({**ZERO, "name": numpy.array([b"ok", b"\xff\xfe", b"\xff"])})
    with raises(mmapforge.TextError, "UTF-8", field="name", row=1):
        every.extend({**ZERO, "name": numpy.array([b"ok", b"-", b"\xff\xfe", b"-"])[::2]})
    for bad in (numpy.array([1, 2]), numpy.zeros(2, "V3"), numpy.array([b"a"], object), numpy.array(["a", None]),
                numpy.array([1.0])):  # fmt: skip
        with raises(mmapforge.FieldTypeError, every.path, field="name", row=list(
                isinstance(v, str) for v in bad.tolist()).index(False)):  # fmt: skip
            every.extend({**ZERO, "name": bad})
    for bad in (numpy.array(["a"]), numpy.array([1, 2]), numpy.zeros(2, [("a", "S2")])):
        with raises(mmapforge.FieldTypeError, every.path, field="digest", row=0):
            every.extend({**ZERO, "digest": bad})
    for name in ("name", "digest"):
        with raises(mmapforge.ArgumentError, "dimensions", field=name):
            every.extend({**ZERO, name: numpy.array([[b"a"]])})
    assert len(every) == 0


def test_bytes_that_are_no_text_where_they_are_asked_for(path):
    with EveryStore.create(path, errors="surrogateescape") as store:
        store.extend({**ZERO, "name": numpy.array([b"a\xff"])})
        assert store[0].name == "a\udcff"


# ---- Whole tables ----


def test_structured_arrays(path, tmp_path):
    with TickStore.open(schemas.fill(path, 2000)) as source, TickStore.create(tmp_path / "c.mmf") as store:
        snapshot = source.snapshot()
        assert store.extend(snapshot) == 2000
        assert store.extend(snapshot[::-2]) == 1000
        packed = numpy.array([tuple(row) for row in source[:3]],
                             [(n, {"symbol": "U8"}.get(n, "f8")) for n in ("symbol", "price", "volume")]
                             + [("timestamp", ">u4")])  # fmt: skip
        assert store.extend(packed) == 3
        assert store.extend(packed.view(numpy.recarray)) == 3
        assert [r._asdict() for r in store] == [
            tick(i) for i in [*range(2000), *range(1999, 0, -2), 0, 1, 2, 0, 1, 2]
        ]
        with raises(mmapforge.FieldNameError, "'prise'", "price"):
            store.extend(numpy.zeros(2, [("symbol", "S2"), ("prise", "f8"), ("volume", "f8"), ("timestamp", "u8")]))
        with raises(mmapforge.FieldNameError, "timestamp"):
            store.extend(snapshot[["symbol", "price", "volume"]])
        with raises(mmapforge.ArgumentError, "dimensions"):
            store.extend(packed.reshape(3, 1))


class Frame:
    """The part of a DataFrame that extend uses, without pandas: columns by name, and iloc."""

    def __init__(self, columns):
        self._columns = columns
        self.columns = list(columns)
        self.iloc = None

    def __getitem__(self, name):
        return self._columns[name]

    def __iter__(self):
        return iter(self.columns)


@pytest.fixture(params=["stand-in", "pandas"])
def frame(request):
    if request.param == "stand-in":
        return Frame
    return pytest.importorskip("pandas").DataFrame


def test_data_frames(path, frame):
    columns = {name: numpy.array([tick(i)[name] for i in range(5)], None if name != "symbol" else object)
               for name in ("price", "timestamp", "symbol", "volume")}  # fmt: skip
    with TickStore.create(path) as store:
        assert store.extend(frame(columns)) == 5
        assert [r._asdict() for r in store] == [tick(i) for i in range(5)]
        with raises(mmapforge.FieldNameError, "'index'"):
            store.extend(frame({**columns, "index": numpy.arange(5)}))
        with raises(mmapforge.FieldTypeError, field="price", row=1):
            store.extend(frame({**columns, "price": numpy.array([1.0, None, 1.0, 1.0, 1.0], object)}))
        assert len(store) == 5


def test_columns_of_stores(path, tmp_path):
    with TickStore.open(schemas.fill(path, 100)) as source, TickStore.create(tmp_path / "c.mmf") as store:
        columns = {name: source.columns[name] for name in source.columns}
        assert store.extend(columns) == 100
        assert store.extend({name: source[::-3].columns[name] for name in source.columns}) == 34
        del columns
        # Its own columns, which are in the file that grows.
        assert store.extend({name: store.columns[name] for name in store.columns}) == 134
        expected = [tick(i) for i in [*range(100), *range(99, -1, -3)]]
        assert [r._asdict() for r in store] == expected * 2
        assert store[0] == Tick(**tick(0))
