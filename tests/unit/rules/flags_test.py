"""The extension as a consumer's --copt, --linkopt and --dynamic_mode have it built."""

import os
import subprocess
import sys

import pytest

EXTENSION = os.path.abspath("bindings/python/mmapforge/_core.abi3.so")

# In another process: what a library does to the thread that loads it lasts.
LOAD = """
import importlib.machinery
import importlib.util

def load(path):
    loader = importlib.machinery.ExtensionFileLoader("_core", path)
    spec = importlib.util.spec_from_file_location("_core", path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
"""


def run(code, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", LOAD + code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_it_can_be_imported_by_itself():
    """With --dynamic_mode=fully its parts would be libraries in the build's output."""
    assert run("import sys; print(load(sys.argv[1]).lib.MMF_OK)", EXTENSION) == "0\n"


SUBNORMAL = """
import sys
tiny = float(sys.argv[2])
assert tiny / 2 != 0, "this process flushed subnormal numbers before"
load(sys.argv[1])
print(tiny / 2 != 0, tiny / 2 * 2 == tiny)
"""


def test_subnormal_numbers_stay_what_they_are():
    assert run(SUBNORMAL, EXTENSION, repr(2.0**-1022)) == "True True\n"


def test_a_library_linked_so_does_flush_them(tmp_path):
    """That the test above can fail; compilers newer than gcc 12 do not do it to a library."""
    source = tmp_path / "nothing.c"
    source.write_text("int nothing;\n", encoding="ascii")
    library = str(tmp_path / "nothing.so")
    command = ["gcc", "-shared", "-fPIC", "-ffast-math", "-o", library, str(source)]
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError:
        pytest.skip("there is no gcc")
    code = SUBNORMAL.replace("load(sys.argv[1])", "import ctypes; ctypes.CDLL(sys.argv[1])")
    if run(code, library, repr(2.0**-1022)) != "False False\n":
        pytest.skip("this compiler leaves a library that is linked with -ffast-math alone")


LIMITS = """
import array, sys
core = load(sys.argv[1])
ffi, lib = core.ffi, core.lib
nan, total = float("nan"), ffi.new("mmfpy_total *")
for count in 3, 600:
    for at in 0, 1, count - 1:
        values = [float(i) for i in range(count)]
        values[at] = nan
        for kind, code, size in (lib.MMF_TYPE_FLOAT64, "d", 8), (lib.MMF_TYPE_FLOAT32, "f", 4):
            data = ffi.from_buffer(array.array(code, values))
            what = lib.MMFPY_MIN | lib.MMFPY_MAX
            assert lib.mmfpy_total_of(data, count, size, kind, what, total) == lib.MMF_OK
            assert total.fmin != total.fmin and total.fmax != total.fmax, (count, at, code)
print("done")
"""


def test_nan_is_the_smallest_and_the_largest_where_there_is_one():
    assert run(LIMITS, EXTENSION) == "done\n"
