"""Every type of the schema language: the values it accepts and refuses, and the errors."""

import decimal
import fractions
import math

import mmapforge
import pytest
import schemas
from schemas import EveryStore, FLOAT32_INFINITE, FLOAT32_MAX, INTEGERS, ZERO, overwrite, raises, text

HUGE = 10**400


def ways(store):
    """Each way of writing one field, on a store that has a row 0: (call, row in the message)."""
    return {
        "set_x": (lambda name, value: getattr(store, "set_" + name)(0, value), 0),
        "item": (lambda name, value: store.__setitem__((0, name), value), 0),
        "record": (lambda name, value: setattr(store[0], name, value), 0),
        "set": (lambda name, value: store.set(0, **{name: value}), 0),
        "whole": (lambda name, value: store.set(0, {**ZERO, name: value}), 0),
        "append": (lambda name, value: store.append({**ZERO, name: value}), None),
        "keywords": (lambda name, value: store.append(**{**ZERO, name: value}), None),
        "rows": (lambda name, value: store.extend([{**ZERO, name: value}]), None),
        "tuples": (lambda name, value: store.extend([tuple({**ZERO, name: value}.values())]), None),
        "columns": (lambda name, value: store.extend({**ZERO, name: [value]}), 0),
        "constant": (lambda name, value: store.extend({**ZERO, name: value}), None),
    }


WAYS = list(ways(None))


@pytest.fixture(params=WAYS)
def write(request, every):
    """Writes a field in one of the ways, and returns the value after reading it in every way."""
    every.append(ZERO)
    call, row = ways(every)[request.param]

    def write_and_read(name, value):
        call(name, value)
        at = 0 if row == 0 and request.param not in ("columns",) else len(every) - 1
        found = every[at, name]
        index = list(ZERO).index(name)
        others = [
            getattr(every, "get_" + name)(at),
            getattr(every[at], name),
            list(every[at])[index],
            list(every)[at]._asdict()[name],
            list(every.tuples(name))[at][0],
            list(every[at : at + 1].tuples())[0][index],
        ]
        for other in others:
            assert type(other) is type(found)
            assert other == found or (found != found and other != other)
        return found

    write_and_read.store = every
    write_and_read.row = row
    write_and_read.way = request.param
    return write_and_read


def refused(write, kind, second, name, value, *parts):
    store = write.store
    before = repr(list(store.tuples()))  # by repr, because NaN is not equal to itself
    with raises(kind, store.path, *parts, field=name, row=write.row) as raised:
        write(name, value)
    assert isinstance(raised.value, second)
    assert raised.value.path == store.path
    assert repr(list(store.tuples())) == before


# ---- Integers ----


