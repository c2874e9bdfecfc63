"""Tables and columns of other libraries, recognised by their methods, so that none is imported.

A table of a known library is read by columns, and a null is refused, because most libraries convert
it to NaN in a column of numbers. An object of an unknown library that has an exchange protocol is
refused, because it is unknown whether iterating over it yields rows or columns.
"""

import datetime
import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple, Type

from mmapforge._errors import ArgumentError, Error, FieldTypeError, make_error
from mmapforge._logical import HAS_NUMPY

# The protocols by which libraries exchange tables and columns.
_EXCHANGES = ("__dataframe__", "__arrow_c_stream__", "__arrow_c_array__")


def _is_class(value: Any) -> bool:
    return isinstance(value, type)


def is_arrow_table(value: Any) -> bool:
    """pyarrow's Table and RecordBatch."""
    names = getattr(getattr(value, "schema", None), "names", None)
    return names is not None and callable(getattr(value, "column", None)) and not _is_class(value)


def is_polars_table(value: Any) -> bool:
    """polars' DataFrame."""
    has_columns = callable(getattr(value, "get_column", None)) and hasattr(value, "columns")
    return has_columns and not _is_class(value)


def is_pandas_table(value: Any) -> bool:
    """pandas' DataFrame, and others with its methods."""
    return hasattr(value, "iloc") and hasattr(value, "columns") and not _is_class(value)


def is_exchanged(value: Any) -> bool:
    """A table or a column of any library that has an exchange protocol."""
    return any(hasattr(value, name) for name in _EXCHANGES) or is_lazy(value)


def is_lazy(value: Any) -> bool:
    """polars' LazyFrame."""
    return callable(getattr(value, "collect", None)) and hasattr(value, "lazy") and not hasattr(value, "get_column")


def is_table(value: Any) -> bool:
    """An object with columns, whatever iterating over it yields."""
    return (
        is_lazy(value) or is_arrow_table(value) or is_polars_table(value) or is_pandas_table(value)
        or hasattr(value, "__dataframe__") or hasattr(value, "__arrow_c_stream__")
    )  # fmt: skip


def columns_of(path: Optional[str], table: Any, call: str) -> Optional[Mapping[Any, Any]]:
    """The columns of a table by their names; None for an object that is not a table.

    path and call begin the message of an error: the store, or None, and what was called.
    """
    names: List[Any]
    if is_lazy(table):
        message = f"a {type(table).__name__} has no rows yet; collect() it first"
        raise _error_of(FieldTypeError, path, call, message)
    if is_arrow_table(table):
        names = list(table.schema.names)
        columns = [table.column(i) for i in range(len(names))]
    elif is_polars_table(table):
        names = list(table.columns)
        columns = [table.get_column(name) for name in names]
    elif getattr(getattr(table, "dtype", None), "names", None) is not None:
        names = list(table.dtype.names)
        columns = [table[name] for name in names]
    elif is_pandas_table(table):
        names = list(table.columns)
        _need_unlike(path, call, names)
        columns = [table[name] for name in names]
    elif is_exchanged(table):
        message = f"a {type(table).__name__} is not a known kind of table; "
        message += "give its columns by name, as numpy arrays or lists"
        raise _error_of(FieldTypeError, path, call, message)
    else:
        return None
    _need_unlike(path, call, names)
    return dict(zip(names, columns))


