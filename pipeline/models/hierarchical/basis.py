"""The covariance of a Gaussian model as products of a few columns per row, for histories with many rows.

An intercept, a slope or a drift between known scales is a sum over columns as it stands. A smooth curve of one quantity becomes
one by the values of its covariance at knots (Nyström: Williams, Seeger 2001, NIPS 13). A squared exponential needs few knots: half
a length scale apart they err by less than 1e-6 of the height of the curve at training rows, and by less than 1e-3 far from them. So
the columns describe the same model. Only the drift of a lineage with many different scales is described less finely.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.hierarchical.fast_prediction import RowSums, TabulatedCurve
from pipeline.models.hierarchical.kernel import EncodedRows, KernelLayout, exponential, squared_exponential

SPACING = 0.5
"""Distance between the knots of a curve, in length scales."""
BEYOND = 3
"""Number of knots on either side of a training row."""
NEGLIGIBLE = 1e-12
"""Share of the largest variance below which a direction between knots is left out."""
MOST_SCALES = 12
"""Number of scales at most between which the drift of one lineage is described. Scales that are closer than needed count as one."""
MOST_SCALES_OF_ALL = 256
"""The same for all lineages together."""
FINEST = 0.005
"""Finest grid on which scales are put together [decades]."""


@dataclass(frozen=True)
class Knots:
    """Knots of a covariance along one axis, and the combinations of them that are independent."""

    places: FloatArray
    """(knots,)"""
    whitened: FloatArray
    """(knots, columns): the covariance with the knots times this gives columns whose products are the covariance."""

    @classmethod
    def of(cls, places: FloatArray, covariance: FloatArray) -> "Knots":
        """Return the knots at places; covariance: between the places, (knots, knots)."""
        variances, directions = np.linalg.eigh(covariance)
        use = variances > NEGLIGIBLE * variances[-1]
        return cls(places, np.asarray(directions[:, use] / np.sqrt(variances[use])))


@dataclass(frozen=True)
class Columns:
    """Rows as columns. The covariance of two rows is the sum of the products of their columns."""

    own: FloatArray
    """(rows, own columns): columns that rows of one lineage have in common. They are 0 where the lineage is unknown."""
    lineage: IntArray
    """(rows,): index of the lineage, or the number of lineages where it is unknown."""
    dense: FloatArray
    """(rows, dense columns): the first of the shared columns."""
    places: IntArray
    """(rows, groupings): the one of the other shared columns that is not 0 in a row, −1 where the level is unknown. There is a
    column per level of each grouping but the lineage."""
    sizes: FloatArray
    """(groupings,): value of this column."""
    width: int
    """Number of shared columns."""
    lineages: int
    """Number of lineages."""

    @property
    def shared(self) -> FloatArray:
        """The shared columns, (rows, width)."""
        out = np.zeros((len(self.dense), self.width))
        out[:, : self.dense.shape[1]] = self.dense
        for group, size in enumerate(self.sizes):
            known, places = self._known(group)
            out[known, places] = size
        return out

    def times(self, weights: FloatArray) -> FloatArray:
        """Return the shared columns times weights, shape (width,), for each row, shape (rows,)."""
        out = self.dense @ weights[: self.dense.shape[1]]
        for group, size in enumerate(self.sizes):
            known, places = self._known(group)
            out[known] += size * weights[places]
        return np.asarray(out)

    def summed(self, values: FloatArray) -> FloatArray:
        """Return the sum over the rows of each shared column times values, shape (rows,): (width,)."""
        out = np.zeros(self.width)
        out[: self.dense.shape[1]] = values @ self.dense
        for group, size in enumerate(self.sizes):
            known, places = self._known(group)
            out += np.bincount(places, size * values[known], minlength=self.width)
        return out

    def add_products(self, between: FloatArray, crossed: FloatArray) -> None:
        """Add the products of columns, summed over the rows.

        between: of shared with shared columns, (width, width); crossed: of own with shared columns, (lineages + 1, own columns,
        width). Most shared columns are 0 in most rows, which saves most of the work.
        """
        count = self.dense.shape[1]
        between[:count, :count] += self.dense.T @ self.dense
        for part in parts_of(self.lineage):
            crossed[self.lineage[part[0]], :, :count] += self.own[part].T @ self.dense[part]
        for group, size in enumerate(self.sizes):
            known, places = self._known(group)
            found, sums = _sums_by(places, self.dense[known])
            between[found, :count] += size * sums
            between[:count, found] += size * sums.T
            found, sums = _sums_by(self.lineage[known] * self.width + places, self.own[known])
            crossed[found // self.width, :, found % self.width] += size * sums
            for other, other_size in enumerate(self.sizes):
                both = known[self.places[known, other] >= 0]
                pairs = self.places[both, group] * self.width + self.places[both, other]
                found, counts = np.unique(pairs, return_counts=True)
                between[found // self.width, found % self.width] += size * other_size * counts

    @property
    def squares(self) -> FloatArray:
        """Sum of the squares of all columns of each row, shape (rows,)."""
        levels = ((self.places >= 0) * self.sizes**2).sum(axis=1)
        return np.asarray((self.own**2).sum(axis=1) + (self.dense**2).sum(axis=1) + levels)

    def _known(self, group: int) -> tuple[IntArray, IntArray]:
        """Return the rows with a known level of a grouping, and the column of this level."""
        known = np.flatnonzero(self.places[:, group] >= 0)
        return known, self.places[known, group]


@dataclass(frozen=True)
class Basis:
    """The columns of a Gaussian model, each times the square root of its variance."""

    layout: KernelLayout
    variance: dict[str, float]
    """Component → its variance."""
    levels: tuple[int, ...]
    """Number of levels of each grouping in the training rows."""
    curves: tuple[Knots, ...]
    """One per quantity, or none."""
    scales: FloatArray
    """(scales,): logarithms of the scales between which lineages drift; empty without drift."""
    drift: FloatArray
    """(lineages + 1, scales, columns): as `Knots.whitened` for each lineage, 0 at scales where it has no row."""

    @classmethod
    def of(cls, layout: KernelLayout, variances: Sequence[float], rows: EncodedRows) -> "Basis":
        """Return the columns for training rows."""
        levels = tuple(int(codes.max(initial=-1)) + 1 for codes in rows.codes.T)
        variance = dict(zip(layout.components, variances, strict=True))
        curves = tuple(_curve_knots(values) for values in rows.values.T) if "curves" in variance else ()
        lineages = levels[layout.lineage] if levels else 0
        scales, drift = _drift(rows.decades, rows.codes[:, layout.lineage], lineages) if layout.drift else NO_DRIFT
        return cls(layout, variance, levels, curves, scales, drift)

    @property
    def lineages(self) -> int:
        """Number of lineages."""
        return self.levels[self.layout.lineage] if self.levels else 0

    @property
    def own_width(self) -> int:
        """Number of own columns."""
        return 1 + len(self.layout.own_slopes) + int(self.drift.shape[2])

    @property
    def shared_width(self) -> int:
        """Number of shared columns."""
        return self._dense_width + sum(self.levels[group] for group in self._pooled)

    def columns(self, rows: EncodedRows) -> Columns:
        """Return the columns of rows. A level that no training row has is 0 in all columns."""
        dense = np.empty((len(rows.codes), self._dense_width))
        self._fill_dense(rows, dense)
        places, first = np.full((len(rows.codes), len(self._pooled)), -1), self._dense_width
        for i, group in enumerate(self._pooled):
            codes = rows.codes[:, group]
            places[:, i] = np.where((codes >= 0) & (codes < self.levels[group]), first + codes, -1)
            first += self.levels[group]
        sizes = np.sqrt([self.variance[self.layout.groups[group]] for group in self._pooled])
        lineage = self._lineage(rows)
        return Columns(self._own(rows, lineage), lineage, dense, places, sizes, first, self.lineages)

    def sums(self, own: FloatArray, shared: FloatArray) -> RowSums:
        """Return what the components are together, from the weight of each column.

        own: (lineages, own columns); shared: (shared columns,).
        """
        layout, quantities = self.layout, len(self.layout.quantities)
        slopes = shared[1 : 1 + quantities] * self._size("shared slopes", quantities)
        at, curves = 1 + quantities, []
        for knots in self.curves:
            width = knots.whitened.shape[1]
            weights = self._size("curves", quantities) * (knots.whitened @ shared[at : at + width])
            curves.append(TabulatedCurve.around(knots.places, weights))
            at += width
        levels = []
        for group, count in enumerate(self.levels):
            size = np.sqrt(self.variance[layout.groups[group]])
            if group == layout.lineage:
                levels.append(np.append(size * own[:, 0], 0.0))
            else:
                levels.append(np.append(size * shared[at : at + count], 0.0))
                at += count
        own_slopes = np.zeros((self.lineages + 1, quantities))
        count = len(layout.own_slopes)
        own_slopes[:-1, list(layout.own_slopes)] = own[:, 1 : 1 + count] * self._size("own slopes", count)
        drift = np.zeros((self.lineages + 1, len(self.scales)))
        if len(self.scales):
            drift[:-1] = self._size("drift with scale", 1) * np.einsum("lsc,lc->ls", self.drift[:-1], own[:, 1 + count :])
        constant = float(shared[0]) * self._size("constant", 1)
        return RowSums(constant, tuple(levels), slopes, own_slopes, tuple(curves), self.scales, drift, layout.lineage)

    @property
    def _pooled(self) -> list[int]:
        """Indices of the groupings whose levels have shared columns: all but the lineage."""
        return [group for group in range(len(self.levels)) if group != self.layout.lineage]

    @property
    def _dense_width(self) -> int:
        """Number of shared columns before those of levels."""
        return 1 + len(self.layout.quantities) + sum(int(knots.whitened.shape[1]) for knots in self.curves)

    def _size(self, component: str, count: int) -> float:
        """Return the square root of the variance that one of `count` equal parts of a component has."""
        return float(np.sqrt(self.variance.get(component, 0.0) / max(count, 1)))

    def _fill_dense(self, rows: EncodedRows, out: FloatArray) -> None:
        """Write the columns of the constant, the shared slopes and the curves."""
        quantities = len(self.layout.quantities)
        out[:, 0] = self._size("constant", 1)
        out[:, 1 : 1 + quantities] = rows.values * self._size("shared slopes", quantities)
        at = 1 + quantities
        for i, knots in enumerate(self.curves):
            width, distance = knots.whitened.shape[1], rows.values[:, i, None] - knots.places
            out[:, at : at + width] = squared_exponential(distance) @ (self._size("curves", quantities) * knots.whitened)
            at += width

    def _lineage(self, rows: EncodedRows) -> IntArray:
        if not self.levels:
            return np.zeros(len(rows.codes), dtype=np.int64)
        codes = rows.codes[:, self.layout.lineage]
        return np.where((codes >= 0) & (codes < self.lineages), codes, self.lineages)

    def _own(self, rows: EncodedRows, lineage: IntArray) -> FloatArray:
        """Return the intercept, the slopes and the drift of the lineage of each row."""
        out, count = np.zeros((len(lineage), self.own_width)), len(self.layout.own_slopes)
        if not self.levels:
            return out
        out[:, 0] = np.sqrt(self.variance[self.layout.groups[self.layout.lineage]])
        out[:, 1 : 1 + count] = rows.values[:, list(self.layout.own_slopes)] * self._size("own slopes", count)
        if len(self.scales):
            near = exponential(rows.decades[:, None] - self.scales) * self._size("drift with scale", 1)
            for own in parts_of(lineage):
                out[own, 1 + count :] = near[own] @ self.drift[lineage[own[0]]]
        out[lineage == self.lineages] = 0.0
        return out


def side_by_side(columns: Columns) -> FloatArray:
    """Return all columns of rows, (rows, lineages × own columns + shared columns), those of each lineage apart."""
    width = columns.own.shape[1]
    apart = np.zeros((len(columns.own), columns.lineages * width))
    for one in np.unique(columns.lineage):
        if one < columns.lineages:
            rows = columns.lineage == one
            apart[rows, one * width : (one + 1) * width] = columns.own[rows]
    return np.hstack([apart, columns.shared])


NO_DRIFT = (np.empty(0), np.empty((0, 0, 0)))


def _sums_by(keys: IntArray, values: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the keys that occur, sorted, and the sum of the values of the rows of each: (keys, columns)."""
    if not len(keys):
        return keys, values
    order = np.argsort(keys, kind="stable")
    first = np.flatnonzero(np.diff(keys[order], prepend=-1))
    return keys[order][first], np.add.reduceat(values[order], first, axis=0)


