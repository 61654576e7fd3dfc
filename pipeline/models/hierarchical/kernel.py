"""Rows as a Gaussian model sees them, and how alike each of its parts finds two rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.encoding import UNKNOWN


def bell(apart: FloatArray) -> FloatArray:
    """Covariance of a smooth curve between places that lie so far apart."""
    return np.asarray(np.exp(-0.5 * apart**2))


def walk(apart: FloatArray) -> FloatArray:
    """Covariance of a drift between scales that lie so many decades apart."""
    return np.asarray(np.exp(-np.abs(apart)))


@dataclass(frozen=True)
class EncodedRows:
    """Rows as the kernel sees them."""

    values: FloatArray
    """(rows, quantities), standardised"""
    codes: IntArray
    """(rows, groupings), level numbers"""
    decades: FloatArray
    """(rows,), logarithm of the scale"""

    @property
    def coarse(self) -> "EncodedRows":
        """The same in single precision, where curves take a third of the time: enough for a spread."""
        return EncodedRows(self.values.astype(np.float32), self.codes, self.decades.astype(np.float32))

    def take(self, index: IntArray) -> "EncodedRows":
        """Some of the rows."""
        return EncodedRows(self.values[index], self.codes[index], self.decades[index])


NOTHING = EncodedRows(np.empty((0, 0)), np.empty((0, 0), dtype=np.int64), np.empty(0))


@dataclass(frozen=True)
class KernelLayout:
    """Which parts the model has, in the order of their variances."""

    groups: tuple[str, ...]
    quantities: tuple[str, ...]
    own: tuple[int, ...]
    """Places of the quantities on which lines of batches have slopes of their own."""
    line: int
    """Place of the grouping whose levels have them."""
    smooth: bool
    steps: bool
    """Lines of batches drift with scale."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts."""
        shared = ("shared slopes",) if self.quantities else ()
        own = ("own slopes",) if self.own else ()
        curves = ("curves",) if self.smooth and self.quantities else ()
        drift = ("drift with scale",) if self.steps else ()
        return ("constant", *self.groups, *shared, *own, *curves, *drift)

    def kernels(self, a: EncodedRows, b: EncodedRows) -> list[FloatArray]:
        """Covariance of each part at variance 1 between rows a and b: (rows a, rows b) each."""
        found = [np.ones((len(a.codes), len(b.codes)))]
        found += [self._same(a, b, place) for place in range(len(self.groups))]
        if self.quantities:
            found.append(a.values @ b.values.T / len(self.quantities))
        if self.own:
            own = list(self.own)
            found.append(self._same(a, b, self.line) * (a.values[:, own] @ b.values[:, own].T / len(own)))
        if self.smooth and self.quantities:
            curves = (self.curve(a, b, place) for place in range(len(self.quantities)))
            found.append(np.asarray(sum(curves)) / len(self.quantities))
        if self.steps:
            found.append(self._same(a, b, self.line) * self.drift(a, b))
        return found

    def along(
        self, a: EncodedRows, b: EncodedRows, place: int, values: FloatArray, variances: Sequence[float]
    ) -> FloatArray:
        """What the first of rows a would share with rows b by one quantity, had it other values of it: (values, rows b)."""
        variance, known = dict(zip(self.parts, variances, strict=True)), b.values[:, place]
        slope = np.full(len(known), variance["shared slopes"] / len(self.quantities))
        if place in self.own:
            slope = slope + variance["own slopes"] / len(self.own) * self._same(a.take(np.array([0])), b, self.line)[0]
        shared = values[:, None] * (slope * known)
        if self.smooth:
            shared = shared + variance["curves"] / len(self.quantities) * bell(values[:, None] - known)
        return np.asarray(shared)

    def drift(self, a: EncodedRows, b: EncodedRows) -> FloatArray:
        """A walk along the decades of scale: what a line showed at its nearest scale carries over, and fades with distance."""
        return walk(a.decades[:, None] - b.decades[None, :])

    def diagonal(self, a: EncodedRows) -> list[FloatArray]:
        """Covariance of each row of a with itself, part by part."""
        found = [np.ones(len(a.codes)), *(np.ones(len(a.codes)) for _ in self.groups)]
        if self.quantities:
            found.append((a.values**2).sum(axis=1) / len(self.quantities))
        if self.own:
            found.append((a.values[:, list(self.own)] ** 2).sum(axis=1) / len(self.own))
        if self.smooth and self.quantities:
            found.append(np.ones(len(a.codes)))
        if self.steps:
            found.append(np.ones(len(a.codes)))
        return found

    def curve(self, a: EncodedRows, b: EncodedRows, place: int) -> FloatArray:
        """A smooth curve of one quantity, of the width of its standard deviation."""
        return bell(a.values[:, place, None] - b.values[None, :, place])

    def _same(self, a: EncodedRows, b: EncodedRows, place: int) -> FloatArray:
        one, other = a.codes[:, place, None], b.codes[None, :, place]
        return np.asarray((one == other) & (one != UNKNOWN), dtype=a.values.dtype)
