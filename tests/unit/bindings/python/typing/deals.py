"""A correct program over enums, structs, arrays, time, decimals and nulls."""

import datetime
import decimal
import typing

import deal_store
from deal_store import DEPTH, Deal, DealStore, Level, Side


def write(store: DealStore, now: datetime.datetime) -> int:
    level = Level(decimal.Decimal("1.5"), None, Side.Buy)
    row = store.append(at=now, day=now.date(), side="Buy", levels=[level] * DEPTH, greeks=[0.5, 1, 2], flags=(True, False))
    store.set(row, fee="2.50", memo=None, last={"price": 1, "orders": 2, "side": "Sell"}, sides=[1, Side.Sell])
    store.set_day(row, 19000)
    store.set_last(row, (decimal.Decimal(1), 2, Side.Sell))
    store[row].side = Side.Sell
    return row


def read(store: DealStore) -> typing.Tuple[decimal.Decimal, int]:
    deal: Deal = store[0]
    total = sum((level.price for level in deal.levels), decimal.Decimal(0))
    if deal.fee is not None:
        total += deal.fee
    orders = [level.orders or 0 for level in store.get_levels(0)]
    side: Side = deal.side
    return total, sum(orders) + side.value + deal.day.year + len(deal.memo or "")


def opened(path: str) -> DealStore:
    return deal_store.open(path, "r+")