def parts_of(lineage: IntArray) -> list[IntArray]:
    """Return the indices of the rows of each lineage that occurs."""
    if not len(lineage):
        return []
    order = np.argsort(lineage, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(lineage[order])) + 1)


def _curve_knots(values: FloatArray) -> Knots:
    """Return the knots of a curve: a grid around the training rows, without knots that are far from all of them."""
    low, high = float(values.min()), float(values.max())
    grid = low - BEYOND * SPACING + SPACING * np.arange(int(np.ceil((high - low) / SPACING)) + 2 * BEYOND + 1)
    near = np.unique(np.round((values - grid[0]) / SPACING).astype(np.int64))
    kept = np.unique(np.clip(near[:, None] + np.arange(-BEYOND, BEYOND + 1), 0, len(grid) - 1))
    places = np.asarray(grid[kept], dtype=np.float64)
    return Knots.of(places, squared_exponential(places[:, None] - places))


def _drift(decades: FloatArray, lineage: IntArray, lineages: int) -> tuple[FloatArray, FloatArray]:
    """Return the scales between which lineages drift, and the whitened columns of each lineage."""
    scales, nearest = _scales(decades, lineage)
    covariance = exponential(scales[:, None] - scales)
    places = [np.unique(nearest[lineage == one]) for one in range(lineages)]
    drift = np.zeros((lineages + 1, len(scales), max(map(len, places), default=0)))
    for one, own in enumerate(places):
        whitened = Knots.of(scales[own], covariance[np.ix_(own, own)]).whitened
        drift[one, own, : whitened.shape[1]] = whitened
    return scales, drift


def _scales(decades: FloatArray, lineage: IntArray) -> tuple[FloatArray, IntArray]:
    """Return at most `MOST_SCALES_OF_ALL` places for the scales, and the index of the place of each row.

    No lineage has more than `MOST_SCALES` of them.
    """
    scales, nearest = np.unique(decades, return_inverse=True)
    grid = FINEST
    parts = parts_of(lineage)
    while len(scales) > MOST_SCALES_OF_ALL or max(len(np.unique(nearest[own])) for own in parts) > MOST_SCALES:
        _, nearest = np.unique(np.round(decades / grid).astype(np.int64), return_inverse=True)
        scales = np.bincount(nearest, decades) / np.bincount(nearest)
        grid *= 2
    return scales, nearest
