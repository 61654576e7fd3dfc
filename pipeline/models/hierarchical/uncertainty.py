"""How much training rows explain of many rows that differ in few quantities: from a table, not from all pairs of rows.

What a row shares with the training rows is a sum over its quantities, and along one quantity it is a smooth curve. Such a curve
is a polynomial of few terms (Chebyshev interpolation: Trefethen 2013, Approximation Theory and Approximation Practice, ch. 8), so
the quadratic form over all training rows becomes a small one over these terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.hierarchical.kernel import EncodedRows, KernelLayout
from pipeline.models.hierarchical.variances import solve

FEW = 256
"""Rows with the same levels below which each is compared with all training rows."""
BLOCK = 2048
"""Rows that are compared with all training rows at once."""
ERROR = 1e-6
"""Of the interpolation, in units of a curve's height."""
NOTHING = 1e-13
"""Share of the largest variance under which a direction adds nothing."""


@dataclass(frozen=True)
class SolvedRows:
    """Training rows as a solved Gaussian model has them."""

    layout: KernelLayout
    rows: EncodedRows
    variances: Sequence[float]
    """One per part of the layout."""
    lower: FloatArray
    """Cholesky factor of the covariance of the rows, noise included: (n, n)."""

    def explained(self, asked: EncodedRows) -> FloatArray:
        """Variance of each row that the training rows explain, kᵀ K⁻¹ k, shape (rows,)."""
        out = np.empty(len(asked.codes))
        for own in _alike(asked):
            out[own] = self._from_terms(asked.take(own)) if len(own) >= FEW else self._from_pairs(asked.take(own))
        return out

    def _from_pairs(self, asked: EncodedRows) -> FloatArray:
        blocks = (np.arange(at, min(at + BLOCK, len(asked.codes))) for at in range(0, len(asked.codes), BLOCK))
        shared = (self._shared(asked.take(block).coarse, self.rows.coarse) for block in blocks)
        return np.concatenate([np.empty(0), *((solve(self.lower, one.T, half=True) ** 2).sum(axis=0) for one in shared)])

    def _shared(self, asked: EncodedRows, rows: EncodedRows) -> FloatArray:
        """Covariance of rows with the training rows, (rows, n)."""
        return combined(self.variances, self.layout.kernels(asked, rows))

    def _from_terms(self, asked: EncodedRows) -> FloatArray:
        """The same for rows that share all levels and the scale."""
        moving = [place for place in range(asked.values.shape[1]) if np.ptp(asked.values[:, place]) > 0]
        terms, columns = self._shared(asked.take(np.array([0])), self.rows), [np.ones((len(asked.codes), 1))]
        for place in moving:
            values = asked.values[:, place]
            polynomial, own = self._along(asked, place, values)
            terms[0] += polynomial[0] - self.layout.along(asked, self.rows, place, values[:1], self.variances)[0]
            terms, columns = np.vstack([terms, polynomial[1:]]), [*columns, own[:, 1:]]
        half = solve(self.lower, terms.T, half=True)
        variances, directions = np.linalg.eigh(half.T @ half)
        use = variances > NOTHING * variances[-1]
        return np.asarray(((np.hstack(columns) @ (directions[:, use] * np.sqrt(variances[use]))) ** 2).sum(axis=1))

    def _along(self, asked: EncodedRows, place: int, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What is shared along one quantity as a polynomial: coefficients, (terms, n), and terms at the values, (rows, terms)."""
        low, high = float(values.min()), float(values.max())
        count = _terms((high - low) / 2)
        nodes = chebyshev.chebpts1(count)
        heights = self.layout.along(asked, self.rows, place, (low + high) / 2 + (high - low) / 2 * nodes, self.variances)
        at = chebyshev.chebvander((2 * values - low - high) / (high - low), count - 1)
        weights = chebyshev.chebvander(nodes, count - 1) * np.where(np.arange(count) > 0, 2, 1) / count
        return weights.T @ heights, np.asarray(at, dtype=np.float64)


def combined(variances: Sequence[float], kernels: Sequence[FloatArray]) -> FloatArray:
    """Sum of the parts, each times its variance."""
    return np.asarray(sum(v * k for v, k in zip(variances, kernels, strict=True)))


def _alike(asked: EncodedRows) -> list[IntArray]:
    """Rows that share all levels and the scale, where there are enough of them; all others as one."""
    keys = np.column_stack([asked.codes, asked.decades])
    if (keys == keys[:1]).all():
        return [np.arange(len(keys))]
    _, group, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    many = np.flatnonzero(counts >= FEW)
    rest = np.flatnonzero(counts[group] < FEW)
    return [*(np.flatnonzero(group == one) for one in many), *([rest] if len(rest) else [])]


def _terms(reach: float) -> int:
    """Terms with which a bell, and any straight line, is met within ERROR up to so far from the middle.

    The p-th derivative of exp(−x²/2) stays under 1.09 √p! (Cramér's bound), so p Chebyshev points err by
    1.09 reachᵖ / (2ᵖ⁻¹ √p!).
    """
    count, error = 1, 1.09 * reach
    while count < 2 or error > ERROR:
        count += 1
        error *= reach / (2 * np.sqrt(count))
    return count
