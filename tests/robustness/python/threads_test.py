"""Threads that share a store: readers during a close, concurrent writers, and waits."""

import os
import signal
import sys
import threading
import time

import mmapforge
import pytest
import tick_store
from ticks import fill, is_whole, make, path, values  # noqa: F401 (path is a fixture)

ROUNDS = 60


@pytest.fixture(autouse=True)
def switch_often():
    """Switches threads far more often than usual, so that calls overlap in many ways."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


class Threads:
    """Threads whose exceptions reach the test."""

    def __init__(self):
        self.errors = []
        self.threads = []

    def start(self, work, *arguments):
        def guarded():
            try:
                work(*arguments)
            except BaseException as error:
                self.errors.append(error)

        # A failed test does not wait for the threads.
        thread = threading.Thread(target=guarded, daemon=True)
        self.threads.append(thread)
        thread.start()
        return thread

    def join(self):
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), "a thread hangs"
        for error in self.errors:
            raise error


def check_get(store, i):
    assert is_whole(store[i % 100])


def check_fields(store, i):
    row = i % 100
    assert store.get_price(row) == float(row)
    assert store.get_symbol(row) == f"{row:064d}"
    assert store.get_timestamp(-1 - row) == 99 - row


def check_iter(store, i):
    assert [tick.timestamp for tick in store] == list(range(100))


def check_tuples(store, i):
    assert sum(price for (price,) in store.tuples("price")) == 4950.0


def check_snapshot(store, i):
    assert store.snapshot()["timestamp"].sum() == 4950


def check_sum(store, i):
    assert store.sum("price") == 4950.0 and store[::-3].max("timestamp") == 99


def check_column(store, i):
    assert store.columns["price"].sum() == 4950.0


def check_info(store, i):
    assert store.info().count == 100 and len(store) == 100


def check_wait(store, i):
    assert store.wait(50) == 100


CHECKS = [check_get, check_fields, check_iter, check_tuples, check_snapshot, check_sum, check_info]
CHECKS += [check_wait]


def until_closed(store, check, rounds):
    """Repeats a check until the store is closed; only ClosedError may be raised."""
    i = 0
    while True:
        try:
            check(store, i)
        except mmapforge.ClosedError:
            assert store.closed
            return
        i += 1
        rounds[0] += 1


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_readers_get_values_or_closed_while_another_thread_closes(path, mode):
    for round_ in range(ROUNDS):
        store = tick_store.open(path, mode)
        threads = Threads()
        done = [[0] for _ in CHECKS]
        for check, rounds in zip(CHECKS, done):
            threads.start(until_closed, store, check, rounds)
        # Sometimes at once, and sometimes after all threads have started.
        while round_ % 2 and not all(rounds[0] for rounds in done) and not threads.errors:
            time.sleep(0)
        store.close()
        assert store.closed
        threads.join()


def test_columns_of_other_threads_refuse_a_close_or_go_first(path):
    for _ in range(ROUNDS):
        store = tick_store.open(path)
        threads = Threads()
        rounds = [0]
        for _ in range(3):
            threads.start(until_closed, store, check_column, rounds)
        refusals = 0
        while not store.closed and not threads.errors:
            try:
                store.close()
            except mmapforge.ViewsAliveError as error:
                refusals += 1
                assert "columns['price'] (rows 0 to 99)" in str(error)
                time.sleep(0.0001)
        threads.join()
        assert store._views == {}


def test_shutting_leaves_columns_of_other_threads_whole(path):
    for _ in range(ROUNDS):
        threads = Threads()
        rounds = [0]
        with tick_store.open(path) as store:
            kept = store.columns["price"]
            for _ in range(3):
                threads.start(until_closed, store, check_column, rounds)
            while not rounds[0] and not threads.errors:
                time.sleep(0)
        threads.join()
        assert kept.sum() == 4950.0


def test_closing_twice_at_once(path):
    for _ in range(ROUNDS):
        store = tick_store.open(path, "r+")
        threads = Threads()
        for _ in range(4):
            threads.start(store.close)
        threads.join()
        assert store.closed
        tick_store.open(path, "r+").close()


def test_iterators_of_one_store_in_many_threads(tmp_path):
    path = make(str(tmp_path / "ticks.mmf"), 5000)
    store = tick_store.open(path)

    def walk():
        for _ in range(5):
            assert [tick.timestamp for tick in store] == list(range(5000))

    threads = Threads()
    for _ in range(4):
        threads.start(walk)
    threads.join()
    store.close()


# ---- Writing ----

APPENDS = {
    "append": lambda store, marks: [store.append(values(mark)) for mark in marks],
    "extend by rows": lambda store, marks: store.extend(values(mark) for mark in marks),
    "extend by columns": lambda store, marks: store.extend(
        **dict(zip(("symbol", "price", "volume", "timestamp"), map(list, zip(*map(values, marks)))))
    ),
}


@pytest.mark.parametrize("append", APPENDS.values(), ids=APPENDS.keys())
def test_threads_that_append_lose_and_tear_nothing(tmp_path, append):
    each, batches = 100, 20
    with tick_store.create(tmp_path / "ticks.mmf") as store:
        stop = threading.Event()

        def read():
            before = 0
            while not stop.is_set():
                count = len(store)
                assert count >= before
                assert all(is_whole(tick) for tick in store[before:count])
                before = count

        def write(number):
            for batch in range(batches):
                start = (number * batches + batch) * each
                append(store, range(start, start + each))

        readers, writers = Threads(), Threads()
        readers.start(read)
        for number in range(3):
            writers.start(write, number)
        writers.join()
        stop.set()
        readers.join()
        assert all(map(is_whole, store))
        assert sorted(tick.timestamp for tick in store) == list(range(3 * batches * each))


def test_rows_of_append_are_those_of_the_thread(tmp_path):
    with tick_store.create(tmp_path / "ticks.mmf") as store:

        def write(number):
            for i in range(1000):
                mark = number * 1000 + i
                assert store[store.append(values(mark))].timestamp == mark

        threads = Threads()
        for number in range(3):
            threads.start(write, number)
        threads.join()
        assert len(store) == 3000


def test_threads_that_set_one_row_leave_a_whole_one(path):
    with tick_store.open(path, "r+") as store:
        stop = threading.Event()

        def read():
            while not stop.is_set():
                assert is_whole(store[50])

        def write(start):
            for mark in range(start, start + 2000):
                store[50] = values(mark)

        readers, writers = Threads(), Threads()
        readers.start(read)
        for start in (0, 10**6):
            writers.start(write, start)
        writers.join()
        stop.set()
        readers.join()
        assert store[50].timestamp % 10**6 == 1999


def test_a_writer_that_closes_keeps_what_it_said_that_it_appended(tmp_path):
    for round_ in range(ROUNDS):
        path = str(tmp_path / f"ticks{round_}.mmf")
        store = tick_store.create(path)
        rows = []

        def write(store=store, rows=rows):
            try:
                while True:
                    rows.append(store.append(values(len(rows))))
            except mmapforge.ClosedError:
                pass

        threads = Threads()
        threads.start(write)
        while not rows:
            time.sleep(0)
        store.close()
        threads.join()
        with tick_store.open(path) as store:
            assert [tick.timestamp for tick in store] == rows
            assert all(map(is_whole, store))


# ---- Waiting ----


def test_a_wait_ends_when_another_thread_closes(path):
    for _ in range(5):
        store = tick_store.open(path)
        threads = Threads()
        waiting = threading.Event()

        def wait(store=store, waiting=waiting):
            waiting.set()
            with pytest.raises(mmapforge.ClosedError):
                store.wait(10**6)

        threads.start(wait)
        waiting.wait()
        store.close()
        threads.join()


def test_a_follower_sees_what_another_thread_appends(path):
    with tick_store.open(path, "r+") as store:
        threads = Threads()
        got = []

        def follow():
            for tick in store.follow(90):
                assert is_whole(tick)
                got.append(tick.timestamp)
                if tick.timestamp == 599:
                    return

        threads.start(follow)
        fill(store, 500, 100)
        threads.join()
        assert got == list(range(90, 600))


# ---- Signals ----


def test_a_handler_of_a_signal_that_uses_stores_hides_no_failure(path):
    """Python may run a handler after any call of C, before its result is used."""
    with tick_store.open(path) as store:
        handled = [0]

        def handle(*_):
            assert store.get_price(3) == 3.0 and store[5].timestamp == 5
            handled[0] += 1

        before = signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
        try:
            while handled[0] < 500:
                with pytest.raises(mmapforge.RowError):
                    store.get_price(100)
                with pytest.raises(mmapforge.RowError):
                    store.get_timestamp(-101)
                with pytest.raises(mmapforge.RowError):
                    store.get_symbol(100)
                with pytest.raises(mmapforge.RowError):
                    store[100]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


# ---- The GIL ----


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A store of a million ticks, in which a call takes a while."""
    import numpy

    path = str(tmp_path_factory.mktemp("large") / "ticks.mmf")
    marks = numpy.arange(10**6)
    with tick_store.create(path) as store:
        store.extend(symbol="x" * 64, price=marks, volume=marks * 2.0, timestamp=marks)
    yield path


