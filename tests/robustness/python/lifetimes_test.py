"""The lifetime of a mapping: what keeps it alive, and what ends it."""

import gc
import inspect
import os
import warnings
import weakref

import mmapforge
import numpy
import pytest
import tick_store
from ticks import fill, is_whole, path, run, values  # noqa: F401 (path is a fixture)


def mappings(path):
    with open("/proc/self/maps") as maps:
        return sum(line.rstrip("\n").endswith(path) for line in maps)


def descriptors():
    return len(os.listdir("/proc/self/fd"))


# ---- Views outlive names ----

VIEWS = {
    "column": lambda store: store.columns["price"],
    "column of a slice": lambda store: store[10:20].columns["price"],
    "slice of a column": lambda store: store.columns["price"][10:20:3],
    "column backwards": lambda store: store[::-1].columns["price"],
    "memoryview": lambda store: memoryview(store.columns["price"]),
    "lengths": lambda store: store.columns.lengths("symbol"),
    "strings": lambda store: store.columns["symbol"],
    "another dtype": lambda store: store.columns["price"].view("u8"),
    "another shape": lambda store: store.columns["price"][:100].reshape(10, -1)[::2].T,
    "one of items": lambda store: dict(store.columns.items())["volume"],
}


@pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS.keys())
def test_a_view_keeps_the_mapping_alive(path, make):
    store = tick_store.open(path)
    view = make(store)
    before = bytes(view.tobytes())
    del store
    gc.collect()
    assert mappings(path) == 1
    assert view.tobytes() == before
    del view
    gc.collect()
    assert mappings(path) == 0


@pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS.keys())
def test_close_refuses_while_a_view_is_alive(path, make):
    store = tick_store.open(path)
    view = make(store)
    with pytest.raises(mmapforge.ViewsAliveError, match=r"1 view .*columns\['\w+'\] \(rows \d+ to \d+\)"):
        store.close()
    assert not store.closed
    assert len(store) == 100
    assert issubclass(mmapforge.ViewsAliveError, BufferError)
    del view
    store.close()
    assert store.closed
    assert mappings(path) == 0


def test_close_names_the_views_that_are_left(path):
    store = tick_store.open(path)
    price, volume = store.columns["price"], store[10:20].columns["volume"]
    with pytest.raises(BufferError) as refused:
        store.close()
    assert "columns['price'] (rows 0 to 99)" in str(refused.value)
    assert "columns['volume'] (rows 10 to 19)" in str(refused.value)
    assert refused.value.path == path
    del price, refused
    with pytest.raises(BufferError) as refused:
        store.close()
    assert "price" not in str(refused.value)
    assert "columns['volume'] (rows 10 to 19)" in str(refused.value)
    del volume
    store.close()


def test_copies_do_not_keep_a_store_open(path):
    store = tick_store.open(path)
    column = store.columns["price"]
    made = [column.copy(), column + 1, column.sum(), column[3], numpy.array(column), column.tolist()]
    rows = store.snapshot()
    record = store[5]
    del column
    store.close()
    assert made[0][7] == 7.0 and made[1][7] == 8.0 and made[2] == 4950.0
    assert rows["timestamp"][99] == 99
    assert is_whole(record)


def test_a_column_without_rows_keeps_nothing_open(tmp_path):
    with tick_store.create(tmp_path / "empty") as store:
        column = store.columns["price"]
        assert len(column) == 0
        store.close()
    assert column.sum() == 0


def test_columns_cannot_be_made_writable(path):
    """A write into the mapping of a reader would kill the process."""
    store = tick_store.open(path)
    for name in ("price", "symbol"):
        column = store.columns[name]
        for view in (column, column[3:4], column.view(numpy.ndarray), column.base):
            with pytest.raises(ValueError):
                view.flags.writeable = True
            with pytest.raises(ValueError):
                view.setflags(write=True)
            with pytest.raises(ValueError):
                view[0] = column[1]
        assert memoryview(column).readonly
        del view, column
    store.close()


def test_a_writer_has_writable_columns_on_request_only(path):
    with tick_store.open(path, "r+") as store:
        column = store.columns["price"]
        with pytest.raises(ValueError):
            column.flags.writeable = True
        writable = store.columns.writable("price")
        writable[3] = 33.0
        assert column[3] == 33.0 and store[3].price == 33.0
        del column, writable
    with tick_store.open(path) as store:
        with pytest.raises(mmapforge.ReadOnlyError, match="r\\+"):
            store.columns.writable("price")


