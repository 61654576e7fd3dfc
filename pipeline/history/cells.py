"""Read cells: text to number, date or word, by declared rules. A cell that the rules do not cover is not read."""

from dataclasses import dataclass

import polars as pl

from pipeline.domain.attributes import Attribute, DateFormat, SourceColumn
from pipeline.domain.display import unit_label

LAB = ("CQA", "IPC")
"""Roles of laboratory results, which may be censored."""
_NUMBER = {
    ".": r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$",
    ",": r"^[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?$",
}
_LIMIT = r"^([<>≤≥])\s*"


@dataclass(frozen=True)
class CellReading:
    """How to read the cells of a column, as expressions over its file."""

    text: pl.Expr
    """The cleaned text."""
    value: pl.Expr
    """The typed value; numbers in SI."""
    censoring: pl.Expr
    """`none`, `left` or `right`."""
    problem: pl.Expr
    """Why the cell cannot be read; null if it can."""


def clean(column: str, nulls: tuple[str, ...]) -> pl.Expr:
    """Remove blanks at both ends; an empty text, or one declared to mean missing, becomes null."""
    text = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(text.is_in(["", *nulls])).then(None).otherwise(text)


def clean_once(names: pl.Series, nulls: tuple[str, ...]) -> pl.Expr:
    """Clean a column whose texts repeat over many rows. Each different text is cleaned once, which is faster."""
    different = names.unique().to_frame()
    pairs = different.select(pl.col(names.name).cast(pl.String).alias("old"), clean(names.name, nulls).alias("new"))
    changed = pairs.filter(pl.col("old").ne_missing(pl.col("new")))
    text = pl.col(names.name).cast(pl.String)
    return text if changed.is_empty() else text.replace(changed["old"], changed["new"])


def number(text: pl.Expr, decimal: str) -> pl.Expr:
    """Read a number that is written with this decimal mark. Any other text gives null.

    >>> texts = pl.DataFrame({"x": ["93.33", "93,33", "1.412.698.315", "1e3"]})
    >>> texts.select(number(pl.col("x"), "."))["x"].to_list()
    [93.33, None, None, 1000.0]
    """
    matches = pl.when(text.str.contains(_NUMBER[decimal])).then(text)
    return matches.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)


def date(text: pl.Expr, form: DateFormat) -> pl.Expr:
    """Read a date that is written in this format. Any other text gives null."""
    names = {month.lower(): f"{i:02d}" for i, month in enumerate(form.months, 1)}
    pattern = form.format
    if names:
        text = text.str.to_lowercase().str.replace_many(list(names), list(names.values()))
        pattern = pattern.replace("%b", "%m")
    if "%d" not in pattern:
        text, pattern = pl.lit("01 ") + text, "%d " + pattern
    if "%H" not in pattern:
        text, pattern = text + " 00:00", pattern + " %H:%M"
    return text.str.to_datetime(pattern, strict=False, time_unit="us")


def cell_reading(
    attribute: Attribute, column: SourceColumn, nulls: tuple[str, ...], decimal: str, dtype: pl.DataType
) -> CellReading:
    """Make the reading of a column of type `dtype` for an attribute. Numbers are converted to SI."""
    text = clean(column.column, (*nulls, *column.nulls))
    if column.values:
        text = text.replace(dict(column.values))
    if attribute.kind == "text":
        return CellReading(text, text, _NONE, _NO_PROBLEM)
    if attribute.kind == "date":
        return _date_cell(text, column, dtype)
    return _number_cell(attribute, column, text, decimal, dtype)


_NONE = pl.lit("none")
_NO_PROBLEM = pl.lit(None, dtype=pl.String)


def _date_cell(text: pl.Expr, column: SourceColumn, dtype: pl.DataType) -> CellReading:
    form = column.date
    assert form is not None  # the validation of the process requires it
    value = pl.col(column.column).cast(pl.Datetime("us")) if dtype.is_temporal() else date(text, form)
    problem = f"not a date in the format {form.format}" + (
        f" with the months {', '.join(form.months)}" if form.months else ""
    )
    return CellReading(text, value, _NONE, pl.when(text.is_not_null() & value.is_null()).then(pl.lit(problem)))


def _number_cell(attribute: Attribute, column: SourceColumn, text: pl.Expr, decimal: str, dtype: pl.DataType) -> CellReading:
    lab = attribute.role in LAB
    plain = text.str.replace(_LIMIT, "") if lab else text
    value = pl.col(column.column).cast(pl.Float64) if dtype.is_numeric() and not column.values else number(plain, decimal)
    if dtype.is_float():  # exports write NaN for a missing value
        value = value.fill_nan(None)
        text = pl.when(value.is_not_null()).then(text)
    scale = attribute.si if column.unit is None else attribute.written_in(column.unit)
    si = value * scale.factor + scale.offset
    censoring = censored(text, si, attribute) if lab else _NONE
    bounded = at_limit(si, censoring, attribute) if lab else si
    problem = (
        pl.when(text.is_not_null() & si.is_null()).then(pl.lit(not_a_number(decimal))).otherwise(out_of_range(si, attribute))
    )
    return CellReading(text, bounded, censoring, problem)


def not_a_number(decimal: str) -> str:
    """Reason for a text that is not a number with the declared decimal mark."""
    return f"not a number with a decimal {'comma' if decimal == ',' else 'point'}"


def out_of_range(si: pl.Expr, attribute: Attribute) -> pl.Expr:
    """Give a reason if a value is outside the possible range of its attribute."""
    if attribute.between is None:
        return _NO_PROBLEM
    low, high = (attribute.si.to_si(limit) for limit in attribute.between)
    slack = 1e-9 * max(abs(low), abs(high))  # rounding of a unit conversion must not count
    smallest, largest = attribute.between
    reason = f"outside the possible range {smallest:g} to {largest:g} {unit_label(attribute.unit)}".strip()
    return pl.when(~si.is_between(low - slack, high + slack)).then(pl.lit(reason))


def censored(text: pl.Expr, si: pl.Expr, attribute: Attribute) -> pl.Expr:
    """Say whether a result is censored: it has a sign such as `<`, or is not above the reporting limit."""
    sign = text.str.extract(_LIMIT, 1)
    under = si <= attribute.si.to_si(attribute.reporting_limit) if attribute.reporting_limit is not None else pl.lit(False)
    return (
        pl.when(sign.is_in(["<", "≤"]))
        .then(pl.lit("left"))
        .when(sign.is_in([">", "≥"]))
        .then(pl.lit("right"))
        .when(under.fill_null(False))
        .then(pl.lit("left"))
        .otherwise(pl.lit("none"))
    )


def at_limit(si: pl.Expr, censoring: pl.Expr, attribute: Attribute) -> pl.Expr:
    """Replace a left-censored result by the reporting limit, if that is higher than the written limit."""
    if attribute.reporting_limit is None:
        return si
    limit = attribute.si.to_si(attribute.reporting_limit)
    return pl.when(censoring == "left").then(pl.max_horizontal(si, pl.lit(limit))).otherwise(si)
