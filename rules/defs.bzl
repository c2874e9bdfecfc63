"""The public rule of mmapforge; rules/README.md has examples and the other repositories' side of it."""

load("//rules/private:store.bzl", _mmf_store = "mmf_store")

def mmf_store(name, schema, **kwargs):
    """Turns a schema into a typed store library, for C and for Python.

    The target goes into the deps of cc_binary, cc_library and cc_test. Its header is
    included by its own name, `#include "<name>.h"`, or by its path, `#include "<package>/<name>.h"`.
    In the deps of py_binary, py_library and py_test it is a module: `import <name>`.

    Args:
      name: names the target, its header and its module; a C identifier in lower case.
      schema: the label of one *.mmfs file, which may hold several records.
      **kwargs: what every rule takes: visibility, tags, testonly, target_compatible_with.
    """
    _mmf_store(name = name, schema = schema, **kwargs)
