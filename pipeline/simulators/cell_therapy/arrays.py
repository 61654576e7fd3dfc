"""Arrays with one number per patient lot."""

from collections.abc import Mapping

import numpy as np

from pipeline.domain.arrays import FloatArray

Array = FloatArray
"""One number per patient lot."""
Values = Mapping[str, Array]
"""Quantity → one number per patient lot."""


def logistic(x: Array) -> Array:
    """Share between 0 and 1 of the log-odds x.

    >>> logistic(np.array([0.0]))
    array([0.5])
    """
    return np.asarray(1 / (1 + np.exp(-x)))
