"""The amounts of a balance per batch: taken, given and lost, with the error that their repeatability gives."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.attributes import Attribute
from pipeline.domain.process.balances import Balance

CAME_OUT = "came_out"
"""Column with given + lost; null if one of them is not known."""
RELATIVE_ERROR = "relative_error"
"""Column with the standard deviation of the logarithm of the closure from measurement; null where an amount states none."""
GIVEN_ERROR = "given_error"
"""Column with the standard deviation of the logarithm of what was given; null where an amount of it states none."""


def amounts(rows: pl.DataFrame, balance: Balance, attributes: Mapping[str, Attribute]) -> pl.DataFrame:
    """Add taken, given, lost, `CAME_OUT` and the two errors to one row per batch with the attributes as columns, in SI.

    A sum is null if one of its amounts is. The errors of the amounts are independent and add as squares (JCGM 100:2008, 5.1.2).
    """
    out = balance.given + balance.lost
    error = (_square(balance.taken, attributes) + _square(out, attributes)).sqrt()
    unknown = pl.lit(None, pl.Float64)
    return rows.with_columns(
        _total(balance.taken).alias("taken"),
        _total(balance.given).alias("given"),
        (_total(balance.lost) if balance.lost else unknown).alias("lost"),
        _total(out).alias(CAME_OUT),
        error.alias(RELATIVE_ERROR),
        _square(balance.given, attributes).sqrt().alias(GIVEN_ERROR),
    )


def _total(names: tuple[str, ...]) -> pl.Expr:
    return pl.sum_horizontal([pl.col(name).cast(pl.Float64) for name in names], ignore_nulls=False)


def _square(names: tuple[str, ...], attributes: Mapping[str, Attribute]) -> pl.Expr:
    """Squared relative standard deviation of a sum of amounts; null if one states no repeatability, or the sum is not above 0."""
    stated = {name: attributes[name].stated_repeatability for name in names}
    squares = [one.deviation(pl.col(name)) ** 2 for name, one in stated.items() if one is not None]
    if len(squares) < len(names):
        return pl.lit(None, pl.Float64)
    return pl.when(_total(names) > 0).then(pl.sum_horizontal(squares) / _total(names) ** 2)
