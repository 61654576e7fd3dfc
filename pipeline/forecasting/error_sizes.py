"""The distribution of the size of the next error, from the sizes of past errors."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import stdtr, stdtrit

from pipeline.domain.arrays import FloatArray, IntArray

LEAST_CHANCE = 1e-9
"""The chance of an error beyond any size is at least this."""


@dataclass(frozen=True)
class ErrorSizes:
    """Distribution of the size of an error of a new group that is exchangeable with the groups of past errors.

    m past errors that are independent divide the sizes into m + 1 parts, and the next error lies in each with the chance 1/(m + 1)
    (Wilks 1941, Ann. Math. Stat. 12, 91). So it exceeds a size with the chance of (a) a past error that exceeds it, times
    m/(m + 1), plus (b) 1/(m + 1) times the chance that the tail of a sample exceeds it. A sample has one error of each group, as
    often as m demands. Its tail begins at its largest error and falls like that of Student's t with m degrees of freedom, whose
    scale is the root mean square of the past errors. Both chances are means over all samples (Dunn, Wasserman, Ramdas 2022, J. Am.
    Stat. Assoc. 118, 2491). Between past sizes the chance is interpolated. With one past error the distribution is exactly
    Student's t with one degree of freedom.
    """

    sizes: FloatArray
    """Sizes of past errors, sorted, shape (n,)."""
    weights: FloatArray
    """Weight of each, shape (n,), sum 1."""
    group: IntArray
    """Number of the group of each, 0 to K − 1, shape (n,)."""
    number: float
    """m, the number of independent errors that the past errors are worth."""

    def exceeded(self, size: FloatArray) -> FloatArray:
        """Return the chance of an error larger than each size, shape (n,). It is above 0 everywhere."""
        places, shares = self._knots
        chance = 1 - np.interp(size, places, shares)
        beyond = size > self._largest
        if self._largest > 0:
            chance[beyond] = (1 - shares[-1]) * self._tail(size[beyond]) / self._tail(self._largest)
        return np.maximum(chance, LEAST_CHANCE)

    def quantile(self, level: FloatArray) -> FloatArray:
        """Return the size that is not exceeded with each level as chance, shape (n,). It is the inverse of `exceeded`."""
        places, shares = self._knots
        size = np.interp(level, shares, places)
        beyond = level > shares[-1]
        if self._largest > 0:
            tail = (1 - level[beyond]) / (1 - shares[-1]) * self._tail(self._largest)
            size[beyond] = -self._scale * stdtrit(self.number, tail / 2)
        return np.asarray(size)

    @cached_property
    def _knots(self) -> tuple[FloatArray, FloatArray]:
        """Sizes from 0 to the largest, and the chance of a size up to each."""
        places, last = np.unique(self.sizes[::-1], return_index=True)
        last = len(self.sizes) - 1 - last
        left_over = 1 / (self.number + 1)
        exceeded = (1 - left_over) * (1 - np.cumsum(self.weights)[last]) + left_over * self._tail_of_samples(places, last)
        shares = np.maximum.accumulate(1 - exceeded)  # rounding must not make it fall
        if places[0] > 0:
            places, shares = np.concatenate([[0.0], places]), np.concatenate([[0.0], shares])
        return places, shares

    def _tail_of_samples(self, places: FloatArray, last: IntArray) -> FloatArray:
        """Return the chance that the tail of a sample exceeds each of the different sizes, shape (places,).

        last: index of the last past error of each size.
        """
        if self._largest == 0:
            return np.ones(len(places))
        at_most, tail = self._largest_of_samples[last], self._tail(places)
        started = np.cumsum(np.diff(at_most, prepend=0.0) / tail)
        return np.asarray(1 - at_most + tail * started)

    @property
    def _largest_of_samples(self) -> FloatArray:
        """Chance that the largest error of a sample is at most each past size, shape (n,).

        It is Π F^k over the groups, where F is the share of a group's weight with errors up to the size and k the number of errors
        of the group in a sample. Along the sorted sizes each error raises the F of its own group by its share.
        """
        of_group = np.bincount(self.group, self.weights)
        order = np.argsort(self.group, kind="stable")
        upto = np.empty(len(order))
        upto[order] = np.cumsum(self.weights[order])
        started = np.cumsum(of_group) - of_group
        share = np.minimum((upto - started[self.group]) / of_group[self.group], 1.0)
        before = share - self.weights / of_group[self.group]
        first = np.zeros(len(order), bool)
        first[np.unique(self.group, return_index=True)[1]] = True
        rise = self.number * of_group[self.group] * np.log(share / np.where(first, 1.0, np.maximum(before, share * 1e-12)))
        return np.where(np.cumsum(first) == len(of_group), np.exp(np.cumsum(rise)), 0.0)

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
