"""What the numbers of timestamps, dates, decimals and enums mean: from a stored number to its value."""

import datetime
import decimal
import functools
import importlib.util
from typing import Any, Callable, Dict

HAS_NUMPY = importlib.util.find_spec("numpy") is not None

UNITS = ("s", "ms", "us", "ns")
PER_SECOND: Dict[str, int] = {unit: 10 ** (3 * i) for i, unit in enumerate(UNITS)}
UNIT_NAMES = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}

EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
DAYS_MIN = datetime.date.min.toordinal() - EPOCH_DAY
DAYS_MAX = datetime.date.max.toordinal() - EPOCH_DAY

# With room for the digits of any int64, so that nothing is rounded, whatever the caller's context.
EXACT = decimal.Context(prec=40, Emin=-100, Emax=100, traps=[])

# A timestamp, as stubs have it: numpy.datetime64 when it is read, or an int where numpy is not
# installed. What a call takes for one, README.md lists.
Timestamp = Any

Load = Callable[[Any], Any]


def date_of(days: int) -> Any:
    """The date, or the number of days where datetime.date does not reach."""
    if DAYS_MIN <= days <= DAYS_MAX:
        return datetime.date.fromordinal(EPOCH_DAY + days)
    return days


def decimal_of(units: int, scale: int) -> decimal.Decimal:
    """The decimal, with exactly scale digits after the point."""
    return decimal.Decimal(units).scaleb(-scale, EXACT)


def _of_member(members: Dict[int, Any], number: int) -> Any:
    return members.get(number, number)


def timestamp_loader(unit: str) -> Load:
    """From a number to a numpy.datetime64; the number itself without numpy."""
    if not HAS_NUMPY:
        return int

    def load(number: int) -> Any:
        # Imported late: importing numpy takes longer than opening a store.
        import numpy

        return numpy.datetime64(number, unit)

    return load


def date_loader() -> Load:
    return date_of


def decimal_loader(scale: int) -> Load:
    return functools.partial(decimal_of, scale=scale)


def enum_loader(members: Dict[int, Any]) -> Load:
    """From a number to the member of an enum; the number itself where no member has it."""
    return functools.partial(_of_member, members)
