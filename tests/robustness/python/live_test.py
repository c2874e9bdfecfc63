"""A file that C and Python use at the same time: one writes, the other reads, and some are killed."""

import faulthandler
import os
import random
import signal
import subprocess
import threading
import time

import mmapforge
import numpy
import pytest
import tick_store

LIVE_TICKS = os.path.abspath(os.path.join("tests", "robustness", "python", "live_ticks"))
ROWS = int(os.environ.get("MMF_LIVE_ROWS", "100000"))
KILLS = int(os.environ.get("MMF_LIVE_KILLS", "60"))
ROW_MASK = 0xFFFFFFFF
PASSES = 19  # for which the writer waits


def spell(mark, in_hex=False):
    return f"x{mark:063x}" if in_hex else f"{mark:064d}"


def values(mark):
    """The fields of the tick of a mark, as in live_ticks.c."""
    return (spell(mark), float(mark), mark * 2.0, mark)


def is_whole(tick, row):
    symbol, price, volume, mark = tick
    if (price, volume, mark & ROW_MASK) != (mark, mark * 2, row):
        return False
    return symbol == spell(mark) or symbol == spell(mark, True)


def c(act, path, number, **options):
    """Starts the C program."""
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(
        [LIVE_TICKS, act, path, str(number)], universal_newlines=True, **options
    )


def say_read(writer):
    """Lets a writer continue that waits for its reader."""
    try:
        os.write(writer.stdin.fileno(), b"x")
    except BrokenPipeError:
        pass  # it has ended


def run_c(act, path, number):
    assert c(act, path, number).wait() == 0


def open_when_there(path, process):
    while True:
        try:
            store = tick_store.open(path)
            with open(path + ".read", "w"):  # the writer waits for this file
                return store
        except mmapforge.StoreNotFoundError:
            assert process.poll() is None, "the writer has ended without a file"


# ---- C writes, Python reads ----


class Reader:
    """Reads new rows in one way, and checks that published rows stay."""

    def __init__(self, store):
        self.store = store
        self.seen = 0
        self.passes = 0

    def read(self):
        count = len(self.store)
        assert count >= self.seen, "the count shrank"
        self.check(self.seen, count)
        self.seen = count
        self.passes += 1


class Iterates(Reader):
    def check(self, first, end):
        row = first
        for tick in self.store[first:]:
            assert is_whole(tick, row), tick
            row += 1
        assert row >= end, "an iterator missed a record that had been counted"


class Slices(Reader):
    def check(self, first, end):
        for step in (1, 3):
            rows = range(first, end, step)
            view = self.store[first:end:step]
            got = list(view.tuples())
            assert len(got) == len(rows)
            assert all(map(is_whole, got, rows))
        if end:
            assert is_whole(self.store[end - 1], end - 1)
            assert self.store[-1].timestamp & ROW_MASK >= end - 1
            assert is_whole(self.store[:end][-1:][0], end - 1)


class Snapshots(Reader):
    def check(self, first, end):
        rows = self.store.snapshot(first, end)
        assert len(rows) == end - first
        marks = rows["timestamp"]
        assert (marks & numpy.uint64(ROW_MASK) == numpy.arange(first, end, dtype="u8")).all()
        assert (rows["price"] == marks).all() and (rows["volume"] == marks * 2.0).all()
        for symbol, mark in zip(rows["symbol"].tolist(), marks.tolist()):
            assert symbol.decode() in (spell(mark), spell(mark, True))


class ReadsColumns(Reader):
    """Fields one by one are never torn; two fields of a row may be of different moments."""

    def check(self, first, end):
        rows = numpy.arange(first, end, dtype="u8")
        for name, scale in (("timestamp", 1), ("price", 1), ("volume", 2)):
            column = self.store.columns[name]
            assert len(column) >= end
            marks = (column[first:end] / scale).astype("u8")
            assert (marks & numpy.uint64(ROW_MASK) == rows).all()
        if end:
            assert self.store.max("timestamp") & ROW_MASK < len(self.store)
            assert self.store.get_price(end - 1) >= end - 1


