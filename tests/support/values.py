"""Numbers in and out of the formulas."""

import polars as pl


def value(expression: pl.Expr) -> float:
    """The number that an expression of literals has."""
    return float(pl.select(expression).item())


def lit(*numbers: float) -> list[pl.Expr]:
    """Literals of numbers."""
    return [pl.lit(float(number)) for number in numbers]
