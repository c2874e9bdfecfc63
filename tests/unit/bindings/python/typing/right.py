"""A correct program that uses every kind of call in a stub."""

import pathlib
import typing

import mmapforge
import tick_store


def record(path: pathlib.Path) -> int:
    with tick_store.create(path, capacity=1000) as ticks:
        first = ticks.append(symbol="AAPL", price=189.5, volume=100, timestamp=1)
        ticks.append(tick_store.Tick("AAPL", 189.5, 100.0, timestamp=2))
        ticks.append(("AAPL", 189.5, 100.0, 3))
        ticks.append({"symbol": "AAPL", "price": 189.5, "volume": 100.0, "timestamp": 4})
        more = ticks.extend(symbol=["AAPL"], price=[1.0], volume=[2.0], timestamp=[5])
        ticks.set(first, price=190.0)
        ticks.set(first, ticks[-1])
        ticks.set_price(first, ticks.get_price(first) + 0.5)
        return len(ticks) + more


def read(path: str) -> typing.List[str]:
    store: mmapforge.Store[tick_store.Tick] = tick_store.open(path, "r")
    with store:
        symbols = [tick.symbol.upper() for tick in store]
        total: float = sum(tick.price * tick.volume for tick in store)
        return symbols + [str(total), str(store[0].timestamp + 1)]


def closed(path: str) -> tick_store.TickStore:
    try:
        return tick_store.TickStore.open(path, mode="r+")
    except mmapforge.Error as error:
        raise SystemExit(str(error)) from error
