"""Several writers of one file, in Python."""

import multiprocessing
import threading

import pytest
import tick_store

import mmapforge

APPENDS = 500


def append_many(path, writer):
    with tick_store.open(path, "r+", shared=True) as s:
        for number in range(APPENDS):
            s.append(symbol=f"w{writer}", price=number, volume=writer, timestamp=number)
            s.set(0, price=number, volume=number)


def check(path, writers):
    with tick_store.open(path) as s:
        assert len(s) == 1 + writers * APPENDS
        seen = {f"w{writer}": 0 for writer in range(writers)}
        for t in s[1:]:
            assert t.timestamp == seen[t.symbol]
            seen[t.symbol] += 1
        assert s[0].price == s[0].volume == APPENDS - 1


@pytest.fixture
def path(tmp_path):
    made = str(tmp_path / "ticks.mmf")
    with tick_store.create(made, shared=True) as s:
        s.append(("first", 0, 0, 0))
    return made


def test_threads_lose_nothing(path):
    threads = [threading.Thread(target=append_many, args=(path, i)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(path, 4)


def test_processes_lose_nothing(path):
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=append_many, args=(path, i)) for i in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    check(path, 3)


def test_columns_are_appended_at_once(path):
    with tick_store.open(path, "r+", shared=True) as one:
        with mmapforge.open(path, "r+", shared=True) as two:
            assert one.extend(symbol="x", price=range(100), volume=1.0, timestamp=7) == 100
            assert two.append(("y", 1, 2, 3)) == 101
            assert len(one) == len(two) == 102


def test_one_alone_and_several_keep_each_other_out(path):
    with tick_store.open(path, "r+", shared=True):
        with pytest.raises(mmapforge.LockedError, match="open for writing.*join them by shared"):
            tick_store.open(path, "r+")
    with tick_store.open(path, "r+"):
        with pytest.raises(mmapforge.LockedError):
            tick_store.open(path, "r+", shared=True)


# In the shared page: the slot of the writer that has the append lock, from 1.
APPEND_OWNER = 4 * 4096 + 448


def set_append_owner(path, slot):
    with open(path, "r+b") as file:
        file.seek(APPEND_OWNER)
        file.write(slot.to_bytes(8, "little"))


def test_a_close_that_waits_in_vain_says_so(path):
    stopped = tick_store.open(path, "r+", shared=True)
    closing = tick_store.open(path, "r+", shared=True)
    assert closing.append(("kept", 1, 2, 3)) == 1
    set_append_owner(path, 1)  # as if the first writer had been stopped in the middle of an append
    with pytest.raises(mmapforge.BusyError, match="the store is closed, but .* append lock for ten seconds") as raised:
        closing.close()
    assert raised.value.status == "MMF_ERR_BUSY" and raised.value.path == path
    assert closing.closed
    closing.close()
    set_append_owner(path, 0)
    assert stopped[1].symbol == "kept"
    stopped.close()
    with tick_store.open(path) as s:
        assert len(s) == 2


def test_it_says_nothing_to_a_reader(path):
    with tick_store.open(path, shared=True) as s:
        with pytest.raises(mmapforge.ReadOnlyError):
            s.append(("y", 1, 2, 3))
