"""Creating, opening and closing stores, and the errors when that fails."""

import gc
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import warnings

import mmapforge
import pytest
import schemas
from schemas import Quote, QuoteStore, Tick, TickStore, raises, tick

ROOT = os.geteuid() == 0


class Name:
    def __init__(self, name):
        self.name = name

    def __fspath__(self):
        return self.name


@pytest.mark.parametrize("kind", [str, os.fsencode, pathlib.Path, Name])
def test_takes_every_kind_of_path(path, kind):
    with TickStore.create(kind(path)) as store:
        assert store.path == path
        store.append(tick(1))
    for opener in (TickStore.open, mmapforge.open, mmapforge.opener(TickStore, QuoteStore)):
        with opener(kind(path)) as store:
            assert store.path == path
            assert len(store) == 1


def test_takes_a_path_that_is_not_utf8(tmp_path):
    name = os.fsencode(str(tmp_path)) + b"/caf\xe9.mmf"
    with TickStore.create(name) as store:
        assert os.fsencode(store.path) == name
    with TickStore.open(os.fsdecode(name)) as store:
        assert len(store) == 0
    with pytest.raises(mmapforge.StoreNotFoundError):
        TickStore.open(name + b"x")


@pytest.mark.parametrize("wrong", [3, None, 1.5, ["x"]])
def test_refuses_what_is_no_path(wrong):
    for call in (TickStore.open, TickStore.create, mmapforge.open):
        with pytest.raises(TypeError):
            call(wrong)


def test_refuses_a_path_with_a_nul(path):
    for call in (TickStore.open, TickStore.create, mmapforge.open):
        with raises(mmapforge.ArgumentError, "NUL"):
            call(path + "\0x")
    assert not os.path.exists(path)


@pytest.mark.parametrize("mode", ["w", "", "rb", "a", "r+b", "R", None, 1, ["r"]])
def test_refuses_other_modes(path, mode):
    schemas.fill(path, 1)
    for opener in (TickStore.open, mmapforge.open, mmapforge.opener(TickStore, QuoteStore)):
        with raises(mmapforge.ArgumentError, repr(mode), "'r'", "'r+'"):
            opener(path, mode)


def test_modes(path):
    schemas.fill(path, 2)
    with TickStore.open(path) as store:
        assert store.mode == "r"
        with raises(mmapforge.ReadOnlyError, path, "r+", status="MMF_ERR_READ_ONLY"):
            store.append(tick(3))
        with raises(mmapforge.ReadOnlyError, path, row=-1, field="price"):
            store.set_price(-1, 1.0)
        with raises(mmapforge.ReadOnlyError, path):
            store.sync()
        assert not store.info().writable
    with TickStore.open(path, mode="r+") as store:
        assert store.append(tick(3)) == 2
        assert store.info().writable
        store.sync()


def test_missing(path):
    for call in (TickStore.open, mmapforge.open):
        with raises(mmapforge.StoreNotFoundError, path, status="MMF_ERR_NOT_FOUND") as raised:
            call(path)
        assert raised.value.path == path
        assert isinstance(raised.value, FileNotFoundError)
    with pytest.raises(mmapforge.StoreNotFoundError):
        TickStore.create(os.path.join(path, "in", "no", "directory"))
    with pytest.raises(mmapforge.Error):
        TickStore.open("")


def test_directory(tmp_path):
    for mode in ("r", "r+"):
        with pytest.raises(mmapforge.Error) as raised:
            TickStore.open(tmp_path, mode)
        assert str(tmp_path) in str(raised.value)
    with pytest.raises(mmapforge.StoreExistsError):
        TickStore.create(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"x" * 100000, b"\0" * 65536])
def test_foreign_file(path, content):
    pathlib.Path(path).write_bytes(content)
    for mode in ("r", "r+"):
        with raises(mmapforge.FormatError, path, status="MMF_ERR_FORMAT"):
            TickStore.open(path, mode)
        with raises(mmapforge.FormatError, path):
            mmapforge.open(path, mode)
    assert pathlib.Path(path).read_bytes() == content


