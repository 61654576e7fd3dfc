"""The risk of a go or no-go, and what further runs are expected to take from it.

The decision: is the process at the proposed scale and settings within all specifications? With p the belief that it is, the better
answer is wrong with probability min(p, 1 − p). Before a run is made its result is not known, but how much it will settle is:
preposterior analysis (Raiffa, Schlaifer 1961, Applied Statistical Decision Theory), for Gaussian beliefs the knowledge gradient
(Frazier, Powell, Dayanik 2009, INFORMS J. Comput. 21, 599).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.answers.next_runs.belief import Belief
from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.quasi_random import normal

FUTURES = 512
"""Outcomes of the runs that are looked at; the same for every candidate, so that candidates differ by what they are."""


@dataclass(frozen=True)
class AttributeLimits:
    """Limits of one attribute, SI; infinite where there is none."""

    lower: float
    upper: float


@dataclass(frozen=True)
class Outlook:
    """What is expected once a run has been made, for one run at each place; shape (n,)."""

    risk: FloatArray
    """Probability that the better of go and no-go is still wrong, E min(p, 1 − p)."""
    doubt: FloatArray
    """E p (1 − p). It falls with every result, the risk only where a result could turn the decision: with p far from one half a
    single run changes no decision but two or three may (Frazier, Powell 2010, Decision Anal. 7, 378), so runs are chosen by it."""


@dataclass(frozen=True)
class ChosenRun:
    """A run chosen, and what is expected once it and those before it are made."""

    candidate: int
    risk: float
    doubt: float


def chance_within(mean: FloatArray, deviation: FloatArray, limits: Sequence[AttributeLimits]) -> FloatArray:
    """P(all within) for means of shape (..., attributes) and deviations that fit; the attributes are independent."""
    from scipy.special import ndtr

    low, high = (np.array([getattr(limit, side) for limit in limits]) for side in ("lower", "upper"))
    safe = np.maximum(deviation, 1e-12)
    return np.asarray(np.prod(ndtr((high - mean) / safe) - ndtr((low - mean) / safe), axis=-1))


def risk_now(beliefs: Sequence[Belief], at: int, limits: Sequence[AttributeLimits]) -> tuple[float, float]:
    """P(all within) at a place, and the probability that the better of go and no-go is wrong."""
    mean = np.array([belief.mean[at] for belief in beliefs])
    deviation = np.sqrt(np.maximum([belief.covariance[at, at] for belief in beliefs], 0))
    chance = float(chance_within(mean, deviation, limits))
    return chance, min(chance, 1 - chance)


def outlook(
    beliefs: Sequence[Belief], at: int, limits: Sequence[AttributeLimits], settled: FloatArray, seed: int
) -> Outlook:
    """Look ahead to one more run at each place.

    `settled` (attributes,) is the variance of each mean that runs already chosen, but not made, will settle.
    """
    mean = np.array([belief.mean[at] for belief in beliefs])
    variance = np.array([belief.covariance[at, at] for belief in beliefs])
    more = np.array([belief.gain(at) for belief in beliefs]).T
    moves = np.sqrt(np.maximum(settled + more, 0))
    rest = np.sqrt(np.maximum(variance - more, 0))
    outcomes = normal(len(beliefs), FUTURES, seed)
    chance = chance_within(mean + outcomes[None] * moves[:, None], rest[:, None], limits)
    return Outlook(np.minimum(chance, 1 - chance).mean(axis=1), (chance * (1 - chance)).mean(axis=1))


def choose(
    beliefs: Sequence[Belief], at: int, limits: Sequence[AttributeLimits], candidates: Sequence[int], runs: int, seed: int
) -> tuple[ChosenRun, ...]:
    """Choose runs one after the other, each the one that leaves the least doubt together with those before it."""
    held, settled, chosen = list(beliefs), np.zeros(len(beliefs)), []
    places = np.array(candidates)
    for _ in range(runs):
        seen = outlook(held, at, limits, settled, seed)
        best = int(places[seen.doubt[places].argmin()])
        chosen.append(ChosenRun(best, float(seen.risk[best]), float(seen.doubt[best])))
        settled = settled + np.array([belief.gain(at)[best] for belief in held])
        held = [belief.after(best) for belief in held]
    return tuple(chosen)
