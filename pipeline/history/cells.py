"""Read cells: text to number, date or word, by declared rules. A cell that the rules do not cover is not read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from pipeline.domain.attributes import LAB, Attribute, SourceColumn
from pipeline.domain.display import unit_label
from pipeline.history.connectors.raw_table import FRACTION, MOMENT
from pipeline.history.times.dates import date

_EXPONENT = r"([eE](\+?0*[0-9]{1,2}|-0*[12]?[0-9]{1,2}))?$"
_NUMBER = {
    ".": r"^[+−-]?([0-9]{1,200}\.?[0-9]*|\.[0-9]+)" + _EXPONENT,
    ",": r"^[+−-]?([0-9]{1,200},?[0-9]*|,[0-9]+)" + _EXPONENT,
}
"""Texts that are numbers. A number above 1e299, or so small that it would become 0, is a typing error."""
LIMIT = r"^(<=|>=|[<>≤≥＜＞])\s*"
"""The sign of a result that is only known to be below or above a limit."""


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
    """Read a number that is written with this decimal mark. Any other text, and a number that is too large, gives null.

    >>> texts = pl.DataFrame({"x": ["93.33", "93,33", "1.412.698.315", "1e3"]})
    >>> texts.select(number(pl.col("x"), "."))["x"].to_list()
    [93.33, None, None, 1000.0]
    """
    matches = pl.when(text.str.contains(_NUMBER[decimal])).then(text).str.replace("−", "-", literal=True)
    plain = matches.str.replace(",", ".", literal=True) if decimal == "," else matches
    value = plain.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)  # 400 digits without an exponent are infinite


def without_unit(text: pl.Expr, label: str) -> pl.Expr:
    """Remove the unit of a column behind a number: `95 %` in a column of %, `37 °C` in a column of degC.

    >>> texts = pl.DataFrame({"x": ["95 %", "37.5°C", "37 K"]})
    >>> texts.select(pct=without_unit(pl.col("x"), "%"), degrees=without_unit(pl.col("x"), "degC")).rows()
    [('95', '95 %'), ('37.5°C', '37.5'), ('37 K', '37 K')]
    """
    if not label:
        return text
    spellings = {label, unit_label(label)} - {""}
    spellings |= {one.replace("µ", "μ") for one in spellings} | {one.replace("μ", "µ") for one in spellings}
    either = "|".join(re.escape(one) for one in sorted(spellings, key=lambda one: (-len(one), one)))
    blank = r"\s+" if any(one[0].isdigit() for one in spellings) else r"\s*"  # 51/min is not 5 in the unit 1/min
    return text.str.replace(rf"(\d[.,]?){blank}(?:{either})$", "$1")


def cell_reading(
    attribute: Attribute, column: SourceColumn, nulls: tuple[str, ...], decimal: str, schema: Mapping[str, pl.DataType]
) -> CellReading:
    """Make the reading of a column for an attribute. `schema` holds the types of the columns of the file.

    Numbers are converted to SI.
    """
    dtype = schema[column.column]
    text = clean(column.column, (*nulls, *column.nulls))
    if column.values:
        text = text.replace(dict(column.values))
    if attribute.kind == "text":
        return CellReading(text, text, _NONE, _NO_PROBLEM)
    if attribute.kind == "date":
        written = _date_cell(text, column, dtype)
        if (native := column.column + MOMENT) not in schema:
            return written
        return native_or_written(pl.col(native), _date_cell(text, replace(column, column=native), schema[native]), written)
    return _number_cell(attribute, column, text, decimal, schema, (*nulls, *column.nulls))


_NONE = pl.lit("none")
_NO_PROBLEM = pl.lit(None, dtype=pl.String)
INFINITE = "not a finite number"


def _date_cell(text: pl.Expr, column: SourceColumn, dtype: pl.DataType) -> CellReading:
    assert column.date is not None  # the validation of the process requires it
    value, problem = date(text, pl.col(column.column), column.date, dtype)
    return CellReading(text, value, _NONE, problem)


def native_or_written(cell: pl.Expr, native: CellReading, written: CellReading) -> CellReading:
    """Read a cell that holds a date as that date, and any other as a text in the declared format."""
    holds = cell.is_not_null()
    return replace(
        written,
        value=pl.when(holds).then(native.value).otherwise(written.value),
        problem=pl.when(holds).then(native.problem).otherwise(written.problem),
    )


def _number_cell(
    attribute: Attribute,
    column: SourceColumn,
    text: pl.Expr,
    decimal: str,
    schema: Mapping[str, pl.DataType],
    nulls: tuple[str, ...],
) -> CellReading:
    lab, dtype = attribute.role in LAB, schema[column.column]
    plain = text.str.replace(LIMIT, "") if lab else text
    scale = attribute.si if column.unit is None else attribute.written_in(column.unit)
    label = attribute.unit if column.unit is None else column.unit
    typed = dtype.is_numeric() and not column.values
    if typed:
        value = typed_number(column.column, dtype, nulls)
        text = pl.when(value.is_not_null()).then(text)
    else:
        value = number(without_unit(plain, label), decimal)
        if label != "%" and scale.dimension == "dimensionless":
            value = pl.coalesce(value, number(without_unit(plain, "%"), decimal) / (100 * scale.factor))
        if missing := null_numbers(nulls, decimal):  # another spelling of a missing value, such as -9999.0 for -9999
            text = pl.when(~value.is_in(missing).fill_null(False)).then(text)
            value = pl.when(text.is_not_null()).then(value)
    si = value * scale.factor + scale.offset
    unread = pl.lit(not_a_number(decimal))
    if (native := column.column + FRACTION) in schema:
        fraction = pl.when(text.is_not_null()).then(pl.col(native))
        si = pl.coalesce(fraction if scale.dimension == "dimensionless" else pl.lit(None, pl.Float64), si)
        unread = (
            pl.when(fraction.is_not_null())
            .then(pl.lit(f"a percentage, in a column of the unit {scale.label}"))
            .otherwise(unread)
        )
    censoring = censored(text, si, attribute) if lab else _NONE
    bounded = at_limit(si, censoring, attribute) if lab else si
    problem = pl.when(text.is_not_null() & si.is_null()).then(unread).otherwise(out_of_range(si, attribute))
    if typed and dtype.is_float():
        problem = pl.when(si.is_infinite()).then(pl.lit(INFINITE)).otherwise(problem)
    return CellReading(text, bounded, censoring, problem)


def typed_number(column: str, dtype: pl.DataType, nulls: tuple[str, ...]) -> pl.Expr:
    """The numbers of a typed column. NaN, and a number that a declared text for a missing value means, become null."""
    missing = pl.Series(null_numbers(nulls, "."), dtype=pl.Float64).cast(dtype, strict=False).drop_nulls()
    value = pl.col(column)
    if dtype.is_float():
        value = value.fill_nan(None)
    if len(missing):
        value = pl.when(~value.is_in(missing.implode())).then(value)
    return value.cast(pl.Float64)


@cache
def null_numbers(nulls: tuple[str, ...], decimal: str) -> list[float]:
    """The declared texts for a missing value that are numbers.

    >>> null_numbers(("", "n.d.", "-9999", "-99,9"), ",")
    [-9999.0, -99.9]
    """
    marks = (decimal, ".")
    return [float(text.replace(",", ".")) for text in nulls if any(re.match(_NUMBER[mark], text) for mark in marks)]


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
    sign = text.str.extract(LIMIT, 1)
    under = si <= attribute.si.to_si(attribute.reporting_limit) if attribute.reporting_limit is not None else pl.lit(False)
    return (
        pl.when(sign.is_in(["<", "≤", "<=", "＜"]))
        .then(pl.lit("left"))
        .when(sign.is_in([">", "≥", ">=", "＞"]))
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
