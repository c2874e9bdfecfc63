"""Python reads the file that a C program of the same workspace wrote."""

import os
import subprocess
import sys
import unittest

import market_store
from python.vwap import vwap

RECORD_TRADES = os.path.abspath(sys.argv.pop())


class VwapTest(unittest.TestCase):
    def setUp(self):
        self.path = os.path.join(os.environ["TEST_TMPDIR"], "trades.mmf")
        subprocess.run([RECORD_TRADES, self.path], check=True)
        self.addCleanup(os.remove, self.path)

    def test_reads_what_c_wrote(self):
        with market_store.open(self.path) as trades:
            self.assertIsInstance(trades, market_store.TradeStore)
            self.assertEqual(
                [(trade.venue, trade.price, trade.size) for trade in trades],
                [("XETR", 10.5, 4), ("Zürich", 2.0, 8)],
            )

    def test_weighs_by_volume(self):
        # 10.5 * 4 + 2 * 8 = 58, over 12.
        self.assertEqual(vwap(self.path), 58 / 12)


if __name__ == "__main__":
    unittest.main()
