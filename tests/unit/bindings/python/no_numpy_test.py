"""Everything except arrays, in an interpreter without numpy.

The file runs itself without pytest: the code below `if __name__` runs in the other interpreter.
"""

import array
import gc
import os
import subprocess
import sys

if __name__ == "__main__":
    sys.modules["numpy"] = None  # from here on `import numpy` fails

import mmapforge
import schemas
from schemas import Book, BookStore, EveryStore, INTEGERS, Tick, TickStore, ZERO, book, tick


def run(name, path):
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", __file__, name, path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


# ---- In the other interpreter ----


def raised(call):
    """The exception of a call, without its traceback, whose frames would keep objects alive."""
    try:
        call()
    except Exception as error:  # noqa: BLE001
        return error.with_traceback(None)
    raise AssertionError("nothing was raised")


def numpy_is_not_there(path):
    assert isinstance(raised(lambda: __import__("numpy")), ImportError)


def rows_and_loops(path):
    with TickStore.create(path) as store:
        assert store.append(tick(0)) == 0
        assert store.extend([tick(i) for i in range(1, 3000)]) == 2999
        assert store.extend(store[:10]) == 10
        store[5].price = 2.5
        store.set(6, price=1.0, symbol="six")
        assert [r.timestamp for r in store] == [*range(3000), *range(10)]
        assert [r.timestamp for r in store[3000:10:-700]] == [0, 2300, 1600, 900, 200]
        assert list(store.tuples("price", start=5, stop=7)) == [(2.5,), (1.0,)]
    with mmapforge.open(path) as store:
        assert store[6].symbol == "six"
        assert isinstance(raised(lambda: store[9999]), mmapforge.RowError)


def snapshots(path):
    with TickStore.open(schemas.fill(path, 2000)) as store:
        assert store.snapshot() == [Tick(**tick(i)) for i in range(2000)]
        assert store.snapshot(-2) == store[-2:].snapshot() == list(store[-2:])
        assert store[::-500].snapshot() == list(store[::-500])
        assert isinstance(raised(lambda: store.schema.dtype), mmapforge.UnsupportedError)


def columns(path):
    with EveryStore.create(path) as store:
        for name in [*INTEGERS, "ratio", "price", "flag"]:
            empty = store.columns[name]
            assert isinstance(empty, memoryview) and empty.tolist() == [] and empty.readonly
            assert store.columns.writable(name).tolist() == []
        store.extend(dict(values(i)) for i in range(3000))
        codes = {"flag": "?", "ratio": "f", "price": "d", **dict(zip(INTEGERS, "bBhHiIqQ"))}
        for name, code in codes.items():
            expected = [value for (value,) in store.tuples(name)]
            column = store.columns[name]
            assert (column.format, column.shape, column.readonly) == (code, (3000,), True)
            assert column.strides == (store.schema.record_size,)
            assert column.tolist() == expected
            for key in (slice(3, 9), slice(None, None, -1), slice(2900, 5, -7), slice(1, None, 3), slice(4, 4)):
                assert store[key].columns[name].tolist() == column[key].tolist() == expected[key]
            error = raised(lambda: column.__setitem__(0, expected[1]))
            assert isinstance(error, TypeError), error
            del error
        assert store.columns.lengths("name").tolist() == [len("n%d" % (i % 10)) for i in range(3000)]
        for name in ("name", "digest"):
            error = raised(lambda: store.columns[name])
            assert isinstance(error, mmapforge.UnsupportedError)
            assert isinstance(error, NotImplementedError)
            assert path in str(error) and name in str(error) and "numpy" in str(error)
        column = store.columns["price"]
        store[7, "price"] = -5.0
        assert column[7] == -5.0
        writable = store.columns.writable("price")
        writable[8] = -6.0
        assert store[8].price == column[8] == -6.0
        error = raised(store.close)
        assert isinstance(error, mmapforge.ViewsAliveError) and "columns['price']" in str(error)
        part = column[::2]
        del column, writable, error
        gc.collect()
        assert isinstance(raised(store.close), BufferError)
        part.release()
        del part


def values(i):
    for name, value in ZERO.items():
        if name == "name":
            value = "n%d" % (i % 10)
        elif name == "flag":
            value = i % 2 == 1
        elif name != "digest":
            value = i % 100
        yield name, value


def sums(path):
    with EveryStore.create(path) as store:
        store.extend({**ZERO, "stamp": [2**64 - 1] * 3, "large": [-(2**63)] * 3, "price": [1.0, 2.5, 3.0],
                      "flag": [True, False, True]})  # fmt: skip
        assert store.sum("stamp") == 3 * (2**64 - 1)
        assert store.sum("large") == -3 * 2**63
        assert (store.min("price"), store.max("price"), store.mean("price")) == (1.0, 3.0, 6.5 / 3)
        assert store[::-2].sum("price") == 4.0
        assert store.sum("flag") == 2


