"""What Python's calls cost, beside the same work with numpy.memmap, struct, ctypes and lmdb.

    bazel run -c opt //bench:python

Each line is the CPU time of one record, the best of many interleaved rounds, and its ratio to the
line that it is measured against. Times move with the machine; look at the ratios.
"""

import argparse
import ctypes
import importlib.util
import json
import mmap
import os
import platform
import struct
import tempfile
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional

import numpy
from mmapforge._core import ffi, lib

import tick_store

HAS_LMDB = importlib.util.find_spec("lmdb") is not None
RECORD = struct.Struct("<8xI64s4xddQ")
LOOPS = 20_000  # calls of one round
MADV_POPULATE_WRITE = 23  # Linux 5.14; without it, page faults are counted, too


class Case(NamedTuple):
    """One line of the report."""

    group: str
    name: str
    run: Callable[[], None]
    count: int  # records or calls that one run handles
    against: Optional[str]  # the name of the line that it is compared with
    goal: Optional[float]
    prepare: Callable[[], Any] = lambda: None  # before each run, and not timed


class CTick(ctypes.Structure):
    """The record as ctypes sees it."""

    _fields_ = [
        ("sequence", ctypes.c_uint64),
        ("symbol_length", ctypes.c_uint32),
        ("symbol", ctypes.c_char * 64),
        ("price", ctypes.c_double),
        ("volume", ctypes.c_double),
        ("timestamp", ctypes.c_uint64),
    ]


def make_columns(rows: int) -> Dict[str, Any]:
    symbols = numpy.array([b"AAPL", b"MSFT", b"GOOG", b"TSLA"], "S64")
    return {
        "symbol": symbols[numpy.arange(rows) % 4],
        "price": numpy.random.default_rng(1).uniform(1, 500, rows),
        "volume": numpy.random.default_rng(2).uniform(1, 100, rows),
        "timestamp": numpy.arange(rows, dtype=numpy.uint64),
    }


def calls(function: Callable[[int], Any]) -> Callable[[], None]:
    """A loop of LOOPS calls; what the loop itself costs is taken off in the report."""

    def run() -> None:
        for row in range(LOOPS):
            function(row)

    return run


def read_cases(store: Any, directory: str, rows: int) -> List[Case]:
    """One field of one row, and a record."""
    handle, get = store._handle, lib.mmfpy_get_float64
    offset = store._field("price").offset
    nothing, null = lib.mmf_schema_free, ffi.NULL
    raw_path = os.path.join(directory, "raw")
    store.snapshot(0, LOOPS).tofile(raw_path)
    table = numpy.memmap(raw_path, dtype=store.schema.dtype, mode="r")
    with open(raw_path, "rb") as file:
        memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ | mmap.PROT_WRITE,
                           flags=mmap.MAP_PRIVATE)  # fmt: skip
    c_table = (CTick * LOOPS).from_buffer(memory)
    price = struct.Struct("<d")
    floor, method = "call of nothing (cffi)", "store.get_price(i)"
    cases = [
        Case("get", floor, calls(lambda row: nothing(null)), LOOPS, None, None),
        Case("get", "library call", calls(lambda row: get(handle, row, offset)), LOOPS, floor, 1.25),
        Case("get", method, calls(store.get_price), LOOPS, floor, 2.0),
        Case("get", "store[i].price", calls(lambda row: store[row].price), LOOPS, floor, None),
        Case("get", "numpy.memmap a[i]['price']", calls(lambda row: table[row]["price"]), LOOPS,
             method, None),
        Case("get", "ctypes a[i].price", calls(lambda row: c_table[row].price), LOOPS, method, None),
        Case("get", "struct.unpack_from", calls(lambda row: price.unpack_from(memory, row * 104 + 80)),
             LOOPS, method, None),
    ]  # fmt: skip
    if HAS_LMDB:
        database = open_lmdb(directory)
        fill_lmdb(database, store.snapshot(0, LOOPS).tobytes(), LOOPS)
        transaction = database.begin()
        keys = [row.to_bytes(8, "big") for row in range(LOOPS)]

        def get_lmdb(row: int) -> Any:
            return price.unpack_from(transaction.get(keys[row]), 80)

        cases.append(Case("get", "lmdb get and unpack", calls(get_lmdb), LOOPS, method, None))
    return cases


