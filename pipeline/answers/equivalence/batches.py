"""The batches of two scales as arrays, for linear models with a level per product and scale."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pipeline.domain.arrays import FloatArray


@dataclass(frozen=True)
class Batches:
    """Batches of products that ran at two scales. All arrays have one entry or row per batch."""

    product: FloatArray
    """Number of the product, from 0 without gaps. Every product has batches at both scales."""
    large: FloatArray
    """1 at the larger scale, 0 at the smaller one."""
    lowest: FloatArray
    """Smallest value that the result can have."""
    highest: FloatArray
    """Largest value that the result can have. Equal to `lowest` if the result is not censored."""
    settings: FloatArray
    """Settings that are adjusted for, one column each, in standard deviations from their means."""
    candidates: int = 0
    """Number of settings among which these were chosen by their correlation with the value."""

    @property
    def products(self) -> int:
        """Number of products."""
        return int(self.product.max()) + 1

    @property
    def middle(self) -> FloatArray:
        """The middle between the smallest and the largest possible value; the value itself if it is not censored."""
        return (self.lowest + self.highest) / 2

    @property
    def half(self) -> FloatArray:
        """Half of the range of possible values; zero for a result that is not censored."""
        return (self.highest - self.lowest) / 2

    @cached_property
    def cells(self) -> FloatArray:
        """The level per product and scale as columns of zeros and ones: two per product, the smaller scale first."""
        return np.asarray(np.eye(2 * self.products)[(2 * self.product + self.large).astype(int)])

    @cached_property
    def model(self) -> "Model":
        """The linear model with a level per product and scale and common slopes of the settings."""
        return Model(np.column_stack([self.cells, self.settings]))

    def without_settings(self) -> "Batches":
        """Return the same batches with no setting to adjust for."""
        return replace(self, settings=np.empty((len(self.product), 0))) if self.settings.size else self


@dataclass(frozen=True)
class Model:
    """A linear model that is fitted by least squares."""

    matrix: FloatArray
    """One row per batch, one column per coefficient."""

    @cached_property
    def solver(self) -> FloatArray:
        """The matrix that gives the coefficients when it multiplies the values: the pseudo-inverse."""
        left, sizes, right = self._parts
        return np.asarray((right.T / sizes) @ left.T)

    @cached_property
    def freedom(self) -> int:
        """Degrees of freedom of the residuals."""
        return len(self.matrix) - len(self._parts[1])

    @cached_property
    def _parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The singular value decomposition without the parts that are zero. Both results come from it, as this takes the time."""
        left, sizes, right = np.linalg.svd(self.matrix, full_matrices=False)
        kept = sizes > sizes[0] * max(self.matrix.shape) * np.finfo(float).eps
        return left[:, kept], sizes[kept], right[kept]

    def residuals(self, values: FloatArray) -> FloatArray:
        """Return the residuals of one or several columns of values."""
        return np.asarray(values - self.matrix @ (self.solver @ values))
