"""The covariance of a Gaussian model as a product of basis functions of a row and coefficients of the training rows.

Weight-space view: Rasmussen, Williams (2006), ch. 2.1. Levels and slopes have one function each. A smooth curve is a polynomial of
Chebyshev terms (Trefethen 2013, Approximation Theory and Approximation Practice, ch. 8), the drift one function per known scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.hierarchical.kernel import EncodedRows, KernelLayout, exponential, squared_exponential

REACH = 4.0
"""Number of length scales beyond the training rows from which a curve is constant. It is below 0.0004 of its height there."""
ERROR = 1e-5
"""Error of the polynomial of a curve, as a share of the height of the curve."""


@dataclass(frozen=True)
class Basis:
    """Basis functions of the covariance between any row and the training rows."""

    layout: KernelLayout
    counts: tuple[int, ...]
    """Number of levels of each grouping."""
    lows: FloatArray
    """(quantities,): smallest place of each curve"""
    highs: FloatArray
    """(quantities,): largest place of each curve"""
    decades: FloatArray
    """(scales,): logarithms of the scales of the training rows"""

    @classmethod
    def of(cls, layout: KernelLayout, rows: EncodedRows, counts: tuple[int, ...]) -> "Basis":
        """Return the basis for training rows whose groupings have these numbers of levels."""
        low, high = rows.values.min(axis=0, initial=0.0) - REACH, rows.values.max(axis=0, initial=0.0) + REACH
        return cls(layout, counts, low, high, np.unique(rows.decades) if layout.drift else np.empty(0))

    def functions(self, rows: EncodedRows) -> FloatArray:
        """Return the values of the functions at rows, (rows, functions)."""
        lineage = self._levels(rows, self.layout.lineage) if self.counts else np.zeros((len(rows.codes), 0))
        parts = [np.ones((len(rows.codes), 1)), *(self._levels(rows, group) for group in range(len(self.counts)))]
        parts += [rows.values, _products(lineage, rows.values[:, list(self.layout.own_slopes)])]
        if self.layout.curves:
            parts += [self._terms(rows.values[:, i], i) for i in range(rows.values.shape[1])]
        parts.append(_products(lineage, exponential(rows.decades[:, None] - self.decades)))
        return np.hstack(parts)

    def coefficients(self, rows: EncodedRows, variances: Sequence[float]) -> FloatArray:
        """Return the coefficients of training rows, (functions, training rows): functions @ coefficients is the covariance.

        variances: one per component of the layout.
        """
        variance, quantities = dict(zip(self.layout.components, variances, strict=True)), max(rows.values.shape[1], 1)
        lineage = self._levels(rows, self.layout.lineage) if self.counts else np.zeros((len(rows.codes), 0))
        own = list(self.layout.own_slopes)
        groups = [variance[name] * self._levels(rows, i) for i, name in enumerate(self.layout.groups)]
        parts = [np.full((len(rows.codes), 1), variance["constant"]), *groups]
        parts.append(variance.get("shared slopes", 0.0) / quantities * rows.values)
        parts.append(variance.get("own slopes", 0.0) / max(len(own), 1) * _products(lineage, rows.values[:, own]))
        if self.layout.curves:
            height = variance.get("curves", 0.0) / quantities
            parts += [height * self._interpolated(rows.values[:, i], i) for i in range(rows.values.shape[1])]
        at_scale = (rows.decades[:, None] == self.decades).astype(np.float64)
        parts.append(variance.get("drift with scale", 0.0) * _products(lineage, at_scale))
        return np.hstack(parts).T

    def _levels(self, rows: EncodedRows, group: int) -> FloatArray:
        """Return 1 for the level of each row, (rows, levels). An unknown level has none."""
        return np.asarray(rows.codes[:, group, None] == np.arange(self.counts[group]), dtype=np.float64)

    def _terms(self, values: FloatArray, quantity: int) -> FloatArray:
        """Return the Chebyshev terms at the values of a quantity, (values, terms)."""
        low, high = self.lows[quantity], self.highs[quantity]
        place = (2 * np.clip(values, low, high) - low - high) / (high - low)
        return np.asarray(chebyshev.chebvander(place, self._number(quantity) - 1), dtype=np.float64)

    def _interpolated(self, centres: FloatArray, quantity: int) -> FloatArray:
        """Return the coefficients of a curve of height 1 around each centre, (centres, terms)."""
        low, high, count = self.lows[quantity], self.highs[quantity], self._number(quantity)
        nodes = chebyshev.chebpts1(count)
        places = (low + high) / 2 + (high - low) / 2 * nodes
        weights = chebyshev.chebvander(nodes, count - 1) * np.where(np.arange(count) > 0, 2, 1) / count
        return np.asarray(squared_exponential(centres[:, None] - places) @ weights)

    def _number(self, quantity: int) -> int:
        """Return the number of terms of a curve: p Chebyshev points err by at most 1.09 reachᵖ / (2ᵖ⁻¹ √p!) (Cramér's bound)."""
        reach = float(self.highs[quantity] - self.lows[quantity]) / 2
        count, error = 1, 1.09 * reach
        while count < 2 or error > ERROR:
            count += 1
            error *= reach / (2 * np.sqrt(count))
        return count


def _products(levels: FloatArray, values: FloatArray) -> FloatArray:
    """Return each column of levels times each column of values, (rows, levels × values)."""
    return np.asarray((levels[:, :, None] * values[:, None, :]).reshape(len(levels), levels.shape[1] * values.shape[1]))


def kept_codes(codes: IntArray, kept: Sequence[Sequence[int]]) -> IntArray:
    """Return codes in which the levels of each grouping are numbered anew: `kept` has the old codes. Others are unknown, −1."""
    found = np.full_like(codes, -1)
    for group, old in enumerate(kept):
        for new, code in enumerate(old):
            found[codes[:, group] == code, group] = new
    return found
