"""The public rules of mmapforge; rules/README.md has examples and the other repositories' side of it."""

load("//rules/private:schema_test.bzl", _mmf_schema_test = "mmf_schema_test")
load("//rules/private:store.bzl", _mmf_store = "mmf_store")
load("//rules/private:store_info.bzl", _MmfStoreInfo = "MmfStoreInfo")
load("//rules/private:wheel.bzl", _mmf_wheel = "mmf_wheel")

# What an mmf_store provides for rules of your own; rules/README.md lists the fields.
MmfStoreInfo = _MmfStoreInfo

def mmf_store(name, schema, languages = ["c", "python"], **kwargs):
    """Turns a schema into a typed store library, for C and for Python.

    The target goes into the deps of cc_binary, cc_library and cc_test. Its header is
    included by its own name, `#include "<name>.h"`, or by its path, `#include "<package>/<name>.h"`.
    In the deps of py_binary, py_library and py_test it is a module: `import <name>`.

    Args:
      name: names the target, its header and its module; a C identifier in lower case.
      schema: the label of one *.mmfs file, which may hold several records.
      languages: what it is for. With ["c"] nothing of Python is built for it or for what depends on it.
      **kwargs: what every rule takes: visibility, tags, testonly, target_compatible_with.
    """
    _mmf_store(name = name, schema = schema, languages = languages, **kwargs)

def mmf_schema_test(name, schema, baseline, compatibility = "full", **kwargs):
    """A test that fails when a schema has changed in a way that breaks its files or its programs.

    Keep the schema that was released beside the one that is edited, and let them be compared: the
    test says which record and field is in the way, and what to write instead. It runs
    `mmfgen --check BASELINE SCHEMA`.

    Args:
      name: names the target.
      schema: the label of the *.mmfs file as it is now.
      baseline: the label of the *.mmfs file that was released.
      compatibility: "backward" (programs of the new schema read files of the baseline), "forward"
        (programs of the baseline read files of the new schema) or "full" (both).
      **kwargs: what every test takes: size, tags, visibility.
    """
    _mmf_schema_test(
        name = name,
        schema = schema,
        baseline = baseline,
        compatibility = compatibility,
        **kwargs
    )

def mmf_wheel(name, store, version, distribution = None, summary = None, tags = None, **kwargs):
    """Packs the Python module of a store into a wheel, which requires that of the runtime.

    The module is text, so the wheel is for every machine and every Python 3. What it requires is
    `//bindings/python:mmapforge_wheel` of this repository, once for all stores: that one is for the
    machine that builds it, and for CPython 3.9 and every later one. Build it with `-c opt`.

    Args:
      name: names the target. The file is called by the rules of wheels.
      store: the label of an mmf_store.
      version: of the distribution, like "1.0", in any form of PEP 440.
      distribution: the name that pip knows it by; that of the store, with dashes, if left out.
      summary: one line about it.
      tags: as of every rule.
      **kwargs: what every rule takes: visibility, testonly, target_compatible_with.
    """
    _mmf_wheel(
        name = name,
        distribution = distribution,
        store = store,
        summary = summary,
        tags = tags or [],
        version = version,
        **kwargs
    )
