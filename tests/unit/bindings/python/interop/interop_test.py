"""Python reads every type that C wrote, with and without the generated module, and C what Python wrote."""

import datetime
import os
import pickle
import subprocess
from decimal import Decimal

import deal_store
import mmapforge
import pytest
from deal_store import Deal, DealStore, Level, Side

DEALS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "deals")
COUNT = 4


def run(what, path):
    done = subprocess.run([DEALS, what, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def timestamp(number):
    """As it is read: an int without numpy."""
    try:
        import numpy
    except ImportError:
        return number
    return numpy.datetime64(number, "us")


def level(i):
    """As level_of in deals.c."""
    side = Side.Buy if i % 2 else Side.Sell
    return Level(Decimal(10000 * i - 1).scaleb(-4), None if i % 2 else i, side)


def deal(i):
    """As deal_of in deals.c."""
    null = i % 2 == 1
    return Deal(
        at=timestamp(-1000000 + i),
        day=datetime.date(1970, 1, 1) + datetime.timedelta(19000 + i),
        side=Side.Buy if null else Side.Sell,
        levels=(level(i), level(i + 1)),
        greeks=(0.5 * i, 0.5 * i + 1, 0.5 * i + 2),
        flags=(not null, True),
        fee=None if null else Decimal(-5 - i).scaleb(-2),
        memo=None if null else "mémo",
        last=None if null else level(i),
        sides=None if null else (Side.Sell, Side.Buy),
        size=None if null else -i,
    )


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "deals.mmf")


def test_what_c_wrote(path):
    run("write", path)
    with deal_store.open(path) as store:
        assert list(store) == [store[i] for i in range(COUNT)] == [deal(i) for i in range(COUNT)]
        assert type(store[0].side) is Side and type(store[0].levels[0]) is Level


def test_what_c_wrote_without_the_module(path):
    run("write", path)
    with mmapforge.open(path) as store:
        assert [tuple(record) for record in store] == [tuple(deal(i)) for i in range(COUNT)]
        assert [member.name for member in store.schema.types["Side"]] == ["Buy", "Sell"]


def test_what_python_wrote(path):
    deals = [deal(i) for i in range(COUNT)]
    with DealStore.create(path) as store:
        for record in deals:
            store.append(record)
        store.extend(deals)
        store.extend({name: [getattr(record, name) for record in deals] for name in store.schema.names})
        store.extend(store[:COUNT])
        for i in range(COUNT):
            # Each field by itself, over the values of another record.
            row = store.append(deals[i - 1])
            for name in store.schema.names:
                getattr(store, "set_" + name)(row, getattr(deals[i], name))
    run("check", path)


def test_what_numpy_wrote(path):
    pytest.importorskip("numpy")
    run("write", path)
    with DealStore.open(path, "r+") as store:
        store.extend(store.snapshot())
        store.extend(dict(store[:COUNT].columns))
    run("check", path)
    with DealStore.open(path) as store:
        assert list(store) == [deal(i) for i in range(COUNT)] * 3


def test_bytes_are_the_same(path):
    """Nulls and gaps are zero, so a file of Python is that of C, byte by byte, after the header."""
    run("write", path)
    with DealStore.create(path + "2") as store:
        store.extend([deal(i) for i in range(COUNT)])
    found = []
    for name in (path, path + "2"):
        with DealStore.open(name) as store:
            info = store.info()
        with open(name, "rb") as file:
            file.seek(info.header_size)
            data = file.read(COUNT * info.record_size)
        # Without the sequence words.
        found.append([data[at + 8 : at + info.record_size] for at in range(0, len(data), info.record_size)])
    assert found[0] == found[1]


def test_the_module(path):
    assert deal_store.DEPTH == 2
    assert deal_store.__all__ == ["DEPTH", "Side", "Level", "Deal", "DealStore", "create", "open"]
    assert pickle.loads(pickle.dumps([Side.Buy, level(1), deal(0)])) == [Side.Buy, level(1), deal(0)]
    assert Side.__module__ == Level.__module__ == "deal_store"
    assert DealStore.schema.types == {"Side": Side, "Level": Level}
