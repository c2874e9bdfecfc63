"""Stores in the deps of a py_test; the argument, if any, says why they cannot be imported."""

import importlib
import os
import sys
import unittest

PROBLEM = sys.argv.pop() if len(sys.argv) > 1 else None
MODULES = ["copied_store", "made_store", "tick_store"]


@unittest.skipIf(PROBLEM is None, "this Python can build the module")
class ImportWithoutAnExtension(unittest.TestCase):
    def test_says_why(self):
        for module in MODULES:
            with self.subTest(module), self.assertRaises(ImportError) as raised:
                importlib.import_module(module)
            self.assertIn(PROBLEM, str(raised.exception))


@unittest.skipIf(PROBLEM is not None, "no Python can build the module: %s" % PROBLEM)
class Import(unittest.TestCase):
    # The repository is a directory named mmapforge, too, and stands before everything else.
    def test_finds_the_package_and_not_the_repository(self):
        import mmapforge

        self.assertTrue(mmapforge.__version__)

    def test_finds_every_store(self):
        import mmapforge

        for module, names in {
            "copied_store": ["OHLCBar", "order_book_level_2", "HTTPConnectionStatistics"],
            "made_store": ["Made"],
            "tick_store": ["Tick"],
        }.items():
            found = importlib.import_module(module)
            for name in names:
                self.assertTrue(issubclass(getattr(found, name), mmapforge.Record), name)
                self.assertTrue(issubclass(getattr(found, name + "Store"), mmapforge.Store), name)
                self.assertIn(name + "Store", found.__all__)

    def test_writes_and_reads(self):
        import made_store

        path = os.path.join(os.environ["TEST_TMPDIR"], "made.mmf")
        with made_store.create(path) as store:
            self.assertEqual(store.append(size=7), 0)
        with made_store.open(path) as store:
            self.assertEqual([made.size for made in store], [7])

    # The same package is found by no other way: each would be another copy of it.
    def test_has_one_copy_of_the_package(self):
        import mmapforge

        copies = [
            entry
            for entry in sys.path
            if os.path.exists(os.path.join(entry, "mmapforge", "__init__.py"))
        ]
        self.assertEqual(len(copies), 1, copies)
        self.assertTrue(mmapforge.__file__.startswith(copies[0]))


if __name__ == "__main__":
    unittest.main()
