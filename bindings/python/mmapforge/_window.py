"""Windows into the mapping: memory that other objects look into, and that keeps its store open."""

import functools
import weakref
from typing import Any

from mmapforge._core import ffi, lib


def open_window(store: Any, first: int, count: int, what: str) -> Any:
    """A pointer of C to row first. While it lives, the rows stay mapped and the store stays open.

    The finaliser of the view and its name are there before the view is, so that an exception which
    a signal's handler raises in between leaks none. All that is called at the end of a view is C:
    a handler that runs in a finaliser written in Python would end it half done.

    Args:
        store: which is asked to close names its windows.
        first: a row.
        count: of rows from there on, at least one.
        what: the name of the window.
    """
    handle, views = store.handle, store.views
    view = ffi.new("mmfpy_view *")
    # The finaliser keeps the memory of the handle, too.
    owner = ffi.gc(view, functools.partial(lib.mmfpy_view_drop, handle))
    # The memory of the view goes after its finaliser ran, and its name goes with it.
    views[weakref.ref(view, views.pop)] = f"{what} (rows {first} to {first + count - 1})"
    status = lib.mmfpy_view_open(handle, first, count, view)
    if status:
        store.fail(status, first + count - 1)
    return ffi.gc(ffi.cast("char *", view.base), functools.partial(lib.mmfpy_view_hold, owner))
