"""The exceptions: one for each status of C, each also the built-in exception that callers catch."""

import ctypes
import errno
import inspect
import os
import pickle
import re

import mmapforge
import pytest
import schemas
from mmapforge import _errors
from mmapforge._core import ffi, lib
from schemas import TickStore, raises, tick

SECOND = {
    "ArgumentError": ValueError,
    "ArgumentTypeError": TypeError,
    "BusyError": RuntimeError,
    "CapacityError": MemoryError,
    "ClosedError": ValueError,
    "CorruptError": ValueError,
    "EndedError": EOFError,
    "EnumError": ValueError,
    "FieldNameError": KeyError,
    "FieldRangeError": OverflowError,
    "FieldTypeError": TypeError,
    "FormatError": ValueError,
    "LockedError": BlockingIOError,
    "NoSpaceError": OSError,
    "NullError": ValueError,
    "OutOfMemoryError": MemoryError,
    "ReadOnlyError": PermissionError,
    "RecoveryError": OSError,
    "RowError": IndexError,
    "SchemaError": ValueError,
    "StoreExistsError": FileExistsError,
    "StoreIOError": OSError,
    "StoreNotFoundError": FileNotFoundError,
    "StorePermissionError": PermissionError,
    "TextError": ValueError,
    "TooLongError": ValueError,
    "UnsupportedError": NotImplementedError,
    "VersionError": ValueError,
    "ViewsAliveError": BufferError,
    "WaitTimeoutError": TimeoutError,
    "WriterDiedError": BrokenPipeError,
}

CLASSES = [getattr(mmapforge, name) for name in SECOND]


def test_every_class_is_exported():
    found = {
        name
        for name, kind in vars(_errors).items()
        if inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__.startswith("mmapforge")
    }
    assert found == {*SECOND, "Error", "MissingRowsWarning"}
    assert found <= set(mmapforge.__all__)
    assert sorted(mmapforge.__all__) == mmapforge.__all__
    for name in mmapforge.__all__:
        assert hasattr(mmapforge, name)


@pytest.mark.parametrize("name", SECOND)
def test_every_class_has_its_second_base(name):
    kind = getattr(mmapforge, name)
    assert issubclass(kind, mmapforge.Error) and issubclass(kind, SECOND[name])
    assert kind.__doc__ and kind.__module__ == "mmapforge"


def test_the_table_is_complete():
    """Compares with the number of statuses in C, and with the enum that cffi parsed."""
    statuses = set(range(1, lib.MMF_STATUS_COUNT))
    assert set(_errors.CLASS_OF_STATUS) == statuses
    names = {ffi.string(lib.mmf_status_name(status)).decode() for status in statuses}
    assert names == set(ffi.typeof("mmf_status").relements) - {"MMF_OK"}
    assert ffi.string(lib.mmf_status_name(lib.MMF_STATUS_COUNT)) == b"MMF_ERR_?"
    kinds = list(_errors.CLASS_OF_STATUS.values())
    assert len(set(kinds)) == len(kinds)
    only_python = {"ArgumentTypeError", "StorePermissionError", "FieldTypeError", "FieldRangeError", "FieldNameError", "TextError", "ViewsAliveError"}
    assert {kind.__name__ for kind in kinds} == set(SECOND) - only_python


@pytest.mark.parametrize("status", range(1, lib.MMF_STATUS_COUNT))
def test_every_status_is_raised_with_its_words(reader, status):
    name = ffi.string(lib.mmf_status_name(status)).decode()
    kind = _errors.CLASS_OF_STATUS[status]
    with raises(kind, reader.path, row=7, field="price", status=name) as raised:
        reader._fail(status, 7, "price")
    assert raised.value.path == reader.path
    with raises(kind, reader.path) as raised:
        reader._fail(status)
    message = str(raised.value)
    assert re.search(r"; [a-z]", message), message  # the remedy
    assert not re.search(r"\brow \d", message), message
    for of_c in ("options.", "MMF_READ"):
        assert of_c not in message
    assert (raised.value.row, raised.value.field) == (None, None)


