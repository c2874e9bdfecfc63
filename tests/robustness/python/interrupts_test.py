"""A signal handler raises, as for KeyboardInterrupt, at any instruction of a call."""

import gc
import os
import signal
import sys
import threading
import time
import warnings

import mmapforge
import pytest
import tick_store
from ticks import is_whole, path, values  # noqa: F401 (path is a fixture)


# Python reports an exception in Store.__del__, and ignores it.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Stop(Exception):
    """The exception that the signal handler raises."""


class Interrupt:
    """Raises Stop before one instruction of the package, where a signal handler may run."""

    def __init__(self, at):
        self.left = at
        self.before = None

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self._trace)

    def __exit__(self, *_):
        sys.settrace(self.before)

    def _trace(self, frame, event, argument):
        if not frame.f_globals.get("__name__", "").startswith("mmapforge"):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            self.left -= 1
            if self.left < 0:
                sys.settrace(None)
                raise Stop
        return self._trace


def interrupt_everywhere(call):
    """Runs a call, interrupted at its first instruction, its second, and so on; yields after each."""
    for at in range(100_000):
        try:
            with Interrupt(at):
                call()
            break
        except Stop:
            pass
        # After the exception is handled, because its traceback keeps objects of the call alive.
        yield at
    assert at > 50, "the call was hardly interrupted at all"


@pytest.fixture(autouse=True)
def quiet():
    """A store that is freed before it is closed warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def test_an_interrupted_column_leaves_no_view(path):
    store = tick_store.open(path)
    for at in interrupt_everywhere(lambda: store.columns["price"].sum()):
        assert store._views == {}, at
        store.close()
        store = tick_store.open(path)
    store.close()


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_an_interrupted_open_leaves_the_file_free(path, mode):
    for _ in interrupt_everywhere(lambda: tick_store.open(path, mode).close()):
        tick_store.open(path, "r+").close()


def test_an_interrupted_open_of_any_store_leaves_the_file_free(path):
    mmapforge.open(path).close()  # makes the classes of its schema
    for _ in interrupt_everywhere(lambda: mmapforge.open(path, "r+").close()):
        tick_store.open(path, "r+").close()


def test_an_interrupted_create_leaves_a_file_that_opens_or_none(tmp_path):
    path = str(tmp_path / "new.mmf")
    for _ in interrupt_everywhere(lambda: tick_store.create(path).close()):
        if os.path.exists(path):
            tick_store.open(path, "r+").close()
            os.remove(path)
        assert os.listdir(tmp_path) == []
    assert os.path.exists(path)


def test_an_interrupted_append_leaves_whole_records(path):
    with tick_store.open(path, "r+") as store:
        for _ in interrupt_everywhere(lambda: store.append(values(len(store)))):
            assert is_whole(store[-1])
            store.append(values(len(store)))
        assert all(map(is_whole, store))


@pytest.mark.parametrize("shape", ["tuple", "list"])
def test_an_interrupted_extend_has_appended_what_was_yielded(path, shape):
    """The record that was yielded last may be missing; the note tells the number."""
    yielded = 0

    def records():
        nonlocal yielded
        for i in range(3):
            yielded = i + 1
            yield values(before + i) if shape == "tuple" else list(values(before + i))

    def call():
        try:
            store.extend(records())
        except Stop as stop:
            notes.extend(getattr(stop, "__notes__", ()))
            raise

    with tick_store.open(path, "r+") as store:
        before = len(store)
        notes = []
        for at in interrupt_everywhere(call):
            appended = len(store) - before
            assert yielded - 1 <= appended <= yielded, at
            said = {0: "nothing was appended", 1: "extend appended 1 record"}
            assert notes in ([], ["%s: %s" % (path, said.get(appended, "extend appended %d records" % appended))])
            assert notes or appended in (0, 3), "only before the first record and after the last"
            before, yielded, notes = len(store), 0, []
        assert all(map(is_whole, store))


def test_signals_while_opening_and_closing_leave_the_file_free(path):
    """The same with real signals at random moments."""

    def handle(*_):
        raise Stop

    def hammer(call, check):
        end = time.monotonic() + 2
        tries = 0
        while time.monotonic() < end:
            tries += 1
            try:
                signal.setitimer(signal.ITIMER_REAL, 2e-6 + tries % 60 * 1e-6)
                try:
                    call()
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except Stop:
                pass
            if tries % 50 == 0:
                check()

    def columns():
        for _ in range(20):
            store.columns["price"]

    def no_views():
        gc.collect()
        assert store._views == {}

    before = signal.signal(signal.SIGALRM, handle)
    try:
        hammer(lambda: tick_store.open(path, "r+").close(), lambda: tick_store.open(path, "r+").close())
        with tick_store.open(path) as store:
            hammer(columns, no_views)
        tick_store.open(path, "r+").close()
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_view_has_its_name_for_as_long_as_it_refuses_a_close(path):
    """A refused close names the view, whatever another thread does with it at that moment."""
    store = tick_store.open(path)
    inside, leave = threading.Event(), threading.Event()

    def trace(frame, event, argument):
        if frame.f_code.co_name != "_open_view":
            return None
        if event == "line" and frame.f_locals.get("status") is not None and not inside.is_set():
            inside.set()
            leave.wait(60)
        return trace

    def make():
        sys.settrace(trace)
        try:
            store.columns["price"]
        finally:
            sys.settrace(None)

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    assert inside.wait(60)
    with pytest.raises(mmapforge.ViewsAliveError, match=r"columns\['price'\] \(rows 0 to 99\)"):
        store.close()
    leave.set()
    thread.join(60)
    assert not thread.is_alive()
    store.close()
