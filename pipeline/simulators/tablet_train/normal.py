"""The normal distribution, without a further library."""

import math

import numpy as np

from pipeline.domain.arrays import FloatArray

_ERF = np.vectorize(math.erf, otypes=[np.float64])


def normal_distribution(values: FloatArray) -> FloatArray:
    """Probability that a standard normal number is at most each value [-]."""
    return np.asarray(0.5 * (1 + _ERF(values / math.sqrt(2))))