# ---- with ----


def test_a_reader_with_views_closes_for_calls_and_stays_mapped(path):
    with tick_store.open(path) as store:
        column = store.columns["price"]
    assert store.closed
    with pytest.raises(mmapforge.ClosedError):
        len(store)
    assert mappings(path) == 1
    assert column.sum() == 4950.0
    store.close()
    assert mappings(path) == 1, "a second close must not unmap under a view"
    assert column[99] == 99.0
    del column
    assert mappings(path) == 0, "the last view takes the mapping along while the store is referred to"
    assert store.closed
    store.close()


def test_a_writer_with_views_does_not_leave_its_block_unnoticed(path):
    with pytest.raises(mmapforge.ViewsAliveError):
        with tick_store.open(path, "r+") as store:
            column = store.columns["price"]
    assert not store.closed
    del column
    store.close()


def test_an_exception_in_a_block_is_not_hidden_by_views(path):
    with pytest.raises(ZeroDivisionError):
        with tick_store.open(path, "r+") as store:
            column = store.columns["price"]
            1 / 0
    assert store.closed
    with pytest.raises(mmapforge.LockedError):
        tick_store.open(path, "r+")
    del column
    # The lock is released though the store object is still referenced.
    tick_store.open(path, "r+").close()


# ---- After close ----

USES = {
    "len": lambda s: len(s),
    "index": lambda s: s[0],
    "negative index": lambda s: s[-1],
    "slice": lambda s: s[1:3],
    "field": lambda s: s[0, "price"],
    "iter": lambda s: list(s),
    "reversed": lambda s: list(reversed(s)),
    "contains": lambda s: 3 in s,
    "get": lambda s: s.get(0),
    "get field": lambda s: s.get(0, "symbol"),
    "get_price": lambda s: s.get_price(0),
    "get_symbol": lambda s: s.get_symbol(0),
    "get_timestamp": lambda s: s.get_timestamp(0),
    "tuples": lambda s: list(s.tuples("price")),
    "follow": lambda s: next(s.follow()),
    "follow from": lambda s: next(s.follow(0, timeout=0)),
    "snapshot": lambda s: s.snapshot(),
    "verify": lambda s: s.verify(),
    "column": lambda s: s.columns["price"],
    "writable column": lambda s: s.columns.writable("price"),
    "lengths": lambda s: s.columns.lengths("symbol"),
    "sum": lambda s: s.sum("price"),
    "min": lambda s: s.min("price"),
    "max": lambda s: s.max("price"),
    "mean": lambda s: s.mean("price"),
    "append": lambda s: s.append(values(1)),
    "append by name": lambda s: s.append(symbol="a", price=1, volume=1, timestamp=1),
    "extend": lambda s: s.extend([values(1)]),
    "extend by nothing": lambda s: s.extend([]),
    "extend columns": lambda s: s.extend(symbol="a", price=[1.0], volume=[1.0], timestamp=[1]),
    "extend no columns": lambda s: s.extend(symbol=[], price=[], volume=[], timestamp=[]),
    "extend by itself": lambda s: s.extend(s),
    "set": lambda s: s.set(0, values(1)),
    "set some": lambda s: s.set(0, price=1.0),
    "set_price": lambda s: s.set_price(0, 1.0),
    "set_symbol": lambda s: s.set_symbol(0, "a"),
    "set_timestamp": lambda s: s.set_timestamp(0, 1),
    "assign": lambda s: s.assign(0, "price", 1.0),
    "assign item": lambda s: s.__setitem__(0, values(1)),
    "assign field": lambda s: s.__setitem__((0, "price"), 1.0),
    "sync": lambda s: s.sync(),
    "copy": lambda s: s.copy(s.path + ".copy"),
    "info": lambda s: s.info(),
    "capacity": lambda s: s.capacity,
    "wait": lambda s: s.wait(0, timeout=0),
}


@pytest.mark.parametrize("mode", ["r", "r+"])
@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_every_use_of_a_closed_store_says_so(path, mode, use):
    store = tick_store.open(path, mode)
    store.close()
    with pytest.raises(mmapforge.ClosedError) as error:
        use(store)
    assert isinstance(error.value, ValueError)
    assert path in str(error.value)