@pytest.mark.parametrize("kind", [Iterates, Slices, Snapshots, ReadsColumns])
def test_python_reads_what_c_writes(tmp_path, kind):
    path = str(tmp_path / "ticks.mmf")
    with c("run", path, ROWS, stdin=subprocess.PIPE) as writer:
        with open_when_there(path, writer) as store:
            at_open = store.info()
            reader = kind(store)
            while writer.poll() is None or reader.seen < len(store):
                reader.read()
                say_read(writer)
            assert writer.returncode == 0
            assert reader.seen == ROWS and reader.passes >= PASSES
            # All rows, after the writer has finished.
            reader.seen = 0
            reader.read()
            assert store.info().file_size > 20 * at_open.file_size
            assert store.info().count > 20 * at_open.capacity


def test_python_follows_what_c_appends(tmp_path):
    path = str(tmp_path / "ticks.mmf")
    with c("run", path, ROWS) as writer:
        with open_when_there(path, writer) as store:
            row = 0
            for tick in store.follow(0):
                assert is_whole(tick, row)
                row += 1
                if row == ROWS:
                    break
            assert [tick for tick in store.follow(timeout=0)] == []
        assert writer.wait() == 0


def test_python_waits_for_what_c_appends(tmp_path):
    path = str(tmp_path / "ticks.mmf")
    with c("run", path, ROWS) as writer:
        with open_when_there(path, writer) as store:
            count = len(store)
            while count < ROWS:
                now = store.wait(count)
                assert count < now <= ROWS
                assert is_whole(store[count], count) and is_whole(store[now - 1], now - 1)
                count = now
            with pytest.raises(mmapforge.WaitTimeoutError, match=str(ROWS)):
                store.wait(ROWS, timeout=0)
        assert writer.wait() == 0


