"""Child processes: by fork, with inherited stores, and by multiprocessing, with pickled stores."""

import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import time
import traceback

import mmapforge
import pytest
import tick_store
from ticks import fill, is_whole, make, path, values  # noqa: F401 (path is a fixture)

SECONDS_MAX = 60


def in_child(body):
    """Runs body in a forked child, which ends by os._exit, without finalizers."""
    child = os.fork()
    if child == 0:
        try:
            body()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    end = time.monotonic() + SECONDS_MAX
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0, "the child failed; see its traceback"
            return
        if time.monotonic() > end:
            os.kill(child, 9)
            os.waitpid(child, 0)
            raise AssertionError("the child hangs")
        time.sleep(0.001)


def is_locked(path):
    """Whether a process has the writer lock, seen from a new process."""
    code = """
import sys, mmapforge
try:
    mmapforge.open(sys.argv[1], "r+").close()
except mmapforge.LockedError:
    sys.exit(3)
"""
    environ = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    result = subprocess.run([sys.executable, "-c", code, path], env=environ)
    assert result.returncode in (0, 3)
    return result.returncode == 3


def read_everything(store, count):
    assert len(store) == count
    assert is_whole(store[count - 1]) and is_whole(store[0])
    assert [tick.timestamp for tick in store] == list(range(count))
    assert store.snapshot()["timestamp"].sum() == sum(range(count))
    assert store.sum("price") == sum(range(count))
    assert store.columns["price"][count - 1] == count - 1
    assert store.get_symbol(3) == values(3)[0]
    assert store.wait(count - 1, timeout=0) == count


# ---- Reading ----


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_a_child_reads_through_an_inherited_store(path, mode):
    with tick_store.open(path, mode) as store:
        in_child(lambda: read_everything(store, 100))
        read_everything(store, 100)


def test_a_child_sees_what_the_parent_appends_later(path):
    with tick_store.open(path, "r+") as store:
        ready, go = os.pipe()

        def body():
            os.read(ready, 1)
            read_everything(store, 5100)

        child = os.fork()
        if child == 0:
            try:
                body()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        fill(store, 5000, 100)
        os.write(go, b"!")
        assert os.waitpid(child, 0)[1] == 0
        os.close(ready)
        os.close(go)


def test_a_child_goes_on_with_an_iterator_and_a_column(path):
    with tick_store.open(path) as store:
        iterator = iter(store)
        next(iterator)
        column = store.columns["price"]
        in_child(lambda: (read_rest(iterator), check_sum(column)))
        read_rest(iterator)
        check_sum(column)
        del column


def read_rest(iterator):
    assert [tick.timestamp for tick in iterator] == list(range(1, 100))


def check_sum(column):
    assert column.sum() == 4950.0


# ---- Writing ----