def open_lmdb(directory: str) -> Any:
    import lmdb

    return lmdb.open(os.path.join(directory, "lmdb"), map_size=1 << 30, sync=False, writemap=True)


def fill_lmdb(database: Any, data: bytes, rows: int) -> None:
    with database.begin(write=True) as transaction:
        cursor = transaction.cursor()
        cursor.putmulti(
            [(row.to_bytes(8, "big"), data[row * 104 : row * 104 + 104]) for row in range(rows)],
            append=True,
        )


def column_cases(store: Any, rows: int) -> List[Case]:
    column = store.columns["price"]
    strided = column.view(numpy.ndarray)
    few, few_strided = column[:2000], strided[:2000]

    def many(function: Callable[[], Any]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(100):
                function()

        return run

    return [
        Case("column", "numpy sum, strided", strided.sum, rows, None, None),
        Case("column", "column.sum()", column.sum, rows, "numpy sum, strided", 0.8),
        Case("column", "numpy sum, in cache", many(few_strided.sum), 200_000, None, None),
        Case("column", "column.sum(), in cache", many(few.sum), 200_000, "numpy sum, in cache", 0.8),
        Case("column", "numpy max, strided", strided.max, rows, None, None),
        Case("column", "column.max()", column.max, rows, "numpy max, strided", 0.8),
    ]


def loop_cases(store: Any, rows: int) -> List[Case]:
    view = store[:rows]
    data = store.snapshot(0, rows).tobytes()

    def iter_unpack() -> None:
        for _ in RECORD.iter_unpack(data):
            pass

    def iter_unpack_text() -> None:
        for length, symbol, price, volume, timestamp in RECORD.iter_unpack(data):
            symbol[:length].decode()

    def records() -> None:
        for _ in view:
            pass

    def all_fields() -> None:
        for symbol, price, volume, timestamp in view.tuples():
            pass

    def three_fields() -> None:
        for price, volume, timestamp in view.tuples("price", "volume", "timestamp"):
            pass

    base, text_base = "struct.iter_unpack", "struct.iter_unpack, text decoded"
    return [
        Case("loop", base, iter_unpack, rows, None, None),
        Case("loop", text_base, iter_unpack_text, rows, base, None),
        Case("loop", "tuples('price', 'volume', 'timestamp')", three_fields, rows, base, 1.5),
        Case("loop", "tuples()", all_fields, rows, text_base, 1.5),
        Case("loop", "for record in store", records, rows, text_base, None),
    ]


class Appends:
    """New stores, in files in memory, whose pages a program has met before."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        self._made = 0
        self._open: List[Any] = []
        self._madvise = ctypes.CDLL(None).madvise
        self._madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

    def prepare(self, rows: int) -> Any:
        """A store of one record with room for rows more."""
        for old in self._open:
            old.close()
            os.unlink(old.path)
        self._made += 1
        path = os.path.join(self._directory, f"append{self._made}")
        store = tick_store.create(path, capacity=rows + 1)
        store.append(("", 0.0, 0.0, 0))
        first = store.columns["timestamp"].__array_interface__["data"][0]
        begin = first // mmap.PAGESIZE * mmap.PAGESIZE
        self._madvise(begin, rows * 104, MADV_POPULATE_WRITE)
        self._open = [store]
        return store


def append_cases(directory: str, columns: Dict[str, Any], rows: int) -> List[Case]:
    appends = Appends(directory)
    table = numpy.zeros(rows, dtype=tick_store.TickStore.schema.dtype)

    def assign() -> None:
        for name, column in columns.items():
            table[name] = column

    some = min(rows, 50_000)
    tuples = [("AAPL", 1.5, 2.5, row) for row in range(some)]
    dicts = [dict(zip(tick_store.TickStore.schema.names, row)) for row in tuples]
    packed = [(4, b"AAPL", 1.5, 2.5, row) for row in range(some)]
    buffer = bytearray(104 * some)

    def pack_into() -> None:
        at = 0
        for row in packed:
            RECORD.pack_into(buffer, at, *row)
            at += 104

    def encode_and_pack() -> None:
        at = 0
        for symbol, price, volume, timestamp in tuples:
            data = symbol.encode()
            RECORD.pack_into(buffer, at, len(data), data, price, volume, timestamp)
            at += 104

    def append_each(store: Any) -> None:
        for row in range(5_000):
            store.append(symbol="AAPL", price=1.5, volume=2.5, timestamp=row)

    def case(name: str, count: int, run: Callable[[Any], Any], base: str, goal: Optional[float]) -> Case:
        return Case("append", name, lambda: run(stores[name]), count, base, goal,
                    lambda: stores.update({name: appends.prepare(count)}))  # fmt: skip

    stores: Dict[str, Any] = {}
    array_base = "numpy structured assignment"
    base, text_base = "struct.pack_into", "struct.pack_into, text encoded"
    return [
        Case("append", array_base, assign, rows, None, None),
        case("extend(arrays)", rows, lambda store: store.extend(**columns), array_base, 0.45),
        Case("append", base, pack_into, some, None, None),
        Case("append", text_base, encode_and_pack, some, base, None),
        case("extend(tuples)", some, lambda store: store.extend(tuples), text_base, 1.15),
        case("extend(dicts)", some, lambda store: store.extend(dicts), text_base, 1.15),
        case("append(...), one by one", 5_000, append_each, text_base, None),
    ]


def measure(cases: List[Case], rounds: int) -> Dict[str, float]:
    """The best CPU time of each case, in nanoseconds a record; rounds are interleaved."""
    best: Dict[str, float] = {}
    for _ in range(rounds):
        for case in cases:
            case.prepare()
            start = time.thread_time_ns()
            case.run()
            taken = (time.thread_time_ns() - start) / case.count
            best[case.name] = min(best.get(case.name, taken), taken)
    start = time.thread_time_ns()
    for _ in range(LOOPS):
        pass
    empty = (time.thread_time_ns() - start) / LOOPS
    for case in cases:
        if case.group == "get":
            best[case.name] -= empty
    return best


def report(cases: List[Case], best: Dict[str, float]) -> None:
    print("| | ns | ratio | goal | |")
    print("| --- | --- | --- | --- | --- |")
    for case in cases:
        ratio = best[case.name] / best[case.against] if case.against else None
        shown = "" if ratio is None else f"{ratio:.2f} x {case.against}"
        goal = "" if case.goal is None else f"{case.goal:.2f}"
        verdict = "" if ratio is None or case.goal is None else "met" if ratio <= case.goal else "**missed**"
        print(f"| {case.name} | {best[case.name]:.1f} | {shown} | {goal} | {verdict} |")
    if not HAS_LMDB:
        print("\nlmdb is not installed (Debian: python3-lmdb), and was not measured.")


def print_json(cases: List[Case], best: Dict[str, float]) -> None:
    """For bench/report/run, a line for each case; what it is measured against is its note."""
    for case in cases:
        values: Dict[str, Optional[float]] = {"cpu": best[case.name]}
        if case.against:
            values["ratio"] = best[case.name] / best[case.against]
            values["goal"] = case.goal
        line = {"table": case.group, "case": case.name, "library": "CPython " + platform.python_version(),
                "unit": "ns", "values": values, "note": "to " + case.against if case.against else ""}  # fmt: skip
        print(json.dumps(line))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=500_000, help="records of the large cases")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="lines of JSON, for bench/report/run")
    given = parser.parse_args()
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    rows = max(given.rows, LOOPS)
    columns = make_columns(rows)
    with tempfile.TemporaryDirectory(dir=base) as directory:
        store = tick_store.create(os.path.join(directory, "ticks"), capacity=rows)
        store.extend(**columns)
        cases = read_cases(store, directory, rows) + column_cases(store, rows)
        cases += loop_cases(store, min(rows, 50_000)) + append_cases(directory, columns, rows)
        best = measure(cases, given.rounds)
        if given.json:
            print_json(cases, best)
        else:
            report(cases, best)


if __name__ == "__main__":
    main()
