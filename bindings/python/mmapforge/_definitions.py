"""The classes of a schema's enums and structs: an IntEnum and a named tuple of each.

A module has one class of each definition, also when several of its records use it. The classes of
files that no module describes belong to no module, so pickle makes them from a schema's text.
"""

import collections
import enum
import functools
import keyword
import weakref
from typing import Any, Dict, Iterable, List, Mapping, Tuple, Type

from mmapforge._printable import printable

# The module of classes that are made for a file and not for a generated module.
NO_MODULE = "mmapforge"

# What makes two definitions the same: an enum's name, doc and members; a struct's name, doc and fields.
Members = Tuple[Tuple[str, int], ...]
Fields = Tuple[Tuple[str, str, Any], ...]

_enum_classes: "weakref.WeakSet[Type[enum.IntEnum]]" = weakref.WeakSet()


@functools.lru_cache(maxsize=4096)
def enum_class(module: str, name: str, doc: str, members: Members) -> Type[enum.IntEnum]:
    """The class of an enum."""
    # A name that is not a literal is beyond type checkers.
    make: Any = enum.IntEnum
    made: Any = make(name, members, module=module)
    made.__doc__ = printable(doc) or f"The enum {name}."
    kind: Type[enum.IntEnum] = made
    _enum_classes.add(kind)
    return kind


def is_enum_class(kind: Type[Any]) -> bool:
    """True for the class of an enum of any schema."""
    return kind in _enum_classes


@functools.lru_cache(maxsize=4096)
def struct_class(module: str, name: str, doc: str, fields: Fields) -> Type[Any]:
    """The class of a struct; a field is its name, its declaration and the class that it uses."""
    make: Any = collections.namedtuple
    made: Any = make(name, parameters(field[0] for field in fields), module=module)
    made.__doc__ = printable(doc) or f"The struct {name}."
    kind: Type[Any] = made
    return kind


def define_enum(module: str, name: str, doc: str, members: Mapping[str, int]) -> Type[enum.IntEnum]:
    """The class of an enum that no record uses; generated modules call it."""
    return enum_class(module, name, doc, tuple(members.items()))


def define_struct(module: str, name: str, doc: str, fields: Iterable[str]) -> Type[Any]:
    """The class of a struct that no record uses; generated modules call it."""
    return struct_class(module, name, doc, tuple((field, "", None) for field in fields))


def parameters(names: Iterable[str]) -> List[str]:
    """The names as parameters: in a file from C, a field may have the name of a Python keyword."""
    given = list(names)
    taken = set(given)
    made: List[str] = []
    for name in given:
        if keyword.iskeyword(name):
            while name in taken:
                name += "_"
            taken.add(name)
        made.append(name)
    return made


def by_value(kind: Type[enum.IntEnum]) -> Dict[int, Any]:
    """The members of an enum by their values."""
    return {int(member): member for member in kind}
