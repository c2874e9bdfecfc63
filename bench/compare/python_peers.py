"""What Python programs use to keep records in a file, at the same work as the store.

    bazel run --config=bench //bench:python_peers

Prints lines of JSON, for bench/report/run: CPU and wall time of a row in nanoseconds, medians of
interleaved rounds, with the least and the most. Files are in memory; nothing is synced.
"""

import argparse
import gc
import importlib.util
import itertools
import json
import mmap
import os
import random
import sqlite3
import statistics
import struct
import sys
import tempfile
import time
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Tuple

RECORD = struct.Struct("<8xI64s4xddQ")  # 104 bytes, as in the store
PRICE = struct.Struct("<d")
PRICE_AT = 80
GETS = 20_000
BATCH = 1_000  # rows in a transaction
CHUNK = 4_096  # rows that become tuples at once, where there is a call for many

Columns = Dict[str, Any]


class Peer:
    """A library over a file of rows; each method returns what it has found, to be compared."""

    name = ""

    def __init__(self, path: str, columns: Columns) -> None:
        """Makes the file."""

    def get(self, rows: List[int]) -> float:
        """The sum of the prices of single rows, each found by itself."""
        raise NotImplementedError

    def iterate(self) -> int:
        """How many rows there are, each made a tuple of all fields, its text decoded."""
        raise NotImplementedError

    def sum(self) -> float:
        raise NotImplementedError

    def append(self, path: str, columns: Columns) -> None:
        """Puts columns into a new file."""
        raise NotImplementedError


class Store(Peer):
    name = "mmapforge"

    def __init__(self, path: str, columns: Columns) -> None:
        import tick_store

        self._module = tick_store
        self.append(path, columns)
        self._store = tick_store.open(path)

    def get(self, rows: List[int]) -> float:
        get = self._store.get_price
        return sum(get(row) for row in rows)

    def iterate(self) -> int:
        count = 0
        for _symbol, _price, _volume, _timestamp in self._store.tuples():
            count += 1
        return count

    def sum(self) -> float:
        return float(self._store.columns["price"].sum())

    def append(self, path: str, columns: Columns) -> None:
        with self._module.create(path) as store:
            store.extend(**columns)


class Memmap(Peer):
    name = "numpy.memmap"

    def __init__(self, path: str, columns: Columns) -> None:
        import numpy

        self._numpy = numpy
        fields = [("symbol", "S64"), ("price", "<f8"), ("volume", "<f8"), ("timestamp", "<u8")]
        self._dtype = numpy.dtype(fields, align=True)
        self.append(path, columns)
        self._table = numpy.memmap(path, dtype=self._dtype, mode="r")

    def get(self, rows: List[int]) -> float:
        prices = self._table["price"]
        return sum(prices[row] for row in rows)

    def iterate(self) -> int:
        count = 0
        for start in range(0, len(self._table), CHUNK):
            for symbol, _price, _volume, _timestamp in self._table[start : start + CHUNK].tolist():
                symbol.decode()
                count += 1
        return count

    def sum(self) -> float:
        return float(self._table["price"].sum())

    def append(self, path: str, columns: Columns) -> None:
        table = self._numpy.memmap(path, dtype=self._dtype, mode="w+", shape=len(columns["price"]))
        for name, column in columns.items():
            table[name] = column


