"""`store.verify()` and `python -m mmapforge verify FILE` find damage, and name its row."""

import os
import signal
import struct
import subprocess
import sys

import mmapforge
import pytest
import schemas

CHECKSUMMED = """\
record Checksummed version 1 @checksums {
  name: string[6];
  price: float64;
  flag: bool;
}
"""

Checksummed, ChecksummedStore = mmapforge.define(__name__, CHECKSUMMED)

HEADER = 65536

ENVIRON = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def run(*arguments):
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-m", "mmapforge", *map(str, arguments)],
        env=ENVIRON,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def record(i):
    return {"name": "n%d" % (i % 1000), "price": i / 2, "flag": i % 2 == 1}


def size():
    return ChecksummedStore.schema.record_size


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def row_bytes(path, row):
    with open(path, "rb") as file:
        file.seek(HEADER + row * size())
        return file.read(size())


def checksum_of(path, row):
    """The checksum that a row should have: of the file's id and the row, and then of the record."""
    with open(path, "rb") as file:
        low, high = struct.unpack_from("<QQ", file.read(32), 16)
    return crc32c(struct.pack("<Q", low ^ high ^ row) + row_bytes(path, row)[:36] + bytes(4))


def flip(path, row, offset, bit=0):
    with open(path, "r+b") as file:
        file.seek(HEADER + row * size() + offset)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1 << bit]))


@pytest.fixture
def store(path):
    with ChecksummedStore.create(path) as opened:
        opened.extend([record(i) for i in range(10)])
        yield opened


def test_schema():
    assert ChecksummedStore.schema.checksums
    assert not schemas.TickStore.schema.checksums
    # 8 of sequence, 4 + 6 to 18, the price at 24, the flag at 32, the checksum at 36.
    assert size() == 40
    assert ChecksummedStore.schema.text == CHECKSUMMED


# The checksum of the specification, implemented a second time.
def test_checksum_is_that_of_the_format(store, path):
    store.set(3, record(12))
    for row, sequence in ((0, 2), (3, 4)):
        data = row_bytes(path, row)
        assert struct.unpack_from("<Q", data) == (sequence,)
        assert struct.unpack_from("<I", data, 36) == (checksum_of(path, row),)


def test_every_way_to_write(store):
    store.append(record(10))
    store.extend(name=["a", "b"], price=[1.0, 2.0], flag=[True, False])
    store.extend([record(i) for i in range(5)])
    store.extend(name="same", price=(i / 4 for i in range(3000)), flag=False)
    store.set(1, record(50))
    store.set(2, price=7.5)
    store.set(2, name="set", flag=True)
    store[3] = record(60)
    store[4, "price"] = -1.0
    store[5, "name"] = "xyz"
    store.set_price(6, 3.25)
    store.set_name(7, "")
    store.set_flag(8, True)
    assert store.verify() == len(store) == 10 + 1 + 2 + 5 + 3000
    assert (store[1], store[3]) == (Checksummed(**record(50)), Checksummed(**record(60)))
    assert tuple(store[2]) == ("set", 7.5, True)
    assert (store[4].price, store[5].name, store[6].price) == (-1.0, "xyz", 3.25)
    assert (store[7].name, store[8].flag) == ("", True)


def test_numpy_columns(store):
    numpy = pytest.importorskip("numpy")
    prices = numpy.arange(2000.0)[::2]
    names = numpy.array(["n%d" % i for i in range(1000)], dtype="S6")
    store.extend(name=names, price=prices, flag=numpy.ones(1000, bool))
    assert store.verify() == 1010
    assert store[-1].price == 1998.0


def test_ranges_are_those_of_slices(store, path):
    flip(path, 4, 24)
    assert store.verify(0, 4) == 4
    assert store.verify(5) == 5
    assert store.verify(-5) == 5
    assert store.verify(5, -3) == 2
    assert store.verify(7, 2) == 0
    assert store.verify(5, 1000) == 5
    for rows in ((), (4,), (0, 5), (-6,), (4, 5)):
        with pytest.raises(mmapforge.CorruptError) as caught:
            store.verify(*rows)
        assert caught.value.row == 4


def test_every_flipped_bit(store, path):
    for offset in range(size()):
        for bit in range(8):
            flip(path, 9, offset, bit)
            with pytest.raises(mmapforge.CorruptError) as caught:
                store.verify()
            assert caught.value.row == 9
            flip(path, 9, offset, bit)
    assert store.verify() == 10


def test_the_exception(store, path):
    flip(path, 2, 24)
    data = row_bytes(path, 2)
    with pytest.raises(mmapforge.CorruptError) as caught:
        store.verify()
    error = caught.value
    assert isinstance(error, ValueError)
    assert (error.status, error.path, error.row, error.field) == ("MMF_ERR_CORRUPT", path, 2, None)
    expected = "%s: row 2: found the checksum 0x%08x, expected 0x%08x for its content; "
    expected %= (path, struct.unpack_from("<I", data, 36)[0], checksum_of(path, 2))
    assert str(error).startswith(expected)


