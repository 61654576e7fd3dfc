"""The probability that correlated normal values lie between limits."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.forecasting.quasi_random import shifted_cubes

SMALLEST, LARGEST = 1e-300, 1 - 1e-16
"""Bounds of a probability whose quantile is taken, so that no quantile is infinite."""
SHIFTS, POINTS = 8, 2048
"""Number of shifted lattices, and of points in each, of a probability with a stated error."""
STANDARD_ERRORS = 3
"""Number of standard errors in the error that is stated, as in Genz (1992)."""
JITTER = 1e-9
"""Share of a variance that is added to it, so that a covariance of values that are alike has a Cholesky factor."""


@dataclass(frozen=True)
class Probability:
    """A probability and its numerical error."""

    value: float
    error: float
    """`STANDARD_ERRORS` standard errors over random shifts of a lattice; 0 where the value is exact."""


def estimate_between(lower: FloatArray, upper: FloatArray, covariance: FloatArray, seed: int) -> Probability:
    """Return the probability that normal values with mean 0 lie between limits, (k,) each, with its numerical error.

    The integral is computed on one lattice with several random shifts, whose scatter gives the error (Genz, Bretz 2009,
    Computation of Multivariate Normal and t Probabilities, ch. 4). A single value is exact.
    """
    from scipy.special import ndtr

    size = np.sqrt(np.diag(covariance))
    order = most_restrictive_first(ndtr(upper / size) - ndtr(lower / size))
    root = root_of(covariance[np.ix_(order, order)])
    found = probability_between(lower[order], upper[order], root, shifted_cubes(len(root) - 1, POINTS, SHIFTS, seed))
    error = STANDARD_ERRORS * found.std(ddof=1) / np.sqrt(SHIFTS) if len(root) > 1 else 0.0
    return Probability(float(found.mean()), float(error))


def most_restrictive_first(chances: FloatArray) -> IntArray:
    """Return the order of values by the chance of each, (k,), the smallest first, which makes the error of the integral small.

    Schervish 1984, Appl. Stat. 33, 81.
    """
    return np.argsort(chances, kind="stable")


def probability_between(lower: FloatArray, upper: FloatArray, root: FloatArray, at: FloatArray) -> FloatArray:
    """Return the probability that normal values with mean 0 lie between limits, shape (...).

    lower, upper: (..., k), infinite where there is no limit; root: lower Cholesky factor of the covariance, (..., k, k); at:
    points of the unit cube, (..., points, k − 1 or more). One value is integrated after the other, each given those before it (Genz
    1992, J. Comput. Graph. Stat. 1, 141). An interval above the mean is mirrored to below it, so that small probabilities keep
    their digits.
    """
    from scipy.special import ndtri

    within, drawn, last = np.ones(1), list[FloatArray](), root.shape[-1] - 1
    for j in range(last + 1):
        given = sum((root[..., j, i, None] * value for i, value in enumerate(drawn)), np.zeros(1))
        under, share, sign = _interval(lower[..., j, None], upper[..., j, None], given, root[..., j, j, None])
        within = within * share
        if j < last:
            drawn.append(sign * ndtri(np.clip(under + at[..., j] * share, SMALLEST, LARGEST)))
    return np.asarray(within.mean(axis=-1))


def _interval(
    lower: FloatArray, upper: FloatArray, mean: FloatArray, size: FloatArray
) -> tuple[FloatArray | float, FloatArray, FloatArray | int]:
    """Return P(below the interval), P(inside), and −1 where the interval is mirrored. One limit alone costs half the time."""
    from scipy.special import ndtr

    if (lower == -np.inf).all():
        return 0.0, ndtr((upper - mean) / size), 1
    if (upper == np.inf).all():
        return 0.0, ndtr((mean - lower) / size), -1
    low, high = (lower - mean) / size, (upper - mean) / size
    above = low > -high
    under, over = ndtr(np.where(above, -high, low)), ndtr(np.where(above, -low, high))
    return under, over - under, np.where(above, -1, 1)


def root_of(covariance: FloatArray) -> FloatArray:
    """Return the lower Cholesky factor of covariances, (..., k, k)."""
    diagonal = np.diagonal(covariance, axis1=-2, axis2=-1)
    added = JITTER * np.maximum(diagonal, diagonal.max(axis=-1, keepdims=True) * JITTER)
    return np.asarray(np.linalg.cholesky(covariance + added[..., None] * np.eye(covariance.shape[-1])))
