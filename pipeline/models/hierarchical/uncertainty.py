"""How much of the variance of rows the training rows explain, fast for many rows that differ in few quantities.

The covariance between a row and the training rows is a sum over quantities, and along one quantity it is a smooth curve.
Such a curve is close to a polynomial of few terms (Chebyshev interpolation: Trefethen 2013, Approximation Theory and
Approximation Practice, ch. 8). So the quadratic form over all training rows becomes a small one over these terms.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.polynomial import chebyshev

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.hierarchical.kernel import EncodedRows, KernelLayout
from pipeline.models.hierarchical.variances import solve

FEW_ROWS = 256
"""Number of rows with the same levels below which each row is compared with all training rows."""
BLOCK = 2048
"""Rows that are compared with all training rows at once."""
ERROR = 1e-6
"""Error of the interpolation, as a share of the height of a curve."""
NEGLIGIBLE = 1e-13
"""Share of the largest variance below which a direction is left out."""


class ExplainsVariance(Protocol):
    """What says how much of the variance of rows the training rows explain."""

    def explained(self, rows: EncodedRows) -> FloatArray:
        """Return the explained variance of each row, shape (rows,)."""

    def explained_between(self, rows: EncodedRows) -> FloatArray:
        """Return the covariance between rows that the training rows explain, (rows, rows)."""


@dataclass(frozen=True)
class SolvedRows:
    """The training rows of a Gaussian model, with the Cholesky factor of their covariance."""

    layout: KernelLayout
    rows: EncodedRows
    variances: Sequence[float]
    """One per component of the layout."""
    lower: FloatArray
    """Cholesky factor of the covariance of the rows, noise included: (n, n)."""

    def explained(self, rows: EncodedRows) -> FloatArray:
        """Return the variance of each row that the training rows explain, kᵀ K⁻¹ k, shape (rows,)."""
        out = np.empty(len(rows.codes))
        for own, alike in _rows_by_levels(rows):
            group = rows.take(own)
            out[own] = self._by_polynomials(group) if alike and len(own) >= FEW_ROWS else self._by_pairs(group)
        return out

    def explained_between(self, rows: EncodedRows) -> FloatArray:
        """Return the covariance between rows that the training rows explain, (rows, rows)."""
        half = solve(self.lower, self._covariance(self.rows, rows), half=True)
        return np.asarray(half.T @ half)

    def _by_pairs(self, rows: EncodedRows) -> FloatArray:
        """Return the explained variance from the covariance between each row and each training row."""
        blocks = (np.arange(at, min(at + BLOCK, len(rows.codes))) for at in range(0, len(rows.codes), BLOCK))
        shared = (self._covariance(rows.take(block).single_precision, self.rows.single_precision) for block in blocks)
        return np.concatenate([np.empty(0), *((solve(self.lower, one.T, half=True) ** 2).sum(axis=0) for one in shared)])

    def _covariance(self, rows: EncodedRows, train: EncodedRows) -> FloatArray:
        """Return the covariance between rows and training rows, (rows, n)."""
        return combined(self.variances, self.layout.kernels(rows, train))

    def _by_polynomials(self, rows: EncodedRows) -> FloatArray:
        """Return the explained variance of rows that share all levels and the scale."""
        varying = [i for i in range(rows.values.shape[1]) if np.ptp(rows.values[:, i]) > 0]
        terms, columns = self._covariance(rows.take(np.array([0])), self.rows), [np.ones((len(rows.codes), 1))]
        for i in varying:
            values = rows.values[:, i]
            polynomial, own = self._polynomial(rows, i, values)
            terms[0] += polynomial[0] - self.layout.along_quantity(rows, self.rows, i, values[:1], self.variances)[0]
            terms, columns = np.vstack([terms, polynomial[1:]]), [*columns, own[:, 1:]]
        half = solve(self.lower, terms.T, half=True)
        variances, directions = np.linalg.eigh(half.T @ half)
        use = variances > NEGLIGIBLE * variances[-1]
        return np.asarray(((np.hstack(columns) @ (directions[:, use] * np.sqrt(variances[use]))) ** 2).sum(axis=1))

    def _polynomial(self, rows: EncodedRows, quantity: int, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the covariance along one quantity as a polynomial of Chebyshev terms.

        Returns the coefficients, (terms, n), and the terms at the values, (rows, terms).
        """
        low, high = float(values.min()), float(values.max())
        count = _number_of_terms((high - low) / 2)
        nodes = chebyshev.chebpts1(count)
        places = (low + high) / 2 + (high - low) / 2 * nodes
        heights = self.layout.along_quantity(rows, self.rows, quantity, places, self.variances)
        at = chebyshev.chebvander((2 * values - low - high) / (high - low), count - 1)
        weights = chebyshev.chebvander(nodes, count - 1) * np.where(np.arange(count) > 0, 2, 1) / count
        return weights.T @ heights, np.asarray(at, dtype=np.float64)


def combined(variances: Sequence[float], kernels: Iterable[FloatArray]) -> FloatArray:
    """Return the sum of the components, each times its variance."""
    return np.asarray(sum(v * k for v, k in zip(variances, kernels, strict=True)))


def _rows_by_levels(rows: EncodedRows) -> list[tuple[IntArray, bool]]:
    """Return groups of rows, and whether the rows of each share all levels and the scale.

    A group holds the indices of at least FEW_ROWS rows that share them. The last group holds all others.
    """
    keys = np.column_stack([rows.codes, rows.decades])
    if (keys == keys[:1]).all():
        return [(np.arange(len(keys)), True)]
    _, group, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    large = np.flatnonzero(counts >= FEW_ROWS)
    rest = np.flatnonzero(counts[group] < FEW_ROWS)
    return [*((np.flatnonzero(group == one), True) for one in large), *([(rest, False)] if len(rest) else [])]


def _number_of_terms(reach: float) -> int:
    """Return the number of terms for an error of at most ERROR within `reach` of the middle.

    With them a squared exponential has at most this error, and a line none. The p-th derivative of exp(−x²/2) stays under
    1.09 √p! (Cramér's bound), so p Chebyshev points err by 1.09 reachᵖ / (2ᵖ⁻¹ √p!).
    """
    count, error = 1, 1.09 * reach
    while count < 2 or error > ERROR:
        count += 1
        error *= reach / (2 * np.sqrt(count))
    return count