class StructOverMmap(Peer):
    name = "struct over mmap"

    def __init__(self, path: str, columns: Columns) -> None:
        self.append(path, columns)
        with open(path, "rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)

    def get(self, rows: List[int]) -> float:
        unpack, memory, size = PRICE.unpack_from, self._memory, RECORD.size
        return sum(unpack(memory, row * size + PRICE_AT)[0] for row in rows)

    def iterate(self) -> int:
        count = 0
        for length, symbol, _price, _volume, _timestamp in RECORD.iter_unpack(self._memory):
            symbol[:length].decode()
            count += 1
        return count

    def sum(self) -> float:
        return sum(price for _, _, price, _, _ in RECORD.iter_unpack(self._memory))

    def append(self, path: str, columns: Columns) -> None:
        symbols, *others = (column.tolist() for column in columns.values())
        with open(path, "wb+") as file:
            file.truncate(len(symbols) * RECORD.size)
            with mmap.mmap(file.fileno(), 0) as memory:
                pack, at = RECORD.pack_into, 0
                for symbol, price, volume, timestamp in zip(symbols, *others):
                    pack(memory, at, len(symbol), symbol, price, volume, timestamp)
                    at += RECORD.size


class Lmdb(Peer):
    name = "py-lmdb"

    def __init__(self, path: str, columns: Columns) -> None:
        import lmdb

        self._lmdb = lmdb
        self.append(path, columns)
        self._environment = lmdb.open(path, subdir=False, readonly=True)
        self._transaction = self._environment.begin(buffers=True)

    def get(self, rows: List[int]) -> float:
        get, unpack = self._transaction.get, PRICE.unpack_from
        return sum(unpack(get(row.to_bytes(8, "big")), PRICE_AT)[0] for row in rows)

    def _values(self) -> Iterator[Any]:
        return iter(self._transaction.cursor().iternext(keys=False, values=True))

    def iterate(self) -> int:
        count, unpack = 0, RECORD.unpack
        for value in self._values():
            length, symbol, _price, _volume, _timestamp = unpack(value)
            symbol[:length].decode()
            count += 1
        return count

    def sum(self) -> float:
        unpack = PRICE.unpack_from
        return sum(unpack(value, PRICE_AT)[0] for value in self._values())

    def append(self, path: str, columns: Columns) -> None:
        rows = enumerate(zip(*(column.tolist() for column in columns.values())))
        count = len(columns["price"])
        size = count * 160 + (64 << 20)
        with self._lmdb.open(path, subdir=False, map_size=size, sync=False, writemap=True) as environment:
            for _ in range(0, count, BATCH):
                with environment.begin(write=True) as transaction:
                    batch = [
                        (row.to_bytes(8, "big"), RECORD.pack(len(tick[0]), *tick))
                        for row, tick in itertools.islice(rows, BATCH)
                    ]
                    transaction.cursor().putmulti(batch, append=True)


class Sqlite(Peer):
    name = "sqlite3"

    def __init__(self, path: str, columns: Columns) -> None:
        self.append(path, columns)
        self._connection = self._open(path)
        self._connection.execute("BEGIN")

    @staticmethod
    def _open(path: str) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        for setting in ("mmap_size=2000000000", "journal_mode=OFF", "synchronous=OFF"):
            connection.execute("PRAGMA " + setting)
        return connection

    def get(self, rows: List[int]) -> float:
        execute = self._connection.execute
        return sum(
            execute("SELECT price FROM tick WHERE id=?", (row + 1,)).fetchone()[0] for row in rows
        )

    def iterate(self) -> int:
        count = 0
        for _symbol, _price, _volume, _timestamp in self._connection.execute(
            "SELECT symbol, price, volume, timestamp FROM tick"
        ):
            count += 1
        return count

    def sum(self) -> float:
        return float(self._connection.execute("SELECT sum(price) FROM tick").fetchone()[0])

    def append(self, path: str, columns: Columns) -> None:
        symbols, *others = (column.tolist() for column in columns.values())
        connection = self._open(path)
        connection.execute(
            "CREATE TABLE tick(id INTEGER PRIMARY KEY, symbol TEXT, price REAL, volume REAL, "
            "timestamp INTEGER)"
        )
        for start in range(0, len(symbols), BATCH):
            stop = start + BATCH
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT INTO tick(symbol, price, volume, timestamp) VALUES(?, ?, ?, ?)",
                zip(
                    (symbol.decode() for symbol in symbols[start:stop]),
                    *(column[start:stop] for column in others),
                ),
            )
            connection.execute("COMMIT")
        connection.close()


