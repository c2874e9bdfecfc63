"""The exceptions: one for each status of C, each what a caller would catch besides."""

import inspect
import pickle
import re

import mmapforge
import pytest
from mmapforge import _errors
from mmapforge._core import ffi, lib
from schemas import TickStore, raises

SECOND = {
    "ArgumentError": ValueError,
    "BusyError": RuntimeError,
    "CapacityError": MemoryError,
    "ClosedError": ValueError,
    "CorruptError": ValueError,
    "FieldNameError": KeyError,
    "FieldRangeError": OverflowError,
    "FieldTypeError": TypeError,
    "FormatError": ValueError,
    "LockedError": BlockingIOError,
    "NoSpaceError": OSError,
    "OutOfMemoryError": MemoryError,
    "ReadOnlyError": PermissionError,
    "RecoveryError": OSError,
    "RowError": IndexError,
    "SchemaError": ValueError,
    "StoreExistsError": FileExistsError,
    "StoreIOError": OSError,
    "StoreNotFoundError": FileNotFoundError,
    "TextError": ValueError,
    "TooLongError": ValueError,
    "UnsupportedError": NotImplementedError,
    "VersionError": ValueError,
    "ViewsAliveError": BufferError,
    "WaitTimeoutError": TimeoutError,
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
    """Against what C says it has, and against the enum as cffi parsed it."""
    statuses = set(range(1, lib.MMF_STATUS_COUNT))
    assert set(_errors.CLASS_OF_STATUS) == statuses
    names = {ffi.string(lib.mmf_status_name(status)).decode() for status in statuses}
    assert names == set(ffi.typeof("mmf_status").relements) - {"MMF_OK"}
    assert ffi.string(lib.mmf_status_name(lib.MMF_STATUS_COUNT)) == b"MMF_ERR_?"
    kinds = list(_errors.CLASS_OF_STATUS.values())
    assert len(set(kinds)) == len(kinds)
    only_python = {"FieldTypeError", "FieldRangeError", "FieldNameError", "TextError", "ViewsAliveError"}
    assert {kind.__name__ for kind in kinds} == set(SECOND) - only_python


@pytest.mark.parametrize("status", range(1, lib.MMF_STATUS_COUNT))
def test_every_status_is_raised_with_its_words(reader, status):
    name = ffi.string(lib.mmf_status_name(status)).decode()
    kind = _errors.CLASS_OF_STATUS[status]
    with raises(kind, reader.path, row=7, field="price", status=name) as raised:
        reader.fail(status, 7, "price")
    assert raised.value.path == reader.path
    with raises(kind, reader.path) as raised:
        reader.fail(status)
    message = str(raised.value)
    assert re.search(r"; [a-z]", message), message  # what to do about it
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
    # Through a queue to another process, as multiprocessing does it.
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
