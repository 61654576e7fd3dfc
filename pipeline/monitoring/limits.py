"""Limits that keep a promised rate of false alarms per whole batch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from pipeline.domain.arrays import BoolArray, FloatArray

SUSPECT = 4.0
"""A past batch is suspected of an unlogged deviation above this many robust deviations of the logarithms of all batches."""
NORMAL_SUSPECTS = 0.015
"""Share of normal batches that may be among the suspected ones. With an exponential upper tail 0.5 % are beyond `SUSPECT`;
tails are longer than that. Limits are made for a rate that is lower by at most this share, so that the promise holds although they
are left out."""
UPPER, HIGH = 0.84, 0.95
"""Shares of batches below the quantiles that show how far a statistic reaches."""
LEAST_GROUPS = 3
"""Groups of hidden batches from which the difference between groups is seen."""
LEAST_SPREAD = 0.12
"""Least deviation of these logarithms."""


def conformal_limit(largest: FloatArray, rate: float) -> float:
    """Return the limit that the next batch exceeds with the given probability at most.

    largest: the largest statistic of each hidden batch over its whole course, (batches,). It is the ⌈(n + 1)(1 − rate)⌉-th smallest
    of them (Vovk, Gammerman, Shafer 2005, ch. 2). The largest of all if there are too few to promise the rate: see `promised`.
    """
    ordered = np.sort(largest)
    place = int(np.ceil((len(ordered) + 1) * (1 - rate) - 1e-9))
    return float(ordered[min(place, len(ordered)) - 1])


def tail_limit(largest: FloatArray, rate: float) -> float:
    """Return the value that the largest statistic of a batch exceeds at about the given rate, however few batches there are.

    Statistics are squares of normal scores, so their largest value over a batch follows a Gumbel distribution (Gumbel 1958), whose
    scale comes from the median and the larger of the distances to two upper quantiles. Only the proportion of the limits of several
    statistics comes from it: the promise is kept by the conformal limit of the largest of all.
    """
    middle, upper, high = np.quantile(largest, [0.5, UPPER, HIGH])
    scale = max((upper - middle) / (_gumbel(UPPER) - _gumbel(0.5)), (high - middle) / (_gumbel(HIGH) - _gumbel(0.5)), 1e-9)
    return float(middle + scale * (_gumbel(1 - rate) - _gumbel(0.5)))


def _gumbel(share: float) -> float:
    """Return the standard Gumbel quantile."""
    return float(-np.log(-np.log(share)))


def new_group_factor(largest: FloatArray, groups: NDArray[np.str_], rate: float) -> float:
    """Return the factor on a limit that keeps the rate in a group of batches that no limit comes from.

    Batches of one product at one scale are alike, so a limit from the batches of other products is exceeded by many of them or by
    none. Each group in turn is judged with the limit of the others. The factor is the smallest with which the mean share of alarms
    of the groups is at most the rate. It is 1 with fewer than `LEAST_GROUPS` groups, which show too little.
    """
    names = np.unique(groups)
    if len(names) < LEAST_GROUPS:
        return 1.0
    excess = [largest[groups == name] / max(conformal_limit(largest[groups != name], rate), 1e-9) for name in names]
    weights = np.concatenate([np.full(len(one), 1 / len(one) / len(names)) for one in excess])
    sizes = np.concatenate(excess)
    order = np.argsort(-sizes)
    above = np.cumsum(weights[order])
    allowed = int(np.searchsorted(above, rate + 1e-12, side="right"))
    return max(1.0, float(sizes[order][min(allowed, len(sizes) - 1)]))


def promised(batches: int, rate: float) -> float:
    """Return the rate that a limit from so many batches can promise: the wanted one, or 1/(n + 1) if that is more.

    >>> promised(9, 0.05)
    0.1
    """
    return max(rate, 1 / (batches + 1))


def largest_true_rate(batches: int, rate: float, confidence: float = 0.9) -> float:
    """Return the bound that the true rate of false alarms does not exceed with the given confidence.

    Given n exchangeable batches, the rate of a conformal limit has a beta distribution (Vovk 2012, ACML, proposition 2).
    """
    place = min(int(np.ceil((batches + 1) * (1 - rate) - 1e-9)), batches)
    return float(beta.ppf(confidence, batches + 1 - place, place))


def suspected(sizes: FloatArray) -> BoolArray:
    """Tell which past batches look like an unlogged deviation.

    sizes: largest residual of each batch in each tag of each forecast, (batches, tags). Logarithms are compared with those of all
    batches, tag by tag, in units of the distance from the median to the upper sixth. The largest one of a batch is its
    strangeness, which is compared in the same way: so many tags alone make no batch suspected.
    """
    strangeness = _beyond(np.log(np.maximum(sizes, 1e-9))).max(axis=1, keepdims=True)
    return np.asarray(_beyond(strangeness)[:, 0] > SUSPECT)


def _beyond(values: FloatArray) -> FloatArray:
    middle, upper = np.quantile(values, [0.5, 0.84], axis=0)
    return np.asarray((values - middle) / np.maximum(upper - middle, LEAST_SPREAD))


@dataclass(frozen=True)
class KindLimit:
    """The limit of one kind of question, and what stands behind it."""

    rehearsed_as: str
    batches: int
    """Number of hidden batches."""
    parts: tuple[float, ...]
    """Limit of each statistic."""
    whole: float
    """Limit of the largest statistic over its own limit."""
    rate: float
    """Rate that is promised."""
    bound: float
    """The true rate is below this with 90 % confidence."""
