"""Quantities that are given by an equation that must be solved."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

HALVINGS = 60
"""Steps of the bisection. They narrow an interval to the precision of a 64-bit number."""

Numbers = np.ndarray[Any, np.dtype[np.float64]]


def solved(residual: Callable[..., Numbers], low: float, high: float, *quantities: pl.Expr | float) -> pl.Expr:
    """Unknown x between low and high for which residual(x, *quantities) is zero, by bisection of all rows at once.

    The residual falls or rises with x and takes arrays. Null where a quantity is null, and where the residual has the same sign
    at both ends: there is no solution between them.
    """

    def of(columns: list[pl.Series]) -> pl.Series:
        known = np.broadcast_arrays(*(column.cast(pl.Float64).to_numpy() for column in columns))
        return pl.Series(columns[0].name, bisected(residual, low, high, *known), nan_to_null=True)

    given = [pl.lit(quantity) if isinstance(quantity, float) else quantity for quantity in quantities]
    return pl.map_batches(given, lambda columns: of(list(columns)), return_dtype=pl.Float64)


def bisected(residual: Callable[..., Numbers], low: float, high: float, *known: Numbers) -> Numbers:
    """Solution for each row of equally long arrays; NaN where there is none."""
    lower, upper = np.full(known[0].shape, low), np.full(known[0].shape, high)
    with np.errstate(all="ignore"):  # a row that cannot be computed is NaN
        at_low, at_high = residual(lower, *known), residual(upper, *known)
        for _ in range(HALVINGS):
            middle = (lower + upper) / 2
            below = np.sign(residual(middle, *known)) == np.sign(at_low)
            lower, upper = np.where(below, middle, lower), np.where(below, upper, middle)
    exists = np.sign(at_low) * np.sign(at_high) <= 0
    return np.where(exists, (lower + upper) / 2, np.nan)