WRITES = {
    "append": lambda store: store.append(values(1)),
    "extend": lambda store: store.extend([values(1)]),
    "extend by nothing": lambda store: store.extend([]),
    "extend columns": lambda store: store.extend(symbol="a", price=[1.0], volume=1, timestamp=1),
    "extend no columns": lambda store: store.extend(symbol=[], price=[], volume=[], timestamp=[]),
    "extend by a store": lambda store: store.extend(store),
    "set": lambda store: store.set(0, values(1)),
    "set some": lambda store: store.set(0, price=1.0),
    "set_price": lambda store: store.set_price(0, 1.0),
    "set_symbol": lambda store: store.set_symbol(0, "a"),
    "assign": lambda store: store.__setitem__(0, values(1)),
    "assign field": lambda store: store.__setitem__((0, "price"), 1.0),
    "assign to a record": lambda store: setattr(store[0], "price", 1.0),
    "sync": lambda store: store.sync(),
    "writable columns": lambda store: store.columns.writable("price"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_a_child_is_refused_writing_and_told_to_open_the_file_itself(path, write):
    with tick_store.open(path, "r+") as store:

        def body():
            with pytest.raises(mmapforge.ReadOnlyError, match="fork.*open the file") as refused:
                write(store)
            assert path in str(refused.value)
            assert isinstance(refused.value, PermissionError)
            assert not store.info().writable

        in_child(body)
        read_everything(store, 100)
        store.set(0, values(7))
        assert store.append(values(100)) == 100


# ---- A child must not affect its parent ----


def exit_at_once(store):
    pass


def close(store):
    store.close()
    assert store.closed


def forget(store):
    store.__del__()


def leave_with(store):
    with store:
        pass


@pytest.mark.parametrize("end", [exit_at_once, close, forget, leave_with])
def test_a_child_leaves_the_lock_and_the_commits_of_its_parent(path, end):
    with tick_store.open(path, "r+") as store:
        fill(store, 10, 100)
        committed = read_commits(path)
        in_child(lambda: end(store))
        assert read_commits(path) == committed
        assert is_locked(path)
        fill(store, 10, 110)
        read_everything(store, 120)
    assert not is_locked(path)
    with tick_store.open(path) as store:
        read_everything(store, 120)


def test_a_child_that_ends_as_an_interpreter_leaves_the_lock(path):
    """All finalizers of the child run, and none of them may commit or unlock."""
    code = """
import os, sys, tick_store
def commits():
    with open(sys.argv[1], "rb") as file:
        return file.read(4 * 4096)[2 * 4096:]
store = tick_store.open(sys.argv[1], "r+")
cycle = [store]
cycle.append(cycle)
before = commits()
child = os.fork()
if child != 0:
    ended = os.waitpid(child, 0)[1]
    store.append(("last", 1.0, 1.0, 1))
    print(ended, commits() == before, flush=True)
    sys.stdin.read()
    os._exit(0)
"""
    environ = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    with subprocess.Popen(
        [sys.executable, "-c", code, path],
        env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True,
    ) as parent:  # fmt: skip
        assert parent.stdout.readline() == "0 True\n"
        assert is_locked(path)
        parent.stdin.close()
        assert parent.wait() == 0
    assert not is_locked(path)
    with tick_store.open(path) as store:
        assert len(store) == 101


def read_commits(path):
    """The two commit slots: pages 2 and 3 of the file."""
    with open(path, "rb") as file:
        file.seek(2 * 4096)
        return file.read(2 * 4096)


def test_a_child_opens_the_file_once_the_parent_has_closed_it(path):
    store = tick_store.open(path, "r+")
    closed, wait = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.read(closed, 1)
            store.close()
            with tick_store.open(path, "r+") as own:
                own.append(values(100))
                read_everything(own, 101)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    store.close()
    os.write(wait, b"!")
    assert os.waitpid(child, 0)[1] == 0
    with tick_store.open(path) as store:
        read_everything(store, 101)


# ---- A fork in the middle of another thread's call ----


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_a_fork_while_threads_are_inside_calls(path, mode):
    """The child counts calls in flight that never end; it must not wait for them."""
    with tick_store.open(path, mode) as store:
        stop = threading.Event()

        def work(number):
            while not stop.is_set():
                store.snapshot()
                store.wait(99, timeout=0)
                if mode == "r+":
                    store.set_price(number, float(number))
                    store[number] = values(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()

        def body():
            assert len(store) == 100
            assert is_whole(store[50])
            with pytest.raises(mmapforge.ReadOnlyError):
                store.set_price(50, 1.0)
            with pytest.raises(mmapforge.ReadOnlyError):
                store.append(values(1))
            store.close()
            with pytest.raises(mmapforge.ClosedError):
                len(store)
            with tick_store.open(path) as own:
                assert len(own) == 100

        try:
            for _ in range(100):
                in_child(body)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        read_everything(store, 100)


def test_a_fork_in_a_wait(path):
    with tick_store.open(path) as store:
        waiter = threading.Thread(
            target=lambda: pytest.raises(mmapforge.ClosedError, store.wait, 10**6)
        )
        waiter.start()
        for _ in range(20):
            in_child(store.close)
        store.close()
        waiter.join()


def test_a_fork_while_another_thread_closes(path):
    for _ in range(50):
        store = tick_store.open(path, "r+")
        closer = threading.Thread(target=store.close)
        closer.start()

        def body(store=store):
            try:
                assert len(store) == 100
            except mmapforge.ClosedError:
                pass
            store.close()

        in_child(body)
        closer.join()
    assert not is_locked(path)


# ---- multiprocessing ----


def sum_of_rows(arguments):
    store, start, stop = arguments
    assert store.mode == "r"
    return store[start:stop].sum("timestamp"), os.getpid()


def try_to_write(store):
    try:
        store.append(values(1))
    except mmapforge.ReadOnlyError as error:
        return str(error)
    return None


@pytest.fixture
def importable(monkeypatch):
    """A spawned interpreter finds the same modules as this one."""
    found = os.pathsep.join(filter(None, sys.path))
    monkeypatch.setenv("PYTHONPATH", found)


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_stores_are_pickled_into_pools(path, importable, method):
    context = multiprocessing.get_context(method)
    with tick_store.open(path) as store, context.Pool(2) as pool:
        parts = pool.map(sum_of_rows, [(store, start, start + 25) for start in range(0, 100, 25)])
        assert sum(total for total, _ in parts) == sum(range(100))
        assert os.getpid() not in {pid for _, pid in parts}
        assert "r+" in pool.apply(try_to_write, (store,))
        assert pool.apply(is_whole, (store[3],))


def test_a_writer_is_pickled_as_a_reader(path):
    with tick_store.open(path, "r+", errors="replace") as store:
        copy = pickle.loads(pickle.dumps(store))
        assert type(copy) is tick_store.TickStore
        assert copy.mode == "r" and copy._codec.errors == "replace"
        store.append(values(100))
        read_everything(copy, 101)
        with pytest.raises(mmapforge.ReadOnlyError):
            copy.append(values(1))
        copy.close()


def test_a_relative_path_is_pickled_as_the_file_that_it_was(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with tick_store.open("ticks.mmf") as store:
        dump = pickle.dumps(store)
    monkeypatch.chdir("/")
    with pickle.loads(dump) as copy:
        read_everything(copy, 100)


def test_a_store_of_no_module_is_pickled_by_its_file(path):
    with mmapforge.open(path) as store, pickle.loads(pickle.dumps(store)) as copy:
        assert [tuple(tick) for tick in copy] == [tuple(tick) for tick in store]


def test_unpickling_without_the_file_says_so(path):
    with tick_store.open(path) as store:
        dump = pickle.dumps(store)
    os.remove(path)
    with pytest.raises(mmapforge.StoreNotFoundError):
        pickle.loads(dump)
