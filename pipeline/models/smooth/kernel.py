"""The covariance of a smooth surface between rows, and its derivatives."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.encoding import UNKNOWN_CODE


@dataclass(frozen=True)
class SurfaceRows:
    """Rows in the form that the covariance reads."""

    values: FloatArray
    """(rows, quantities), standardised"""
    codes: IntArray
    """(rows, groupings): code of the level of each grouping"""

    def take(self, index: IntArray | slice) -> "SurfaceRows":
        """Return some of the rows."""
        return SurfaceRows(self.values[index], self.codes[index])


@dataclass(frozen=True)
class SurfaceParameters:
    """What marginal likelihood decides. Variances are in units of the variance of the results."""

    levels: tuple[float, ...]
    """Variance of the intercepts of each grouping."""
    slopes: float
    """Variance of the linear part, divided over the quantities."""
    own_slopes: float
    """Variance of the linear part that each level of the first grouping has of its own; not used without groupings."""
    surface: float
    """Variance of the smooth surface."""
    noise: float
    lengths: tuple[float, ...]
    """Length scale of the surface in each quantity, in standard deviations of the quantity."""
    level_lengths: tuple[float, ...]
    """Length scale of each grouping. Two levels are 1 apart: the larger the scale, the more alike are their surfaces."""


def matern(squared: FloatArray) -> FloatArray:
    """Return the Matérn 5/2 covariance from squared distances in length scales.

    Rasmussen, Williams (2006), Gaussian Processes for Machine Learning, eq. 4.17.
    """
    root = np.sqrt(5 * squared)
    return np.asarray((1 + root + root**2 / 3) * np.exp(-root))


def matern_slope(squared: FloatArray) -> FloatArray:
    """Return the derivative of `matern` with respect to the squared distance."""
    root = np.sqrt(5 * squared)
    return np.asarray(-5 / 6 * (1 + root) * np.exp(-root))


def squared_distance(p: SurfaceParameters, a: SurfaceRows, b: SurfaceRows, known: float = 1.0) -> FloatArray:
    """Return the squared distance of the surface between rows a and rows b, in length scales: (rows a, rows b).

    known: share to which the levels of rows a count as known; with 0 their levels are unknown.
    """
    lengths = np.array(p.lengths)
    one, other = a.values / lengths, b.values / lengths
    out = -2 * (one @ other.T)
    out += (one**2).sum(axis=1)[:, None]
    out += (other**2).sum(axis=1)
    for i, length in enumerate(p.level_lengths):
        out += (1 - known * same_level(a.codes[:, i], b.codes[:, i])) / length**2
    return np.asarray(np.maximum(out, 0, out=out))


def same_level(a: IntArray, b: IntArray) -> FloatArray:
    """Return 1 where two rows have the same known level, else 0: (rows a, rows b). a, b: codes, (rows,) each."""
    return np.asarray((a[:, None] == b) & (a[:, None] != UNKNOWN_CODE), dtype=np.float64)


def linear(a: SurfaceRows, b: SurfaceRows) -> FloatArray:
    """Return the covariance of the linear part at variance 1, (rows a, rows b)."""
    return np.asarray(a.values @ b.values.T / max(a.values.shape[1], 1))


def covariance(p: SurfaceParameters, a: SurfaceRows, b: SurfaceRows) -> FloatArray:
    """Return the covariance between rows a and rows b, without noise: (rows a, rows b)."""
    out = p.surface * matern(squared_distance(p, a, b))
    slopes = linear(a, b)
    out += 1 + p.slopes * slopes
    for i, variance in enumerate(p.levels):
        same = same_level(a.codes[:, i], b.codes[:, i])
        out += variance * same
        if i == 0:
            out += p.own_slopes * same * slopes
    return out


def own_variance(p: SurfaceParameters, a: SurfaceRows) -> FloatArray:
    """Return the covariance of each row with itself, without noise, shape (rows,)."""
    slopes = p.slopes + (p.own_slopes if p.levels else 0.0)
    return np.asarray(1 + p.surface + sum(p.levels) + slopes * (a.values**2).sum(axis=1) / max(a.values.shape[1], 1))
