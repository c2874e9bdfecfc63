"""`schema_of`: proposes the schema of a table, a dtype or an Arrow schema."""

import numbers
import re
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Set, Tuple

from mmapforge._errors import (
    ArgumentError,
    ArgumentTypeError,
    FieldTypeError,
    UnsupportedError,
    make_error,
)
from mmapforge._generate import diagnostics_of
from mmapforge._schema import schema_of as parsed
from mmapforge._tables import columns_of, dates_of, is_arrow_table, is_lazy

# From the names of other libraries, in lower case, to those of the schema language.
_SCALARS: Mapping[str, str] = {
    "bool": "bool",
    "boolean": "bool",
    **{name: name for bits in (8, 16, 32, 64) for name in (f"int{bits}", f"uint{bits}")},
    "float16": "float32",
    "halffloat": "float32",
    "float": "float32",
    "float32": "float32",
    "double": "float64",
    "float64": "float64",
}
_TEXTS = ("string", "str", "utf8", "large_string", "large_utf8", "string_view", "categorical", "enum", "category")
_BYTES = ("binary", "large_binary", "binary_view")

# The capacity where no value says how long the texts are.
_UNKNOWN = 64
_CAPACITY_MAX = 65536
_FIELDS_MAX = 1024

_COUNT_MAX = 65536
_DIGITS_MAX = 18

_UNITS = {"ns": "nanoseconds", "us": "microseconds", "ms": "milliseconds", "s": "seconds", "D": "days"}


class _Column(NamedTuple):
    name: str  # in the source
    type: str
    note: str  # the doc comment

    def nullable(self) -> "_Column":
        return self if self.type.endswith("?") else self._replace(type=self.type + "?")

    def with_nans(self, count: int, of: int) -> "_Column":
        """The column where NaN stands for a null."""
        if count == 0:
            return self
        nans = f"{count:,} of {of:,} values are NaN: make them null first"
        return self.nullable()._replace(note="; ".join(filter(None, [self.note, nans])))


def schema_of(source: Any, name: str = "Record", version: int = 1) -> str:
    """Proposes a schema: text for a *.mmfs file, to be read and changed before it is used.

    A string column gets the length of its longest text, rounded up to a multiple of 8 bytes. A column
    with nulls becomes nullable, dates and timestamps such fields, decimals of up to 18 digits decimals,
    and lists of one length arrays. A column whose name cannot be that of a field gets another one,
    `class_value` for `class`. Times of day and durations become integers, and the doc comment says of
    what, and how to convert the column before `extend`.

    Args:
        source: a table of pandas, polars or pyarrow, a structured array or dtype of numpy, a schema
            of pyarrow, or a mapping from names to columns.
        name: of the record.
        version: of the record.

    Raises:
        FieldTypeError: a column has a type that no field can hold.
        ArgumentTypeError: source is none of these.
    """
    _check_record(name, version)
    columns = _columns(source)
    if not 0 < len(columns) <= _FIELDS_MAX:
        message = f"schema_of: the source has {len(columns)} columns; a record has 1 to {_FIELDS_MAX} fields"
        raise make_error(ArgumentError, message)
    names = _field_names([column.name for column in columns])
    while True:
        text, lines = _written(name, version, columns, names)
        refused = _refused_lines(text)
        if 1 in refused:
            raise make_error(ArgumentError, f"schema_of: name is {name!r}: {refused[1]}")
        wrong = [i for i, line in enumerate(lines) if line in refused]
        if not wrong:
            break
        for i in wrong:
            if names[i].endswith("_value"):  # no such name helps
                raise make_error(ArgumentError, f"schema_of: column {columns[i].name!r}: {refused[lines[i]]}")
            names[i] = _unused(names[i][:57] + "_value", names)
    parsed(text)
    return text


def _check_record(name: Any, version: Any) -> None:
    if not isinstance(name, str):
        message = f"schema_of: name is of type {type(name).__name__}, expected a str, the name of the record"
        raise make_error(ArgumentTypeError, message)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name) or "__" in name:
        message = f"schema_of: name is {name!r}; a record is named by at most 63 letters, digits and single '_', "
        message += "a letter first, as in 'OrderBook'"
        raise make_error(ArgumentError, message)
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= 65535:
        message = f"schema_of: version is {version!r}, expected a whole number from 1 to 65535"
        raise make_error(ArgumentError, message)


