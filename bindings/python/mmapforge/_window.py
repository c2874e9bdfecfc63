"""Windows into the mapping: memory that other objects look into, and that keeps its store open."""

from typing import Any, Dict, Tuple

from mmapforge._core import ffi, lib

# What a window holds on to, by the identity of its pointer. It is here and not in a closure of the
# destructor, because the garbage collector may take a closure to pieces before it is called.
_alive: Dict[int, Tuple[Any, Dict[int, str]]] = {}


def _end(pointer: Any, alive: Dict[int, Any] = _alive, end: Any = lib.mmfpy_view_end) -> None:
    # The defaults outlast the names of this module, which go first when the interpreter ends.
    handle, views = alive.pop(id(pointer))
    views.pop(id(pointer), None)
    end(handle)


def open_window(store: Any, first: int, count: int, what: str) -> Any:
    """A pointer of C to row first. While it lives, the rows stay mapped and the store stays open.

    Args:
        store: which is asked to close names its windows.
        first: a row.
        count: of rows from there on, at least one.
        what: the name of the window.
    """
    status = ffi.new("int *")
    base = lib.mmfpy_view_begin(store.handle, first, count, status)
    if status[0]:
        store.fail(status[0], first + count - 1)
    pointer = ffi.cast("char *", base)
    _alive[id(pointer)] = store.handle, store.views
    store.views[id(pointer)] = f"{what} (rows {first} to {first + count - 1})"
    return ffi.gc(pointer, _end)