@pytest.mark.parametrize("kind", CLASSES, ids=list(SECOND))
def test_messages_are_shown_as_they_are(kind):
    error = _errors.make_error(kind, "a: b; c", path="p", row=3, field="f", status="MMF_ERR_X", os_error=5)
    assert str(error) == "a: b; c"
    assert (error.path, error.row, error.field, error.status) == ("p", 3, "f", "MMF_ERR_X")
    if issubclass(kind, OSError):
        assert error.errno == 5 and error.filename == "p"
    with pytest.raises(SECOND[kind.__name__], match="^a: b; c$"):
        raise error
    # As multiprocessing sends it through a queue to another process.
    same = pickle.loads(pickle.dumps(error))
    assert type(same) is kind and str(same) == str(error)
    assert (same.path, same.row, same.field, same.status) == ("p", 3, "f", "MMF_ERR_X")
    if issubclass(kind, OSError):
        assert same.errno == 5


def test_defaults():
    error = mmapforge.RowError("x")
    assert (error.status, error.path, error.row, error.field) == ("", None, None, None)
    assert str(mmapforge.Error()) == ""


def test_the_operating_system_s_errno(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(mmapforge.Error) as raised:
        TickStore.open(tmp_path / "file" / "below")
    assert str(tmp_path) in str(raised.value)
    with pytest.raises(mmapforge.Error) as raised:
        TickStore.create("/proc/no/such/place")
    assert "/proc/no/such/place" in str(raised.value)
    with pytest.raises(OSError) as raised:
        TickStore.open("x" * 5000)
    assert isinstance(raised.value, mmapforge.Error)


NUMBERS = {
    "LockedError": errno.EAGAIN,
    "NoSpaceError": errno.ENOSPC,
    "ReadOnlyError": errno.EACCES,
    "RecoveryError": errno.EIO,
    "WriterDiedError": errno.EPIPE,
    "StoreExistsError": errno.EEXIST,
    "StoreIOError": errno.EIO,
    "StoreNotFoundError": errno.ENOENT,
    "StorePermissionError": errno.EACCES,
    "WaitTimeoutError": errno.ETIMEDOUT,
}


def test_every_os_error_has_an_errno(path):
    """Without an errno from the system, it is the usual one of the built-in class."""
    assert set(NUMBERS) == {name for name in SECOND if issubclass(getattr(mmapforge, name), OSError)}
    for name, number in NUMBERS.items():
        error = _errors.make_error(getattr(mmapforge, name), "a: b; c", path="p")
        assert error.errno == number and str(error) == "a: b; c", name
        # Python chooses the same class for this errno.
        assert isinstance(error, type(OSError(number, "x"))), name
    with TickStore.create(path) as store:
        with pytest.raises(mmapforge.LockedError) as locked:
            TickStore.open(path, "r+")
        assert locked.value.errno == errno.EAGAIN
        with pytest.raises(mmapforge.StoreExistsError) as exists:
            TickStore.create(path)
        assert exists.value.errno == errno.EEXIST
        with pytest.raises(mmapforge.WaitTimeoutError) as timeout:
            store.wait(0, 0.0)
        assert timeout.value.errno == errno.ETIMEDOUT
    with TickStore.open(path) as store, pytest.raises(mmapforge.ReadOnlyError) as read_only:
        store.append(tick(0))
    assert read_only.value.errno == errno.EACCES


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_the_table_knows_a_lack_of_permission(number):
    c_error = ffi.new("mmf_error *")
    c_error.status, c_error.os_error, c_error.message = lib.MMF_ERR_IO, number, b"x: y; z"
    error = _errors.error_of(c_error)
    assert type(error) is mmapforge.StorePermissionError and error.errno == number
    assert isinstance(error, PermissionError) and isinstance(error, mmapforge.StoreIOError)
    c_error.os_error = errno.EIO
    assert type(_errors.error_of(c_error)) is mmapforge.StoreIOError


def drop_capabilities():
    """Root's capabilities override permissions, so a child process drops them."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    assert ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)()) == 0


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_a_file_without_permission(path, mode):
    schemas.fill(path, 1)
    os.chmod(path, 0)
    child = os.fork()
    if child == 0:
        try:
            drop_capabilities()
            TickStore.open(path, mode)
        except PermissionError as error:
            is_right = isinstance(error, mmapforge.Error) and error.errno == errno.EACCES
            os._exit(0 if is_right and "permissions" in str(error) else 2)
        except BaseException:
            os._exit(3)
        os._exit(4)
    assert os.waitpid(child, 0)[1] == 0


def test_a_path_with_a_percent_sign_and_a_newline(tmp_path):
    path = str(tmp_path / "50%s\nof.mmf")
    with raises(mmapforge.StoreNotFoundError, path):
        TickStore.open(path)
    with TickStore.create(path) as store:
        with raises(mmapforge.RowError, path):
            store[0]


def test_hints_of_c_reach_python(path):
    with pytest.raises(mmapforge.CapacityError) as raised:
        TickStore.create(path, reserve=1 << 20, capacity=10**6)
    assert "reserve" in str(raised.value) and "options." not in str(raised.value)


# ---- Every exception is an mmapforge.Error ----

WRONG_ARGUMENTS = {
    "path of a wrong type": lambda s: TickStore.open(5),
    "path with a lone surrogate": lambda s: TickStore.open("\ud800"),
    "path with NUL": lambda s: TickStore.open("a\0b"),
    "mode": lambda s: TickStore.open(s.path, "w"),
    "mode of a wrong type": lambda s: TickStore.open(s.path, None),
    "reserve of a wrong type": lambda s: TickStore.open(s.path, reserve="1"),
    "errors": lambda s: TickStore.open(s.path, errors="nonsense"),
    "errors of a wrong type": lambda s: TickStore.open(s.path, errors=None),
    "a store by its class": lambda s: TickStore(s.path),
    "the base of stores": lambda s: mmapforge.Store.open(s.path),
    "the base of records": lambda s: mmapforge.Record(),
    "slice of a wrong type": lambda s: s["a":],
    "slice without a step": lambda s: s[::0],
    "slice of a view": lambda s: s[:][::0],
    "view by a name": lambda s: s[:]["price"],
    "start of a wrong type": lambda s: s.tuples("price", start="a"),
    "stop of a wrong type": lambda s: s.snapshot(0, 1.5),
    "verify": lambda s: s.verify("a"),
    "wait for a wrong type": lambda s: s.wait("a"),
    "wait for less than none": lambda s: s.wait(-1),
    "timeout of a wrong type": lambda s: s.wait(0, "a"),
    "follow": lambda s: next(s.follow("a")),
    "a field's name of a wrong type": lambda s: s[0, 5],
    "a field's name that cannot be hashed": lambda s: s[0, []],
    "row of a wrong type": lambda s: s["price"],
    "columns": lambda s: s.columns[0],
    "extend by a number": lambda s: s.extend(5),
    "append a number": lambda s: s.append(5),
    "append text": lambda s: s.append("text"),
    "schema of a wrong type": lambda s: mmapforge.define("m", b"record"),
    "schema that is none": lambda s: mmapforge.define("m", "rubbish"),
}


@pytest.mark.parametrize("call", WRONG_ARGUMENTS.values(), ids=WRONG_ARGUMENTS.keys())
def test_what_is_wrong_with_an_argument_is_an_error_of_the_package(reader, call):
    with pytest.raises(mmapforge.Error) as raised:
        call(reader)
    assert str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize("text", ["", "rubbish", "record Tick version 1 {\n  a: uint99;\n}\n"])
def test_a_text_that_is_no_schema_blames_no_file(text):
    with raises(mmapforge.SchemaError, "schema", status="MMF_ERR_SCHEMA") as raised:
        mmapforge.define(__name__, text)
    assert "header" not in str(raised.value) and "file" not in str(raised.value)
    if "uint99" in text:
        assert "line 2" in str(raised.value)