def test_exists(path):
    schemas.fill(path, 3)
    with raises(mmapforge.StoreExistsError, path, status="MMF_ERR_EXISTS") as raised:
        TickStore.create(path)
    assert isinstance(raised.value, FileExistsError)
    with TickStore.open(path) as store:
        assert len(store) == 3


def test_another_schema_names_the_field(path):
    _, other = mmapforge.define("other", schemas.TICK.replace("volume: float64", "volume: float32"))
    schemas.fill(path, 1)
    with raises(mmapforge.SchemaError, path, "volume", "float32", "float64", status="MMF_ERR_SCHEMA"):
        other.open(path)
    with raises(mmapforge.SchemaError, "Tick", "Quote"):
        QuoteStore.open(path)


@pytest.mark.skipif(ROOT, reason="root may write read-only files")
def test_read_only_file_unprivileged(path):
    os.chmod(schemas.fill(path, 1), 0o444)
    with pytest.raises(mmapforge.ReadOnlyError):
        TickStore.open(path, "r+")
    with TickStore.open(path) as store:
        assert len(store) == 1


def test_locked_names_the_process(path):
    with TickStore.create(path) as store:
        store.append(tick(0))
        code = "import sys, mmapforge\nmmapforge.open(sys.argv[1], 'r+')\n"
        done = subprocess.run(
            [sys.executable, "-c", code, path], stderr=subprocess.PIPE, text=True, check=False
        )
        assert done.returncode == 1
        assert "LockedError" in done.stderr and "process %d" % os.getpid() in done.stderr
        with raises(mmapforge.LockedError, path, status="MMF_ERR_LOCKED") as raised:
            TickStore.open(path, "r+")
        assert isinstance(raised.value, BlockingIOError)
        assert store.info().writer_pid == os.getpid()
    with TickStore.open(path, "r+") as store:
        assert len(store) == 1


def test_errors_is_checked_before_anything_is_made(path):
    with pytest.raises(mmapforge.ArgumentError, match="nonsense"):
        TickStore.create(path, errors="nonsense")
    assert not os.path.exists(path)
    schemas.fill(path, 1)
    for opener in (TickStore.open, mmapforge.open, mmapforge.opener(TickStore, QuoteStore)):
        with pytest.raises(mmapforge.ArgumentError, match="nonsense"):
            opener(path, "r+", errors="nonsense")
        with opener(path, "r+"):
            pass


@pytest.mark.parametrize("name", ["reserve", "capacity"])
@pytest.mark.parametrize("wrong", [-1, 1 << 63, 1 << 200])
def test_sizes_have_a_range(path, name, wrong):
    with raises(mmapforge.ArgumentError, name, wrong):
        TickStore.create(path, **{name: wrong})
    assert not os.path.exists(path)


def test_sizes_are_integers(path):
    for name in ("reserve", "capacity", "permissions"):
        with pytest.raises(TypeError):
            TickStore.create(path, **{name: "1"})
    assert not os.path.exists(path)


@pytest.mark.parametrize("wrong, shown", [(-1, "-0o1"), (0o1000, "0o1000"), (0o4755, "0o4755"), (640, "0o1200"),
                                          (1 << 40, oct(1 << 40))])  # fmt: skip
def test_permissions_are_read_write_and_execute(path, wrong, shown):
    said = "permissions is %s, expected 0 for the default or at most 0o777; write them in octal" % shown
    with raises(mmapforge.ArgumentError, said):
        TickStore.create(path, permissions=wrong)
    assert not os.path.exists(path)


def test_permissions(path):
    old = os.umask(0o022)
    try:
        TickStore.create(path, permissions=0o660).close()
        TickStore.create(path + "2", permissions=0o777).close()
    finally:
        os.umask(old)
    assert os.stat(path).st_mode & 0o7777 == 0o640
    assert os.stat(path + "2").st_mode & 0o7777 == 0o755


