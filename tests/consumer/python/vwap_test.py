"""Runs under the toolchain's interpreter, which can load what the bindings load."""

import sys
import unittest

import cffi

from python.vwap import vwap


class VwapTest(unittest.TestCase):
    def test_weighs_by_volume(self):
        self.assertEqual(vwap([(10.0, 1.0), (20.0, 3.0)]), 17.5)

    def test_interpreter_has_what_bindings_need(self):
        self.assertGreaterEqual(sys.version_info, (3, 9))
        ffi = cffi.FFI()
        ffi.cdef("typedef struct { double price; uint64_t volume; } trade;")
        self.assertEqual(ffi.sizeof("trade"), 16)


if __name__ == "__main__":
    unittest.main()
