"""Stores of several packages and of two workspaces in one process."""

import os
import unittest

import market_store
import mmapforge
import order_store
import reading_store
import tick_store


class StoresTest(unittest.TestCase):
    def path(self, name):
        return os.path.join(os.environ["TEST_TMPDIR"], name)

    def test_share_one_package(self):
        for store in (
            market_store.TradeStore,
            market_store.QuoteStore,
            order_store.OrderStore,
            reading_store.ReadingStore,
            tick_store.TickStore,
        ):
            self.assertTrue(issubclass(store, mmapforge.Store), store)

    def test_write_and_read(self):
        with order_store.create(self.path("orders")) as orders:
            orders.append(id=2**64 - 1, is_buy=True, tag=b"\1\0\2")
        with reading_store.create(self.path("readings")) as readings:
            readings.append(sensor=7, celsius=-2.5)
        with tick_store.create(self.path("ticks")) as ticks:
            ticks.append(symbol="AAPL", price=189.5, volume=100.0, timestamp=1)

        with order_store.open(self.path("orders")) as orders:
            self.assertEqual(orders[0].id, 2**64 - 1)
            self.assertIs(orders[0].is_buy, True)
            self.assertEqual(orders[0].tag, b"\1\0\2")
        with reading_store.open(self.path("readings")) as readings:
            self.assertEqual((readings[0].sensor, readings[0].celsius), (7, -2.5))
        with tick_store.open(self.path("ticks")) as ticks:
            self.assertEqual(ticks[0].symbol, "AAPL")

    def test_open_knows_the_record_by_the_file(self):
        with market_store.QuoteStore.create(self.path("quotes")) as quotes:
            quotes.append(bid=1.25, ask=1.5)
        with market_store.open(self.path("quotes")) as quotes:
            self.assertIsInstance(quotes, market_store.QuoteStore)
            self.assertEqual(quotes[0].ask, 1.5)
        with self.assertRaises(mmapforge.Error):
            tick_store.open(self.path("quotes"))


if __name__ == "__main__":
    unittest.main()
