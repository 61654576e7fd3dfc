"""Shares from log-odds."""

import numpy as np

from pipeline.simulators.arrays import Array


def logistic(x: Array) -> Array:
    """Share between 0 and 1 of the log-odds x.

    >>> logistic(np.array([0.0]))
    array([0.5])
    """
    return np.asarray(1 / (1 + np.exp(-x)))
