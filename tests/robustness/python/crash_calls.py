"""Calls every function of the package at random, with random arguments, for crash_test.py.

    crash_calls.py SEED STEPS DIRECTORY

The same seed makes the same calls, except for effects of threads and the clock. Exit 0: only
documented exceptions. Exit 3: another exception, with its traceback. A signal: a crash, with the
traceback of faulthandler.
"""

import array
import copy
import decimal
import faulthandler
import fractions
import gc
import itertools
import os
import pickle
import random
import resource
import sys
import threading
import time
import traceback
import warnings

import mmapforge
import numpy

MOST_BYTES = 256 << 20  # of one file

SCHEMAS = [
    """record Every version 1 {
  flag: bool;
  i8: int8;
  u8: uint8;
  i16: int16;
  u16: uint16;
  i32: int32;
  u32: uint32;
  i64: int64;
  u64: uint64;
  f32: float32;
  f64: float64;
  text: string[11];
  data: bytes[5];
}
""",
    """record Small version 3 {
  field: uint8;
}
""",
    """record Named version 1 {
  class: string[5000];
  class_: float64;
  self: bytes[1];
}
""",
]


class EvilError(Exception):
    """Raised by arguments of this file; the package may only pass it on."""


class Evil:
    """Raises in every special method."""

    def _raise(self, *_):
        raise EvilError

    __index__ = __int__ = __float__ = __len__ = __iter__ = __getitem__ = __bool__ = _raise
    __bytes__ = __fspath__ = _raise


class Liar(list):
    """A list that claims to be longer than it is."""

    def __len__(self):
        return 10**6


class LyingBytes(bytes):
    def __len__(self):
        return 3

    def __bytes__(self):
        return LyingBytes(b"x")


class LyingText(str):
    def encode(self, *_):
        return LyingBytes(b"")


class LyingArray(numpy.ndarray):
    @property
    def __array_interface__(self):
        return {"data": (8, False), "shape": (10**6,), "typestr": "<f8", "version": 3}

    def __len__(self):
        return 10**6


class Closes:
    """Closes a store while the package converts this object to a number."""

    def __init__(self, store, value):
        self.store, self.value = store, value

    def __index__(self):
        self.store.close()
        return self.value

    __int__ = __index__

    def __float__(self):
        return float(self.__index__())


ALLOWED = (
    mmapforge.Error, EvilError, TypeError, ValueError, OverflowError, IndexError, StopIteration,
    BufferError, MemoryError, ResourceWarning,
)  # fmt: skip
# A subclass of an allowed class that is never allowed.
REFUSED = (UnboundLocalError,)

LIVE_MAX = 8  # objects of each kind to keep
FILE_SIZE_MAX = 8 << 20  # bytes; a larger file is removed, and another one created


