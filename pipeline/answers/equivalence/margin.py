"""The largest difference between two scales that does not matter.

With two limits the margin is a share of the width of the specification. Else it counts in standard deviations between batches of
one product and scale. That is an estimate, so the margin is reduced by an allowance for its error: the lower limit of
margin − |difference| follows from the limits of both terms (MOVER: Zou, Donner 2008, Stat. Med. 27, 1693; first Graybill, Wang
1980, J. Am. Stat. Assoc. 75, 869). Without the allowance the test is too liberal.
"""

import numpy as np
from scipy.special import chdtri

from pipeline.answers.equivalence.batches import Batches
from pipeline.answers.limits import EquivalenceConfig


def margin(
    batches: Batches, limits: tuple[float | None, float | None], config: EquivalenceConfig, reach: float
) -> float | None:
    """Return the margin, in the unit of the values; None if it counts in a standard deviation that nothing gives.

    limits: lower and upper specification. reach: half width of the interval of the difference.
    """
    low, high = limits
    if low is not None and high is not None:
        return config.margin_of_width * (high - low)
    if not batches.model.freedom:
        return None
    deviations = config.margin_of_sd * float(np.sqrt(smallest_variance(batches)))
    uncertain = deviations * (1 - shrinkage(batches.model.freedom, config.alpha))
    return deviations - (float(np.hypot(reach, uncertain)) - reach)


def shrinkage(freedom: int, alpha: float) -> float:
    """Return the lower confidence limit of a standard deviation, as a share of its estimate (chi-squared distribution).

    >>> round(shrinkage(20, 0.05), 3)
    0.798
    """
    return float(np.sqrt(freedom / chdtri(freedom, alpha)))


def smallest_variance(batches: Batches) -> float:
    """Return the smallest variance between batches of one product and scale that the censored results allow.

    The censored results take the values within their ranges that give the smallest residuals (bounded least squares).
    """
    model, censored = batches.model, batches.half > 0
    residuals = model.residuals(batches.middle)
    if censored.any():
        from scipy.optimize import lsq_linear  # loaded only when needed: a plain prediction is faster without it

        moved = model.residuals(np.eye(len(residuals))[:, censored])
        half = batches.half[censored]
        residuals = residuals + moved @ lsq_linear(moved, -residuals, (-half, half)).x
    return float(residuals @ residuals) / model.freedom
