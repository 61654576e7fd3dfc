"""Whether settings act alike at two scales: analysis of covariance (Fisher 1932, Statistical Methods for Research Workers, §49.1).

Both models have a level per product and scale. So a scale that acts on products differently is not taken for a slope.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from pipeline.answers.equivalence.batches import Batches, Model
from pipeline.domain.arrays import FloatArray

SPARE = 4
"""Smallest residual degrees of freedom with slopes. With fewer, slopes are not compared."""


@dataclass(frozen=True)
class Slopes:
    """The comparison of slopes at two scales."""

    p: float
    """P value of the hypothesis that all slopes are equal; the largest one that was found with censored results at their ends."""
    effect: float
    """Largest difference of slopes times half the range of its setting, in the unit of the values."""
    setting: int
    """Number of this setting."""


def slopes(batches: Batches) -> Slopes | None:
    """Compare the slopes of all settings at both scales with the F test; None without settings or with too few batches."""
    plain, count = batches.model, batches.settings.shape[1]
    if not count:
        return None
    bent = Model(np.column_stack([plain.matrix, batches.large[:, None] * batches.settings]))
    more = plain.freedom - bent.freedom
    values = _corners(batches)
    left, kept = ((one.residuals(values) ** 2).sum(axis=0) for one in (bent, plain))
    if not more or bent.freedom < SPARE or not (left > 0).all():
        return None
    ratios = (kept - left) / more / (left / bent.freedom)
    half = np.ptp(np.percentile(batches.settings, [5, 95], axis=0), axis=0) / 2
    effects = np.abs(bent.solver[-count:] @ batches.middle) * half
    largest = int(np.argmax(effects))
    return Slopes(float(fdtrc(more, bent.freedom, ratios).max()), float(effects[largest]), largest)


def _corners(batches: Batches) -> FloatArray:
    """Return the values as columns: the middles, and with censored results the four choices of one end per scale."""
    if not batches.half.any():
        return batches.middle[:, None]
    small = 1 - batches.large
    signs = [a * batches.large + b * small for a, b in ((0, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))]
    return np.column_stack([batches.middle + sign * batches.half for sign in signs])
