"""How much more evidence would decide whether two scales are equivalent."""

import numpy as np
from scipy.special import stdtrit

POWER = 0.8
"""Chance to decide with the number that is stated."""
MOST = 1000
"""Largest number that is tried."""


def needed(ends: tuple[float, float], spread: float, margin: float, alpha: float, *, batches: bool = False) -> int | None:
    """Return the number of products at both scales with which the test decides in 80 % of cases; None above 1000.

    ends: smallest and largest mean difference that the censored results allow, equal if there are none. spread: standard deviation
    of the difference of one product. Both are taken as if they were true.

    The smallest n with (t(1 − α) + t(0.8))·spread/√n ≤ margin − |difference| shows "same". The smallest n with
    (t(1 − α/2) + t(0.8))·spread/√n ≤ |difference| shows a difference. t has n − 1 degrees of freedom. Its quantiles stand for those
    of the non-central t (Julious 2004, Stat. Med. 23, 1921). batches: count batches at each scale instead, with 2n − 2 degrees.
    """
    n = np.arange(2, MOST + 1)
    freedom = 2 * n - 2 if batches else n - 1
    error, power = spread / np.sqrt(n), stdtrit(freedom, POWER)
    same = (stdtrit(freedom, 1 - alpha) + power) * error <= margin - max(abs(end) for end in ends)
    differs = (stdtrit(freedom, 1 - alpha / 2) + power) * error <= max(0.0, ends[0], -ends[1])
    enough = n[same | differs]
    return int(enough[0]) if len(enough) else None