def _written(
    name: str, version: int, columns: List["_Column"], names: List[str]
) -> Tuple[str, List[int]]:
    """The text of a schema, and the number of the line of each field."""
    lines = [f"record {name} version {version} {{"]
    numbers: List[int] = []
    for column, field in zip(columns, names):
        notes = [column.note] if column.note else []
        if field != column.name:
            notes.append(f"column {column.name!r} of the source")
        lines += [f"  /// {_one_line(note)}" for note in notes]
        lines.append(f"  {field}: {column.type};")
        numbers.append(len(lines))
    return "\n".join([*lines, "}", ""]), numbers


def _refused_lines(text: str) -> Dict[int, str]:
    """The lines in which mmfgen refuses a name, such as a keyword of C; none where it is not installed."""
    try:
        said = diagnostics_of(text)
    except UnsupportedError:
        return {}
    found = re.findall(r"^[^\n]*?:(\d+):\d+: error: (.*)$", said, re.MULTILINE)
    return {int(line): message for line, message in found}


def _unused(name: str, names: List[str]) -> str:
    number, unused = 2, name
    while unused.lower() in (other.lower() for other in names):
        unused, number = f"{name}_{number}", number + 1
    return unused


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _columns(source: Any) -> List[_Column]:
    if _is_arrow_schema(source):
        return [_of_type(name, str(type_), None) for name, type_ in zip(source.names, source.types)]
    if not is_lazy(source) and is_arrow_table(source):
        types = [str(type_) for type_ in source.schema.types]
        return [
            _of_type(name, type_, source.column(i))
            for i, (name, type_) in enumerate(zip(source.schema.names, types))
        ]
    if isinstance(source, Mapping):
        return [_of_values(str(key), values) for key, values in source.items()]
    dtype = getattr(source, "dtype", source)
    if getattr(dtype, "fields", None) is not None and hasattr(dtype, "itemsize"):
        of_array = dtype is not source
        return [
            _of_numpy(key, dtype.fields[key][0], source[key] if of_array else None)
            for key in dtype.names
        ]
    table = columns_of(None, source, "schema_of")
    if table is None:
        message = f"schema_of: the source is of type {type(source).__name__}, expected a table of pandas, polars or "
        message += "pyarrow, a structured array or dtype of numpy, a schema of pyarrow, or a mapping of columns"
        raise make_error(ArgumentTypeError, message)
    return [_of_values(str(key), values) for key, values in table.items()]


def _is_arrow_schema(source: Any) -> bool:
    return hasattr(source, "names") and hasattr(source, "types") and hasattr(source, "metadata")


# ---- One column ----


def _of_values(name: str, values: Any) -> _Column:
    dtype = getattr(values, "dtype", getattr(values, "type", None))
    if isinstance(values, (list, tuple)):
        return _of_objects(name, list(values))
    if callable(getattr(values, "is_numeric", None)) and not hasattr(values, "__len__"):
        return _of_type(name, str(values), None)  # a type of polars, in its schema
    if isinstance(values, (str, bytes, bytearray, Mapping)) or not hasattr(values, "__iter__"):
        raise _refuse(name, f"of type {type(values).__name__}", "give a list, an array or a column of a table")
    if getattr(values, "ndim", 1) == 2:
        return _array_of(name, _of_values(name, values[:, 0]), values.shape[1], f"of shape {values.shape}")
    if getattr(values, "ndim", 1) != 1:
        raise _refuse(name, f"an array of shape {values.shape}", "give one with a dimension: a value for each row")
    if dtype is None:
        return _of_objects(name, list(values))
    if hasattr(dtype, "newbyteorder"):
        return _of_numpy(name, dtype, values)
    return _of_type(name, str(dtype), values)


