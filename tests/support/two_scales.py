"""Simulated batches of two scales with a known difference. The standard deviation between batches is 1."""

from dataclasses import dataclass

import numpy as np

from pipeline.answers.equivalence.batches import Batches
from pipeline.answers.equivalence.judgement import Judgement, judge
from pipeline.answers.limits import EquivalenceConfig
from pipeline.domain.arrays import FloatArray

MARGIN = 1.5
WIDTH = (0.0, 10.0)
"""Limits whose margin, 15 % of the width, is 1.5 standard deviations between batches."""


@dataclass(frozen=True)
class Plan:
    """What is simulated: batches per product at each scale, the true mean difference, and how products vary around it."""

    small: tuple[int, ...]
    large: tuple[int, ...]
    difference: float = MARGIN
    between: float = 0.0
    limit: float | None = None
    """Results below it are censored."""
    lowest: float = -5.0
    """Smallest possible value."""

    def batches(self, rng: np.random.Generator) -> Batches:
        """Draw one history."""
        counts = np.ravel(np.column_stack([self.small, self.large]))
        product = np.repeat(np.arange(len(self.small)), counts[::2] + counts[1::2]).astype(float)
        large = np.repeat(np.tile([0.0, 1.0], len(self.small)), counts)
        own = self.difference + self.between * rng.normal(size=len(self.small))
        value = np.maximum(own[product.astype(int)] * large + rng.normal(size=len(product)), self.lowest)
        hidden = np.zeros(len(value), bool) if self.limit is None else value < self.limit
        lowest, highest = np.where(hidden, self.lowest, value), np.where(hidden, self.limit or 0.0, value)
        return Batches(product, large, lowest, highest, no_settings(len(value)))


def no_settings(count: int) -> FloatArray:
    return np.empty((count, 0))


def judged(plan: Plan, count: int, limits: tuple[float | None, float | None] = WIDTH, seed: int = 7) -> list[Judgement]:
    """Judge this many histories."""
    rng = np.random.default_rng(seed)
    return [judge(plan.batches(rng), limits, EquivalenceConfig()) for _ in range(count)]


def share(found: list[Judgement], verdict: str) -> float:
    """Return the share of a verdict."""
    return sum(one.verdict == verdict for one in found) / len(found)
