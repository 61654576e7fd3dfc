"""Response curves: one parameter moves over its limits, everything else stays; and the range proven by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.scenarios.equipment_ranges import ParameterRange
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.domain.arrays import FloatArray

POINTS = 25
BLIND = 1e-6
"""A change smaller than this share of an attribute is rounding."""


@dataclass(frozen=True)
class ParameterCurve:
    """Quality and chance along one parameter; SI."""

    limit: ParameterRange
    set_point: float
    """Where the parameter stands; the others are held where they stand."""
    values: FloatArray
    """(points,), the set-point among them."""
    quality: pl.DataFrame
    """(points, targets)"""
    chance: FloatArray
    """P(all in specification), (points,)."""

    @property
    def at_set_point(self) -> float:
        """P(all in specification) at the set-point."""
        return float(self.chance[int(np.searchsorted(self.values, self.set_point))])

    @property
    def moves(self) -> float:
        """Largest change of any attribute over the curve, as a share of its size."""
        reach = self.quality.select((pl.all().max() - pl.all().min()) / pl.all().mean().abs()).row(0)
        return max((float(x) for x in reach if x is not None and np.isfinite(x)), default=0.0)

    @property
    def acts(self) -> bool:
        """False where the model is blind to the parameter."""
        return self.moves > BLIND


@dataclass(frozen=True)
class ProvenEnds:
    """Where P(all in specification) reaches the wanted level around the set-point, everything else held."""

    low: float
    high: float
    low_open: bool
    """The edge is the limit of what was explored, not of what is proven."""
    high_open: bool


def curves(
    setup: ScenarioSetup, limits: Sequence[ParameterRange], points: int = POINTS, around: Mapping[str, float] | None = None
) -> tuple[ParameterCurve, ...]:
    """Move each parameter over its limits, all in one frame of points × parameters rows.

    around: settings, SI, in the place of the proposed set-points.
    """
    if not limits:
        return ()
    centre = {limit.parameter: setup.set_point(limit.parameter) for limit in limits} | dict(around or {})
    grids = [np.union1d(limit.grid(points), [centre[limit.parameter]]) for limit in limits]
    tables = [_moved(centre, limit.parameter, grid) for limit, grid in zip(limits, grids, strict=True)]
    outcome = setup.outcome(pl.concat(tables))
    quality, chance = outcome.mean, outcome.together
    found, start = [], 0
    for limit, grid in zip(limits, grids, strict=True):
        part = slice(start, start + len(grid))
        found.append(ParameterCurve(limit, centre[limit.parameter], grid, quality[part], chance[part]))
        start += len(grid)
    return tuple(found)


def _moved(centre: Mapping[str, float], moved: str, grid: FloatArray) -> pl.DataFrame:
    held = {name: np.full(len(grid), value) for name, value in centre.items()}
    return pl.DataFrame(held | {moved: grid})


def proven_range(curve: ParameterCurve, level: float) -> ProvenEnds | None:
    """Proven acceptable range at a level: ICH Q8(R2), one parameter within it, the others constant; None where the set-point fails.

    The edge lies at the last point of the curve that reaches the level, not between points: nothing is promised that was not
    computed.
    """
    good = curve.chance >= level
    start = int(np.searchsorted(curve.values, curve.set_point))
    if not good[start]:
        return None
    low, high = start, start
    while low > 0 and good[low - 1]:
        low -= 1
    while high < len(good) - 1 and good[high + 1]:
        high += 1
    return ProvenEnds(float(curve.values[low]), float(curve.values[high]), low == 0, high == len(good) - 1)
