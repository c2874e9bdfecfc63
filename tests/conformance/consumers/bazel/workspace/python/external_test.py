"""A store of another workspace, as the only thing that this program depends on."""

import os
import unittest

import mmapforge
import tick_store


class ExternalTest(unittest.TestCase):
    def test_is_the_package_and_not_the_directory_of_the_workspace(self):
        self.assertTrue(mmapforge.__version__)
        self.assertTrue(issubclass(tick_store.TickStore, mmapforge.Store))

    def test_writes_and_reads(self):
        path = os.path.join(os.environ["TEST_TMPDIR"], "ticks.mmf")
        with tick_store.create(path) as ticks:
            ticks.append(symbol="AAPL", price=189.5, volume=100.0, timestamp=1)
        with tick_store.open(path) as ticks:
            self.assertEqual(ticks[0].price, 189.5)


if __name__ == "__main__":
    unittest.main()
