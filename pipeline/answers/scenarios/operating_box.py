"""The largest box of settings within which P(all in specification) stays at or above a level."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.answers.scenarios.equipment_ranges import ParameterRange
from pipeline.domain.arrays import FloatArray

SAMPLE, FRESH, ROUNDS, STEPS = 2048, 512, 5, 40
ROOM = 0.005
"""Smallest share of the sampled settings that must reach a level for the search of a box."""
SHRUNK = 0.7
TRUST = 0.99
"""Smallest share of a new sample inside the box that must reach the level."""

Marks = NDArray[np.bool_]
Chance = Callable[[FloatArray], FloatArray]
"""Function from points of the unit cube, shape (n, parameters), to chances, shape (n,)."""


@dataclass(frozen=True)
class Box:
    """Ranges of all parameters that are valid at the same time, in shares of the limits."""

    low: FloatArray
    high: FloatArray
    centre: FloatArray
    """The setting from which the box was grown."""
    level: float
    verified: float
    """Share of a final new sample inside the box that reaches the level. This sample was not used to find the box."""

    @property
    def volume(self) -> float:
        """Return the share of the whole space within the limits."""
        return float(np.prod(self.high - self.low))


@dataclass(frozen=True)
class BoxSearch:
    """The best setting found, and the box; None if no level is reached."""

    best: FloatArray
    best_chance: float
    box: Box | None


def largest_box(chance: Chance, start: FloatArray, levels: Sequence[float], seed: int) -> BoxSearch:
    """Return the best setting and a large box for the first of `levels` that enough settings reach.

    The box grows from the set-point, or from the best setting if the set-point does not reach the level. Growth is greedy: all
    faces move outward step by step, and a face stops before it would include a setting that is known to fail. Then a new sample
    inside is evaluated. Its failing settings are added to the known ones, and the box is grown again, until a sample passes
    (solution spaces by growth and trimming: Zimmermann, von Hoessle 2013, Int. J. Numer. Meth. Eng. 94, 290). A box that does not
    pass after that is shrunk towards its centre, for a limited number of rounds.
    """
    known = np.vstack([start[None], sobol(len(start), SAMPLE, seed)])
    values = chance(known)
    best = int(values.argmax())
    for level in levels:
        if values[0] >= level or (values >= level).mean() >= ROOM:
            centre = start if values[0] >= level else known[best]
            return BoxSearch(known[best], float(values[best]), _verified(chance, known, values, centre, level, seed))
    return BoxSearch(known[best], float(values[best]), None)


def _verified(chance: Chance, known: FloatArray, values: FloatArray, centre: FloatArray, level: float, seed: int) -> Box:
    failing = known[values < level]
    low, high = grow(failing, centre)
    for attempt in range(1, 2 * ROUNDS):
        fresh = low + sobol(len(centre), FRESH, seed + attempt) * (high - low)
        failed = fresh[chance(fresh) < level]
        if len(failed) <= (1 - TRUST) * FRESH:
            break
        failing = np.vstack([failing, failed])
        if attempt < ROUNDS:
            low, high = grow(failing, centre)
        else:
            low, high = (centre + SHRUNK * (wall - centre) for wall in (low, high))
    last = low + sobol(len(centre), FRESH, seed + 2 * ROUNDS) * (high - low)
    return Box(low, high, centre, level, float((chance(last) >= level).mean()))


def grow(failing: FloatArray, centre: FloatArray, steps: int = STEPS) -> tuple[FloatArray, FloatArray]:
    """Return the lower and upper corner of a grown box.

    All faces move outward in turn, each by 1/steps, until each would include a failing setting or is at its limit.
    """
    low, high = centre.copy(), centre.copy()
    outside = failing != centre  # axes along which each failing setting lies outside the box
    faces = [(i, side) for i in range(len(centre)) for side in (0, 1)]
    while faces:
        faces = [face for face in faces if _pushed(failing, outside, low, high, *face, 1 / steps)]
    return low, high


def _pushed(
    failing: FloatArray, outside: Marks, low: FloatArray, high: FloatArray, axis: int, side: int, step: float
) -> bool:
    """Move one face unless that would include a failing setting. Return whether the face can move again."""
    wall, end = (low, max(low[axis] - step, 0.0)) if side == 0 else (high, min(high[axis] + step, 1.0))
    along = failing[:, axis]
    passed = outside[:, axis] & (
        (along >= end) & (along <= wall[axis]) if side == 0 else (along <= end) & (along >= wall[axis])
    )
    if (outside[passed].sum(axis=1) == 1).any():
        return False
    outside[passed, axis] = False
    wall[axis] = end
    return bool(0.0 < end < 1.0)


def sobol(dimensions: int, count: int, seed: int) -> FloatArray:
    """Return scrambled Sobol' points of the unit cube, shape (count, dimensions). count must be a power of two."""
    from scipy.stats import qmc

    sampler = qmc.Sobol(dimensions, rng=np.random.default_rng(seed))
    return np.asarray(sampler.random_base2(int(np.log2(count))))


def in_limits(limits: Sequence[ParameterRange], low: FloatArray, high: FloatArray) -> dict[str, tuple[float, float]]:
    """Return parameter → lower and upper value, SI, from shares of the limits."""
    return {m.parameter: (float(m.at(low[i])), float(m.at(high[i]))) for i, m in enumerate(limits)}