def test_capacity_and_reserve(path):
    with TickStore.create(path, capacity=5000, reserve=1 << 20) as store:
        assert store.capacity >= 5000
        info = store.info()
        assert info.capacity == store.capacity
        assert info.reserve == 1 << 20
        assert info.capacity_max == (info.reserve - info.header_size) // info.record_size
        assert info.record_size == TickStore.schema.record_size == 48
        assert (info.count, info.live, info.writable) == (0, True, True)
        assert info.file_size == os.stat(path).st_size
        assert info.format_version == 3
    with pytest.raises(mmapforge.CapacityError):
        TickStore.create(path + "2", capacity=10**6, reserve=1 << 20)


def test_missing_rows_are_never_silent(path):
    """Opening a truncated file warns, and every read of a missing row raises."""
    schemas.fill(path, 5000)
    with TickStore.open(path) as store:
        begin, size = store.info().header_size, store.info().record_size
    os.truncate(path, begin + 3000 * size + 5)
    with pytest.warns(mmapforge.MissingRowsWarning, match="2000 of 5000 records are missing") as told:
        store = TickStore.open(path)
    assert told[0].filename == __file__
    assert issubclass(mmapforge.MissingRowsWarning, UserWarning)
    assert len(store) == 5000
    assert (store.info().count, store.info().missing_rows) == (5000, 2000)
    assert store[2999].timestamp == 2999
    seen = 0
    with pytest.raises(mmapforge.CorruptError, match="the row is missing") as caught:
        for record in store:
            assert record.timestamp == seen
            seen += 1
    assert caught.value.row == 3000
    assert seen == 3000
    assert "from a copy that store.copy(path) made" in str(caught.value)
    reads = [
        lambda: store[3000],
        lambda: store[-1],
        lambda: store.get_price(4999),
        lambda: list(store[2990:3001]),
        lambda: list(reversed(store)),
        lambda: list(store.tuples("price")),
        lambda: store.snapshot(),
        lambda: store.snapshot(3000, 3001),
        lambda: store.columns["price"],
        lambda: store[1000:].columns["price"],
        lambda: store.sum("price"),
        lambda: store[::-1].max("volume"),
        lambda: store.wait(3000, timeout=0),
        lambda: list(store.follow(2990, timeout=0)),
    ]
    for number, read in enumerate(reads):
        with pytest.raises(mmapforge.CorruptError):
            read()
            pytest.fail(f"read {number} found nothing wrong")
    there = store[: len(store) - store.info().missing_rows]
    assert [record.timestamp for record in there] == list(range(3000))
    assert there.sum("timestamp") == sum(range(3000))
    store.close()
    with pytest.raises(mmapforge.CorruptError, match="truncated"):
        TickStore.open(path, "r+")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(mmapforge.MissingRowsWarning):
            TickStore.open(path)


def test_rows_that_a_restart_lost_are_counted(path):
    """To a writer, a copy by `cp` is like the file after a power cut: it loses rows after the last sync."""
    copy = path + ".copy"
    with TickStore.create(path) as store:
        store.extend([tick(i) for i in range(3)])
        store.sync()
        store.extend([tick(i) for i in range(3, 8)])
        assert store.info().dropped_rows == 0
        shutil.copyfile(path, copy)
    with TickStore.open(copy) as reader:
        assert (len(reader), reader.info().dropped_rows) == (3, 0)
    with pytest.warns(RuntimeWarning, match="up to 5 records .* are gone, and 3 are left.*; call sync()"):
        writer = TickStore.open(copy, "r+")
    with writer:
        assert (len(writer), writer.info().dropped_rows) == (3, 5)
    with TickStore.open(copy, "r+") as writer:
        assert writer.info().dropped_rows == 0