LONG_CALLS = {
    "snapshot": lambda store, copy: store.snapshot(),
    "sum": lambda store, copy: store.sum("price"),
    "max": lambda store, copy: store.max("timestamp"),
    "sum of a column": lambda store, copy: store.columns["price"].sum(),
    "extend": lambda store, copy: store.extend(copy),
    "extend by a store": lambda store, copy: store.extend(store[:200000]),
    "wait": lambda store, copy: pytest.raises(mmapforge.WaitTimeoutError, store.wait, 10**9, 0.1),
}


@pytest.mark.parametrize("call", LONG_CALLS.values(), ids=LONG_CALLS.keys())
def test_long_calls_let_other_threads_run(large, call):
    """With an endless switch interval a thread runs only when another releases the GIL.

    Every call releases it for a moment, in which the counter advances by one or two.
    """
    with tick_store.open(large, "r+") as store:
        copy = store.snapshot(0, 200000)
        progress = [0]
        stop = threading.Event()

        def count():
            while not stop.is_set():
                progress[0] += 1
                os.fstat(0)  # releases the GIL

        threads = Threads()
        threads.start(count)
        sys.setswitchinterval(1000.0)
        try:
            for _ in range(100):
                before = progress[0]
                call(store, copy)
                if progress[0] > before + 10:
                    break
            else:
                raise AssertionError("no other thread got far during a hundred calls")
        finally:
            stop.set()
            threads.join()
