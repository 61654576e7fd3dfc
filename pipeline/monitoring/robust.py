"""The scatter of values of which a few are wrong."""

import numpy as np

from pipeline.domain.arrays import FloatArray

ROBUST = 1.4826
"""Standard deviation of normal numbers over their median size."""


def robust_deviation(values: FloatArray) -> float:
    """Return the standard deviation of values around 0, from their median size, (n,) without gaps; 0 if more than half are 0."""
    return ROBUST * float(np.median(np.abs(values)))


def usual_size(values: FloatArray) -> float:
    """Return a unit for values, (n,), that is never 0: their robust deviation, else their mean size, else 1."""
    return robust_deviation(values) or float(np.abs(values).mean()) or 1.0
