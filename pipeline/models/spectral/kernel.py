"""A smooth surface over several quantities at once, and how its height is divided among them."""

import numpy as np

from pipeline.domain.arrays import FloatArray

NODES, WEIGHTS = (0.5 * (x + shift) for x, shift in zip(np.polynomial.legendre.leggauss(8), (1.0, 0.0), strict=True))
"""Gauss–Legendre rule on the way from 0 to 1."""


def squared_distances(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the squared distance between each of rows a and each of rows b, (rows a, rows b)."""
    both = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2 * a @ b.T
    return np.asarray(np.maximum(both, 0.0))


def typical_square(points: FloatArray) -> float:
    """Return the median of the squared distances between different rows, at most 500 of them; 1 where all are equal."""
    some = points[np.unique(np.linspace(0, len(points) - 1, min(len(points), 500)).astype(int))]
    distances = squared_distances(some, some)[np.triu_indices(len(some), 1)]
    apart = distances[distances > 1e-9]
    return float(np.median(apart)) if apart.size else 1.0


def smooth(a: FloatArray, b: FloatArray, square: float) -> FloatArray:
    """Return the covariance of a smooth surface between rows a and b, (rows a, rows b); square: squared length scale."""
    return np.asarray(np.exp(-0.5 * squared_distances(a, b) / square))


def divided(points: FloatArray, known: FloatArray, square: float, alpha: FloatArray) -> FloatArray:
    """Divide the height of a surface over the origin among the quantities: (rows, quantities).

    The surface is `smooth(points, known, square) @ alpha`. The share of a quantity is the integral of the slope along it on the
    straight way from the origin to the row (Aumann, Shapley 1974; integrated gradients: Sundararajan, Taly, Yan 2017, ICML). What
    the numerical integral lacks is added in proportion to the size of the shares, so that their sum is exact.
    """
    shares = np.zeros_like(points)
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        pull = smooth(node * points, known, square) * alpha
        shares += weight * points * (pull @ known - node * points * pull.sum(axis=1, keepdims=True)) / square
    height = smooth(points, known, square) @ alpha - smooth(np.zeros((1, points.shape[1])), known, square) @ alpha
    size = np.abs(shares)
    whole = size.sum(axis=1, keepdims=True)
    part = np.where(whole > 0, size / np.where(whole > 0, whole, 1.0), 1.0 / max(points.shape[1], 1))
    return np.asarray(shares + part * (height - shares.sum(axis=1))[:, None])