@pytest.mark.parametrize("mode", ["r", "r+"])
@pytest.mark.parametrize("slot", [0, 1])
def test_a_damaged_commit_slot_warns(path, mode, slot):
    """Of a copy, whose commits decide: the other slot may have fewer records, or more."""
    copy = path + ".copy"
    with TickStore.create(path) as store:
        store.extend([tick(i) for i in range(5)])
        store.sync()
        store.extend([tick(i) for i in range(5, 9)])
        store.sync()
    shutil.copyfile(path, copy)
    count = (2 + slot) * 4096 + 16  # of the records, in the slot
    with open(copy, "r+b") as file:
        file.seek(count)
        (before,) = file.read(1)
        file.seek(count)
        file.write(bytes([before ^ 1]))
    with pytest.warns(RuntimeWarning, match="one of the two commit slots in the header fails its checksum"):
        damaged_store = TickStore.open(copy, mode)
    with damaged_store:
        assert len(damaged_store) in (5, 9)
        assert [record.timestamp for record in damaged_store] == list(range(len(damaged_store)))


# ---- Loops over a store with a row that cannot be read ----


def damaged(path):
    """3,000 ticks; the symbol of row 1500 is not UTF-8."""
    schemas.fill(path, 3000)
    schemas.overwrite(path, TickStore, 1500, "symbol", schemas.text(b"\xff"))
    return path