def test_a_part_of_a_damaged_record_is_not_replaced(store, path):
    flip(path, 2, 32)
    before = row_bytes(path, 2)
    for write in (
        lambda: store.set_price(2, 1.0),
        lambda: store.set_name(2, "x"),
        lambda: store.set(2, price=1.0),
    ):
        with pytest.raises(mmapforge.CorruptError):
            write()
    assert row_bytes(path, 2) == before
    store.set(2, record(2))
    assert store.verify() == 10


def test_no_array_writes_past_the_checksums(store):
    with pytest.raises(mmapforge.UnsupportedError, match="checksums wrong; set it row by row"):
        store.columns.writable("price")
    assert list(store.columns["price"])[:3] == [0.0, 0.5, 1.0]


def test_a_store_without_checksums(reader):
    with pytest.raises(mmapforge.UnsupportedError, match="declare 'record Tick version N @checksums'"):
        reader.verify()


def test_a_closed_store(store):
    store.close()
    with pytest.raises(mmapforge.ClosedError):
        store.verify()


def test_an_empty_store(path):
    with ChecksummedStore.create(path) as store:
        assert store.verify() == 0


def test_a_reader_without_the_module(store, path):
    with mmapforge.open(path) as anyone:
        assert anyone.verify() == 10


def test_a_program_with_another_idea_of_it(store, path):
    _, plain = mmapforge.define(__name__, CHECKSUMMED.replace(" @checksums", ""))
    with plain.open(path) as other, ChecksummedStore.open(path) as same:
        assert list(other) == [tuple(record) for record in same] or [tuple(r) for r in other] == [tuple(r) for r in same]


def test_a_killed_writer(path):
    """Kills a process that sets and appends as fast as it can, and verifies the file."""
    with ChecksummedStore.create(path) as store:
        store.extend([record(i) for i in range(4)])
    program = (
        "import itertools, mmapforge, sys\n"
        "store = mmapforge.open(sys.argv[1], 'r+')\n"
        "print('begun', flush=True)\n"
        "for i in itertools.count():\n"
        "    store.set(i % 4, ('n%d' % (i % 1000), i / 2, True))\n"
        "    store.set_price(i % 3, 0.5)\n"
        "    store.append(('n', 1.0, False))\n"
    )
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", program, path], env=ENVIRON, stdout=subprocess.PIPE
        )
        assert child.stdout.readline() == b"begun\n"
        with ChecksummedStore.open(path) as reader:
            reader.wait(len(reader) + 100)
            child.send_signal(signal.SIGKILL)
            child.wait()
            child.stdout.close()
            assert reader.verify() >= 104
        with ChecksummedStore.open(path, "r+") as writer:
            assert writer.verify() == len(writer)


# ---- The command ----


def test_command_finds_nothing(store, path):
    store.close()
    code, out, err = run("verify", path)
    assert (code, err) == (0, "")
    assert out == "%s: 10 records of Checksummed match their checksums\n" % path


def test_command_lists_the_rows(store, path):
    store.close()
    flip(path, 3, 24)
    flip(path, 7, 0)  # odd, but no writer is replacing the record
    code, out, err = run("verify", path)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("%s: row 3: found the checksum 0x" % path)
    assert lines[1].startswith("%s: row 7: its sequence is 3, which marks" % path)
    assert lines[2] == "%s: 2 of 10 records are damaged" % path


@pytest.mark.parametrize("limit, shown, whole", [(1, 1, False), (3, 3, False), (4, 4, True)])
def test_command_has_a_limit(store, path, limit, shown, whole):
    store.close()
    for row in (1, 2, 5, 9):
        flip(path, row, 24)
    code, out, err = run("verify", path, "--limit", limit)
    assert (code, err) == (1, "")
    assert out.count(": found the checksum") == shown
    assert ("4 of 10 records are damaged" in out) == whole
    assert ("give a larger --limit" in out) == (not whole)


def test_command_without_checksums(path):
    schemas.fill(path, 3)
    code, out, err = run("verify", path)
    assert (code, out) == (1, "")
    assert err.startswith("mmapforge: %s: records 'Tick' have no checksums" % path)


def test_command_without_a_file(tmp_path):
    code, out, err = run("verify", tmp_path / "none.mmf")
    assert (code, out) == (1, "")
    assert "none.mmf" in err


def test_command_with_a_wrong_limit(path):
    code, _, err = run("verify", path, "--limit", 0)
    assert code == 2
    assert "--limit must be at least 1" in err