def test_the_uses_are_all_that_there_are():
    """A new method needs its line above."""
    free = {  # class attributes, or valid on a closed store
        "open", "create", "close", "closed", "schema", "record", "path", "mode", "columns",
    }  # fmt: skip
    tested = " ".join(inspect.getsource(use) for use in USES.values())
    names = {name for name in dir(tick_store.TickStore) if not name.startswith("_")}
    missing = {name for name in names - free if f"s.{name}" not in tested}
    assert missing == {"get_volume", "set_volume"}


def test_what_a_closed_store_can_still_tell(path):
    store = tick_store.open(path)
    store.close()
    assert store.closed
    assert store.path == path
    assert "closed" in repr(store)
    assert store.schema.names == ("symbol", "price", "volume", "timestamp")
    store.close()
    with store:
        pass


VIEW_USES = {
    "index": lambda v: v[0],
    "iter": lambda v: list(v),
    "reversed": lambda v: list(reversed(v)),
    "tuples": lambda v: list(v.tuples()),
    "snapshot": lambda v: v.snapshot(),
    "column": lambda v: v.columns["price"],
    "slice of it": lambda v: v[1:2].snapshot(),
    "sum": lambda v: v.sum("price"),
}


@pytest.mark.parametrize("rows", [slice(5, 20), slice(None, None, -3), slice(3, 3)], ids=str)
@pytest.mark.parametrize("use", VIEW_USES.values(), ids=VIEW_USES.keys())
def test_slices_of_a_closed_store_say_so(path, rows, use):
    store = tick_store.open(path)
    view = store[rows]
    columns = view.columns
    store.close()
    if len(view) == 0 and use is VIEW_USES["index"]:
        with pytest.raises(mmapforge.RowError):
            use(view)
        return
    with pytest.raises(mmapforge.ClosedError):
        use(view)
    with pytest.raises(mmapforge.ClosedError):
        columns["price"]
    assert "closed" in repr(view) and "closed" in repr(columns)


def test_a_record_of_a_closed_store_is_a_copy_that_cannot_be_written_through(path):
    store = tick_store.open(path, "r+")
    record = store[7]
    store.close()
    assert is_whole(record)
    with pytest.raises(mmapforge.ClosedError):
        record.price = 1.0
    assert is_whole(record), "a refused write changes nothing"


@pytest.mark.parametrize("make", [iter, reversed, lambda s: iter(s[::2]), lambda s: s.tuples()])
def test_an_iterator_ends_with_an_error_at_what_it_has_not_read(tmp_path, make):
    path = str(tmp_path / "ticks.mmf")
    with tick_store.create(path) as store:
        fill(store, 5000)
    store = tick_store.open(path)
    iterator = make(store)
    got = [next(iterator)]
    store.close()
    with pytest.raises(mmapforge.ClosedError):
        while True:
            got.append(next(iterator))
    # The rest of the current chunk is still yielded.
    assert len(got) < 5000
    assert all(is_whole(tick) for tick in got)


# ---- Garbage, exit, leaks ----


def test_cycles_through_stores_and_views_are_collected(path):
    class Holder:
        pass

    for _ in range(10):
        store = tick_store.open(path)
        holder = Holder()
        holder.parts = [store, store.columns["price"], store[1:], store[0], iter(store), store.columns]
        next(holder.parts[4])
        holder.self = holder
        gone = weakref.ref(store)
        del store, holder
        gc.collect()
        assert gone() is None
    assert mappings(path) == 0


def test_memoryviews_in_cycles_without_numpy(path):
    code = """
import gc, sys
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "numpy" else find(name, *rest)
import tick_store
for order in range(50):
    store = tick_store.open(sys.argv[1])
    parts = [store.columns["price"], store, store.columns["timestamp"]]
    assert type(parts[0]) is memoryview and parts[0][99] == 99.0
    parts = parts[order % 3 :] + parts[: order % 3]
    parts.append(parts)
    del store, parts
    gc.collect()
with open("/proc/self/maps") as maps:
    assert sys.argv[1] not in maps.read()
store = tick_store.open(sys.argv[1])
column = store.columns["price"]
try:
    column[0] = 1.0
    raise SystemExit("written")
except TypeError:
    pass
try:
    store.close()
    raise SystemExit("closed")
except BufferError:
    pass
column.release()
store.close()
"""
    result = run(code, path)
    assert result.stderr == ""


