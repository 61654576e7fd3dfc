"""The share of each step in what varies an attribute from batch to batch, and how sure history is of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.answers.steps.deviations import Deviations
from pipeline.answers.steps.grouped_regression import draw
from pipeline.domain.arrays import BoolArray, FloatArray

SEED = 18
"""Seed of the draws: an answer is the same each time."""
RANGE = (0.05, 0.95)
"""Ends of the range of a share, as quantiles of its draws."""
SURE = 0.9
"""Chance from which history tells: that a step has the largest share, or that one of several has it."""


@dataclass(frozen=True)
class StepShare:
    """Share of one step in the variance that what was recorded of the steps explains."""

    step: str
    mean: float
    low: float
    high: float
    largest: float
    """Chance that no other step has a larger share."""


@dataclass(frozen=True)
class Shares:
    """Shares of the steps, in the order in which they were asked for."""

    batches: int
    explained: float
    """Share of the variance within product, scale and place that what was recorded of these steps explains."""
    explained_range: tuple[float, float]
    """Range of this share. It begins near 0 where the results may follow nothing that was recorded."""
    steps: tuple[StepShare, ...]

    @property
    def candidates(self) -> tuple[str, ...]:
        """Return the fewest steps one of which has the largest share, with a chance of at least `SURE`; likely ones first."""
        found: list[str] = []
        chance = 0.0
        for one in sorted(self.steps, key=lambda one: -one.largest):
            if chance >= SURE or one.largest == 0:
                break
            found.append(one.step)
            chance += one.largest
        return tuple(found)


def shares_of_steps(found: Deviations, steps: Sequence[str]) -> Shares:
    """Return the shares of some steps. All are 0 where nothing varied, or where no batch is left beyond the means.

    The share of a step is the variance of what its settings and lots together do to the batches, over the sum of these variances
    of all steps.
    """
    batches = len(found.results)
    if not found.steps or batches <= found.means or float(np.ptp(found.results)) <= 0:
        return Shares(batches, 0.0, (0.0, 0.0), tuple(StepShare(step, 0.0, 0.0, 0.0, 0.0) for step in steps))
    draws = draw(found.inputs, found.results, found.groups, found.means, SEED)
    covariance = found.inputs.T @ found.inputs / batches
    of_steps = np.array([_variance(draws.coefficients, covariance, np.array(found.steps) == step) for step in steps])
    shares = of_steps / of_steps.sum(axis=0)
    every = _variance(draws.coefficients, covariance, np.ones(len(found.steps), dtype=bool))
    first = shares.argmax(axis=0)
    ends = np.quantile(shares, RANGE, axis=1)
    explained = every / (every + draws.noise)
    return Shares(
        batches,
        float(explained.mean()),
        (float(np.quantile(explained, RANGE[0])), float(np.quantile(explained, RANGE[1]))),
        tuple(
            StepShare(step, float(shares[at].mean()), float(ends[0, at]), float(ends[1, at]), float((first == at).mean()))
            for at, step in enumerate(steps)
        ),
    )


def _variance(coefficients: FloatArray, covariance: FloatArray, own: BoolArray) -> FloatArray:
    """Return the variance over the batches of what some columns do, shape (draws,)."""
    part = coefficients[:, own]
    return np.asarray(((part @ covariance[np.ix_(own, own)]) * part).sum(axis=1))
