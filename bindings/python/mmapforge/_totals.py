"""Sums and limits of a scalar field over rows, computed in C."""

import decimal
from typing import Any, Tuple, Union

from mmapforge._core import ffi, lib
from mmapforge._errors import ArgumentError, FieldTypeError, make_error
from mmapforge._handle import OpenStore
from mmapforge._schema import Field

Number = Union[int, float]
Limits = Tuple[Number, Number]


def total_of(address: Any, count: int, stride: int, type_number: int, what: int) -> Any:
    """The C struct with the totals of count values."""
    out = ffi.new("mmfpy_total *")
    status = lib.mmfpy_total_of(address, count, stride, type_number, what, out)
    assert status == lib.MMF_OK, "only scalar fields come here"
    return out


def sum_in(total: Any) -> Number:
    """The sum; exact for integers of every size."""
    if total.kind == 2:
        return float(total.sum)
    high, low = int(total.high), int(total.low)
    return ((high if total.kind == 0 else high & (1 << 64) - 1) << 64) + low


def limits_in(total: Any, is_bool: bool) -> Limits:
    """The smallest and the largest value; only those that the caller asked C for are valid."""
    if total.kind == 2:
        return float(total.fmin), float(total.fmax)
    if total.kind == 0:
        return int(total.min), int(total.max)
    if is_bool:
        return bool(total.umin), bool(total.umax)
    return int(total.umin), int(total.umax)


class Aggregates:
    """sum, min, max and mean of a scalar field, computed in C, over a store or a slice of it.

    A value that a writer changes during the call counts as the old or the new one; it is never torn.
    """

    __slots__ = ()

    def _total(self, name: str, what: int) -> Tuple[Any, int, Field]:
        raise NotImplementedError

    def sum(self, field: str) -> Any:
        """The sum of a field; exact for integers and decimals, 0 without rows."""
        total, _, of = self._total(field, lib.MMFPY_SUM)
        return _value(of, sum_in(total))

    def mean(self, field: str) -> Any:
        """The mean of a field, of decimals with 28 digits; ValueError without rows."""
        total, count, of = self._total(field, lib.MMFPY_SUM)
        self._need_rows(count, field)
        value = _value(of, sum_in(total))
        if isinstance(value, decimal.Decimal):
            # Not in the context of the caller, which may have fewer digits, or raise for a rounded result.
            return decimal.Context(prec=28, traps=[]).divide(value, decimal.Decimal(count))
        return value / count

    def min(self, field: str) -> Any:
        """The smallest value of a field; NaN if one is NaN. ValueError without rows."""
        return self._limit(field, lib.MMFPY_MIN)[0]

    def max(self, field: str) -> Any:
        """The largest value of a field; NaN if one is NaN. ValueError without rows."""
        return self._limit(field, lib.MMFPY_MAX)[1]

    def _limit(self, name: str, which: int) -> Tuple[Any, Any]:
        total, count, field = self._total(name, which)
        self._need_rows(count, name)
        least, most = limits_in(total, field.type == "bool")
        if field.is_plain:
            return least, most
        # C has computed one of them.
        return (_value(field, least), 0) if which == lib.MMFPY_MIN else (0, _value(field, most))

    @staticmethod
    def _need_rows(count: int, name: str) -> None:
        if count == 0:
            raise make_error(ArgumentError, f"field {name}: there are no rows", field=name)


def _value(field: Field, number: Number) -> Any:
    """What a number of a field means: a decimal, a member of an enum, a time."""
    load = None if field.is_plain else field._loader
    return number if load is None else load(number)


def _problem(field: Field, what: int) -> str:
    """Why a field has no total, or "" if it has one."""
    if field.is_block or field.is_sized:
        return "which has no sum or limits"
    if field.nullable:
        return "which may be null; columns[...] has its sum and limits without the nulls"
    if what == lib.MMFPY_SUM and field.logical not in ("", "decimal"):
        return "which has no sum; it has min and max"
    return ""


def step_of(rows: range) -> int:
    """The step of rows; 1 for fewer than two rows, whose step may be too large for C."""
    return rows.step if len(rows) > 1 else 1


def total_over(store: OpenStore, rows: range, name: str, what: int) -> Tuple[Any, int, Field]:
    """The total of one field over rows of a store."""
    field = store._field(name)
    problem = "" if field.is_plain and not field.is_sized else _problem(field, what)
    if problem:
        what_is = f"{store.path}: field {name} is {field.declaration}, {problem}"
        raise make_error(FieldTypeError, what_is, path=store.path, field=name)
    out = ffi.new("mmfpy_total *")
    status = lib.mmfpy_total_rows(
        store._handle, rows[0] if rows else 0, len(rows), step_of(rows), field.offset,
        field._type_number, what, out,
    )  # fmt: skip
    if status == lib.MMF_ERR_UNSUPPORTED:
        return _total_of_converted(store, rows, field, what), len(rows), field
    if status:
        store._fail(status, max(rows[0], rows[-1]) if rows else 0)
    return out, len(rows), field


def _total_of_converted(store: OpenStore, rows: range, field: Field, what: int) -> Any:
    """The total over a file of another version of the schema, whose records are converted to be read."""
    first = min(rows[0], rows[-1]) if rows else 0
    count = abs(rows[-1] - rows[0]) + 1 if rows else 0
    values = ffi.new("char[]", max(1, count) * field.size)
    size = store.schema.record_size * max(1, min(count, 64))
    sink = ffi.new("mmfpy_sink *")
    sink.to, sink.offset, sink.size = values, field.offset, field.size
    copied = ffi.new("uint64_t *")
    status = lib.mmfpy_gather(store._handle, first, count, sink, 1, ffi.new("char[]", size), size, copied)
    if status:
        store._fail(status, first + copied[0])
    begin = (rows[0] - first) * field.size if rows else 0
    return total_of(values + begin, len(rows), step_of(rows) * field.size, field._type_number, what)