# For each loop: how to start it, and the rows before row 1500 that it yields.
LOOPS = {
    "store": (lambda store: store, range(1500)),
    "view": (lambda store: store[100:2000], range(100, 1500)),
    "steps": (lambda store: store[0:2000:3], range(0, 1500, 3)),
    "follow": (lambda store: store.follow(10, timeout=0), range(10, 1500)),
    "tuples": (lambda store: store.tuples(), range(1500)),
    "tuples of a view": (lambda store: store[1400:].tuples(), range(1400, 1500)),
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_loop_yields_all_rows_before_one_that_is_not_text(path, loop):
    rows, before = loop
    with TickStore.open(damaged(path)) as store:
        seen = []
        with raises(mmapforge.TextError, "is not UTF-8", field="symbol", row=1500):
            for row in rows(store):
                seen.append(tuple(row)[-1])
        assert seen == list(before)
        with raises(mmapforge.TextError, row=1500):
            next(iter(store[1500:]))
        assert [t.timestamp for t in store[1501:]] == list(range(1501, 3000))


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_loop_yields_all_rows_before_one_that_is_missing(path, loop):
    rows, before = loop
    schemas.fill(path, 3000)
    with TickStore.open(path) as store:
        info = store.info()
    os.truncate(path, info.header_size + 1500 * info.record_size)
    with pytest.warns(mmapforge.MissingRowsWarning):
        store = TickStore.open(path)
    with store:
        seen = []
        with raises(mmapforge.CorruptError, "missing", row=1500):
            for row in rows(store):
                seen.append(tuple(row)[-1])
        assert seen == list(before)


def test_extend_by_a_damaged_store_says_how_many_it_appended(path):
    other = path + ".other"
    with TickStore.open(damaged(path)) as source, TickStore.create(other) as store:
        # Records of the same layout are copied as they are, text or not.
        assert store.extend(source) == 3000
    with TickStore.open(path) as source:
        info = source.info()
    os.truncate(path, info.header_size + 1500 * info.record_size)
    with pytest.warns(mmapforge.MissingRowsWarning):
        source = TickStore.open(path)
    with source, TickStore.open(other, "r+") as store:
        with raises(mmapforge.CorruptError, "; extend appended 1500 records", row=1500):
            store.extend(source[:])
        assert len(store) == 4500
        assert store[4499].timestamp == 1499


def test_a_warning_made_an_error_leaves_no_lock(path, monkeypatch):
    """A smaller reserve than requested is a warning; raised as an exception, it must release the lock."""
    schemas.fill(path, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            store = TickStore.open(path, "r+", reserve=1 << 62)
        except RuntimeWarning as warning:
            assert path in str(warning)
        except mmapforge.Error:
            pytest.skip("so large a reserve is refused here")
        else:
            store.close()
            pytest.skip("so large a reserve can be had here")
    gc.collect()
    TickStore.open(path, "r+").close()


def test_a_warning_made_an_error_leaves_no_file(path):
    """A create that raises leaves no file, so the next create succeeds."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            store = TickStore.create(path, reserve=1 << 62)
        except RuntimeWarning as warning:
            assert path in str(warning)
        except mmapforge.Error:
            pytest.skip("so large a reserve is refused here")
        else:
            store.close()
            pytest.skip("so large a reserve can be had here")
    assert not os.path.exists(path)
    TickStore.create(path).close()


# ---- Reading beyond the reserve ----


def test_a_reader_that_cannot_see_all_rows_says_so(path):
    """Rows beyond the reserved address space: no call silently uses fewer rows."""
    with TickStore.create(path) as store:
        store.extend([tick(i) for i in range(10)])
        with TickStore.open(path, reserve=1 << 20) as reader:
            room = reader.info().capacity_max
            some = reader[2:5]
            store.extend(symbol="A", price=1.0, volume=1.0, timestamp=range(10, room + 100))
            calls = {
                "len": lambda: len(reader),
                "last": lambda: reader[-1],
                "get_price of the last": lambda: reader.get_price(-1),
                "get_symbol of the last": lambda: reader.get_symbol(-1),
                "a record beyond": lambda: reader[room],
                "slice": lambda: reader[:],
                "sum": lambda: reader.sum("price"),
                "max": lambda: reader.max("timestamp"),
                "snapshot": lambda: reader.snapshot(),
                "tuples": lambda: list(reader.tuples("price")),
                "iteration": lambda: list(reader),
                "reversed": lambda: next(reversed(reader)),
                "column": lambda: reader.columns["price"],
                "verify": lambda: reader.verify(),
                "wait": lambda: reader.wait(room),
                "follow": lambda: next(reader.follow(0)),
            }
            for name, call in calls.items():
                with raises(mmapforge.CapacityError, path, "reserve", status="MMF_ERR_CAPACITY"):
                    call()
                    raise AssertionError(name)
            # The rows in reach can be read, and repr says what happened.
            assert reader[9].timestamp == 9 and reader.get_price(3) == 4.5
            assert [t.timestamp for t in some] == [2, 3, 4]
            assert not reader.closed and "reserve" in repr(reader)
            assert reader.info().capacity_max == room
        assert len(store) == room + 100
        with TickStore.open(path) as reader:
            assert len(reader) == room + 100


# ---- Closing ----


def test_with_closes(path):
    with TickStore.create(path) as store:
        assert not store.closed
    assert store.closed
    store.close()
    assert store.closed


def test_closes_when_the_block_raises(path):
    with pytest.raises(ZeroDivisionError):
        with TickStore.create(path) as store:
            store.append(tick(0))
            1 / 0
    assert store.closed
    with TickStore.open(path, "r+") as again:
        assert len(again) == 1


CLOSED_CALLS = {
    "len": len,
    "item": lambda s: s[0],
    "slice": lambda s: s[:1],
    "field": lambda s: s[0, "price"],
    "get": lambda s: s.get_price(0),
    "get string": lambda s: s.get_symbol(0),
    "get uint64": lambda s: s.get_timestamp(0),
    "set": lambda s: s.set_price(0, 1.0),
    "set string": lambda s: s.set_symbol(0, "x"),
    "set row": lambda s: s.set(0, tick(1)),
    "set fields": lambda s: s.set(0, price=1.0),
    "assign": lambda s: s.__setitem__((0, "price"), 1.0),
    "append": lambda s: s.append(tick(1)),
    "extend rows": lambda s: s.extend([tick(1)]),
    "extend columns": lambda s: s.extend(symbol=["x"], price=[1.0], volume=[1.0], timestamp=[1]),
    "iterate": lambda s: next(iter(s)),
    "reversed": lambda s: next(reversed(s)),
    "tuples": lambda s: next(s.tuples()),
    "snapshot": lambda s: s.snapshot(),
    "column": lambda s: s.columns["price"],
    "lengths": lambda s: s.columns.lengths("symbol"),
    "writable": lambda s: s.columns.writable("price"),
    "sum": lambda s: s.sum("price"),
    "info": lambda s: s.info(),
    "capacity": lambda s: s.capacity,
    "sync": lambda s: s.sync(),
    "copy": lambda s: s.copy(s.path + ".copy"),
    "wait": lambda s: s.wait(0),
    "follow": lambda s: next(s.follow(0)),
    "in": lambda s: None in s,
    "list": list,
    "bool": bool,
}


@pytest.mark.parametrize("call", CLOSED_CALLS.values(), ids=CLOSED_CALLS.keys())
@pytest.mark.parametrize("mode", ["r", "r+"])
def test_every_call_after_close_is_refused(path, mode, call):
    store = TickStore.open(schemas.fill(path, 2), mode)
    store.close()
    with raises(mmapforge.ClosedError, path, "closed", status="MMF_ERR_CLOSED"):
        call(store)


def test_what_was_made_before_close_is_refused_after(path):
    store = TickStore.open(schemas.fill(path, 3000), "r+")
    record, view, loop = store[0], store[:5], iter(store)
    next(loop)
    columns = store.columns
    store.close()
    assert record.price == 0.0
    assert len(view) == 5
    with pytest.raises(mmapforge.ClosedError):
        record.price = 2.0
    assert record.price == 0.0
    for call in (lambda: view[0], lambda: list(view), lambda: view.sum("price"),
                 lambda: view.snapshot(), lambda: list(view.tuples("price")),
                 lambda: columns["price"], lambda: list(loop)):  # fmt: skip
        with pytest.raises(mmapforge.ClosedError):
            call()


def test_repr(path):
    store = TickStore.create(path)
    assert repr(store) == "<TickStore %r: 0 rows, writing>" % path
    store.append(tick(0))
    assert repr(store) == "<TickStore %r: 1 row, writing>" % path
    assert repr(store[0:1]) == "<View [0:1] of %r>" % store
    assert repr(store.columns) == "<Columns symbol, price, volume, timestamp of %r>" % store
    store.close()
    assert repr(store) == "<TickStore %r: closed>" % path
    with TickStore.open(path) as store:
        store_text = repr(store)
    assert store_text == "<TickStore %r: 1 row, reading>" % path


def test_a_writer_that_is_forgotten_warns(path):
    store = TickStore.create(path)
    with pytest.warns(ResourceWarning, match="was not closed"):
        del store
        gc.collect()
    TickStore.open(path, "r+").close()


# ---- Classes ----


def test_stores_are_made_by_open_and_create(path):
    for kind in (TickStore, mmapforge.Store):
        with pytest.raises(TypeError, match="open"):
            kind(path)
    with pytest.raises(TypeError):
        mmapforge.Record()
    for name in ("open", "create"):
        with pytest.raises(TypeError, match="mmapforge.open"):
            getattr(mmapforge.Store, name)(path)
    assert not os.path.exists(path)


def test_open_any_file(path):
    schemas.fill(path, 3)
    with mmapforge.open(path) as store:
        assert isinstance(store, mmapforge.Store)
        assert type(store).__name__ == "TickStore"
        assert store.schema == TickStore.schema
        assert store.schema.text == schemas.TICK
        assert store[2]._asdict() == tick(2)
        assert store[2] == Tick(**tick(2))
        assert store.get_symbol(1) == "S1"
        with mmapforge.open(path) as again:
            assert type(again) is type(store)
    with mmapforge.open(path, "r+") as store:
        store.append(tick(3))
        store[0, "price"] = 4.0
        assert store[0].price == 4.0


def test_open_of_several(path, tmp_path):
    open_either = mmapforge.opener(TickStore, QuoteStore)
    with QuoteStore.create(path) as store:
        store.append(Quote(1.0, 2.0))
    with open_either(path, "r+") as store:
        assert type(store) is QuoteStore
        assert store.append(bid=3.0, ask=4.0) == 1
    ticks = schemas.fill(str(tmp_path / "ticks.mmf"), 1)
    with open_either(ticks) as store:
        assert type(store) is TickStore
    other = str(tmp_path / "every.mmf")
    with schemas.EveryStore.create(other):
        # Also while a writer holds the lock: the schema is checked first.
        with raises(mmapforge.SchemaError, other, "Every", "Tick", "Quote"):
            open_either(other, "r+")
    with pytest.raises(mmapforge.StoreNotFoundError):
        open_either(path + "x")


def test_a_store_is_pickled_by_path(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    schemas.fill("store.mmf", 3)
    with TickStore.open("store.mmf", "r+", errors="replace") as store:
        data = pickle.dumps(store)
        monkeypatch.chdir("/")
        with pickle.loads(data) as copy:
            assert type(copy) is TickStore
            assert copy.mode == "r"
            assert copy._codec.errors == "replace"
            assert list(copy) == list(store)
    with mmapforge.open(path) as store:
        with pickle.loads(pickle.dumps(store)) as copy:
            assert type(copy) is type(store)
            assert len(copy) == 3
    os.remove(path)
    with pytest.raises(mmapforge.StoreNotFoundError):
        pickle.loads(data)


def test_a_store_is_pickled_by_where_its_file_is(tmp_path, monkeypatch):
    """link/../x is next to the target directory of the link, not next to the link."""
    (tmp_path / "far" / "below").mkdir(parents=True)
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "link").symlink_to(tmp_path / "far" / "below")
    schemas.fill(str(tmp_path / "far" / "x.mmf"), 3)
    schemas.fill(str(tmp_path / "near" / "x.mmf"), 5)
    monkeypatch.chdir(tmp_path)
    for name in ("near/link/../x.mmf", pathlib.Path("near/link/../x.mmf"), b"near/link/../x.mmf"):
        monkeypatch.chdir(tmp_path)
        with TickStore.open(name) as store:
            assert len(store) == 3
            monkeypatch.chdir("/")
            with pickle.loads(pickle.dumps(store)) as copy:
                assert len(copy) == 3


def test_a_link_that_leads_elsewhere_since(tmp_path):
    """A store pickles as the file that was opened."""
    schemas.fill(str(tmp_path / "old.mmf"), 3)
    schemas.fill(str(tmp_path / "new.mmf"), 5)
    (tmp_path / "latest").symlink_to("old.mmf")
    with TickStore.open(tmp_path / "latest") as store:
        (tmp_path / "latest").unlink()
        (tmp_path / "latest").symlink_to("new.mmf")
        with pickle.loads(pickle.dumps(store)) as copy:
            assert len(copy) == len(store) == 3


def test_views_and_columns_are_pickled_with_their_store(path):
    schemas.fill(path, 10)
    with TickStore.open(path) as store:
        view = pickle.loads(pickle.dumps(store[2:8:2]))
        assert [t.timestamp for t in view] == [2, 4, 6]
        columns = pickle.loads(pickle.dumps(store.columns))
        assert list(columns) == list(store.schema.names) and columns["price"].tolist() == [1.5 * i for i in range(10)]
        some = pickle.loads(pickle.dumps(store[7:].columns))
        assert some["timestamp"].tolist() == [7, 8, 9]


def test_a_umask_that_leaves_nothing_makes_nothing(path):
    before = os.umask(0o777)
    try:
        with raises(mmapforge.ArgumentError, path, "umask", "permissions 000", status="MMF_ERR_ARGUMENT"):
            TickStore.create(path)
    finally:
        os.umask(before)
    assert os.listdir(os.path.dirname(path)) == []
    with pytest.raises(mmapforge.ArgumentError):
        TickStore.create(path, permissions=0o222)
    # A file that is created once and then only read.
    TickStore.create(path, permissions=0o444).close()
    assert os.stat(path).st_mode & 0o777 == 0o444
    TickStore.open(path).close()


HOSTILE = "/// harmless\x1b]0;owned\x07\x1b[2J \u202egnp.exe\x9b31m\n"
HOSTILE += "record Hostile version 1 {\n  /// \x1b[31mred\x7f\n  a: uint32;\n}\n"


def is_harmless(shown):
    return all(character == "\n" or character.isprintable() for character in shown)


def test_no_text_of_a_file_commands_a_terminal(path):
    """repr, str, help and pydoc show doc comments, which come from the creator of the file."""
    import pydoc

    mmapforge.define(__name__, HOSTILE)[1].create(path).close()
    with mmapforge.open(path) as store:
        store_class, record = type(store), store.record
        for thing in (store_class, record, record.a, store_class.get_a, store_class.set_a):
            doc = thing.__doc__
            assert is_harmless(doc), repr(doc)
            assert "\\x1b[" in doc
            assert is_harmless(pydoc.plain(pydoc.render_doc(thing)))
        for shown in (repr(store), repr(store.schema), str(store.schema), repr(store.columns)):
            assert is_harmless(shown), repr(shown)
        assert "\\u202egnp.exe\\x9b31m" in str(store.schema)
        # The data keeps the characters; the escaped text is still a schema.
        assert store.schema.text == HOSTILE
        assert store.schema.doc == HOSTILE.splitlines()[0][4:]
        assert mmapforge.Schema(str(store.schema)) == store.schema


def test_docs_in_other_scripts_are_shown_as_they_are(path):
    text = "/// ticks: \u062f\u0627\u062f\u0647\u200c\u0647\u0627, \u65e5\u672c, \U0001f4c8\n"
    text += "record Tick version 1 {\n  a: uint32;\n}\n"
    assert text[4:].splitlines()[0] in mmapforge.define(__name__, text)[0].__doc__


def test_without_cffi_its_packages_are_named(tmp_path):
    code = "import sys; sys.modules['_cffi_backend'] = None\nimport mmapforge"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    last = done.stdout.strip().splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: ") and "pip install cffi" in last and "python3-cffi" in last


def test_docs():
    assert Tick.__doc__ == "A trade print."
    assert "A trade print." in TickStore.__doc__
    assert "exchange ticker" in Tick.symbol.__doc__ and "string[8]" in Tick.symbol.__doc__
    assert "exchange ticker" in TickStore.get_symbol.__doc__
    assert TickStore.set_price.__qualname__ == "TickStore.set_price"
    assert Quote.__doc__
    import pydoc

    for thing in (mmapforge, TickStore, Tick):
        assert "string[8]" in pydoc.render_doc(thing) or thing is mmapforge
    for name in mmapforge.__all__:
        if name == "Timestamp":
            continue  # an alias of typing.Any, which has no text of its own
        assert getattr(mmapforge, name).__doc__, name
        assert getattr(mmapforge, name).__module__.startswith("mmapforge"), name


SESSION = """
import sys, mmapforge, schemas
path = sys.argv[1]
with schemas.TickStore.create(path) as s:
    s.extend([schemas.tick(i) for i in range(3000)])
    s[5].price = 2.0
    s.set(6, price=1.0, volume=2.0)
    assert sum(1 for _ in s) == 3000
    s.sync()
with mmapforge.open(path) as s:
    column = s.columns["price"]
    assert column[5] == 2.0 and s.sum("price") > 0
    assert len(s.snapshot(0, 10)) == 10
    del column
assert schemas.TickStore.open(path).closed is False
s = schemas.TickStore.open(path)
try:
    s[5000]
except IndexError:
    pass
s.close()
"""


def test_a_session_has_no_warnings(path):
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", SESSION, path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


class Uses:
    """Garbage whose finalizer uses a store of the same cycle."""

    found = []

    def __init__(self, store):
        self.store = store
        self.me = self

    def __del__(self):
        try:
            self.found.append(len(self.store))
            self.found.append(self.store[0].price)
            self.store.close()
        except (mmapforge.ClosedError, mmapforge.ViewsAliveError) as error:
            self.found.append(error)


@pytest.mark.parametrize("column", [False, True])
def test_finalizers_of_a_cycle_run_in_any_order(path, column):
    schemas.fill(path, 2)
    Uses.found.clear()
    gc.disable()
    try:
        for _ in range(50):
            store = TickStore.open(path)
            used = Uses(store)
            if column:
                used.array = store.columns["price"]
            del store, used
            gc.collect()
    finally:
        gc.enable()
    assert len(Uses.found) >= 50
