"""Predictions of a Gaussian model from sums over its training rows, made once, instead of from all pairs of rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from pipeline.models.layout import Design, Layout, bell, walk
from pipeline.models.task import FloatArray

FADED = 6.0
"""So many of its widths from the last training row nothing is left of a curve."""
STEP = 0.1
"""Distance of the knots of a curve, in its widths: a cubic spline between them errs by less than 1e-5 of its height."""


@dataclass(frozen=True)
class Sums:
    """Sums of the rows' weights, part by part. An unknown level (−1) reads the last row of each table, which is 0."""

    constant: float
    levels: tuple[FloatArray, ...]
    """Per grouping: (levels + 1,)"""
    slopes: FloatArray
    """(quantities,)"""
    own: FloatArray
    """(lines + 1, quantities): what each line's slope adds"""
    curves: tuple[CubicSpline, ...]
    """One per quantity, or none."""
    decades: FloatArray
    """(scales,)"""
    drift: FloatArray
    """(lines + 1, scales)"""
    line: int

    def shares(self, rows: Design) -> tuple[float, FloatArray]:
        """The constant, and the share of each grouping, each quantity and, where lines drift with scale, the scale: (rows, n)."""
        groups = [table[rows.codes[:, place]] for place, table in enumerate(self.levels)]
        lines = rows.codes[:, self.line] if len(self.levels) else np.full(len(rows.codes), -1)
        quantities = [rows.values[:, i] * (slope + self.own[lines, i]) for i, slope in enumerate(self.slopes)]
        for place, curve in enumerate(self.curves):
            quantities[place] += curve(np.clip(rows.values[:, place], curve.x[0], curve.x[-1]))
        drifted = walk(rows.decades[:, None] - self.decades) * self.drift[lines]
        steps = [drifted.sum(axis=1)] if len(self.decades) else []
        found = [*groups, *quantities, *steps]
        return self.constant, np.column_stack(found) if found else np.zeros((len(rows.codes), 0))


def sums(layout: Layout, rows: Design, variances: Sequence[float], weights: FloatArray) -> Sums:
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
    return Sums(
        variance["constant"] * float(weights.sum()),
        tuple(variance[name] * _by_level(rows, place, weights) for place, name in enumerate(layout.groups)),
        shared * (weights @ rows.values),
        own,
        () if height is None else tuple(_curve(rows.values[:, place], height * weights) for place in range(count)),
        scales,
        drift,
        layout.line,
    )


def _by_level(rows: Design, place: int, weights: FloatArray) -> FloatArray:
    """Sum of weights per level of a grouping, and a 0 for the unknown one: (levels + 1,)."""
    codes = rows.codes[:, place]
    known = codes >= 0
    return np.append(np.bincount(codes[known], weights[known], minlength=int(codes.max(initial=-1)) + 1), 0.0)


def _curve(values: FloatArray, weights: FloatArray) -> CubicSpline:
    """A weighted sum of bells of unit width around the values."""
    at, place = np.unique(values, return_inverse=True)
    low, high = at[0] - FADED, at[-1] + FADED
    knots = np.linspace(low, high, int(np.ceil((high - low) / STEP)) + 1)
    return CubicSpline(knots, bell(knots[:, None] - at) @ np.bincount(place, weights))
