"""The generated Python is valid, and every text in it is the one of the schema."""

import ast
import glob
import os
import re
import subprocess
import sys
import types

import pytest

DIRECTORY = os.path.dirname(os.path.abspath(__file__))
SCHEMA_TEXT = os.path.join(DIRECTORY, "schema_text")

RECORDS = {
    "docs": ["Docs"],
    "python": ["Python"],
    "records": ["OHLCBar", "order_book_level_2", "HTTPConnectionStatistics"],
    "rich": ["Rich", "RichPlain"],
    "single": ["X"],
    "checksums": ["Quote", "Mark", "Plain"],
    "tick": ["Tick"],
    "types": ["AllTypes"],
}


def generated(schema, ending):
    path = "%s/%s_store-python/%s_store/__init__.%s" % (DIRECTORY, schema, schema, ending)
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def run(schema):
    """The names of a module, and what it passes to the package that it imports."""
    defined = []
    opened = []

    def define(module, text):
        record = RECORDS[schema][len(defined)]
        defined.append((module, record, text))
        declared = re.findall(r"^(?:enum|struct) (\w+)", text, re.MULTILINE)
        schema_of = types.SimpleNamespace(types={name: "type of " + name for name in declared})
        store = type(
            record + "Store", (), {"create": "create of " + record, "schema": schema_of}
        )
        return type(record, (), {}), store

    package = types.ModuleType("mmapforge")
    package.define = define
    package.define_enum = lambda module, name, doc, members: (module, name, doc, members)
    package.define_struct = lambda module, name, doc, fields: (module, name, doc, fields)
    package.opener = lambda *stores: opened.append(stores) or "open"
    names = {"__name__": "a_module"}
    before = sys.modules.get("mmapforge")
    sys.modules["mmapforge"] = package
    try:
        exec(compile(generated(schema, "py"), schema, "exec", dont_inherit=True), names)
    finally:
        del sys.modules["mmapforge"]
        if before is not None:
            sys.modules["mmapforge"] = before
    return names, defined, opened


# Other tests check the schemas in the generated C; here both must be equal, byte by byte.
@pytest.mark.parametrize("schema", RECORDS)
def test_module_has_the_very_text_that_c_has(schema):
    _, defined, _ = run(schema)
    assert [record for _, record, _ in defined] == RECORDS[schema]
    for module, record, text in defined:
        assert module == "a_module"
        said = subprocess.run([SCHEMA_TEXT, record], check=True, stdout=subprocess.PIPE).stdout
        assert text.encode() == said


@pytest.mark.parametrize("schema", RECORDS)
def test_module_has_the_names_that_it_lists(schema):
    names, _, opened = run(schema)
    for name in names["__all__"]:
        assert name in names
    stores = tuple(names[record + "Store"] for record in RECORDS[schema])
    assert opened == [stores]
    assert names["open"] == "open"
    assert ("create" in names) == (len(stores) == 1)
    if len(stores) == 1:
        assert names["create"] is stores[0].create
    public = [name for name in names if not name.startswith("_")]
    lone = ["define_enum", "define_struct"] if schema == "rich" else []
    assert sorted(public) == sorted(names["__all__"] + ["define", "opener"] + lone)


def docs_of(schema, record):
    """The doc comment of a record and those of its fields, read from the schema's text."""
    docs = {}
    lines = []
    text = next(text for _, name, text in run(schema)[1] if name == record)
    for line in text.split("\n"):
        line = line.strip(" ")
        if line.startswith("///"):
            lines.append(line[3:][1:])
            continue
        if line.startswith("record "):
            docs = {}  # what stands before it are the enums and structs that it uses
        docs[None if line.startswith("record ") else line.partition(":")[0]] = lines
        lines = []
    return docs


def words(text):
    """The words of a text, which wrapping does not change."""
    return (text or "").replace("\t", " ").split(" ")


def same_words(doc, lines):
    found = [word for line in (doc or "").split("\n") for word in words(line) if word]
    expected = [word for line in lines for word in words(line) if word]
    assert found == expected


@pytest.mark.parametrize(
    "schema, record", [(schema, record) for schema in RECORDS for record in RECORDS[schema]]
)
def test_stub_has_every_doc_comment(schema, record):
    tree = ast.parse(generated(schema, "pyi"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    docs = docs_of(schema, record)
    if docs[None]:
        same_words(ast.get_docstring(classes[record], clean=False), docs[None])

    body = classes[record].body
    fields = {}
    for node, after in zip(body, body[1:]):
        if isinstance(node, ast.AnnAssign):
            is_doc = isinstance(after, ast.Expr)
            fields[node.target.id] = ast.literal_eval(after.value) if is_doc else ""
    assert list(fields) == [name for name in docs if name not in (None, "}", "")]
    for name, doc in fields.items():
        same_words(doc, docs[name])

    methods = {node.name: node for node in classes[record + "Store"].body[1:]}
    assert set(methods) == {"append", "extend", "set"} | {
        kind + name for kind in ("get_", "set_") for name in fields
    }
    for name in fields:
        for kind in ("get_", "set_"):
            same_words(ast.get_docstring(methods[kind + name], clean=False), docs[name])


# A URL, and text of a language without spaces, cannot be wrapped.
@pytest.mark.parametrize("schema", RECORDS)
@pytest.mark.parametrize("ending", ["py", "pyi"])
def test_lines_are_wrapped(schema, ending):
    for line in generated(schema, ending).split("\n"):
        assert len(line) <= 100 or " " not in line.strip(), line
        assert line == line.rstrip()


def test_every_schema_is_tested():
    schemas = [os.path.basename(path) for path in glob.glob(DIRECTORY + "/*.mmfs")]
    assert sorted(schemas) == sorted(name + ".mmfs" for name in RECORDS)