class World:
    def __init__(self, seed, directory):
        self.chance = random.Random(seed)
        self.directory = directory
        self.classes = [mmapforge.define(__name__, text) for text in SCHEMAS]
        for class_ in itertools.chain(*self.classes):
            globals()[class_.__name__] = class_  # pickle finds it there
        self.paths = [os.path.join(directory, f"file{i}") for i in range(4)]
        self.stores, self.views, self.records = [], [], []
        self.columns, self.iterators, self.dumps, self.rows = [], [], [], []
        self.kinds = [self.stores, self.views, self.records, self.columns, self.iterators, self.rows]
        self.threads = []
        self.stop = threading.Event()
        self.is_child = False

    # ---- Arguments ----

    def keep(self, kind, thing):
        if len(kind) >= LIVE_MAX:
            kind[self.chance.randrange(LIVE_MAX)] = thing
        else:
            kind.append(thing)
        return thing

    def any_of(self, things):
        return self.chance.choice(things)

    def number(self):
        c = self.chance
        return c.choice([
            lambda: c.randrange(-3, 12), lambda: c.randrange(-300, 300), lambda: 0, lambda: -1,
            lambda: c.choice([1, -1]) * (1 << c.randrange(70)) + c.randrange(-1, 2),
            lambda: 10**400, lambda: True, lambda: numpy.int64(c.randrange(20)),
            lambda: numpy.uint8(200),
        ])()  # fmt: skip

    def real(self):
        c = self.chance
        return c.choice([
            0.5, -0.0, float("nan"), float("inf"), -float("inf"), 1e300, 1e-320, 3.4028235e38, 3.5e38,
            numpy.float32(2.5), numpy.float64(7), c.random(),
        ])  # fmt: skip

    def text(self):
        c = self.chance
        return c.choice([
            "", "a", "Zürich", "\0", "a\0b", "\ud800", "x" * 11, "x" * 12, "é" * 6, "x" * 5001,
            "price", "text", "data", "field", LyingText("abc"), numpy.str_("np"),
        ])  # fmt: skip

    def blob(self):
        c = self.chance
        return c.choice([
            b"", b"a", b"\0\0", b"\xff\xfe", b"12345", b"123456", bytearray(b"12"), LyingBytes(b"x"),
            memoryview(b"abcdef")[::2], numpy.bytes_(b"np"),
        ])  # fmt: skip

    def array_(self):
        c = self.chance
        count = c.randrange(0, 40)
        return c.choice([
            lambda: numpy.arange(count), lambda: numpy.arange(count)[::-1] * 1.5,
            lambda: numpy.zeros((count, 2)), lambda: numpy.array(3),
            lambda: numpy.array(["a", "bcd"] * count, "S"), lambda: numpy.array(["a", "ü"] * count),
            lambda: numpy.array([b"\xff\xff\xff"] * count, "V3"), lambda: numpy.zeros(count, "M8[ns]"),
            lambda: numpy.array([1, "a", None], object), lambda: numpy.arange(count).astype(">i4"),
            lambda: numpy.arange(count).view(LyingArray), lambda: numpy.full(count, 2, "u1").view("?"),
            lambda: numpy.broadcast_to(numpy.float32(3), (count,)), lambda: numpy.empty(0, "S0"),
            lambda: numpy.ma.masked_array([1, 2], [0, 1]), lambda: array.array("d", range(count)),
            lambda: array.array("q", range(count)), lambda: memoryview(bytes(count)),
            lambda: memoryview(bytes(4)).cast("I"), lambda: range(count), lambda: [1] * count,
        ])()  # fmt: skip

    def anything(self):
        c = self.chance
        return c.choice([
            self.number, self.number, self.real, self.text, self.blob, self.array_,
            lambda: None, lambda: object(), Evil, lambda: Liar([1, 2]), lambda: decimal.Decimal("1.5"),
            lambda: fractions.Fraction(3, 2), lambda: 1j, lambda: {}, lambda: {"field": 1},
            lambda: slice(self.number(), self.number(), self.number()), lambda: int, lambda: len,
            lambda: (self.number(), self.text()), lambda: released(), lambda: iter([1, 2]),
            lambda: self.thing(), lambda: Closes(self.any_of(self.stores), 1) if self.stores else 1,
        ])()  # fmt: skip

    def thing(self):
        filled = [kind for kind in self.kinds if kind]
        return self.any_of(self.any_of(filled)) if filled else None

    def value_for(self, field):
        """A value for a field; most are valid."""
        c = self.chance
        if c.random() < 0.15:
            return self.anything()
        if field.is_text:
            return c.choice(["", "abc", "Zürich", "x" * min(field.max, 11)])
        if field.is_sized:
            return c.choice([b"", b"\0", b"a" * field.max])
        if field.type == "bool":
            return c.random() < 0.5
        if field.is_integer:
            return c.choice([*field.limits, 0, 1])
        return c.choice([0.0, 1.5, float("nan"), -float("inf"), 7])

    def record_for(self, schema):
        values = [self.value_for(field) for field in schema]
        way = self.chance.randrange(6)
        if way == 0:
            return dict(zip(schema.names, values))
        if way == 1:
            return values
        if way == 2 and self.records:
            return self.any_of(self.records)
        if way == 3:
            return tuple(values[: self.chance.randrange(len(values) + 1)])
        return tuple(values)

    def column_for(self, field, count):
        way = self.chance.randrange(8)
        if way == 0:
            return self.anything()
        if way == 1:
            return self.value_for(field)
        if way == 2 and self.columns:
            return self.any_of(self.columns)
        values = [self.value_for(field) for _ in range(count)]
        return tuple(values) if way == 3 else values

    # ---- Calls ----

    def open(self):
        c = self.chance
        path = self.any_of(self.paths) if c.random() < 0.95 else self.anything()
        store = self.any_of(self.classes)[1]
        options = {}
        if c.random() < 0.2:
            options["errors"] = c.choice(["replace", "surrogateescape", "ignore", "none", None, 3])
        if c.random() < 0.2:
            options["reserve"] = c.choice([0, 1, 1 << 20, 1 << 40, 1 << 62, -1, 1 << 64, "x", None])
        way = c.randrange(8)
        if way < 2:
            if c.random() < 0.2:
                options["capacity"] = c.choice([0, 1, 1000, 1 << 60, -1, "x"])
            if c.random() < 0.1:
                options["permissions"] = c.choice([0o600, -1, 1 << 40, "x"])
            return self.keep(self.stores, store.create(path, **options))
        mode = c.choice(["r", "r", "r", "r+", "r+", "r+", "r+", "w", None, []])
        if way < 4:
            return self.keep(self.stores, mmapforge.open(path, mode, **options))
        if way < 5:
            several = mmapforge.opener(*[made[1] for made in self.classes])
            return self.keep(self.stores, several(path, mode, **options))
        return self.keep(self.stores, store.open(path, mode, **options))

    def write(self):
        c, store = self.chance, self.any_of(self.stores)
        fields = {field.name: self.value_for(field) for field in store.schema}
        some = dict(c.sample(list(fields.items()), c.randrange(len(fields) + 1)))
        field = self.any_of(store.schema.fields)
        row = self.number()
        count = c.randrange(0, 50)
        way = c.randrange(12)
        if way == 0:
            store.append(**fields)
        elif way == 1:
            store.append(self.record_for(store.schema))
        elif way == 2:
            store.set(row, **some)
        elif way == 3:
            store[row] = self.record_for(store.schema)
        elif way == 4:
            store[row, field.name] = fields[field.name]
        elif way == 5:
            getattr(store, "set_" + field.name)(row, fields[field.name])
        elif way == 6:
            store.extend(self.record_for(store.schema) for _ in range(count))
        elif way == 7:
            store.extend(**{f.name: self.column_for(f, count) for f in store.schema})
        elif way == 8:
            store.extend(self.thing() if c.random() < 0.7 else self.anything())
        elif way == 9:
            column = self.keep(self.columns, store.columns.writable(field.name))
            column[c.randrange(10)] = fields[field.name]
        elif way == 10:
            store.extend(store.snapshot(0, 50))
        else:
            store.sync()

    def read(self):
        c, store = self.chance, self.any_of(self.stores)
        field = self.any_of(store.schema.fields).name
        row = self.number()
        way = c.randrange(14)
        if way == 0:
            self.keep(self.records, store[row])
        elif way == 1:
            self.keep(self.views, store[self.number() : self.number() : self.number() or 1])
        elif way == 2:
            self.keep(self.columns, self.any_of([store, *self.views]).columns[field])
        elif way == 3:
            self.keep(self.iterators, self.any_of([store, *self.views]).tuples(field))
        elif way == 4:
            self.keep(self.iterators, iter(self.any_of([store, *self.views])))
        elif way == 5:
            self.keep(self.rows, self.any_of([store, *self.views]).snapshot())
        elif way == 6:
            getattr(self.any_of([store, *self.views]), c.choice(["sum", "min", "max", "mean"]))(field)
        elif way == 7:
            getattr(store, "get_" + field)(row)
        elif way == 8:
            store.wait(row, timeout=c.choice([0, 0.001, -1, float("nan"), -float("inf"), "x"]))
        elif way == 9:
            # Bounded, because a store that is extended by its own follow() grows for ever.
            follow = store.follow(row, timeout=c.choice([0, 0.001, -1]))
            self.keep(self.iterators, itertools.islice(follow, 100))
        elif way == 10:
            self.keep(self.columns, store.columns.lengths(field))
        elif way == 11:
            repr(store.columns), list(store.columns), len(store), store.info(), store.capacity
        elif way == 12:
            self.keep(self.iterators, reversed(self.any_of([store, *self.views])))
        else:
            self.keep(self.rows, [*store.tuples(start=self.number(), stop=self.number())])

    def go_on(self):
        iterator = self.any_of(self.iterators)
        for thing in itertools.islice(iterator, self.chance.randrange(20)):
            if isinstance(thing, mmapforge.Record):
                self.keep(self.records, thing)

    def assign(self):
        record = self.any_of(self.records)
        setattr(record, self.any_of(record._fields), self.anything())

    def use_column(self):
        c, column = self.chance, self.any_of(self.columns)
        way = c.randrange(9)
        if way == 0:
            column.sum(), column.min(), column.max(), column.mean()
        elif way == 1:
            self.keep(self.columns, column[self.number() : self.number()])
        elif way == 2:
            column.flags.writeable = True
        elif way == 3:
            self.keep(self.columns, column.view(c.choice(["u1", "u8", "f4", "S8", numpy.ndarray])))
        elif way == 4:
            column[self.number()] = self.anything()
        elif way == 5:
            numpy.sum(column), numpy.sort(column), column + column, column.copy(), column.tolist()
        elif way == 6:
            column.base, column.base.base, repr(column), memoryview(column)
        elif way == 7:
            pickle.loads(pickle.dumps(column)), copy.deepcopy(column)
        else:
            column.sum(self.anything())

    def call_anything(self):
        """Calls a random public method or property of a random object, with random arguments."""
        c, thing = self.chance, self.thing()
        if isinstance(thing, mmapforge.Store) and c.random() < 0.3:
            thing = c.choice([thing.columns, thing.schema])
        if isinstance(thing, (numpy.ndarray, list)) or not hasattr(thing, "__dict__") and not isinstance(
            thing, (mmapforge.Store, mmapforge.View, mmapforge.Record)
        ):
            return
        # Not those that wait for ever, or need a path.
        left_out = ("wait", "follow", "create", "open", "mro")
        names = [n for n in dir(thing) if not n.startswith("_") and n not in left_out]
        member = getattr(thing, c.choice(names))
        if callable(member):
            keywords = {}
            if c.random() < 0.2:
                keywords[c.choice(["flag", "text", "field", "class", "start", "stop"])] = self.anything()
            member(*[self.anything() for _ in range(c.randrange(4))], **keywords)

    def special(self):
        """Uses a random operation of the language."""
        c, thing, other = self.chance, self.thing(), self.anything()
        ways = [
            lambda: repr(thing), lambda: str(thing), lambda: thing == other, lambda: hash(thing),
            lambda: len(thing), lambda: thing[other], lambda: other in thing, lambda: list(thing),
            lambda: thing.__reduce__(), lambda: copy.copy(thing), lambda: bool(thing),
            lambda: self.keep(self.dumps, pickle.dumps(thing)), lambda: thing.__sizeof__(),
            lambda: dir(thing), lambda: type(thing)(other), lambda: thing.__class__.__new__(type(thing)),
            lambda: thing.__init__(other), lambda: delete(thing, other), lambda: reversed(thing),
            lambda: weak(thing),
        ]  # fmt: skip
        if isinstance(thing, numpy.ndarray):
            ways = ways[:1]
        if isinstance(thing, type(iter([]))) or hasattr(thing, "send"):
            ways = ways[:2]
        c.choice(ways)()

    def unpickle(self):
        thing = pickle.loads(self.any_of(self.dumps))
        if isinstance(thing, mmapforge.Store):
            self.keep(self.stores, thing)

    def close(self):
        self.any_of(self.stores).close()

    def with_(self):
        store = self.any_of(self.stores)
        with store:
            self.read()
            if self.chance.random() < 0.3:
                raise EvilError

    def forget(self):
        kind = self.any_of([kind for kind in self.kinds if kind])
        kind.pop(self.chance.randrange(len(kind)))
        if self.chance.random() < 0.3:
            kind.clear()

    def collect(self):
        if self.chance.random() < 0.5 and self.stores:
            cycle = [self.any_of(self.stores), *self.columns, *self.iterators]
            cycle.append(cycle)
        gc.collect()

    def remove(self):
        os.remove(self.any_of(self.paths))

    def fork(self):
        if self.is_child:
            return
        child = os.fork()
        if child == 0:
            self.is_child = True
            self.threads = []
            code = 3
            try:
                self.run(20)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        end = time.monotonic() + 60
        while True:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                break
            if time.monotonic() > end:
                os.kill(child, 6)
            time.sleep(0.0005)
        if status:
            raise SystemExit(f"a child ended with status {status}")

    def start_threads(self):
        for number in range(2):
            thread = threading.Thread(target=self.work_in_thread, args=(number,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def work_in_thread(self, number):
        """Reads and closes objects that the main thread uses at that moment."""
        chance = random.Random(number)
        while not self.stop.is_set():
            time.sleep(0.0002)
            try:
                stores = list(self.stores)
                if not stores:
                    continue
                store = chance.choice(stores)
                field = chance.choice(store.schema.names)
                chance.choice([
                    lambda: list(store), store.snapshot, lambda: store.columns[field].copy(),
                    lambda: store.columns[field].sum(), lambda: store[-1], store.close, store.sync,
                    lambda: getattr(store, "get_" + field)(0), lambda: store.wait(10**6, 0.001),
                    lambda: store.extend(store[:5]), lambda: store.max(field), lambda: len(store),
                ])()  # fmt: skip
            except ALLOWED as error:
                if isinstance(error, REFUSED):
                    traceback.print_exc()
                    os._exit(3)
            except BaseException:
                traceback.print_exc()
                os._exit(3)

    def step(self):
        c = self.chance
        closed = [i for i, store in enumerate(self.stores) if store.closed]
        if closed and c.random() < 0.3:
            del self.stores[closed[0]]
        for path in self.paths:
            # A store that is extended by itself doubles.
            if os.path.exists(path) and os.path.getsize(path) > FILE_SIZE_MAX:
                os.remove(path)
                for kind in self.kinds:
                    kind.clear()
        if not self.stores:
            return self.open()
        ways = [(self.open, 6), (self.write, 25), (self.read, 25), (self.close, 2), (self.with_, 1)]
        ways += [(self.call_anything, 8), (self.special, 8), (self.collect, 1), (self.remove, 0.5)]
        ways += [(self.fork, 0.1), (self.forget, 3)]
        if self.iterators:
            ways.append((self.go_on, 10))
        if self.records:
            ways.append((self.assign, 4))
        if self.columns:
            ways.append((self.use_column, 10))
        if self.dumps:
            ways.append((self.unpickle, 1))
        (way,) = c.choices([way for way, _ in ways], [weight for _, weight in ways])
        way()

    def run(self, steps):
        for number in range(steps):
            try:
                self.step()
            except ALLOWED as error:
                if isinstance(error, REFUSED):
                    raise
            except FileNotFoundError:
                pass  # from os.remove in this file
            except LookupError as error:
                if "unknown error handler name" not in str(error):
                    raise
            except SystemError as error:
                # Python 3.11 raises it for iter(memoryview) of a released memoryview.
                if str(error) != "<built-in function iter> returned a result with an exception set":
                    raise
            except BaseException:
                print(f"step {number}", file=sys.stderr)
                raise

    def finish(self):
        """Every remaining file can be read to its end."""
        self.stop.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), "a thread hangs"
        for kind in self.kinds:
            kind.clear()
        gc.collect()
        for path in self.paths:
            if not os.path.exists(path):
                continue
            with mmapforge.open(path, "r+", errors="surrogateescape") as store:
                count = len(store)
                assert sum(1 for _ in store) == count
                assert len(store.snapshot()) == count
                assert all(record is not None for record in reversed(store))


def released():
    view = memoryview(b"abc")
    view.release()
    return view


def delete(thing, key):
    try:
        del thing[key]
    except AttributeError:
        pass  # Python raises it for a class with __setitem__ but without __delitem__


def weak(thing):
    import weakref

    return weakref.ref(thing)()


def main():
    seed, steps, directory = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    faulthandler.enable()
    faulthandler.dump_traceback_later(240, exit=True)
    # A store that is extended by itself doubles each time, and would fill the disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))
    # A writer that is not closed warns, and so does numpy about some results.
    warnings.simplefilter("ignore")
    numpy.seterr(all="ignore")
    gc.set_threshold(*random.Random(seed).choice([(700, 10, 10), (50, 2, 2), (0, 0, 0)]))
    world = World(seed, directory)
    if seed % 3 == 0:
        sys.setswitchinterval(1e-5)
        world.start_threads()
    try:
        world.run(steps)
        world.finish()
    except BaseException:
        print(f"seed {seed}", file=sys.stderr)
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(3)


if __name__ == "__main__":
    main()
