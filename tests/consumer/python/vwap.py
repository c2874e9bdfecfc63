"""The volume-weighted average price of a sequence of (price, volume) pairs."""


def vwap(trades):
    volume = sum(volume for _, volume in trades)
    return sum(price * volume for price, volume in trades) / volume
