"""The distribution of the size of the next error, from the sizes of past errors."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import stdtr, stdtrit

from pipeline.domain.arrays import FloatArray

LEAST_CHANCE = 1e-9
"""No error is less probable than this, however large it is."""


@dataclass(frozen=True)
class ErrorSizes:
    """Distribution of the size of an error that is exchangeable with past ones.

    m past errors that are independent divide the sizes into m + 1 parts, and the next error lies in each with the chance 1/(m + 1)
    (Wilks 1941, Ann. Math. Stat. 12, 91). So the chance of a size up to a past one is m/(m + 1) times the weight of the past errors
    up to it. It is interpolated linearly between past sizes. The chance 1/(m + 1) that remains beyond the largest size is spread
    like the tail of Student's t with m degrees of freedom, whose scale is the root mean square of the past errors. With one past
    error this is exactly Student's t with one degree of freedom.
    """

    sizes: FloatArray
    """Sizes of past errors, sorted, shape (n,)."""
    weights: FloatArray
    """Weight of each, shape (n,), sum 1."""
    number: float
    """m, the number of independent errors that the past errors are worth."""

    def exceeded(self, size: FloatArray) -> FloatArray:
        """Return the chance of an error larger than each size, shape (n,). It is above 0 everywhere."""
        places, shares = self._knots
        body = 1 - np.interp(size, places, shares)
        beyond = size > self._largest
        if self._largest > 0:
            body[beyond] = self._left_over * self._tail(size[beyond]) / self._tail(self._largest)
        return np.maximum(body, LEAST_CHANCE)

    def quantile(self, level: FloatArray) -> FloatArray:
        """Return the size that is not exceeded with each level as chance, shape (n,). It is the inverse of `exceeded`."""
        places, shares = self._knots
        size = np.interp(level, shares, places)
        beyond = level > shares[-1]
        if self._largest > 0:
            tail = (1 - level[beyond]) / self._left_over * self._tail(self._largest)
            size[beyond] = -self._scale * stdtrit(self.number, tail / 2)
        return np.asarray(size)

    @cached_property
    def _knots(self) -> tuple[FloatArray, FloatArray]:
        """Sizes from 0 to the largest, and the chance of a size up to each."""
        places, last = np.unique(self.sizes[::-1], return_index=True)
        shares = np.cumsum(self.weights)[len(self.sizes) - 1 - last] * (1 - self._left_over)
        if places[0] > 0:
            places, shares = np.concatenate([[0.0], places]), np.concatenate([[0.0], shares])
        return places, shares

    @property
    def _left_over(self) -> float:
        """Chance of an error beyond the largest past one."""
        return 1 / (self.number + 1)

    @property
    def _largest(self) -> float:
        return float(self.sizes[-1])

    @cached_property
    def _scale(self) -> float:
        """Root mean square of the past errors."""
        return self._largest * float(np.sqrt(self.weights @ (self.sizes / self._largest) ** 2))

    def _tail(self, size: FloatArray | float) -> FloatArray:
        """Return the chance that Student's t exceeds a size on either side."""
        return np.asarray(2 * stdtr(self.number, -np.asarray(size) / self._scale))
