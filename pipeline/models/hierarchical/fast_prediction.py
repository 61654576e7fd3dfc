"""Predictions of a Gaussian model from sums over its training rows, made once, instead of from all pairs of rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.models.hierarchical.kernel import EncodedRows, KernelLayout, bell, walk

FADED = 6.0
"""So many of its widths from the last training row nothing is left of a curve."""
STEP = 0.1
"""Distance of the knots of a curve, in its widths: a cubic between them errs by less than 1e-6 of its height."""


@dataclass(frozen=True)
class TabulatedCurve:
    """A weighted sum of bells of unit width: between knots the cubic that has its heights and slopes there (Hermite)."""

    first: float
    heights: FloatArray
    """(knots,), STEP apart"""
    slopes: FloatArray
    """(knots,), times STEP"""

    @classmethod
    def around(cls, values: FloatArray, weights: FloatArray) -> "TabulatedCurve":
        """Bells around the values, shape (n,)."""
        at, place = np.unique(values, return_inverse=True)
        first = float(at[0]) - FADED
        knots = first + STEP * np.arange(int(np.ceil((float(at[-1]) + FADED - first) / STEP)) + 1)
        apart, total = knots[:, None] - at, np.bincount(place, weights)
        bells = bell(apart)
        return cls(first, bells @ total, -STEP * ((apart * bells) @ total))

    def __call__(self, values: FloatArray) -> FloatArray:
        """Height at each value, shape (n,); beyond the last knot that of the last."""
        place = np.clip((values - self.first) / STEP, 0, len(self.heights) - 1)
        knot = np.minimum(place.astype(np.int64), len(self.heights) - 2)
        t = place - knot
        low, high, rise, fall = self.heights[knot], self.heights[knot + 1], self.slopes[knot], self.slopes[knot + 1]
        gap = high - low
        return np.asarray(low + t * (rise + t * (3 * gap - 2 * rise - fall + t * (rise + fall - 2 * gap))))


@dataclass(frozen=True)
class RowSums:
    """Sums of the rows' weights, part by part. An unknown level (−1) reads the last row of each table, which is 0."""

    constant: float
    levels: tuple[FloatArray, ...]
    """Per grouping: (levels + 1,)"""
    slopes: FloatArray
    """(quantities,)"""
    own: FloatArray
    """(lines + 1, quantities): what each line's slope adds"""
    curves: tuple[TabulatedCurve, ...]
    """One per quantity, or none."""
    decades: FloatArray
    """(scales,)"""
    drift: FloatArray
    """(lines + 1, scales)"""
    line: int

    def shares(self, rows: EncodedRows) -> tuple[float, FloatArray]:
        """The constant, and the share of each grouping, each quantity and, where lines drift with scale, the scale: (rows, n)."""
        groups = [table[rows.codes[:, place]] for place, table in enumerate(self.levels)]
        lines = rows.codes[:, self.line] if len(self.levels) else np.full(len(rows.codes), -1)
        quantities = [rows.values[:, i] * (slope + self.own[lines, i]) for i, slope in enumerate(self.slopes)]
        for place, curve in enumerate(self.curves):
            quantities[place] += curve(rows.values[:, place])
        drifted = walk(rows.decades[:, None] - self.decades) * self.drift[lines]
        steps = [drifted.sum(axis=1)] if len(self.decades) else []
        found = [*groups, *quantities, *steps]
        return self.constant, np.column_stack(found) if found else np.zeros((len(rows.codes), 0))


def sums(layout: KernelLayout, rows: EncodedRows, variances: Sequence[float], weights: FloatArray) -> RowSums:
    """Add up training rows, whose weights have the shape (n,): covariance with a part's variance times weight."""
    variance = dict(zip(layout.parts, variances, strict=True))
    count, lines = len(layout.quantities), int(rows.codes[:, layout.line].max(initial=-1)) + 1 if layout.groups else 0
    own = np.zeros((lines + 1, count))
    for place in layout.own:
        own[:, place] = (
            variance["own slopes"] / len(layout.own) * _by_level(rows, layout.line, rows.values[:, place] * weights)
        )
    shared = variance.get("shared slopes", 0.0) / max(count, 1)
    height = variance["curves"] / count if "curves" in variance else None
    scales = np.unique(rows.decades) if layout.steps else np.empty(0)
    drift = np.zeros((lines + 1, len(scales)))
    for place, scale in enumerate(scales):
        at = variance["drift with scale"] * np.where(rows.decades == scale, weights, 0.0)
        drift[:, place] = _by_level(rows, layout.line, at)
    return RowSums(
        variance["constant"] * float(weights.sum()),
        tuple(variance[name] * _by_level(rows, place, weights) for place, name in enumerate(layout.groups)),
        shared * (weights @ rows.values),
        own,
        ()
        if height is None
        else tuple(TabulatedCurve.around(rows.values[:, place], height * weights) for place in range(count)),
        scales,
        drift,
        layout.line,
    )


def _by_level(rows: EncodedRows, place: int, weights: FloatArray) -> FloatArray:
    """Sum of weights per level of a grouping, and a 0 for the unknown one: (levels + 1,)."""
    codes = rows.codes[:, place]
    known = codes >= 0
    return np.append(np.bincount(codes[known], weights[known], minlength=int(codes.max(initial=-1)) + 1), 0.0)