def _need_unlike(path: Optional[str], call: str, names: List[Any]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise _error_of(ArgumentError, path, call, f"the table has two columns {twice!r}", str(twice))


def _error_of(
    kind: Type[Error], path: Optional[str], call: str, message: str, field: Optional[str] = None
) -> Error:
    where, effect = (call, "") if path is None else (f"{path}: {call}", "; nothing was appended")
    return make_error(kind, f"{where}: {message}{effect}", path=path, field=field)


class Dates(NamedTuple):
    """A column of dates, times or durations."""

    type: str
    conversion: str  # the call by which its library makes integers of it


def dates_of(values: Any) -> Optional[Dates]:
    """None for a column of other types."""
    if isinstance(values, (list, tuple)) or _is_class(values):
        return None
    if hasattr(values, "to_pylist") and hasattr(values, "null_count"):  # pyarrow
        return _arrow_dates(getattr(values, "type", None), "cast('int{bits}')")
    dtype: Any = getattr(values, "dtype", None)
    if callable(getattr(dtype, "is_temporal", None)):  # polars
        return Dates(str(dtype), "cast(polars.Int64)") if dtype.is_temporal() else None
    if hasattr(dtype, "pyarrow_dtype"):  # pandas, of Arrow
        return _arrow_dates(dtype.pyarrow_dtype, "astype('int{bits}[pyarrow]')")
    # numpy, and pandas; its dtype of a time zone is not one of numpy.
    return Dates(str(dtype), "astype('int64')") if getattr(dtype, "kind", "") in ("m", "M") else None


def _arrow_dates(type_: Any, conversion: str) -> Optional[Dates]:
    """Arrow casts a type only to integers of its width."""
    if not str(type_).startswith(("timestamp", "date", "time", "duration")):
        return None
    return Dates(str(type_), conversion.format(bits=type_.bit_width))


class Given(NamedTuple):
    """A column without nulls: values is a list, a numpy array, or the caller's object."""

    values: Any
    null: Optional[int] = None  # the row of the first null, or None
    problem: str = ""  # why the column is refused


def column_of(values: Any, wants_list: bool) -> Given:
    """A column of another library as a list or a numpy array.

    Args:
        values: the caller's object.
        wants_list: True for text and bytes. Numbers become an array if numpy is installed.
    """
    if isinstance(values, (list, tuple)) or _is_class(values):
        return Given(values)
    listed = wants_list or not HAS_NUMPY
    if hasattr(values, "to_pylist") and hasattr(values, "null_count"):  # pyarrow
        if values.null_count:
            return Given(values, null=values.to_pylist().index(None))
        if listed:
            return Given(values.to_pylist())
        # Several chunks are copied into one array; a single chunk of numbers is not copied.
        return Given(values.to_numpy(**({} if hasattr(values, "chunks") else {"zero_copy_only": False})))
    if callable(getattr(values, "null_count", None)) and hasattr(values, "to_list"):  # polars
        if values.null_count():
            return Given(values, null=values.to_list().index(None))
        return Given(values.to_list() if listed else values.to_numpy())
    dtype: Any = getattr(values, "dtype", None)
    if callable(getattr(values, "isna", None)) and hasattr(values, "to_numpy"):  # pandas
        # In a numpy dtype NaN is a number; other dtypes mark missing values in a mask.
        if not hasattr(dtype, "newbyteorder"):
            missing = list(values.isna())
            if any(missing):
                return Given(values, null=missing.index(True))
            if listed:
                return Given(values.tolist())
            own: Dict[str, Any] = {"dtype": dtype.numpy_dtype} if hasattr(dtype, "numpy_dtype") else {}
            return Given(values.to_numpy(**own))
        return Given(values)
    if is_exchanged(values) and not hasattr(dtype, "newbyteorder"):
        what = f"a {type(values).__name__} is not a known kind of column; give a numpy array or a list"
        return Given(values, problem=what)
    return Given(values)


def numpy_or_list(values: Any) -> Tuple[Any, str]:
    """A column with its nulls, as an array of numpy or a list, or why it is refused.

    A null of a library is NaT in an array of datetime64, masked in a masked array, and None or the
    library's own object in a list.
    """
    if isinstance(values, (list, tuple)):
        return values, ""
    dtype: Any = getattr(values, "dtype", None)
    if hasattr(values, "to_pylist") and hasattr(values, "null_count"):  # pyarrow
        type_ = str(getattr(values, "type", ""))
        if HAS_NUMPY and type_.startswith(("timestamp", "date32")):
            return _datetimes(values.to_numpy(**({} if hasattr(values, "chunks") else {"zero_copy_only": False}))), ""
        return _in_utc(values.to_pylist(), type_), ""
    if callable(getattr(values, "null_count", None)) and hasattr(values, "to_list"):  # polars
        name = str(dtype)
        if HAS_NUMPY and name.startswith(("Datetime", "Date")):
            return _datetimes(values.to_numpy()), ""
        return _in_utc(values.to_list(), name), ""
    if callable(getattr(values, "isna", None)) and hasattr(values, "to_numpy"):  # pandas
        if getattr(dtype, "kind", "") == "M":
            return _datetimes(_of_pandas(values, dtype)), ""
        if hasattr(dtype, "newbyteorder"):
            return values.to_numpy(), ""
        # A missing value of categories is NaN in a list.
        return [None if missing else value for value, missing in zip(values, values.isna())], ""
    if is_exchanged(values) and not hasattr(dtype, "newbyteorder"):
        what = f"a {type(values).__name__} is not a known kind of column; give a numpy array or a list"
        return values, what
    if dtype is not None and hasattr(dtype, "newbyteorder"):
        return values, ""
    return list(values), ""


def _in_utc(listed: List[Any], type_: str) -> List[Any]:
    """Lists and structs with timestamps: those without a time zone are of UTC, as in a column of timestamps."""
    return [_value_in_utc(value) for value in listed] if re.search("timestamp|datetime", type_.lower()) else listed


def _value_in_utc(value: Any) -> Any:
    if isinstance(value, list):
        return [_value_in_utc(one) for one in value]
    if isinstance(value, dict):
        return {name: _value_in_utc(one) for name, one in value.items()}
    # A datetime of pandas is one, too, but its NaT has no time zone.
    if isinstance(value, datetime.datetime) and value == value and value.tzinfo is None:
        return value.replace(tzinfo=datetime.timezone.utc)
    return value


def _of_pandas(values: Any, dtype: Any) -> Any:
    """A column of dates or timestamps, which are of UTC where they have a time zone."""
    if hasattr(dtype, "newbyteorder"):
        return values.to_numpy()
    unit = getattr(getattr(dtype, "pyarrow_dtype", dtype), "unit", None)
    if unit is None:  # dates of Arrow
        return list(values)
    if hasattr(dtype, "tz"):
        return values.to_numpy(dtype=f"M8[{unit}]")
    import numpy

    nat: Any = numpy.datetime64("NaT")
    return values.to_numpy(dtype=f"M8[{unit}]", na_value=nat)


def _datetimes(made: Any) -> Any:
    """An array of datetime64 as it is; others as lists of objects."""
    return made if getattr(getattr(made, "dtype", None), "kind", "") == "M" else list(made)
