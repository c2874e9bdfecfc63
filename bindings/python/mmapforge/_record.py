"""The record classes: a copy of one row; assigning to a field of it also sets it in the store."""

import operator
from typing import Any, Callable, Dict, Iterator, List, Optional, Protocol, Tuple, Type, TypeVar

from mmapforge._definitions import parameters
from mmapforge._errors import ArgumentTypeError, make_error
from mmapforge._printable import printable
from mmapforge._schema import Field, Schema

R = TypeVar("R", bound="Record")


class Assignable(Protocol):
    """The part of a store that its records use."""

    def _set_value(self, row: int, field: Field, value: Any) -> Any: ...


class Record:
    """One record: a consistent copy of a row, made when it was read.

    A record from a store (`t = store[0]`) stays bound to its row: `t.price = 2.0` also sets that
    field in the file, and raises if the store is read-only. The record does not change when a
    writer changes its row; read the row again to see that. A record made by its class
    (`Tick(symbol=...)`) is bound to no row.

    Records unpack in field order, and are equal when all their values are. The names of a record's
    own methods begin with an underscore, so that they cannot clash with a field.
    """

    __slots__ = ("_store", "_row")

    _schema: Schema
    _fields: Tuple[str, ...] = ()
    _values: Callable[["Record"], Tuple[Any, ...]]
    _load: Callable[..., Iterator[Any]]
    # For pickle: makes a record from its schema's text and its values if no module has its class.
    _rebuild: Optional[Callable[..., Any]] = None

    _store: Optional[Assignable]
    _row: int  # of the store, or -1

    def __init__(self, *values: Any, **fields: Any) -> None:
        message = "a Record cannot be made directly; use the record class of a store, store.record"
        raise make_error(ArgumentTypeError, message)

    def _asdict(self) -> Dict[str, Any]:
        """The fields and their values, in order."""
        return dict(zip(self._fields, type(self)._values(self)))

    def __iter__(self) -> Iterator[Any]:
        return iter(type(self)._values(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record) or other._schema != self._schema:
            return NotImplemented
        return bool(type(self)._values(self) == type(other)._values(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        values = zip(self._fields, type(self)._values(self))
        return f"{self._schema.name}({', '.join(f'{name}={value!r}' for name, value in values)})"

    def __reduce__(self) -> Any:
        values = type(self)._values(self)
        if self._rebuild is not None:
            return self._rebuild, (self._schema.text, values)
        return type(self), values


def _setter(field: Field, slot: Any) -> Callable[[Record, Any], None]:
    def assign(self: Record, value: Any) -> None:
        if self._store is not None:
            value = self._store._set_value(self._row, field, value)
        slot.__set__(self, value)

    return assign


def _methods(schema: Schema) -> Dict[str, Any]:
    """__init__ and _load as generated source code, because they run once per record."""
    # The C library refuses a file with names that are not ASCII identifiers, so this is safe to run.
    names = parameters(schema.names)
    slots = [f"_v_{field.name}" for field in schema.fields]
    init = [f"def __init__(_self, {', '.join(names)}):", "    _self._store = None"]
    init += ["    _self._row = -1"]
    init += [f"    _self.{slot} = {name}" for slot, name in zip(slots, names)]
    load = [f"def _load(_class, _store, _rows, {', '.join(names)}):"]
    load += ["    for _row, " + ", ".join(f"_f{i}" for i in range(len(names))) + " in _zip("]
    load += [f"        _rows, {', '.join(names)}):", "        _record = _new(_class)"]
    load += [f"        _record.{slot} = _f{i}" for i, slot in enumerate(slots)]
    load += ["        _record._store = _store", "        _record._row = _row"]
    load += ["        yield _record"]
    scope: Dict[str, Any] = {"_zip": zip, "_new": object.__new__}
    exec("\n".join(init + load), scope)
    return {"__init__": scope["__init__"], "_load": staticmethod(scope["_load"])}


def _values_getter(slots: List[str]) -> Callable[[Record], Tuple[Any, ...]]:
    get: Callable[[Record], Any] = operator.attrgetter(*slots)
    if len(slots) > 1:
        return get
    return lambda record: (get(record),)


def make_record(
    schema: Schema, module: str, rebuild: Optional[Callable[..., Any]]
) -> Type[Record]:
    """The record class of a schema; rebuild is the class's Record._rebuild."""
    slots = [f"_v_{field.name}" for field in schema.fields]
    body = _methods(schema)
    body.update(
        {
            "__slots__": tuple(slots),
            "__doc__": printable(schema.doc) or f"A record of {schema.name}, version {schema.version}.",
            "__module__": module,
            "__match_args__": schema.names,
            "_schema": schema,
            "_fields": schema.names,
            "_rebuild": None if rebuild is None else staticmethod(rebuild),
            "_values": staticmethod(_values_getter(slots)),
        }
    )
    made = type(schema.name, (Record,), body)
    for field, slot in zip(schema.fields, slots):
        doc = f"{field.declaration}: {printable(field.doc)}" if field.doc else field.declaration
        member: Optional[Any] = getattr(made, slot)
        setattr(made, field.name, property(operator.attrgetter(slot), _setter(field, member), None, doc))
    return made
