"""The verdict on two scales: difference at the set-point, and slopes."""

from dataclasses import dataclass

import numpy as np

from pipeline.answers.equivalence.batches import Batches
from pipeline.answers.equivalence.effect import Effect, scale_effect
from pipeline.answers.equivalence.margin import margin as margin_of
from pipeline.answers.equivalence.needed import needed
from pipeline.answers.equivalence.slopes import Slopes, slopes
from pipeline.answers.limits import EquivalenceConfig

SAME, OFFSET, SLOPE, DIFFERENT, UNKNOWN = (
    "same",
    "parallel offset",
    "same at the set-point, different slope",
    "different",
    "the data can't tell",
)


@dataclass(frozen=True)
class Judgement:
    """What the batches of two scales say. Numbers have the unit of the values."""

    verdict: str
    effect: Effect
    lower: float
    upper: float
    """Ends of the 1 − 2·alpha interval of the difference."""
    margin: float | None
    """None if it counts in standard deviations between batches, and no product has two batches at one scale."""
    slopes: Slopes | None
    needed: int | None
    """Number of products, or of batches at each scale with one product, that would decide. None if decided or above 1000."""
    censored_decide: bool
    """Whether the verdict would be another one if all censored results were in the middle of their ranges."""


def judge(batches: Batches, limits: tuple[float | None, float | None], config: EquivalenceConfig) -> Judgement:
    """Judge the scales by two one-sided tests on the difference, and the slopes by analysis of covariance.

    limits: lower and upper specification. With censored results, the verdict holds for every value that they can have.
    """
    effect = scale_effect(batches)
    once, twice = config.alpha, config.alpha / 2
    limit = margin_of(batches, limits, config, effect.half_width(once))
    bends = slopes(batches)
    bent = bends is not None and limit is not None and bends.p < config.alpha and bends.effect > limit
    verdict = _verdict(effect.ends(once), effect.ends(twice), limit, bent=bent)
    plain = _verdict(_middle(effect, once), _middle(effect, twice), limit, bent=bent)
    more = None if limit is None or verdict != UNKNOWN else _needed(batches, effect, limit, config)
    return Judgement(verdict, effect, *effect.ends(once), limit, bends, more, plain != verdict)


def _verdict(inner: tuple[float, float], outer: tuple[float, float], limit: float | None, *, bent: bool) -> str:
    """Return the verdict. inner: the 1 − 2·alpha interval; outer: the 1 − alpha interval."""
    if limit is not None and -limit < inner[0] and inner[1] < limit:
        return SLOPE if bent else SAME
    if limit is not None and (outer[0] > 0 or outer[1] < 0):
        return DIFFERENT if bent else OFFSET
    return UNKNOWN


def _middle(effect: Effect, tail: float) -> tuple[float, float]:
    """Return the interval with censored results in the middle of what they can be."""
    half = effect.half_width(tail)
    return effect.mean - half, effect.mean + half


def _needed(batches: Batches, effect: Effect, limit: float, config: EquivalenceConfig) -> int | None:
    """Return how many products, or with one product how many batches at each scale, would decide."""
    alone = batches.products == 1
    large = float(batches.large.sum())
    counted = 2 / (1 / large + 1 / (len(batches.large) - large)) if alone else batches.products
    return needed(effect.range, effect.error * float(np.sqrt(counted)), limit, config.alpha, batches=alone)
