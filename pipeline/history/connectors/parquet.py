"""Read a Parquet file: typed columns stay typed, and a type that a column cannot have is an error."""

from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.connectors.file_kinds import is_text, kind_by_content
from pipeline.history.connectors.header import positions
from pipeline.history.connectors.raw_table import ColumnUse, Needed, OnlyRows, RawTable, no_rows

_INDEX = "__index"
_LONGEST_WHOLE = 2.0**53
"""Above it, a floating-point number does not hold every whole number."""


def read_parquet(path: Path, needed: Needed | None, place: str, only: OnlyRows | None = None) -> RawTable:
    """Read the needed columns. Numbers that are ids become text: 12.0 is the id 12.

    only: rows that are wanted; where its column holds texts, no other row comes into memory. Raises ScalebridgeError if a needed
    column is missing, or has a type that its use does not allow.
    """
    _refuse_other_files(path, place)
    schema = pl.read_parquet_schema(path)
    names = list(schema)
    found = positions(names, needed, place, 1, lambda i: str(i + 1))
    columns = [names[i] for i in found.values()]
    if only is not None and only.column in found and schema[names[found[only.column]]] == pl.String:
        wanted = pl.col(names[found[only.column]]).str.strip_chars() == only.text
        indexed = pl.scan_parquet(path, row_index_name=_INDEX).filter(wanted).select(_INDEX, *columns).collect()
        cells, rows = indexed.drop(_INDEX), (indexed[_INDEX] + 2).cast(pl.UInt32)
    else:
        cells = pl.read_parquet(path, columns=columns)
        rows = pl.int_range(2, 2 + cells.height, dtype=pl.UInt32, eager=True)
    cells = cells.select(pl.col(names[i]).alias(name) for name, i in found.items())
    if needed is not None:
        cells = cells.select(_checked(cells[name], use, place) for name, use in needed.items())
    return RawTable(cells, rows, no_rows())


_MARK, _ENDS = b"PAR1", (b"PAR1", b"PARE")
"""How a Parquet file begins, and how it ends."""


def _refuse_other_files(path: Path, place: str) -> None:
    with path.open("rb") as file:
        first = file.read(1000)
        file.seek(max(path.stat().st_size - 4, 0))
        last = file.read(4)
    if first.startswith(_MARK) and last in _ENDS:
        return
    if first.startswith(_MARK):
        raise ScalebridgeError(f"{place} is a Parquet file that was cut off; copy or export it again")
    text = "a text file; declare `kind: csv`" if is_text(first) else "empty, damaged or of another format; export it again"
    raise ScalebridgeError(f"{place} is no Parquet file: it is {kind_by_content(first) or text}")


def _checked(column: pl.Series, use: ColumnUse, place: str) -> pl.Series:
    dtype = column.dtype
    if not _is_allowed(dtype, use):
        wanted = {"id": "an id", "text": "a text", "number": "a number", "date": "a date", "time": "a time"}[use]
        raise ScalebridgeError(f"{place}: column '{column.name}' holds {_in_words(dtype)}, which cannot be read as {wanted}")
    if use in ("id", "text"):
        return _as_text(column, place)
    return column


def _is_allowed(dtype: pl.DataType, use: ColumnUse) -> bool:
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        return False
    if use == "id":
        return not dtype.is_temporal() and dtype != pl.Boolean
    if use == "number":
        return not dtype.is_temporal() and dtype != pl.Boolean
    return use == "time" or dtype not in (pl.Time, pl.Duration)


def _in_words(dtype: pl.DataType) -> str:
    words = {
        pl.Binary: "bytes",
        pl.Time: "clock times",
        pl.Duration: "durations",
        pl.Boolean: "yes/no values",
        pl.Date: "dates",
    }
    if dtype.is_nested():
        return f"lists or groups of values ({dtype})"
    return words.get(dtype.base_type(), f"values of the type {dtype}")


def _as_text(column: pl.Series, place: str) -> pl.Series:
    """Write ids as text, whole numbers without a decimal point."""
    if not column.dtype.is_float():
        return column.cast(pl.String)
    value = pl.col(column.name)
    if column.abs().max() is not None and float(column.abs().fill_nan(0).max() or 0) > _LONGEST_WHOLE:  # type: ignore[arg-type]
        raise ScalebridgeError(
            f"{place}: column '{column.name}' holds ids as floating-point numbers above 2^53, which lose digits; export it as text"
        )
    whole = pl.when(value == value.floor()).then(value.cast(pl.Int64, strict=False).cast(pl.String))
    return column.to_frame().select(pl.when(value.is_finite()).then(pl.coalesce(whole, value.cast(pl.String)))).to_series()
