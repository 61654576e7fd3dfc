"""Share of a distribution within the specification, and its performance index."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray

ROUNDING = 1e-12
"""A standard deviation below this share of the mean counts as zero: it comes from rounding."""


@dataclass(frozen=True)
class Distribution:
    """Quality of many batches, SI."""

    mean: float
    deviation: float
    low: float
    """5th percentile."""
    median: float
    high: float
    """95th percentile."""
    inside: float | None
    """Share within the specification."""
    ppk: float | None


def distribution(values: FloatArray, lower: float | None, upper: float | None) -> Distribution:
    """Return the distribution of values of shape (n,). None means that there is no limit on that side."""
    low, median, high = np.percentile(values, [5, 50, 95])
    inside = None if lower is None and upper is None else share_inside(values, lower, upper)
    mean, deviation = float(values.mean()), float(values.std(ddof=1))
    return Distribution(mean, deviation, float(low), float(median), float(high), inside, ppk(mean, deviation, lower, upper))


def share_inside(values: FloatArray, lower: float | None, upper: float | None) -> float:
    """Return the share of values within the limits, limits included."""
    low, high = -np.inf if lower is None else lower, np.inf if upper is None else upper
    return float(((values >= low) & (values <= high)).mean())


def ppk(mean: float, deviation: float, lower: float | None, upper: float | None) -> float | None:
    """Return the performance index: distance from the mean to the nearer limit divided by three overall standard deviations.

    Ppk = min((U − mean) / 3s, (mean − L) / 3s), ISO 22514-2:2017 and AIAG, Statistical Process Control, 2nd ed. (2005);
    None without a limit or without spread.

    >>> round(ppk(10.0, 1.0, 7.0, 14.0), 3)
    1.0
    """
    sides = [(upper - mean) if upper is not None else None, (mean - lower) if lower is not None else None]
    known = [side for side in sides if side is not None]
    return min(known) / (3 * deviation) if known and deviation > ROUNDING * abs(mean) else None
