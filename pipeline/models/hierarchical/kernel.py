"""The covariance of a Gaussian model between rows, component by component."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.encoding import UNKNOWN_CODE
from pipeline.models.file_format import SavedLayout


def squared_exponential(distance: FloatArray) -> FloatArray:
    """Return the covariance of a smooth curve between places, from their distance in length scales."""
    return np.asarray(np.exp(-0.5 * distance**2))


def exponential(distance: FloatArray) -> FloatArray:
    """Return the covariance of a drift between scales, from their distance in decades."""
    return np.asarray(np.exp(-np.abs(distance)))


@dataclass(frozen=True)
class EncodedRows:
    """Rows in the form that the kernel reads."""

    values: FloatArray
    """(rows, quantities), standardised"""
    codes: IntArray
    """(rows, groupings): code of the level of each grouping"""
    decades: FloatArray
    """(rows,): logarithm of the scale"""

    @property
    def single_precision(self) -> "EncodedRows":
        """The same rows in single precision. Curves take a third of the time, and a spread needs no more digits."""
        return EncodedRows(self.values.astype(np.float32), self.codes, self.decades.astype(np.float32))

    @property
    def rounded(self) -> "EncodedRows":
        """The same rows with numbers that single precision holds, so that they can be saved in half the space."""
        single = self.single_precision
        return EncodedRows(single.values.astype(np.float64), self.codes, single.decades.astype(np.float64))

    def take(self, index: IntArray) -> "EncodedRows":
        """Return some of the rows."""
        return EncodedRows(self.values[index], self.codes[index], self.decades[index])


NO_ROWS = EncodedRows(np.empty((0, 0)), np.empty((0, 0), dtype=np.int64), np.empty(0))


@dataclass(frozen=True)
class KernelLayout:
    """The components of the covariance, in the order of their variances."""

    groups: tuple[str, ...]
    """Groupings. Each gives a component with an intercept per level."""
    quantities: tuple[str, ...]
    """Quantities that rows are standardised in."""
    own_slopes: tuple[int, ...]
    """Indices of the quantities on which each lineage has a slope of its own."""
    lineage: int
    """Index of the grouping whose levels have own slopes and drift."""
    curves: bool
    """Whether there is a smooth curve per quantity."""
    drift: bool
    """Whether lineages drift with scale."""

    @property
    def components(self) -> tuple[str, ...]:
        """Names of the components."""
        shared = ("shared slopes",) if self.quantities else ()
        own = ("own slopes",) if self.own_slopes else ()
        curves = ("curves",) if self.curves and self.quantities else ()
        drift = ("drift with scale",) if self.drift else ()
        return ("constant", *self.groups, *shared, *own, *curves, *drift)

    def kernels(self, a: EncodedRows, b: EncodedRows) -> Iterator[FloatArray]:
        """Yield the covariance of each component at variance 1 between rows a and rows b: (rows a, rows b) each.

        One is made at a time, so that a sum of all needs little memory.
        """
        yield np.ones((len(a.codes), len(b.codes)))
        yield from (self._same_level(a, b, group) for group in range(len(self.groups)))
        if self.quantities:
            yield a.values @ b.values.T / len(self.quantities)
        if self.own_slopes:
            own = list(self.own_slopes)
            yield self._same_level(a, b, self.lineage) * (a.values[:, own] @ b.values[:, own].T / len(own))
        if self.curves and self.quantities:
            curves = (self._curve(a, b, quantity) for quantity in range(len(self.quantities)))
            yield np.asarray(sum(curves)) / len(self.quantities)
        if self.drift:
            yield self._same_level(a, b, self.lineage) * exponential(a.decades[:, None] - b.decades[None, :])

    def along_quantity(
        self, a: EncodedRows, b: EncodedRows, quantity: int, values: FloatArray, variances: Sequence[float]
    ) -> FloatArray:
        """Return the covariance through one quantity between the first of rows a and rows b: (values, rows b).

        The first of rows a takes each of the values in that quantity in turn.
        """
        variance, known = dict(zip(self.components, variances, strict=True)), b.values[:, quantity]
        slope = np.full(len(known), variance["shared slopes"] / len(self.quantities))
        if quantity in self.own_slopes:
            same = self._same_level(a.take(np.array([0])), b, self.lineage)[0]
            slope = slope + variance["own slopes"] / len(self.own_slopes) * same
        covariance = values[:, None] * (slope * known)
        if self.curves:
            distance = values[:, None] - known
            covariance = covariance + variance["curves"] / len(self.quantities) * squared_exponential(distance)
        return np.asarray(covariance)

    def diagonal(self, a: EncodedRows) -> list[FloatArray]:
        """Return the covariance of each row of a with itself, component by component: (rows a,) each."""
        found = [np.ones(len(a.codes)), *(np.ones(len(a.codes)) for _ in self.groups)]
        if self.quantities:
            found.append((a.values**2).sum(axis=1) / len(self.quantities))
        if self.own_slopes:
            found.append((a.values[:, list(self.own_slopes)] ** 2).sum(axis=1) / len(self.own_slopes))
        if self.curves and self.quantities:
            found.append(np.ones(len(a.codes)))
        if self.drift:
            found.append(np.ones(len(a.codes)))
        return found

    def _curve(self, a: EncodedRows, b: EncodedRows, quantity: int) -> FloatArray:
        """Return the covariance of a smooth curve of one quantity, whose length scale is the standard deviation of the quantity."""
        return squared_exponential(a.values[:, quantity, None] - b.values[None, :, quantity])

    def _same_level(self, a: EncodedRows, b: EncodedRows, group: int) -> FloatArray:
        """Return 1 where two rows have the same known level of a grouping, else 0."""
        one, other = a.codes[:, group, None], b.codes[None, :, group]
        return np.asarray((one == other) & (one != UNKNOWN_CODE), dtype=a.values.dtype)

    def to_dict(self) -> SavedLayout:
        """Return the layout in the form in which it is saved."""
        return {
            "groups": list(self.groups),
            "quantities": list(self.quantities),
            "own": list(self.own_slopes),
            "line": self.lineage,
            "smooth": self.curves,
            "steps": self.drift,
        }

    @classmethod
    def from_dict(cls, saved: SavedLayout) -> "KernelLayout":
        """Return the layout that was saved."""
        groups, quantities, own = (tuple(saved["groups"]), tuple(saved["quantities"]), tuple(saved["own"]))
        return cls(groups, quantities, own, saved["line"], saved["smooth"], saved["steps"])