PEERS = {Store: "", Memmap: "numpy", StructOverMmap: "", Lmdb: "lmdb", Sqlite: "sqlite3"}


class Case(NamedTuple):
    operation: str
    peer: Peer
    count: int  # rows that one run handles
    run: Callable[[], Any]


def make_columns(rows: int) -> Columns:
    import numpy

    symbols = numpy.array([b"AAPL", b"MSFT", b"GOOG", b"TSLA"], "S64")
    # With a fraction, since SQLite keeps whole numbers in less room; their sum is the same in any order.
    prices = numpy.random.default_rng(1).integers(1, 500, rows) + 0.25
    return {
        "symbol": symbols[numpy.arange(rows) % 4],
        "price": prices,
        "volume": numpy.random.default_rng(2).uniform(1, 100, rows),
        "timestamp": numpy.arange(rows, dtype=numpy.uint64),
    }


def cases_of(peer: Peer, directory: str, columns: Columns, rows: int) -> List[Case]:
    order = random.Random(3).choices(range(rows), k=GETS)
    prices = columns["price"]
    if peer.get(order) != prices[order].sum() or peer.sum() != prices.sum() or peer.iterate() != rows:
        sys.exit("python_peers: %s does not give back what was put in" % peer.name)
    new = os.path.join(directory, "new")

    def append() -> None:
        peer.append(new, columns)

    return [
        Case("get one field of a random row", peer, GETS, lambda: peer.get(order)),
        Case("iterate over all fields, text decoded", peer, rows, peer.iterate),
        Case("sum a column", peer, rows, peer.sum),
        Case("append columns of arrays to a new file", peer, rows, append),
    ]


def clear(path: str) -> None:
    for suffix in ("", "-lock"):
        if os.path.exists(path + suffix):
            os.unlink(path + suffix)


def measure(cases: List[Case], rounds: int, new: str) -> List[List[Tuple[float, float]]]:
    """CPU and wall time of a row, by case and round; the rounds of all cases take turns."""
    times: List[List[Tuple[float, float]]] = [[] for _ in cases]
    for _ in range(rounds):
        for case, taken in zip(cases, times):
            gc.collect()
            gc.disable()
            wall, cpu = time.perf_counter_ns(), time.process_time_ns()
            case.run()
            cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
            gc.enable()
            taken.append((cpu / case.count, wall / case.count))
            clear(new)
    return times


def print_line(operation: str, library: str, values: Dict[str, Any], **more: str) -> None:
    line = {"table": "Python", "case": operation, "library": library, "unit": "ns", "values": values}
    print(json.dumps({**line, **more}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rows, few rounds")
    given = parser.parse_args()
    if importlib.util.find_spec("numpy") is None:
        print("SKIPPED: the columns come from numpy; install it (Debian: apt-get install python3-numpy)")
        return
    rows, rounds = (20_000, 3) if given.quick else (500_000, 7)
    columns = make_columns(rows)
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=base) as directory:
        cases: List[Case] = []
        for kind, module in PEERS.items():
            if module and importlib.util.find_spec(module) is None:
                why = "this Python (%s) has no module %s" % (sys.executable, module)
                print_line("all", kind.name, {"cpu": None}, note=why)
                continue
            peer = kind(os.path.join(directory, kind.__name__), columns)
            cases += cases_of(peer, directory, columns, rows)
        operations = list(dict.fromkeys(case.operation for case in cases))
        cases.sort(key=lambda case: operations.index(case.operation))
        for case, times in zip(cases, measure(cases, rounds, os.path.join(directory, "new"))):
            cpu = [of for of, _ in times]
            values = {
                "cpu": statistics.median(cpu),
                "cpu_min": min(cpu),
                "cpu_max": max(cpu),
                "wall": statistics.median(wall for _, wall in times),
            }
            print_line(case.operation, case.peer.name, values)


if __name__ == "__main__":
    main()
