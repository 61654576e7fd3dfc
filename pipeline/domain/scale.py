"""When two scales are the same: one definition, with the tolerance of the process."""

from typing import overload

import polars as pl

DEFAULT_TOLERANCE = 0.1
"""Tolerance of a process that states none, and of a model that was saved without one."""
ROUNDING = 1e-9
"""Share that is added to the limit 1 + tolerance, so that the rounding of units does not decide."""


@overload
def larger_scale(scale: float, other: float, tolerance: float) -> bool: ...
@overload
def larger_scale(scale: pl.Expr, other: pl.Expr | float, tolerance: float) -> pl.Expr: ...
@overload
def larger_scale(scale: float, other: pl.Expr, tolerance: float) -> pl.Expr: ...
def larger_scale(scale: pl.Expr | float, other: pl.Expr | float, tolerance: float) -> pl.Expr | bool:
    """Tell whether a scale is more than 1 + `tolerance` times another.

    >>> larger_scale(115.0, 100.0, 0.1), larger_scale(115.0, 100.0, 0.2), larger_scale(100.0, 115.0, 0.1)
    (True, False, False)
    """
    return scale > other * _limit(tolerance)


@overload
def same_scale(scale: float, other: float, tolerance: float) -> bool: ...
@overload
def same_scale(scale: pl.Expr, other: pl.Expr | float, tolerance: float) -> pl.Expr: ...
@overload
def same_scale(scale: float, other: pl.Expr, tolerance: float) -> pl.Expr: ...
def same_scale(scale: pl.Expr | float, other: pl.Expr | float, tolerance: float) -> pl.Expr | bool:
    """Tell whether two scales are the same: the larger is at most 1 + `tolerance` times the smaller.

    >>> same_scale(115.0, 100.0, 0.1), same_scale(115.0, 100.0, 0.2), same_scale(100.0, 115.0, 0.2)
    (False, True, True)
    """
    limit = _limit(tolerance)
    return (scale <= other * limit) & (other <= scale * limit)


def _limit(tolerance: float) -> float:
    """Return the largest ratio of two scales that are the same."""
    return (1 + tolerance) * (1 + ROUNDING)


def scale_levels(scale: pl.Series, tolerance: float) -> pl.Series:
    """Give each scale its level, which is the smallest scale of the level.

    All scales of a level are the same scale as the level. Two levels are never the same scale, so levels are compared exactly.

    >>> scale_levels(pl.Series([262.0, 27.0, 270.0, 217.0]), 0.1).to_list()
    [262.0, 27.0, 262.0, 217.0]
    """
    levels: dict[float, float] = {}
    level = 0.0
    for value in scale.unique().sort():
        if larger_scale(value, level, tolerance):
            level = value
        levels[value] = level
    return scale.replace_strict(levels, return_dtype=pl.Float64)