def test_threads_of_python_read_what_c_writes_through_one_store(tmp_path):
    path = str(tmp_path / "ticks.mmf")
    errors = []
    with c("run", path, ROWS) as writer, open_when_there(path, writer) as store:

        def work(kind):
            reader = kind(store)
            try:
                while reader.seen < ROWS:
                    reader.read()
            except BaseException as error:
                errors.append(error)

        threads = [
            threading.Thread(target=work, args=(kind,))
            for kind in (Iterates, Snapshots, ReadsColumns, ReadsColumns)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert writer.wait() == 0


# ---- Kills ----

STALL_SECONDS_MAX = 60  # longer than any slow machine needs


@pytest.fixture
def no_hang():
    """Ends the process, with the traceback of every thread, if a test hangs."""
    faulthandler.dump_traceback_later(STALL_SECONDS_MAX, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def test_writers_killed_in_the_middle_of_an_update(tmp_path, no_hang):
    path = str(tmp_path / "ticks.mmf")
    chance = random.Random(4)
    count, row = 50, 31
    with tick_store.create(path) as store:
        store.extend(values(mark) for mark in range(count))
    run_c("check", path, count)
    in_the_middle = 0
    with tick_store.open(path) as reader:
        for _ in range(KILLS):
            with c("hammer", path, row, stdout=subprocess.PIPE) as writer:
                assert writer.stdout.readline() == "ready\n"
                begun = read_sequence(path, reader, row)
                while read_sequence(path, reader, row) == begun:
                    pass  # it may not have run yet
                for _ in range(chance.randrange(50)):
                    assert is_whole(reader[row], row)
                with pytest.raises(mmapforge.LockedError, match=str(writer.pid)):
                    tick_store.open(path, "r+")
                writer.send_signal(signal.SIGKILL)
                writer.wait()
            in_the_middle += read_sequence(path, reader, row) % 2
            # Every way of reading gets a consistent record at once, though no writer can finish it.
            assert is_whole(reader[row], row)
            # A string is consistent, like a record; a scalar is one load, and may be newer.
            assert reader.get_symbol(row) == reader[row].symbol
            assert all(map(is_whole, reader, range(count)))
            assert all(map(is_whole, reader.tuples(), range(count)))
            snapshot = reader.snapshot()
            assert snapshot["price"][row] * 2 == snapshot["volume"][row]
            before = tuple(reader[row])
            # The next writer recovers the record that readers have seen.
            with tick_store.open(path, "r+") as store:
                assert read_sequence(path, reader, row) % 2 == 0
                assert tuple(store[row]) == before
                assert store.append(values(count)) == count
                count += 1
                store[row] = values(row)
            assert len(reader) == count
            assert tuple(reader[row]) == values(row)
            run_c("check", path, count)
    assert in_the_middle > 0, "no kill met an update; they prove nothing"


def read_sequence(path, store, row):
    """The sequence word of a row in the file; it is odd during a replacement."""
    info = store.info()
    with open(path, "rb") as file:
        file.seek(info.header_size + row * info.record_size)
        return int.from_bytes(file.read(8), "little")


def test_appending_writers_that_are_killed_lose_nothing_that_was_seen(tmp_path, no_hang):
    chance = random.Random(5)
    for number in range(KILLS // 3):
        path = str(tmp_path / f"ticks{number}.mmf")
        with c("run", path, 10**9) as writer:
            with open_when_there(path, writer) as reader:
                seen = reader.wait(chance.randrange(3000))
                writer.send_signal(signal.SIGKILL)
                writer.wait()
                count = len(reader)
                assert count >= seen
                assert all(map(is_whole, reader, range(count)))
                with tick_store.open(path, "r+") as store:
                    assert len(store) == count
                    assert store.append(values(count)) == count
                assert is_whole(reader[count], count)
        run_c("check", path, count + 1)


def test_a_python_writer_that_is_killed(tmp_path, no_hang):
    chance = random.Random(6)
    path = str(tmp_path / "ticks.mmf")
    with tick_store.create(path) as store:
        store.extend(values(mark) for mark in range(50))
    count = 50
    for _ in range(KILLS // 3):
        ready, say = os.pipe()
        child = os.fork()
        if child == 0:
            store = tick_store.open(path, "r+")
            os.write(say, b"!")
            for k in range(1 << 20):
                store[31] = values(31 + (k % 1000 << 32))
                store[7, "symbol"] = spell(store[7].timestamp, k % 2)
                if k % 10 == 0:
                    store.append(values(len(store)))
            os._exit(0)
        os.read(ready, 1)
        os.close(ready)
        os.close(say)
        time.sleep(chance.random() / 100)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with tick_store.open(path) as store:
            assert len(store) >= count
            count = len(store)
            assert all(map(is_whole, store, range(count)))
        tick_store.open(path, "r+").close()
        run_c("check", path, count)


# ---- Python writes, C reads ----


def test_c_reads_what_python_writes(tmp_path):
    path = str(tmp_path / "ticks.mmf")
    chance = random.Random(7)
    with tick_store.create(path, capacity=16) as store:
        with c("follow", path, ROWS, stdout=subprocess.PIPE) as reader:
            assert reader.stdout.readline() == "ready\n"
            while len(store) < ROWS:
                rows = min(chance.randrange(1, 400), ROWS - len(store))
                append_some(store, chance.randrange(4), rows)
                for _ in range(20):
                    change_one(store, chance)
                assert reader.poll() is None or len(store) == ROWS
            assert reader.wait() == 0
    run_c("check", path, ROWS)


def append_some(store, way, count):
    """Appends rows in one of several ways."""
    marks = range(len(store), len(store) + count)
    if way == 0:
        for mark in marks:
            store.append(values(mark))
    elif way == 1:
        assert store.extend(values(mark) for mark in marks) == count
    elif way == 2:
        numbers = numpy.arange(marks.start, marks.stop)
        store.extend(
            symbol=[spell(mark) for mark in marks],
            price=numbers.astype(float), volume=numbers * 2.0, timestamp=numbers,
        )  # fmt: skip
    else:
        rows = numpy.zeros(count, store.schema.dtype)
        rows["symbol"] = [spell(mark).encode() for mark in marks]
        rows["price"] = rows["timestamp"] = numpy.array(marks)
        rows["volume"] = rows["price"] * 2
        store.extend(rows)


def change_one(store, chance):
    """Replaces a record, or the spelling of its symbol, near the end, where C reads."""
    row = chance.randrange(max(0, len(store) - 1000), len(store))
    mark = store.get_timestamp(row)
    way = chance.randrange(4)
    if way == 0:
        store[row] = values(mark + (1 << 32))
    elif way == 1:
        store.set(row, **dict(zip(store.schema.names, values(mark + (1 << 32)))))
    elif way == 2:
        store.set_symbol(row, spell(mark, chance.random() < 0.5))
    else:
        store[row].symbol = spell(mark, chance.random() < 0.5)
