"""Scales that count as one."""

import polars as pl


def scale_levels(scale: pl.Series, tolerance: float) -> pl.Series:
    """Give each scale the smallest scale of its level; a level spans at most a factor of 1 + `tolerance`.

    >>> scale_levels(pl.Series([262.0, 27.0, 270.0, 217.0]), 0.1).to_list()
    [262.0, 27.0, 262.0, 217.0]
    """
    levels: dict[float, float] = {}
    start = 0.0
    for value in scale.unique().sort():
        if value > start * (1 + tolerance):
            start = value
        levels[value] = start
    return scale.replace_strict(levels, return_dtype=pl.Float64)
