"""The extension as type checkers see it: what cffi makes has no types of its own."""

from typing import Any

ffi: Any
lib: Any
