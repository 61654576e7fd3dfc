"""The largest box of settings in which every setting keeps P(all in specification) at the wanted level."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.answers.scenarios.equipment_ranges import ParameterRange
from pipeline.domain.arrays import FloatArray

SAMPLE, FRESH, ROUNDS, STEPS = 2048, 512, 5, 40
ROOM = 0.005
"""Share of the settings that must reach a level before a box is looked for."""
SHRUNK = 0.7
TRUST = 0.99
"""Share of a fresh sample inside the box that must reach the level."""

Marks = NDArray[np.bool_]
Chance = Callable[[FloatArray], FloatArray]
"""Places of the unit cube, shape (n, parameters), to chances, shape (n,)."""


@dataclass(frozen=True)
class Box:
    """Ranges that hold together, in shares of the limits."""

    low: FloatArray
    high: FloatArray
    centre: FloatArray
    """The setting that it grew from."""
    level: float
    verified: float
    """Share of a last fresh sample inside that reaches the level; none of it was used to find the box."""

    @property
    def volume(self) -> float:
        """Share of the whole space within the limits."""
        return float(np.prod(self.high - self.low))


@dataclass(frozen=True)
class BoxSearch:
    """The best setting found, and the box around a good one where there is any."""

    best: FloatArray
    best_chance: float
    box: Box | None


def largest_box(chance: Chance, start: FloatArray, levels: Sequence[float], seed: int) -> BoxSearch:
    """Grow a box from the set-point, or from the best setting where that fails, at the first of `levels` that has room.

    Greedy growth: all faces move outward step by step, and a face that would take in a setting known to fail stays. Then a
    fresh sample inside is asked; what fails there joins the known, and the box grows anew, until a sample passes (solution
    spaces by growth and trimming: Zimmermann, von Hoessle 2013, Int. J. Numer. Meth. Eng. 94, 290). A box that does not pass
    after that is drawn in towards its middle until it does.
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
    """Move all faces outward in turn, each by 1/steps, until each would take in a failing setting or is at its limit."""
    low, high = centre.copy(), centre.copy()
    outside = failing != centre  # along which axes each failing setting lies outside
    faces = [(i, side) for i in range(len(centre)) for side in (0, 1)]
    while faces:
        faces = [face for face in faces if _pushed(failing, outside, low, high, *face, 1 / steps)]
    return low, high


def _pushed(
    failing: FloatArray, outside: Marks, low: FloatArray, high: FloatArray, axis: int, side: int, step: float
) -> bool:
    """Move one face if nothing that fails comes in; tell whether it can move again."""
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
    """Scrambled Sobol' points of the unit cube, shape (count, dimensions); count is a power of two."""
    from scipy.stats import qmc

    sampler = qmc.Sobol(dimensions, rng=np.random.default_rng(seed))
    return np.asarray(sampler.random_base2(int(np.log2(count))))


def in_limits(limits: Sequence[ParameterRange], low: FloatArray, high: FloatArray) -> dict[str, tuple[float, float]]:
    """Shares of the limits as values, SI."""
    return {m.parameter: (float(m.at(low[i])), float(m.at(high[i]))) for i, m in enumerate(limits)}