@pytest.mark.parametrize("name", INTEGERS)
def test_integers(write, name):
    _, low, high = INTEGERS[name]
    for value in (low, high, 0, 1, low + 1, high - 1, high // 2):
        found = write(name, value)
        assert type(found) is int and found == value
    assert write(name, True) == 1


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_out_of_range(write, name):
    kind, low, high = INTEGERS[name]
    for value in (low - 1, high + 1, 2**63, -(2**63) - 1, 2**64, HUGE, -HUGE):
        if not low <= value <= high:
            refused(write, mmapforge.FieldRangeError, OverflowError, name, value, kind, low, high)


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_of_another_type(write, name):
    wrongs = [1.0, 1.5, math.nan, None, 1j, decimal.Decimal(1), fractions.Fraction(1)]
    if write.way != "constant":
        wrongs += ["1", b"1", [1], (), {}, object()]
    for value in wrongs:
        refused(write, mmapforge.FieldTypeError, TypeError, name, value, "int", type(value).__name__)


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_of_numpy(write, name):
    numpy = pytest.importorskip("numpy")
    kind, low, high = INTEGERS[name]
    for value in (low, high):
        found = write(name, getattr(numpy, kind)(value))
        assert type(found) is int and found == value
    assert write(name, numpy.int64(5)) == 5
    for wrong in (numpy.float32(1.0), numpy.float64(1.0), numpy.datetime64(1, "s")):
        refused(write, mmapforge.FieldTypeError, TypeError, name, wrong)
    if low == 0:
        refused(write, mmapforge.FieldRangeError, OverflowError, name, numpy.int8(-1), -1, kind)


# ---- Bools ----


def test_bools(write):
    for value in (True, False, 1, 0):
        found = write("flag", value)
        assert type(found) is bool and found == value
    wrongs = [2, -1, HUGE, 1.0, 0.0, None, math.nan]
    if write.way != "constant":
        wrongs += ["", "True", b"", [], [1]]
    for value in wrongs:
        refused(write, mmapforge.FieldTypeError, TypeError, "flag", value, "bool")


def test_bools_of_numpy(write):
    numpy = pytest.importorskip("numpy")
    assert write("flag", numpy.bool_(True)) is True
    assert write("flag", numpy.bool_(False)) is False
    for wrong in (numpy.float32(1.0), numpy.float64(1.0)):
        refused(write, mmapforge.FieldTypeError, TypeError, "flag", wrong)


def test_any_byte_but_zero_is_true(path):
    with EveryStore.create(path) as store:
        store.append(ZERO)
    overwrite(path, EveryStore, 0, "flag", b"\x02")
    with EveryStore.open(path) as store:
        assert store[0].flag is store[0, "flag"] is store.get_flag(0) is True
        assert list(store.tuples("flag")) == [(True,)]
        assert store.sum("flag") == 1 and store.max("flag") is store.min("flag") is True


# ---- Floats ----

DOUBLES = [0.0, 1.5, -2.25, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, 0.1, math.pi]


def test_float64(write):
    for value in DOUBLES:
        found = write("price", value)
        assert type(found) is float and found == value
    assert math.isnan(write("price", math.nan))
    assert math.copysign(1, write("price", -0.0)) == -1
    assert write("price", 3) == write("price", decimal.Decimal(3)) == 3.0
    assert write("price", fractions.Fraction(1, 2)) == 0.5
    assert write("price", True) == 1.0
    assert write("price", 2**53 + 1) == 2.0**53
    refused(write, mmapforge.FieldRangeError, OverflowError, "price", HUGE, "too large")


def test_float32(write):
    for value in (0.0, 1.5, -2.25, 2.0**-149, FLOAT32_MAX, -FLOAT32_MAX, math.inf, -math.inf):
        found = write("ratio", value)
        assert type(found) is float and found == value
    assert math.isnan(write("ratio", math.nan))
    assert write("ratio", 0.1) == 0.10000000149011612
    assert write("ratio", 2**24 + 1) == 2.0**24
    # A number may round to the largest float32; from the half-way point on it would become infinity.
    below = math.nextafter(FLOAT32_INFINITE, 0) if hasattr(math, "nextafter") else 3.4028235e38
    assert write("ratio", below) == FLOAT32_MAX
    for value in (FLOAT32_INFINITE, 1e39, -1e300, 10**39):
        refused(write, mmapforge.FieldRangeError, OverflowError, "ratio", value, "float32", "3.40282")
    refused(write, mmapforge.FieldRangeError, OverflowError, "ratio", HUGE)


@pytest.mark.parametrize("name", ["price", "ratio"])
def test_floats_of_another_type(write, name):
    wrongs = [None, 1j]
    if write.way != "constant":
        wrongs += ["1.5", b"1.5", bytearray(b"1"), [1.0], {}, "nan"]
    for value in wrongs:
        refused(write, mmapforge.FieldTypeError, TypeError, name, value, "float")


@pytest.mark.parametrize("name", ["price", "ratio"])
def test_floats_of_numpy(write, name):
    numpy = pytest.importorskip("numpy")
    for kind in (numpy.float16, numpy.float32, numpy.float64, numpy.longdouble, numpy.int8, numpy.uint64):
        found = write(name, kind(3))
        assert type(found) is float and found == 3.0


# ---- Strings ----

TEXTS = ["", "a", "1234567", "é" * 3, "日本", "🦊abc", "a\0b", "\0", "\0\0a", "\x7f\n", "aé\u0800"]


def test_strings(write):
    for value in TEXTS:
        if write.way == "constant" and value.endswith("\0"):
            continue
        assert write("name", value) == value


def test_strings_too_long(write):
    # The second has 4 characters and 8 bytes.
    for value in ("12345678", "é" * 4, "x" * 100000, "\0" * 8, "日本語"):
        if write.way == "constant" and value.endswith("\0"):
            continue
        refused(write, mmapforge.TooLongError, ValueError, "name", value, "string[7]")


def test_strings_of_another_type(write):
    wrongs = [None, 1, 1.5, b"abc", bytearray(b"abc"), memoryview(b"abc")]
    if write.way != "constant":
        wrongs += [["a"], {}, ()]
    for value in wrongs:
        refused(write, mmapforge.FieldTypeError, TypeError, "name", value, "str")


def test_strings_that_are_no_text(write):
    refused(write, mmapforge.TextError, ValueError, "name", "a\ud800", "surrogate")


def test_strings_of_numpy(write):
    numpy = pytest.importorskip("numpy")
    assert write("name", numpy.str_("abc")) == "abc"
    if write.way not in ("constant",):
        refused(write, mmapforge.FieldTypeError, TypeError, "name", numpy.bytes_(b"abc"))


# ---- Bytes ----


def test_bytes(write):
    for value in (b"", b"a", b"\0", b"12345", b"\xff\0\xfe", b"ab\0\0\0", b"\0" * 5):
        for kind in (bytes, bytearray, memoryview):
            if write.way == "constant" and value.endswith(b"\0"):
                continue
            found = write("digest", kind(value))
            assert type(found) is bytes and found == value


def test_bytes_refused(write):
    for value in (b"123456", b"x" * 100000):
        refused(write, mmapforge.TooLongError, ValueError, "digest", value, "bytes[5]")
    wrongs = [None, 1, "abc"]
    if write.way != "constant":
        wrongs += [[1, 2], ()]
    for value in wrongs:
        refused(write, mmapforge.FieldTypeError, TypeError, "digest", value, "bytes")


def test_one_value_for_every_row_that_ends_in_nul(every):
    for name, value in (("name", "a\0"), ("digest", b"\0")):
        with raises(mmapforge.ArgumentError, every.path, "NUL", "list", field=name):
            every.extend({**ZERO, name: value})
    assert len(every) == 0


# ---- Bytes in a file that are not UTF-8 ----

BAD = b"ab\xff\xfec"


@pytest.fixture
def bad(path):
    with EveryStore.create(path) as store:
        store.extend([{**ZERO, "name": "n%d" % i} for i in range(3000)])
    overwrite(path, EveryStore, 2000, "name", text(BAD))
    return path


def read_name(store):
    return {
        "get": lambda: store.get_name(2000),
        "item": lambda: store[2000, "name"],
        "row": lambda: store[2000].name,
        "loop": lambda: [r.name for r in store][2000],
        "view": lambda: [r.name for r in store[1999:2002]][1],
        "reversed": lambda: [r.name for r in store[2000::-1]][0],
        "tuples": lambda: list(store.tuples("price", "name"))[2000][1],
    }


@pytest.mark.parametrize("way", read_name(None))
def test_strict(bad, way):
    with EveryStore.open(bad) as store:
        with raises(mmapforge.TextError, bad, "UTF-8", "byte 2", "errors=", field="name", row=2000) as raised:
            read_name(store)[way]()
        assert isinstance(raised.value, ValueError)
        assert store[1999].name == "n1999"
        assert store[2000, "price"] == 0.0
        assert bytes(store.columns["name"][2000]) == BAD


@pytest.mark.parametrize("errors", ["replace", "ignore", "backslashreplace", "surrogateescape"])
def test_errors(bad, errors):
    for opener in (EveryStore.open, mmapforge.open, mmapforge.opener(EveryStore, schemas.TickStore)):
        with opener(bad, errors=errors) as store:
            for way in read_name(store).values():
                assert way() == BAD.decode("utf-8", errors)


def test_surrogates_go_back(bad):
    with EveryStore.open(bad, "r+", errors="surrogateescape") as store:
        name = store[2000].name
        store.append({**ZERO, "name": name})
        store.extend({**ZERO, "name": [name]})
        store[0].name = name
        assert [store[row].name for row in (0, 3000, 3001)] == [name] * 3
    with EveryStore.open(bad) as store:
        assert bytes(store.columns["name"][3001]) == BAD


def test_a_length_beyond_the_field_is_cut(path):
    """A length word that is too large: the read ends at the end of the field."""
    with EveryStore.create(path) as store:
        store.extend([ZERO, ZERO])
    for length in (8, 2**31, 2**32 - 1):
        overwrite(path, EveryStore, 0, "name", text(b"abcdefg", length))
        overwrite(path, EveryStore, 0, "digest", text(b"vwxyz", length))
        with EveryStore.open(path) as store:
            assert store[0].name == store.get_name(0) == "abcdefg"
            assert store[0].digest == store.get_digest(0) == b"vwxyz"
            assert list(store)[0] == store[0]
            assert next(store.tuples("name", "digest")) == ("abcdefg", b"vwxyz")
