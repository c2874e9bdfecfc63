"""The extension: one that any Python from 3.9 on loads, and that meets nothing else in a process."""

import os
import shutil
import subprocess

import pytest

EXTENSION = os.path.abspath("bindings/python/mmapforge/_core.abi3.so")


def tool(*command):
    """What one of binutils prints; they come with every compiler that links."""
    if shutil.which(command[0]) is None:
        pytest.skip("there is no %s" % command[0])
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_exports_its_init_function_and_nothing_else():
    lines = tool("nm", "-D", "--defined-only", EXTENSION).splitlines()
    assert [line.split()[-1] for line in lines] == ["PyInit__core"]


def test_needs_libc_and_no_libpython():
    needed = [line for line in tool("readelf", "-d", EXTENSION).splitlines() if "NEEDED" in line]
    assert needed
    for line in needed:
        assert "[libc.so." in line or "[libpthread.so." in line, line


# What is private to Python may be gone in its next version, but for these, which the stable ABI
# lists because the macros of its headers use them.
def test_uses_nothing_that_is_private_to_python():
    undefined = tool("nm", "-D", "--undefined-only", EXTENSION)
    names = {line.split()[-1] for line in undefined.splitlines()}
    assert "PyImport_ImportModule" in names
    private = {name for name in names if name.startswith("_Py")}
    assert private <= {"_Py_Dealloc", "_Py_NoneStruct", "_Py_TrueStruct", "_Py_FalseStruct"}


def test_names_no_file_of_the_machine_that_built_it():
    with open(EXTENSION, "rb") as file:
        content = file.read()
    for directory in (os.getcwd(), os.path.expanduser("~"), "/sandbox/"):
        assert directory.encode() not in content
