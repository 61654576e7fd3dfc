"""How sure a coverage is: a share of results inside their intervals, where the results of a group are alike."""

from collections.abc import Sequence

import numpy as np
from scipy.special import betaincinv

from pipeline.domain.arrays import FloatArray

CONFIDENCE = 0.95
"""Confidence of the limits of a coverage."""


def coverage_interval(inside: Sequence[int], results: Sequence[int]) -> tuple[float, float] | None:
    """Return the 95 % confidence limits of a coverage, or None for fewer than two groups.

    inside, results: for each group (product, past scale-up) its results inside their intervals, and all its results, at least 1.
    One group does not show how groups differ, so it has no limits.

    The limits are those of Clopper and Pearson (1934, Biometrika 26, 404), with the number of independent results m in place of the
    number of results (Korn, Graubard 1998, Survey Methodology 24, 193). m = p (1 − p) / v, where p is the coverage and v its
    variance between groups. m is at most the number of results. It is at least the number of equally large groups that weigh as
    much, (Σ n)² / Σ n², where n are the results of the groups. It is this number where all results are inside, or all are outside.

    >>> low, high = coverage_interval([3, 4, 3, 5, 2, 10], [3, 8, 24, 5, 2, 10])
    >>> round(low, 2), round(high, 2)
    (0.09, 0.92)
    """
    hits, sizes = np.asarray(inside, dtype=float), np.asarray(results, dtype=float)
    if len(sizes) < 2:
        return None
    share, number = float(hits.sum() / sizes.sum()), _independent_results(hits, sizes)
    within, outside = share * number, (1 - share) * number
    tail = (1 - CONFIDENCE) / 2
    low = float(betaincinv(within, outside + 1, tail)) if within > 0 else 0.0
    high = float(betaincinv(within + 1, outside, 1 - tail)) if outside > 0 else 1.0
    return low, high


def _independent_results(hits: FloatArray, sizes: FloatArray) -> float:
    """Return m as `coverage_interval` says; hits, sizes: shape (groups,)."""
    total, groups = float(sizes.sum()), len(sizes)
    share, least = float(hits.sum()) / total, total**2 / float(sizes @ sizes)
    if hits.sum() in (0, total):
        return least
    excess = hits - share * sizes
    variance = groups / (groups - 1) * float(excess @ excess) / total**2
    return float(np.clip(share * (1 - share) / variance, least, total)) if variance > 0 else total
