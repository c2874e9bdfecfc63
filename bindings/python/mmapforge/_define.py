"""From the text of a schema to its two classes, and opening files by it."""

import functools
import os
from typing import Any, Callable, Dict, Tuple, Type

from mmapforge import _handle, _store
from mmapforge._errors import SchemaError, make_error
from mmapforge._printable import printable
from mmapforge._record import Record, make_record
from mmapforge._schema import schema_of


def define(module: str, text: str) -> Tuple[Type[Any], Type[Any]]:
    """The record class and the store class of a schema; generated modules call it.

    Args:
        module: the __name__ of the module that will hold the classes.
        text: the schema in canonical form.
    """
    return _make(module, text, False)


def _make(module: str, text: str, dynamic: bool) -> Tuple[Type[Any], Type[Any]]:
    schema = schema_of(text)
    record: Type[Record] = make_record(schema, module, dynamic)
    store = type(
        schema.name + "Store",
        (_store.Store,),
        {
            "__slots__": (),
            "__doc__": f"A store of {schema.name} records.\n\n{printable(schema.doc)}".rstrip(),
            "__module__": module,
            "schema": schema,
            "record": record,
            "_dynamic": dynamic,
            **_store.field_methods(schema),
        },
    )
    return record, store


@functools.lru_cache(maxsize=256)
def classes_of(text: str) -> Tuple[Type[Any], Type[Any]]:
    """The classes for a file whose schema no module holds; the same for the same text."""
    return _make("mmapforge", text, True)


def open(
    path: _handle.Path,
    mode: str = "r",
    *,
    shared: bool = False,
    reserve: int = 0,
    errors: str = "strict",
) -> Any:
    """Opens any store, by the schema in its file. As Store.open."""
    opened = _handle.open_handle(path, mode, reserve, None, errors, shared=shared)
    return classes_of(_handle.schema_text(opened[0]))[1]._attach(opened, path, mode, errors)


def opener(*stores: Type[Any]) -> Callable[..., Any]:
    """The `open` of a module: with several stores, that of the record which the file holds."""
    if len(stores) == 1:
        only: Callable[..., Any] = stores[0].open
        return only
    by_name: Dict[str, Type[Any]] = {store.schema.name: store for store in stores}

    def open(
        path: _handle.Path,
        mode: str = "r",
        *,
        shared: bool = False,
        reserve: int = 0,
        errors: str = "strict",
    ) -> Any:
        """Opens a store of one of this module's records, the one that the file holds."""
        _handle.check_mode(mode)
        # Read first: a file of another schema must not be locked, let alone recovered.
        probe, _ = _handle.open_handle(path, "r", 0, None, errors)
        name = schema_of(_handle.schema_text(probe)).name
        _handle.close_handle(probe)
        if name not in by_name:
            shown = os.fsdecode(path)
            message = f"{shown}: the file holds records of {name}, expected one of "
            message += f"{', '.join(by_name)}; open it with the module of its schema"
            raise make_error(SchemaError, message, path=shown, status="MMF_ERR_SCHEMA")
        return by_name[name].open(
            path, mode, shared=shared, reserve=reserve, errors=errors
        )

    return open
