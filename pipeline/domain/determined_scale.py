"""Groupings whose levels determine the scale, such as a vessel per size. An effect of a level then looks like one of scale."""

import polars as pl

ENOUGH_SCALES = 5
"""Number of scales from which the effects of the levels can be told from a trend with scale."""


def scales_that_levels_determine(levels: pl.Series, scale_level: pl.Series) -> int | None:
    """Return the number of scales if a grouping determines the scale, else None.

    levels: level of each batch, null where unknown; scale_level: its scale level. A grouping determines the scale if there are
    several scales, each of its levels has one scale, and hardly any scale has two levels: at most a fifth more levels than scales.

    >>> scales_that_levels_determine(pl.Series(["V1", "V1", "V2", None]), pl.Series([1.0, 1.0, 50.0, 50.0]))
    2
    >>> scales_that_levels_determine(pl.Series(["V1", "V3", "V2"]), pl.Series([1.0, 1.0, 50.0])) is None
    True
    """
    pairs = pl.DataFrame({"level": levels, "scale": scale_level}).drop_nulls().unique()
    number, scales = pairs["level"].n_unique(), pairs["scale"].n_unique()
    determined = scales > 1 and pairs.height == number and 5 * (number - scales) <= scales
    return scales if determined else None


def hides_the_trend(levels: pl.Series, scale_level: pl.Series) -> bool:
    """Tell whether a grouping determines the scale, and there are too few scales to tell its effects from a trend with scale."""
    scales = scales_that_levels_determine(levels, scale_level)
    return scales is not None and scales < ENOUGH_SCALES