def _of_numpy(name: str, dtype: Any, values: Any) -> _Column:
    """A column of a numpy dtype; values is None where there is only the dtype."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        if len(shape) == 1:
            return _array_of(name, _of_numpy(name, base, None), shape[0], f"of shape {shape} in each row")
        raise _refuse(name, f"an array of shape {shape} in each row", "give its elements as columns of their own")
    if dtype.fields is not None:
        raise _refuse(name, "of a structured dtype", "give its fields as columns of their own")
    if dtype.kind == "S":
        return _Column(name, f"string[{max(1, dtype.itemsize)}]", "")
    if dtype.kind == "U":
        if values is not None:
            return _of_objects(name, values.tolist())
        # A character of UTF-8 takes four bytes at most.
        return _Column(name, f"string[{max(1, dtype.itemsize)}]", f"{dtype.itemsize // 4} characters")
    if dtype.kind == "V":
        return _Column(name, f"bytes[{max(1, dtype.itemsize)}]", "")
    return _of_type(name, dtype.name, values)


def _of_type(name: str, type_: str, values: Any) -> _Column:
    """A column of a type that its library writes so; values is None where there is only a type."""
    lower = type_.lower()
    plain = re.split(r"[\[(<]", lower)[0].strip()
    plain = {"dictionary": "categorical"}.get(plain, plain)
    if plain == "object" and values is None:
        raise _refuse(name, "of Python objects", "give the values, and not their dtype alone")
    if plain == "object":
        return _of_objects(name, list(values))
    if plain in _SCALARS and plain == lower.replace("[pyarrow]", ""):
        return _with_nulls(_Column(name, _SCALARS[plain], ""), values)
    if plain in _TEXTS:
        return _of_texts(name, values, "string", plain)
    if plain == "fixed_size_binary":
        size = "".join(filter(str.isdigit, lower)) or "1"
        return _with_nulls(_Column(name, f"bytes[{size}]", ""), values)
    if plain in _BYTES:
        return _of_texts(name, values, "bytes", plain)
    if plain.startswith(("datetime", "timestamp", "date", "timedelta", "duration", "time")):
        return _of_dates(name, type_, plain, values)
    if plain.startswith("decimal"):
        return _with_nulls(_of_decimals(name, type_, values), values)
    if plain in ("list", "large_list", "fixed_size_list", "array"):
        return _of_lists(name, type_, values)
    raise _refuse(name, f"of type {type_}, which no field holds", "leave it out, or convert it")


def _of_dates(name: str, type_: str, plain: str, values: Any) -> _Column:
    unit = next(iter(re.findall(r"\b(ns|us|ms|s|D)\b", type_)), "")
    if plain in ("date", "date32") or (plain == "datetime64" and unit == "D"):
        return _with_nulls(_Column(name, "date", ""), values)
    if plain == "date64":
        unit = "ms"
    if plain in ("datetime", "datetime64", "timestamp", "date64"):
        # Coarser units of numpy, such as hours, are whole seconds.
        return _with_nulls(_Column(name, f"timestamp[{unit or 's'}]", ""), values)
    return _of_durations(name, type_, plain, values)


def _of_durations(name: str, type_: str, plain: str, values: Any) -> _Column:
    unit = next((_UNITS[found] for found in re.findall(r"\b(ns|us|ms|s|D)\b", type_)), "")
    bits = "32" if plain == "time32" else "64"
    found = dates_of(values) if values is not None else None
    how = f"; convert it by {found.conversion}" if found is not None else ""
    if plain == "time" and not unit:
        unit = "nanoseconds"  # of polars, which has no other
    since = " since midnight" if plain.startswith("time") and not plain.startswith("timedelta") else " of a duration"
    return _with_nulls(_Column(name, "int" + bits, f"{unit or 'units of ' + type_}{since}{how}"), values)


def _of_decimals(name: str, type_: str, values: Any) -> _Column:
    """A decimal of a library, whose type has the numbers of its digits."""
    digits = [int(found) for found in re.findall(r"(?<![a-z\d])-?\d+", type_.lower())]
    precision, scale = (digits[0], digits[1]) if len(digits) == 2 else (0, digits[0] if digits else -1)
    if 0 <= scale <= _DIGITS_MAX and 0 < precision <= _DIGITS_MAX:
        return _Column(name, f"decimal({precision},{scale})", "")
    if values is not None:
        return _of_decimal_objects(name, [value for value in _listed(values) if not _is_missing(value)])
    raise _refuse(name, f"of type {type_}", f"cast it to at most {_DIGITS_MAX} digits, or convert it to float64")


def _of_decimal_objects(name: str, present: List[Any]) -> _Column:
    """The smallest decimal that holds all."""
    whole = scale = 0
    for value in present:
        _, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int):
            raise _refuse(name, f"with {value!r}, which is no number", "leave such rows out, or make them null")
        scale = max(scale, -exponent)
        whole = max(whole, len(digits) + exponent)
    precision = max(1, whole + scale)
    if precision > _DIGITS_MAX:
        raise _refuse(name, f"of decimals of {precision} digits", f"round it to at most {_DIGITS_MAX}, or convert it to float64")
    return _Column(name, f"decimal({precision},{scale})", "")


def _of_lists(name: str, type_: str, values: Any) -> _Column:
    """Lists are an array where all have one length."""
    if values is not None:
        return _of_objects(name, _listed(values))
    found = re.fullmatch(r"fixed_size_list<[^:]*: (.+?)(?: not null)?>\[(\d+)\]", type_.lower())
    if found is None:
        raise _refuse(name, f"of type {type_}", "give the values, which must have one length in all rows")
    return _array_of(name, _of_type(name, found[1], None), int(found[2]), f"of type {type_}")


def _of_list_objects(name: str, present: List[Any]) -> _Column:
    lengths = sorted({len(value) for value in present})
    if len(lengths) != 1 or not 0 < lengths[0] <= _COUNT_MAX:
        shown = f"{lengths[0]} to {lengths[-1]}"
        raise _refuse(name, f"of lists of {shown} elements", f"an array has one length, from 1 to {_COUNT_MAX:,}")
    return _array_of(name, _of_objects(name, [one for value in present for one in value]), lengths[0], "of lists")


def _array_of(name: str, one: _Column, count: int, what: str) -> _Column:
    if not 0 < count <= _COUNT_MAX:
        raise _refuse(name, f"an array {what}", f"a field has 1 to {_COUNT_MAX:,} elements")
    if "[" in one.type and not one.type.startswith("timestamp"):
        raise _refuse(name, f"an array {what} of {one.type}", "give its elements as columns of their own")
    if one.type.endswith("?"):
        raise _refuse(name, f"an array {what} with nulls in it", "fill them in first")
    return _Column(name, f"{one.type}[{count}]", "")


def _of_texts(name: str, values: Any, kind: str, plain: str) -> _Column:
    if values is None:
        return _Column(name, f"{kind}[{_UNKNOWN}]", "the longest value in bytes is not known: set the capacity")
    listed = _listed(values)
    present = [value for value in listed if not _is_missing(value)]
    if plain in ("category", "categorical") and not all(isinstance(value, str) for value in present):
        return _of_objects(name, listed)
    made = _sized(name, kind, present)
    nulls = sum(map(_is_null, listed))
    made = made.nullable() if nulls else made
    return made.with_nans(len(listed) - nulls - len(present), len(listed))


def _of_objects(name: str, listed: List[Any]) -> _Column:
    present = [value for value in listed if not _is_null(value)]
    made = _of_present(name, present)
    return made.nullable() if len(present) < len(listed) else made


def _of_present(name: str, values: List[Any]) -> _Column:
    """A column of objects, none of which is null, but some may be NaN."""
    present = [value for value in values if not _is_missing(value)]
    kinds = {_kind_of(value) for value in present}
    if values and kinds <= {"int", "float"} and kinds != {"int"}:
        inexact = [value for value in present if _kind_of(value) == "int" and not _is_exact(value)]
        if inexact:
            raise _refuse(name, f"of fractions and of {inexact[0]}, which float64 does not hold exactly",
                          "convert the column to what it means")  # fmt: skip
        return _Column(name, "float64", "")
    return _of_kinds(name, kinds, present).with_nans(len(values) - len(present), len(values))


def _of_kinds(name: str, kinds: Set[str], present: List[Any]) -> _Column:
    if kinds == {"str"}:
        return _sized(name, "string", present)
    if kinds == {"bytes"}:
        return _sized(name, "bytes", present)
    if kinds == {"bool"}:
        return _Column(name, "bool", "")
    if kinds == {"int"}:
        return _of_integers(name, present)
    if kinds == {"date"}:
        return _Column(name, "date", "")
    if kinds and kinds <= {"datetime", "Timestamp"}:
        note = "" if all(value.utcoffset() is not None for value in present) else "give the datetimes a time zone first"
        return _Column(name, "timestamp[us]" if kinds == {"datetime"} else "timestamp[ns]", note)
    if kinds == {"Decimal"}:
        return _of_decimal_objects(name, present)
    if kinds and kinds <= {"list", "tuple", "ndarray"}:
        return _of_list_objects(name, present)
    if not kinds:
        raise _refuse(name, "without a value", "its type cannot be told; leave it out, or write its field by hand")
    raise _refuse(name, f"of values of type {', '.join(sorted(kinds))}", "make them all of one type that a field has")


def _of_integers(name: str, present: List[Any]) -> _Column:
    least, most = min(present), max(present)
    if -(1 << 63) <= least and most < 1 << 63:
        return _Column(name, "int64", "")
    if 0 <= least and most < 1 << 64:
        return _Column(name, "uint64", "")
    raise _refuse(name, f"of integers from {least} to {most}", "no field holds more than 64 bits")


def _is_exact(value: Any) -> bool:
    try:
        return int(float(value)) == int(value)
    except OverflowError:
        return False


def _kind_of(value: Any) -> str:
    """str, bytes, bool, int or float, also of numpy; the name of any other type."""
    if isinstance(value, str):
        return "str"
    if isinstance(value, (bytes, bytearray)):
        return "bytes"
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return "bool"
    if isinstance(value, numbers.Integral):
        return "int"
    return "float" if isinstance(value, numbers.Real) else type(value).__name__


def _sized(name: str, kind: str, present: List[Any]) -> _Column:
    try:
        longest = max((len(v.encode()) if isinstance(v, str) else len(v) for v in present), default=0)
    except UnicodeEncodeError as error:
        raise _refuse(name, f"of a text that is not UTF-8: {error.object!r}", "repair it, or give bytes") from None
    capacity = min(_CAPACITY_MAX, max(8, (longest + 7) // 8 * 8))
    if longest > _CAPACITY_MAX:
        raise _refuse(name, f"with a value of {longest:,} bytes", f"a field holds {_CAPACITY_MAX:,} at most")
    bytes_ = "1 byte" if longest == 1 else f"{longest} bytes"
    return _Column(name, f"{kind}[{capacity}]", f"at most {bytes_} in the source")


def _refuse(name: str, what: str, remedy: str) -> Exception:
    return make_error(FieldTypeError, f"schema_of: column {name!r} is {what}; {remedy}", field=name)


# ---- Missing values ----


def _is_null(value: Any) -> bool:
    """True for None and what other libraries have instead; NaN is a number."""
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def _is_missing(value: Any) -> bool:
    return _is_null(value) or (isinstance(value, numbers.Real) and value != value)


def _listed(values: Any) -> List[Any]:
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(values, method):
            return list(getattr(values, method)())
    return list(values)


def _with_nulls(column: _Column, values: Any) -> _Column:
    """The column, nullable if a value of it is null; NaN in a column of floats is a number."""
    return column.nullable() if _count_nulls(values) else column


def _count_nulls(values: Any) -> int:
    if values is None:
        return 0
    count = getattr(values, "null_count", None)
    if callable(count):
        count = count()
    if count is None:
        dtype: Any = getattr(values, "dtype", None)
        if getattr(dtype, "kind", "") in "mM" and hasattr(dtype, "newbyteorder"):
            return int(sum(values != values))
        if not callable(getattr(values, "isna", None)) or getattr(dtype, "kind", "f") in "fiub" and hasattr(
            dtype, "newbyteorder"
        ):
            return 0
        count = int(sum(values.isna()))
    return int(count)


# ---- Names ----


def _field_names(names: Iterable[str]) -> List[str]:
    """Names by the rules of the schema language, each once."""
    out: List[str] = []
    for name in names:
        field = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9]+", "_", name)).strip("_")
        if not field or not field[0].isalpha():
            field = "field_" + field if field else "field"
        if not re.fullmatch(r"[A-Za-z0-9_]+", name):
            field = field.lower()
        out.append(_unused(field[:57], out))
    return out
