"""Sort millions of rows, and find duplicates, by text columns and a last column such as time."""

import math
from collections.abc import Sequence

import polars as pl

_CODE, _NUMBER = "_code", "_number"


def sorted_rows(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Sort by the columns of `key`. All but the last must be text. Rows with equal keys keep their order.

    The text columns are coded as one number, which is several times faster than sorting by all columns.

    >>> sorted_rows(pl.DataFrame({"a": ["y", "x", "x"], "t": [0, 1, 0]}), ["a", "t"]).rows()
    [('x', 0), ('x', 1), ('y', 0)]
    """
    *names, last = key
    return _in_order(rows.with_columns(_code(rows, names)), last).drop(_CODE)


def duplicated(rows: pl.DataFrame, key: Sequence[str]) -> pl.Series:
    """Say for each row whether another row has the same key.

    >>> duplicated(pl.DataFrame({"a": ["x", "y", "x"], "t": [1, 1, 1]}), ["a", "t"]).to_list()
    [True, False, True]
    """
    *names, last = key
    coded = rows.select(_code(rows, names), last).with_row_index(_NUMBER)
    again = _as_before(_CODE) & _as_before(last)
    twice = _in_order(coded, last).filter(again | again.shift(-1, fill_value=False))[_NUMBER]
    return rows.select(pl.int_range(pl.len(), dtype=pl.UInt32).is_in(twice.implode())).to_series()


def _code(rows: pl.DataFrame, names: Sequence[str]) -> pl.Expr:
    """One number per combination of texts, in the same order as the texts; a missing text comes first."""
    different = [rows[name].cast(pl.String).drop_nulls().unique().sort() for name in names]
    fits = pl.UInt32 if math.prod(len(found) + 1 for found in different) < 2**32 else pl.UInt64
    code = pl.lit(0, fits)
    for name, found in zip(names, different, strict=True):
        own = pl.col(name).cast(pl.String).cast(pl.Enum(found)).to_physical().cast(fits) + 1
        code = code * (len(found) + 1) + own.fill_null(0)
    return code.alias(_CODE)


def _in_order(coded: pl.DataFrame, last: str) -> pl.DataFrame:
    """Sort by code, then by `last`. Files usually have `last` in rising order already; then one sort is enough."""
    together = coded.sort(_CODE, maintain_order=True)
    rises = ~_as_before(_CODE) | (pl.col(last) >= pl.col(last).shift()).fill_null(False)
    if together.select(rises.all()).item():
        return together
    return coded.sort(last, maintain_order=True).sort(_CODE, maintain_order=True)


def _as_before(column: str) -> pl.Expr:
    """Whether a row has the same value as the row before it; false for the first row."""
    return pl.col(column).eq_missing(pl.col(column).shift()) & (pl.int_range(pl.len()) > 0)
