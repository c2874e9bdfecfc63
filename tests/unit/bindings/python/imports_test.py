"""The modules of the package form layers: each imports only lower ones, so there is no circle."""

import ast
import os

import mmapforge
import pytest

PACKAGE = os.path.dirname(mmapforge.__file__)

# From the lowest to the highest.
LAYERS = [
    "_core",  # the extension in C
    "_printable",
    "_errors",
    "_generate",
    "_definitions",
    "_logical",
    "_schema",
    "_tables",
    "_propose",
    "_plain",
    "_values",
    "_codec",
    "_record",
    "_handle",
    "_migrate",
    "_rows",
    "_chunk",
    "_totals",
    "_column_numpy",
    "_columns",
    "_sources",
    "_value_sources",
    "_bulk",
    "_view",
    "_store",
    "__init__",
    "__main__",
]


def imported(source):
    """The modules of the package that a source text imports, at its top or inside a function."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "the package imports itself by its name"
            names.add(node.module)
            names.update(f"{node.module}.{name.name}" for name in node.names)
    parts = (name.split(".") for name in names)
    return {part[1] for part in parts if part[0] == "mmapforge" and len(part) > 1 and part[1] in LAYERS}


def too_high(module, source):
    """The imports of a module that are not of a lower layer."""
    return sorted(name for name in imported(source) if LAYERS.index(name) >= LAYERS.index(module))


def test_every_module_has_its_place():
    files = {file[: -len(".py")] for file in os.listdir(PACKAGE) if file.endswith(".py")}
    assert files == set(LAYERS) - {"_core"}


@pytest.mark.parametrize("module", LAYERS[1:])
def test_imports_point_down(module):
    with open(os.path.join(PACKAGE, module + ".py"), encoding="utf-8") as file:
        assert too_high(module, file.read()) == []


@pytest.mark.parametrize(
    "source",
    [
        "from mmapforge._store import Store",
        "import mmapforge._store",
        "from mmapforge import _errors, _store",
        "def f():\n    from mmapforge._store import Store\n",
    ],
)
def test_an_import_that_points_up_is_found(source):
    assert too_high("_rows", source) == ["_store"]
    assert too_high("_store", source) == ["_store"]
    assert too_high("__init__", source) == []
