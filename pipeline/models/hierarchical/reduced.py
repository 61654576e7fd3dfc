"""The solution of a Gaussian model for many rows, from the columns of its basis: work n·m², memory m², instead of n³ and n².

The columns of one lineage meet only rows of this lineage. They are eliminated lineage by lineage, so that one matrix between the
shared columns remains (block elimination; for mixed models: Bates et al. 2015, J. Stat. Softw. 67(1), sec. 3).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.hierarchical.basis import Basis, Columns, parts_of
from pipeline.models.hierarchical.fast_prediction import RowSums
from pipeline.models.hierarchical.kernel import EncodedRows, KernelLayout
from pipeline.models.hierarchical.variances import solve

BLOCK = 4096
"""Rows whose columns are in memory at once."""
MOST_SHARED = 4_000
"""Number of shared columns at most. The matrix between so many takes 128 MB."""
MOST_CROSSED = 40_000_000
"""Number of entries at most of the matrix between own and shared columns. So many take 320 MB."""


@dataclass(frozen=True)
class ReducedRows:
    """The training rows of a Gaussian model, and the Cholesky factor of A = noise + Φᵀ Φ, where Φ are their columns."""

    basis: Basis
    rows: EncodedRows
    noise: float
    own: FloatArray
    """(lineages + 1, own columns, own columns): inverse of the factor of the part of A of each lineage."""
    crossed: FloatArray
    """(lineages + 1, own columns, shared columns): factor between them."""
    lower: FloatArray
    """(shared columns, shared columns): factor of what remains of A between the shared columns."""

    @classmethod
    def of(cls, layout: KernelLayout, rows: EncodedRows, variances: Sequence[float], noise: float) -> "ReducedRows":
        """Return the training rows with the factor."""
        basis = Basis.of(layout, variances, rows)
        width, shared = basis.own_width, basis.shared_width
        own = np.broadcast_to(noise * np.eye(width), (basis.lineages + 1, width, width)).copy()
        crossed, between = np.zeros((basis.lineages + 1, width, shared)), noise * np.eye(shared)
        for _, columns in _blocks(basis, rows):
            columns.add_products(between, crossed)
            for part in parts_of(columns.lineage):
                own[columns.lineage[part[0]]] += columns.own[part].T @ columns.own[part]
        inverse = np.linalg.inv(np.linalg.cholesky(own))
        for one in range(len(crossed)):
            crossed[one] = inverse[one] @ crossed[one]
        flat = crossed.reshape(-1, shared)
        between -= flat.T @ flat
        return cls(basis, rows, noise, np.asarray(inverse), crossed, np.asarray(np.linalg.cholesky(between)))

    def weights_of_rows(self, y: FloatArray) -> FloatArray:
        """Return the weight of each training row, (K + noise)⁻¹ y, shape (n,)."""
        own, shared = self._weights_of_columns(*self._projected(y))
        return np.asarray((y - self._from_columns(own, shared)) / self.noise)

    def predicted(self, alpha: FloatArray) -> FloatArray:
        """Return K α, the predictions of the training rows from their weights, shape (n,)."""
        return self._from_columns(*self._projected(alpha))

    def sums(self, alpha: FloatArray) -> RowSums:
        """Return the sums for predictions from the weight of each training row, shape (n,)."""
        own, shared = self._projected(alpha)
        return self.basis.sums(own[:-1], shared)

    def explained(self, rows: EncodedRows) -> FloatArray:
        """Return the variance of each row that the training rows explain, kᵀ (K + noise)⁻¹ k, shape (rows,)."""
        out = np.empty(len(rows.codes))
        for place, columns in _blocks(self.basis, rows):
            own, shared = self._half(columns)
            out[place] = columns.squares - self.noise * ((own**2).sum(axis=1) + (shared**2).sum(axis=1))
        return out

    def explained_between(self, rows: EncodedRows) -> FloatArray:
        """Return the covariance between rows that the training rows explain, (rows, rows)."""
        columns = self.basis.columns(rows)
        known = columns.lineage < self.basis.lineages
        same = (columns.lineage[:, None] == columns.lineage) & known
        own, shared = self._half(columns)
        every = columns.shared
        prior = same * (columns.own @ columns.own.T) + every @ every.T
        return np.asarray(prior - self.noise * (same * (own @ own.T) + shared @ shared.T))

    def inverse_between(self, lineages: Sequence[int], shared: IntArray) -> FloatArray:
        """Return A⁻¹ between some columns: the own columns of some lineages, then some shared columns, (columns, columns)."""
        width, count = self.own.shape[1], len(lineages) * self.own.shape[1]
        every = np.zeros((count + len(shared), len(self.lower)))
        every[count + np.arange(len(shared)), shared] = 1.0
        apart = np.zeros((count + len(shared), count + len(shared)))
        for i, one in enumerate(lineages):
            place = slice(i * width, (i + 1) * width)
            every[place] = -self.own[one].T @ self.crossed[one]
            apart[place, place] = self.own[one].T @ self.own[one]
        half = solve(self.lower, every.T, half=True)
        return np.asarray(apart + half.T @ half)

    def blocks_out(self, alpha: FloatArray, blocks: IntArray) -> FloatArray:
        """Return the residual of each training row with its whole block left out, shape (n,).

        alpha: weight of each row, shape (n,); blocks: number of the block of each row, shape (n,).
        """
        out = np.empty(len(alpha))
        for part in parts_of(blocks):
            out[part] = self.left_out(alpha, part)
        return out

    def left_out(self, alpha: FloatArray, part: IntArray) -> FloatArray:
        """Return the residuals of training rows with all of them left out, shape (part,).

        alpha: weight of each training row, shape (n,); part: indices of the rows. The matrix that is inverted is one between the
        rows, or one between columns where these are fewer (Woodbury).
        """
        half = self._joined(self.basis.columns(self.rows.take(part)))
        residuals = self.noise * alpha[part]
        if len(part) <= half.shape[1]:
            return np.asarray(np.linalg.solve(np.eye(len(part)) - half @ half.T, residuals))
        inner = np.linalg.solve(np.eye(half.shape[1]) - half.T @ half, half.T @ residuals)
        return np.asarray(residuals + half @ inner)

    def _joined(self, columns: Columns) -> FloatArray:
        """Return the half-solved columns of rows side by side, those of each lineage apart: (rows, columns)."""
        own, shared = self._half(columns)
        parts = parts_of(columns.lineage)
        width = own.shape[1]
        joined = np.zeros((len(own), width * len(parts) + shared.shape[1]))
        joined[:, width * len(parts) :] = shared
        for i, part in enumerate(parts):
            joined[part, width * i : width * (i + 1)] = own[part]
        return joined

    def _half(self, columns: Columns) -> tuple[FloatArray, FloatArray]:
        """Solve L u = φ for the columns φ of rows; returns own and shared columns of u."""
        own, shared = np.empty_like(columns.own), columns.shared
        for part in parts_of(columns.lineage):
            one = int(columns.lineage[part[0]])
            own[part] = columns.own[part] @ self.own[one].T
            shared[part] -= own[part] @ self.crossed[one]
        return own, np.asarray(solve_triangular(self.lower, shared.T, lower=True, check_finite=False).T)

    def _projected(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return Φᵀ times values of the training rows, shape (n,): own columns of each lineage, and shared columns."""
        own, shared = np.zeros(self.own.shape[:2]), np.zeros(len(self.lower))
        for place, columns in _blocks(self.basis, self.rows):
            shared += columns.summed(values[place])
            for part in parts_of(columns.lineage):
                own[columns.lineage[part[0]]] += values[place][part] @ columns.own[part]
        return own, shared

    def _weights_of_columns(self, own: FloatArray, shared: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Solve A w = the given own and shared columns."""
        half = np.einsum("lij,lj->li", self.own, own)
        weights = solve(self.lower, shared - half.ravel() @ self.crossed.reshape(-1, len(shared)))
        return np.einsum("lji,lj->li", self.own, half - self.crossed @ weights), weights

    def _from_columns(self, own: FloatArray, shared: FloatArray) -> FloatArray:
        """Return Φ times weights of the columns at the training rows, shape (n,)."""
        out = np.empty(len(self.rows.codes))
        for place, columns in _blocks(self.basis, self.rows):
            out[place] = columns.times(shared) + (columns.own * own[columns.lineage]).sum(axis=1)
        return out


def is_small(layout: KernelLayout, rows: EncodedRows, variances: Sequence[float]) -> bool:
    """Tell whether the matrices between the columns of training rows stay within their limits."""
    basis = Basis.of(layout, variances, rows)
    crossed = (basis.lineages + 1) * basis.own_width * basis.shared_width
    return basis.shared_width <= MOST_SHARED and crossed <= MOST_CROSSED


def _blocks(basis: Basis, rows: EncodedRows) -> Iterator[tuple[IntArray, Columns]]:
    """Yield the indices of blocks of rows with their columns. Rows of one lineage follow each other."""
    lineage = rows.codes[:, basis.layout.lineage] if basis.levels else np.zeros(len(rows.codes))
    order = np.argsort(lineage, kind="stable")
    for at in range(0, len(order), BLOCK):
        place = order[at : at + BLOCK]
        yield place, basis.columns(rows.take(place))
