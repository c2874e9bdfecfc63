"""Writes the C source of the extension mmapforge._core with cffi in API mode.

usage: build_core.py DECLARATIONS HEADER OUTPUT

The compiler checks every declaration against the header: a different size, type or constant does
not compile.
"""

import contextlib
import io
import sys

import cffi


def main(declarations, header, output):
    ffi = cffi.FFI()
    with open(declarations, encoding="utf-8") as file:
        ffi.cdef(file.read())
    ffi.set_source("mmapforge._core", '#include "%s"' % header, py_limited_api=True)
    # cffi prints the name of the file, which only clutters the output of a build.
    with contextlib.redirect_stdout(io.StringIO()):
        ffi.emit_c_code(output)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
