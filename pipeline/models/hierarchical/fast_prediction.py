"""Fast predictions of a Gaussian model, from sums over its training rows that are computed once.

The sums replace the covariance between each row and each training row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.models.hierarchical.kernel import EncodedRows, KernelLayout, exponential, squared_exponential

REACH = 6.0
"""Number of length scales beyond the last training row after which a curve counts as zero."""
STEP = 0.1
"""Distance between the knots of a curve, in length scales. A cubic between them errs by less than 1e-6 of the curve's height."""


@dataclass(frozen=True)
class TabulatedCurve:
    """A weighted sum of squared exponentials with length scale 1, as a table of heights and slopes at knots.

    Between two knots it is the cubic that has their heights and slopes (Hermite interpolation).
    """

    first: float
    """Place of the first knot."""
    heights: FloatArray
    """(knots,); knots are STEP apart"""
    slopes: FloatArray
    """(knots,), times STEP"""

    @classmethod
    def around(cls, values: FloatArray, weights: FloatArray) -> "TabulatedCurve":
        """Return the curve with a squared exponential around each value; values and weights have the shape (n,)."""
        centres, index = np.unique(values, return_inverse=True)
        first = float(centres[0]) - REACH
        knots = first + STEP * np.arange(int(np.ceil((float(centres[-1]) + REACH - first) / STEP)) + 1)
        distance, total = knots[:, None] - centres, np.bincount(index, weights)
        bells = squared_exponential(distance)
        return cls(first, bells @ total, -STEP * ((distance * bells) @ total))

    def __call__(self, values: FloatArray) -> FloatArray:
        """Return the height at each value, shape (n,); outside the knots the height of the nearest knot."""
        place = np.clip((values - self.first) / STEP, 0, len(self.heights) - 1)
        knot = np.minimum(place.astype(np.int64), len(self.heights) - 2)
        t = place - knot
        low, high, rise, fall = self.heights[knot], self.heights[knot + 1], self.slopes[knot], self.slopes[knot + 1]
        gap = high - low
        return np.asarray(low + t * (rise + t * (3 * gap - 2 * rise - fall + t * (rise + fall - 2 * gap))))


@dataclass(frozen=True)
class RowSums:
    """Weighted sums over the training rows, component by component.

    The last entry of each table with levels is 0. An unknown level has the code −1 and so reads this entry.
    """

    constant: float
    levels: tuple[FloatArray, ...]
    """Per grouping: (levels + 1,)"""
    slopes: FloatArray
    """(quantities,): shared slopes"""
    own_slopes: FloatArray
    """(lineages + 1, quantities): what each lineage's own slope adds"""
    curves: tuple[TabulatedCurve, ...]
    """One per quantity, or none."""
    decades: FloatArray
    """(scales,): logarithms of the scales of the training rows"""
    drift: FloatArray
    """(lineages + 1, scales)"""
    lineage: int
    """Index of the grouping whose levels have own slopes and drift."""

    def contributions(self, rows: EncodedRows) -> tuple[float, FloatArray]:
        """Return the constant, and the contributions, (rows, groupings + quantities + 1 where lineages drift with scale)."""
        groups = [table[rows.codes[:, group]] for group, table in enumerate(self.levels)]
        lineages = rows.codes[:, self.lineage] if len(self.levels) else np.full(len(rows.codes), -1)
        quantities = [rows.values[:, i] * (slope + self.own_slopes[lineages, i]) for i, slope in enumerate(self.slopes)]
        for i, curve in enumerate(self.curves):
            quantities[i] += curve(rows.values[:, i])
        drift = exponential(rows.decades[:, None] - self.decades) * self.drift[lineages]
        scale = [drift.sum(axis=1)] if len(self.decades) else []
        columns = [*groups, *quantities, *scale]
        return self.constant, np.column_stack(columns) if columns else np.zeros((len(rows.codes), 0))


def row_sums(layout: KernelLayout, rows: EncodedRows, variances: Sequence[float], weights: FloatArray) -> RowSums:
    """Return the sums over training rows: the covariance of each component times the weight of the row, shape (n,)."""
    variance = dict(zip(layout.components, variances, strict=True))
    quantities = len(layout.quantities)
    lineages = int(rows.codes[:, layout.lineage].max(initial=-1)) + 1 if layout.groups else 0
    own = np.zeros((lineages + 1, quantities))
    for i in layout.own_slopes:
        sums = _sum_by_level(rows, layout.lineage, rows.values[:, i] * weights)
        own[:, i] = variance["own slopes"] / len(layout.own_slopes) * sums
    shared = variance.get("shared slopes", 0.0) / max(quantities, 1)
    height = variance["curves"] / quantities if "curves" in variance else None
    scales = np.unique(rows.decades) if layout.drift else np.empty(0)
    drift = np.zeros((lineages + 1, len(scales)))
    for i, scale in enumerate(scales):
        at = variance["drift with scale"] * np.where(rows.decades == scale, weights, 0.0)
        drift[:, i] = _sum_by_level(rows, layout.lineage, at)
    return RowSums(
        variance["constant"] * float(weights.sum()),
        tuple(variance[name] * _sum_by_level(rows, i, weights) for i, name in enumerate(layout.groups)),
        shared * (weights @ rows.values),
        own,
        ()
        if height is None
        else tuple(TabulatedCurve.around(rows.values[:, i], height * weights) for i in range(quantities)),
        scales,
        drift,
        layout.lineage,
    )


def _sum_by_level(rows: EncodedRows, group: int, weights: FloatArray) -> FloatArray:
    """Return the sum of the weights per level of a grouping, and 0 for an unknown level: (levels + 1,)."""
    codes = rows.codes[:, group]
    known = codes >= 0
    return np.append(np.bincount(codes[known], weights[known], minlength=int(codes.max(initial=-1)) + 1), 0.0)
