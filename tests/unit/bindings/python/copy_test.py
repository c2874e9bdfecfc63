"""`store.copy(path)`: consistent records, also of a store that is being written, or no file."""

import multiprocessing
import os
import shutil
import sys
import threading
import time

import mmapforge
import pytest
import schemas
from schemas import EveryStore, TickStore, raises, tick


@pytest.fixture
def target(tmp_path):
    return str(tmp_path / "copy.mmf")


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_a_copy_has_every_record_and_is_a_store_of_its_own(path, target, mode):
    with TickStore.open(schemas.fill(path, 3000), mode) as store:
        store.copy(target)
        with TickStore.open(target, "r+") as copied:
            assert [record._asdict() for record in copied] == [tick(i) for i in range(3000)]
            copied.append(**tick(3000))
        assert len(store) == 3000
        assert (os.stat(target).st_mode & 0o777) == (os.stat(path).st_mode & 0o777)


def test_a_store_of_any_schema_is_copied(path, target, tmp_path):
    EveryStore.create(path).close()
    with mmapforge.open(path) as store:
        store.copy(os.fsencode(target))
        store.copy(tmp_path / "another.mmf")
        for name in [target, str(tmp_path / "another.mmf")]:
            with EveryStore.open(name) as copied:
                assert len(copied) == 0


def test_what_has_the_name_stays(reader, target):
    with open(target, "w", encoding="ascii") as file:
        file.write("mine")
    with raises(mmapforge.StoreExistsError, target, status="MMF_ERR_EXISTS") as raised:
        reader.copy(target)
    assert raised.value.path == target
    with open(target, encoding="ascii") as file:
        assert file.read() == "mine"
    with raises(mmapforge.StoreExistsError, reader.path, status="MMF_ERR_EXISTS"):
        reader.copy(reader.path)
    assert len(reader) == 10


@pytest.mark.parametrize("wrong", [None, 3, 2.5, "a\0b"])
def test_what_is_no_path_is_refused(reader, wrong):
    with pytest.raises((mmapforge.ArgumentTypeError, mmapforge.ArgumentError)):
        reader.copy(wrong)


def test_there_must_be_such_a_directory(reader, tmp_path):
    with raises(mmapforge.StoreNotFoundError, status="MMF_ERR_NOT_FOUND"):
        reader.copy(tmp_path / "none" / "copy.mmf")


def test_of_a_damaged_record_there_is_no_copy(path, target):
    with TickStore.open(schemas.fill(path, 10)) as store:
        begin, size = store.info().header_size, store.info().record_size
    with open(path, "r+b") as file:
        file.seek(begin + 7 * size)
        file.write(bytes(8))  # a sequence of 0: never written
    with TickStore.open(path) as store:
        with raises(mmapforge.CorruptError, path, "row 7", row=7, status="MMF_ERR_CORRUPT"):
            store.copy(target)
    assert sorted(os.listdir(os.path.dirname(path))) == [os.path.basename(path)]


def test_of_missing_rows_there_is_no_copy(path, target):
    with TickStore.open(schemas.fill(path, 5000)) as store:
        begin, size = store.info().header_size, store.info().record_size
    os.truncate(path, begin + 3000 * size)
    with pytest.warns(mmapforge.MissingRowsWarning):
        store = TickStore.open(path)
    with store, raises(mmapforge.CorruptError, path, row=3000, status="MMF_ERR_CORRUPT"):
        store.copy(target)
    assert not os.path.exists(target)


def _replace(path, rows):
    """Writes until it is killed; every field of a record has the record's mark."""
    with TickStore.open(path, "r+") as store:
        mark = 0
        while True:
            mark += 1
            store[mark % rows] = (f"m{mark % 1000}", float(mark), float(mark), mark)


def _is_whole(record):
    mark = record.timestamp
    return (record.symbol, record.price, record.volume) == (f"m{mark % 1000}", mark, mark)


def test_a_live_file_has_copies_of_whole_records(path, target):
    rows = 50
    with TickStore.create(path) as store:
        store.extend([("m0", 0.0, 0.0, 0)] * rows)
    writer = multiprocessing.get_context("fork").Process(target=_replace, args=(path, rows))
    writer.start()
    try:
        with TickStore.open(path) as store:
            deadline = time.monotonic() + 60
            while store[-1].timestamp == 0 and time.monotonic() < deadline:
                time.sleep(0.001)
            seen = set()
            for _ in range(20):
                store.copy(target)
                with TickStore.open(target) as copied:
                    records = list(copied)
                os.unlink(target)
                assert len(records) == rows
                assert all(_is_whole(record) for record in records)
                seen.add(records[-1].timestamp)
            assert len(seen) > 1, "the writer did nothing between the copies"
    finally:
        writer.kill()
        writer.join()


def test_other_threads_run_while_a_store_is_copied(path, target):
    """The GIL is released: a counter in another thread advances though the switch interval is endless."""
    with TickStore.create(path) as store:
        store.extend(symbol=["x"] * 200000, price=1.0, volume=1.0, timestamp=range(200000))
        ran, stop = [0], threading.Event()

        def count():
            while not stop.is_set():
                ran[0] += 1
                time.sleep(0)

        thread = threading.Thread(target=count)
        before = sys.getswitchinterval()
        sys.setswitchinterval(1000)
        try:
            thread.start()
            at = ran[0]
            store.copy(target)
            assert ran[0] > at
        finally:
            sys.setswitchinterval(before)
            stop.set()
            thread.join()


def test_the_info_says_what_became_of_the_file(path, target):
    with TickStore.open(schemas.fill(path, 3)) as store:
        assert store.info().replaced == ""
        store.copy(target)
        os.rename(path, path + ".old")
        assert store.info().replaced == "moved"
        os.rename(target, path)
        assert store.info().replaced == "by file"
        os.unlink(path + ".old")
        assert store.info().replaced in ("by file", "unlinked")
        os.unlink(path)
        assert store.info().replaced == "unlinked"


def test_the_copy_takes_the_place_of_a_damaged_file(path, target):
    """The steps that "restore the file from a copy" means."""
    with TickStore.open(schemas.fill(path, 10)) as store:
        store.copy(target)
    shutil.copyfile("/dev/null", path)
    with pytest.raises(mmapforge.Error):
        TickStore.open(path)
    os.rename(target, path)
    with TickStore.open(path, "r+") as store:
        assert [record._asdict() for record in store] == [tick(i) for i in range(10)]
