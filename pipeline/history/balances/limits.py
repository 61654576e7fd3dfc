"""Limits of a ratio, such as a yield, for each batch from the other batches of the step."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.history.balances.critical import critical
from pipeline.history.balances.kept import kept
from pipeline.history.balances.peers import compared
from pipeline.history.balances.studentised import deleted

FLOOR = 5e-4
"""Least scatter of the logarithm of a ratio. Amounts are written with three or four digits: what is smaller is rounding."""
NOTHING = 1e-6
"""Ratio that stands for zero, whose logarithm does not exist. It is beyond every limit and teaches nothing."""

_LARGEST = 700.0


@dataclass(frozen=True)
class Limits:
    """What the other batches say about the ratio of each batch. All arrays: (batches,); NaN where a batch is not judged."""

    expected: FloatArray
    lower: FloatArray
    upper: FloatArray
    distance: FloatArray
    """Distance of the logarithm of the ratio from the expected one, in standard deviations of a further batch."""
    reach: FloatArray
    """Largest ratio that the scatter alone explains where 1 is expected."""
    enough: bool
    """Whether the step has enough batches. If not, no batch is judged."""

    @property
    def judged(self) -> BoolArray:
        """Which batches have limits."""
        return np.isfinite(self.lower)


def limits(ratios: FloatArray, products: IntArray, log10_scales: FloatArray | None, rate: float) -> Limits:
    """Make the limits of the ratio of each batch, such that a batch without a fault lies outside with the given probability.

    ratios: at least zero, (batches,). products: number of the product of each batch. log10_scales: see `compared`. The logarithms
    of the ratios are compared: a loss multiplies what is left, and errors of amounts are shares of them.
    """
    chosen = compared(products, log10_scales)
    columns = {name: np.full(len(ratios), np.nan) for name in ("expected", "lower", "upper", "distance", "reach")}
    if not chosen.enough:
        return Limits(**columns, enough=False)
    values = np.log(np.maximum(ratios[chosen.rows], NOTHING))[None]
    teaching = kept(values, chosen.peers, FLOOR)
    found = deleted(values, teaching.batches, chosen.peers, FLOOR, teaching.scatters)
    band = critical(chosen.peers, rate) * found.error[0]
    seen = np.isfinite(found.expected[0])
    expected = found.expected[0]
    for name, value in {
        "expected": _ratio(expected),
        "lower": _ratio(expected - band),
        "upper": _ratio(expected + band),
        "distance": found.distance[0],
        "reach": _ratio(band),
    }.items():
        columns[name][chosen.rows] = np.where(seen, value, np.nan)
    return Limits(**columns, enough=True)


def _ratio(logarithm: FloatArray) -> FloatArray:
    """Ratio of a logarithm, as a number that exists also where the scatter has no bounds."""
    return np.exp(np.clip(logarithm, -_LARGEST, _LARGEST))
