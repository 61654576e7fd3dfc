"""The risk of a go or no-go decision, and what further runs are expected to remove of it.

The decision is whether the process mean at the proposed scale and settings is within all specifications. Let p be the probability
that it is. The better decision is wrong with probability min(p, 1 − p). The result of a run is not known before it is made, but the
belief says how much of the uncertainty it will remove: preposterior analysis (Raiffa, Schlaifer 1961, Applied Statistical
Decision Theory), for Gaussian beliefs the knowledge gradient (Frazier, Powell, Dayanik 2009, INFORMS J. Comput. 21, 599).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.answers.next_runs.belief import AttributeLimits
from pipeline.answers.next_runs.joint_belief import JointBelief
from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.forecasting.normal_probability import Probability, estimate_between, probability_between, root_of
from pipeline.forecasting.quasi_random import cube, normal

POINTS = 256
"""Quasi-random points of an integral over the attributes."""
FUTURES = 1024
"""Results of runs that are looked at. They are the same for every candidate, so that candidates differ by what they are."""
POINTS_EACH = 128
"""Points of the integral over the attributes for each of these results.

With both numbers the expected risk has an error below 0.001.
"""


@dataclass(frozen=True)
class RunChoice:
    """One run, and what is expected after it and the runs that are chosen before it."""

    candidate: int
    risk: float
    """E min(p, 1 − p)"""
    doubt: float
    """E p (1 − p)"""


@dataclass(frozen=True)
class GoDecision:
    """A go or no-go decision on the proposed place.

    Runs are chosen by the expected p (1 − p), here called doubt. Every result reduces it. The risk falls only where a result could
    change the decision: with p far from one half a single run changes no decision, but two or three may (Frazier, Powell 2010,
    Decision Anal. 7, 378).
    """

    belief: JointBelief
    limits: Sequence[AttributeLimits]
    """One per attribute of the belief."""
    seed: int

    @cached_property
    def of_process_mean(self) -> Probability:
        """Probability p that the process mean is within all specifications, with its numerical error."""
        return estimate_between(*self._room, self._spread, self.seed)

    @property
    def chance(self) -> float:
        """Probability p that the process mean is within all specifications."""
        return self.of_process_mean.value

    @property
    def risk(self) -> float:
        """Probability that the better of go and no-go is wrong."""
        return min(self.chance, 1 - self.chance)

    @property
    def doubt(self) -> float:
        """p (1 − p)."""
        return self.chance * (1 - self.chance)

    @cached_property
    def doubt_after_one(self) -> FloatArray:
        """Expected doubt after a single run at each place, (n,)."""
        return self.doubt_after(self.belief)

    def doubt_after(self, held: JointBelief) -> FloatArray:
        """Expected doubt after one run at each place and the runs that `held` already contains, (n,).

        The expectation of p² is the probability that two process means are both within, which share what the runs tell and are
        otherwise independent.
        """
        told = self._told(held)
        lower, upper = (np.tile(limit, 2) for limit in self._room)
        at = cube(len(lower), POINTS, self.seed)
        shared = np.kron(1 - np.eye(2), np.concatenate([np.zeros_like(told[:1]), told]))
        pairs = np.asarray(np.kron(np.eye(2), self._spread) + shared, dtype=np.float64)
        both = probability_between(lower, upper, root_of(pairs), at)
        return np.asarray(np.clip(self.doubt - (both[1:] - both[0]), 0, self.doubt))

    def risk_after(self, held: JointBelief, places: IntArray) -> FloatArray:
        """Expected risk after one run at each of these places and the runs that `held` already contains, (places,)."""
        told = self._told(held)[places]
        risk = self._expected_risk(np.concatenate([np.zeros_like(told[:1]), told]))
        return np.asarray(np.clip(self.risk - (risk[0] - risk[1:]), 0, self.risk))

    def _expected_risk(self, told: FloatArray) -> FloatArray:
        """E min(p, 1 − p) where the results of runs settle the covariance `told`, (m, k, k); (m,)."""
        k = len(self._open)
        values, vectors = np.linalg.eigh(told)
        moves = vectors * np.sqrt(np.maximum(values, 0))[:, None, :]
        means = normal(k, FUTURES, self.seed) @ moves.transpose(0, 2, 1)
        lower, upper = (limit - means for limit in self._room)
        root = root_of(self._spread - told)[:, None]
        chance = probability_between(lower, upper, root, cube(k, POINTS_EACH, self.seed))
        return np.asarray(np.minimum(chance, 1 - chance).mean(axis=1))

    def _told(self, held: JointBelief) -> FloatArray:
        """Covariance at the proposed place that one run at each place, and those that `held` contains, remove, (n, k, k)."""
        before, now = self.belief.spread[0], held.spread[0]
        return np.asarray((before - now + held.removed())[:, self._open[:, None], self._open])

    @cached_property
    def _open(self) -> IntArray:
        """Attributes that may fail; the first one where none can."""
        found = np.flatnonzero([limit.lower > -np.inf or limit.upper < np.inf for limit in self.limits])
        return np.asarray(found if len(found) else [0])

    @property
    def _spread(self) -> FloatArray:
        """Covariance of the process means of these attributes at the proposed place, (k, k)."""
        return np.asarray(self.belief.spread[0][self._open[:, None], self._open])

    @property
    def _room(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper limits of these attributes, counted from the expected process mean, (k,) each."""
        shift = self.belief.shift[self._open, 0]
        lower, upper = (np.array([getattr(self.limits[i], side) for i in self._open]) for side in ("lower", "upper"))
        return lower - shift, upper - shift


def choose(decision: GoDecision, candidates: Sequence[int], runs: int) -> tuple[RunChoice, ...]:
    """Choose runs one after the other, each the one that leaves the least doubt together with those before it."""
    held, chosen, places = decision.belief, list[RunChoice](), np.array(candidates)
    for _ in range(runs):
        doubt = decision.doubt_after(held) if chosen else decision.doubt_after_one
        best = int(places[doubt[places].argmin()])
        chosen.append(RunChoice(best, float(decision.risk_after(held, np.array([best]))[0]), float(doubt[best])))
        held = held.after(best)
    return tuple(chosen)


def best_runs(decision: GoDecision, groups: Sequence[Sequence[int]]) -> tuple[RunChoice, ...]:
    """Return the single run of each group of candidates that leaves the least doubt."""
    doubt = decision.doubt_after_one
    best = np.array([group[int(doubt[list(group)].argmin())] for group in groups])
    risks = decision.risk_after(decision.belief, best).tolist()
    return tuple(RunChoice(run, risk, float(doubt[run])) for run, risk in zip(best.tolist(), risks, strict=True))
