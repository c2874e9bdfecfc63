"""The volume-weighted average price of a file of trades."""

import market_store


def vwap(path):
    with market_store.TradeStore.open(path) as trades:
        value = sum(trade.price * trade.size for trade in trades)
        return value / sum(trade.size for trade in trades)
