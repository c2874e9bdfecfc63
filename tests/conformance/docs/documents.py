"""The documents of the tree: the files that are called *.md, wherever they are."""

import os

# The test runs outside the sandbox: this file's link leads to the tree.
TREE = os.path.dirname(os.path.realpath(".clang-format"))


def files_of(suffixes):
    """The paths of all files with one of these suffixes, from the root of the tree."""
    found = []
    for directory, names, files in os.walk(TREE):
        names[:] = [name for name in names if not name.startswith((".", "bazel-")) and name != "node_modules"]
        found += [os.path.relpath(os.path.join(directory, file), TREE) for file in files if file.endswith(suffixes)]
    return sorted(found)


def documents():
    """The paths of all documents, from the root of the tree."""
    return files_of((".md",))


def read(path):
    """The text of a file, whose path is from the root of the tree."""
    with open(os.path.join(TREE, path), encoding="utf-8") as opened:
        return opened.read()