def extend(path):
    with EveryStore.create(path) as store:
        same = [1, 0, 1]
        for made in (same, tuple(same), iter(same), array.array("B", same), array.array("q", same),
                     memoryview(array.array("d", [1, 0, 1])), range(3), bytearray(same)):  # fmt: skip
            expected = [0, 1, 2] if isinstance(made, range) else same
            assert store.extend({**ZERO, "price": made, "tiny": 5}) == 3
            assert [r.price for r in store[-3:]] == expected
        for name in INTEGERS:
            code = "bBhHiIqQ"[list(INTEGERS).index(name)]
            _, low, high = INTEGERS[name]
            assert store.extend({**ZERO, name: array.array(code, [low, high])}) == 2
            assert store.extend({**ZERO, name: [low, high]}) == 2
            assert store.extend({**ZERO, name: memoryview(array.array(code, [low, 0, high]))[::2]}) == 2
            assert [value for (value,) in store.tuples(name)][-6:] == [low, high] * 3
            for bad, kind in (([0, high + 1], mmapforge.FieldRangeError), ([0, 1.0], mmapforge.FieldTypeError),
                              (array.array("d", [1, 2]), mmapforge.FieldTypeError)):  # fmt: skip
                error = raised(lambda: store.extend({**ZERO, name: bad}))
                row = 0 if isinstance(bad, array.array) else 1
                assert type(error) is kind and error.field == name and error.row == row, error
                start = f"{path}: extend: given row {row} (the first is 0), field {name}: "
                assert str(error).startswith(start) and str(error).endswith("; nothing was appended"), error
        for name, bad, kind in (
            ("ratio", [1.0, 1e39], mmapforge.FieldRangeError),
            ("ratio", [1.0, "x"], mmapforge.FieldTypeError),
            ("flag", [True, 2], mmapforge.FieldTypeError),
            ("flag", b"\1\2", mmapforge.FieldTypeError),
            ("octet", b"\1\2", mmapforge.FieldTypeError),
            ("price", "12", mmapforge.FieldTypeError),
            ("name", ["a", "12345678"], mmapforge.TooLongError),
            ("name", [b"a"], mmapforge.FieldTypeError),
            ("price", memoryview(bytes(16)).cast("d", (1, 2)), mmapforge.FieldTypeError),
        ):
            error = raised(lambda: store.extend({**ZERO, name: bad}))
            assert type(error) is kind and error.field == name, error
        before = len(store)
        rows = [{**ZERO, "tiny": i} for i in range(3)]
        rows[2]["octet"] = 256
        error = raised(lambda: store.extend(rows))
        assert str(error).startswith(f"{path}: extend: given row 2 (the first is 0), field octet: 256"), error
        assert str(error).endswith("; extend appended 2 records") and error.row == 2, error
        assert len(store) == before + 2
        before = len(store)
        assert store.extend({**ZERO, "flag": memoryview(b"\1\0").cast("?"), "name": ["é", "b\0"],
                             "digest": [b"\0", bytearray(b"x")]}) == 2  # fmt: skip
        assert [(r.flag, r.name, r.digest) for r in store[before:]] == [(True, "é", b"\0"), (False, "b\0", b"x")]
        assert store.extend({name: [] for name in ZERO}) == 0
        many = [float(i) for i in range(100_000)]
        assert store.extend({**ZERO, "price": many}) == 100_000
        assert store[-100_000:].sum("price") == sum(many)


def other_types(path):
    with BookStore.create(path) as store:
        for i in range(10):
            store.append(book(i))
        names = store.schema.names
        assert store.extend([book(i) for i in range(10)]) == 10
        assert store.extend({name: [book(i)[name] for i in range(10)] for name in names}) == 10
        for i in range(30):
            expected = list(book(i % 10).values())
            assert list(store[i]) == [getattr(store, "get_" + name)(i) for name in names] == expected
        assert store.snapshot(0, 2) == [Book(**book(0)), Book(**book(1))]
        assert type(store[0].at) is int and store[0].at == store.min("at") == 10**18
        for name in ("at", "second", "day", "side", "fixed", "low"):
            column = store.columns[name]
            assert isinstance(column, memoryview) and len(column) == 30
        assert store.columns["side"].tolist()[:2] == [1, 2] and store.columns["second"][5] == 5
        for name in ("bids", "greeks", "note", "fee", "memo", "volume"):
            error = raised(lambda: store.columns[name])
            assert isinstance(error, mmapforge.UnsupportedError) and "needs numpy" in str(error)
        store[0].at = 5
        store[0].fee = "2.5"
        assert (store[0].at, str(store[0].fee)) == (5, "2.5000")
        assert store.sum("fixed") == 3 * sum(book(i)["fixed"] for i in range(10))
        for name, bad, kind in (("side", [1, 3], mmapforge.EnumError), ("day", [1, "x"], mmapforge.FieldTypeError),
                                ("greeks", [[1] * 4, [1] * 5], mmapforge.FieldTypeError)):  # fmt: skip
            given = {name: [book(i)[name] for i in range(2)] for name in names}
            error = raised(lambda: store.extend({**given, name: bad}))
            assert type(error) is kind and error.field == name and error.row == 1, error
        del column, error


CASES = [numpy_is_not_there, rows_and_loops, snapshots, columns, sums, extend, other_types]


# ---- Here ----


def pytest_generate_tests(metafunc):
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", [case.__name__ for case in CASES])


def test_without_numpy(case, path):
    run(case, path)


if __name__ == "__main__":
    {case.__name__: case for case in CASES}[sys.argv[1]](sys.argv[2])