EXITS = {
    "globals": "store = open_(); rows = iter(store); next(rows); column = store.columns['price']",
    "writer": "store = tick_store.open(sys.argv[1], 'r+'); column = store.columns.writable('price')",
    "cycle": "a = [open_()]; a.append(a); a.append(a[0].columns['price'])",
    "builtins": "import builtins; builtins.kept = [open_(), open_().columns['price']]",
    "module": "mmapforge.kept = [open_(), open_().columns['price'], iter(open_())]",
    "writer in a module": "mmapforge.kept = tick_store.open(sys.argv[1], 'r+')",
    "writer in a cycle": "a = [tick_store.open(sys.argv[1], 'r+')]; a.append(a)",
    "function": "def f(s=open_()):\n    yield s.columns['price']\ng = f(); next(g)",
    "thread local": "import threading; t = threading.local(); t.s = open_(); t.c = t.s.columns['price']",
    "atexit": "import atexit; s = open_(); atexit.register(lambda: print(len(s)))",
    "exception": "s = open_()\ntry:\n    s[1000]\nexcept Exception as e:\n    mmapforge.e = e",
    "waiting thread": (
        "import threading; s = open_()\n"
        "threading.Thread(target=s.wait, args=(1000,), daemon=True).start()"
    ),
    "busy threads": (
        "import threading; s = open_()\n"
        "def work():\n    while True: s.sum('price'), s.snapshot(), list(s), s.columns['price']\n"
        "for _ in range(3): threading.Thread(target=work, daemon=True).start()\n"
        "import time; time.sleep(0.05)"
    ),
}


@pytest.mark.parametrize("warn", ["default", "ignore"])
@pytest.mark.parametrize("code", EXITS.values(), ids=EXITS.keys())
def test_the_interpreter_ends_quietly(path, code, warn):
    head = "import sys, tick_store, mmapforge\ndef open_(): return tick_store.open(sys.argv[1])\n"
    result = run(head + code, path, options=["-W", warn])
    if warn == "default" and "r+" in code:
        # At exit there may be the warning, and nothing else.
        assert "Exception ignored" not in result.stderr and "Error" not in result.stderr
        return
    assert result.stderr == ""


def test_an_unclosed_writer_is_a_resource_warning(path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        store = tick_store.open(path, "r+")
        del store
        gc.collect()
    assert [warning.category for warning in caught] == [ResourceWarning]
    assert path in str(caught[0].message)
    caught.clear()  # the warning refers to the store
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tick_store.open(path)  # a reader does not warn
        tick_store.open(path, "r+").close()
        gc.collect()


def test_an_unclosed_writer_leaves_its_rows_and_its_lock(path):
    with pytest.warns(ResourceWarning):
        store = tick_store.open(path, "r+")
        fill(store, 5, 100)
        del store
        gc.collect()
    with tick_store.open(path, "r+") as store:
        assert len(store) == 105
        assert all(map(is_whole, store))


def test_a_warning_that_is_an_error_loses_no_handle(path):
    """A reserve of which the system gives only a part is a warning."""
    before = descriptors()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            tick_store.open(path, "r+", reserve=1 << 62)
    gc.collect()
    assert descriptors() == before
    tick_store.open(path, "r+").close()


def test_bad_arguments_make_no_file_and_take_no_lock(tmp_path, path):
    for bad in ({"errors": "no such handler"}, {"reserve": -1}, {"capacity": -1}):
        with pytest.raises(mmapforge.ArgumentError):
            tick_store.create(tmp_path / "new", **bad)
    assert not (tmp_path / "new").exists()
    with pytest.raises(mmapforge.ArgumentError):
        tick_store.open(path, "r+", errors="no such handler")
    tick_store.open(path, "r+").close()


def test_nothing_leaks(path, tmp_path):
    def use(mode, round_):
        store = tick_store.open(path, mode)
        column = store.columns["price"]
        assert column[5] == 5.0
        iterator = iter(store)
        next(iterator)
        if round_ % 3 == 0:
            with pytest.raises(BufferError):
                store.close()
        if round_ % 3 == 1:
            with store:
                del column
            return
        del column
        if mode == "r+" or round_ % 2:
            store.close()

    use("r", 0)
    use("r+", 0)
    gc.collect()
    before = mappings(path), descriptors()
    for round_ in range(1000):
        use("r" if round_ % 4 else "r+", round_)
    for round_ in range(100):
        with pytest.raises(mmapforge.Error):
            tick_store.open(tmp_path / "absent")
        with tick_store.open(path, "r+"), pytest.raises(mmapforge.LockedError):
            tick_store.open(path, "r+")
        with pytest.raises(mmapforge.StoreExistsError):
            tick_store.create(path)
    gc.collect()
    assert (mappings(path), descriptors()) == before == (0, before[1])
