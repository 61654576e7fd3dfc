"""Arithmetic on the time series of one batch. A value is null at times without a record."""

import polars as pl


def integral(value: pl.Expr, time: pl.Expr) -> pl.Expr:
    """Integral ∫ value dt by the trapezoidal rule [unit of the value · s]. Gaps are interpolated linearly.

    >>> frame = pl.DataFrame({"t": [0.0, 1.0, 2.0, 4.0], "x": [1.0, None, 1.0, 2.0]})
    >>> frame.select(integral(pl.col("x"), pl.col("t"))).item()
    5.0
    """
    known = value.is_not_null() & time.is_not_null()
    height, at = value.filter(known), time.filter(known)
    return ((height + height.shift()) / 2 * at.diff()).sum()


def time_mean(value: pl.Expr, time: pl.Expr) -> pl.Expr:
    """Mean over time, ∫ value dt / duration [unit of the value]. Times with many records do not count more.

    The mean of a single record is its value; without records it is null.

    >>> frame = pl.DataFrame({"t": [0.0, 1.0, 4.0], "x": [0.0, 0.0, 2.0]})
    >>> frame.select(time_mean(pl.col("x"), pl.col("t"))).item()
    0.75
    """
    at = time.filter(value.is_not_null())
    duration = at.max() - at.min()
    return pl.when(duration > 0).then(integral(value, time) / duration).otherwise(value.mean())


def time_below(value: pl.Expr, time: pl.Expr, limit: float) -> pl.Expr:
    """Time below a limit [s]. An interval with only one end below the limit counts half.

    >>> frame = pl.DataFrame({"t": [0.0, 10.0, 20.0], "x": [0.1, 0.1, 0.9]})
    >>> frame.select(time_below(pl.col("x"), pl.col("t"), 0.2)).item()
    15.0
    """
    return integral((value < limit).cast(pl.Float64), time)


def runs(value: pl.Expr) -> pl.Expr:
    """Number of intervals of constant value [-]: the number of changes plus one.

    >>> pl.DataFrame({"x": [1.0, 1.0, 2.0, None, 1.0]}).select(runs(pl.col("x"))).item()
    3
    """
    known = value.drop_nulls()
    return (known.diff() != 0).sum() + 1
