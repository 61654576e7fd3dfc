"""Response curves (one parameter varies over its limits, the others are constant) and the proven ranges from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.scenarios.equipment_ranges import ParameterRange
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.domain.arrays import FloatArray

POINTS = 25
BLIND = 1e-6
"""A change smaller than this share of an attribute counts as rounding."""


@dataclass(frozen=True)
class ParameterCurve:
    """Quality and chance along one parameter; SI."""

    limit: ParameterRange
    set_point: float
    """Set-point of the parameter. The other parameters are held at their set-points."""
    values: FloatArray
    """(points,), including the set-point."""
    quality: pl.DataFrame
    """(points, targets)"""
    chance: FloatArray
    """P(all in specification), (points,)."""

    @property
    def at_set_point(self) -> float:
        """Return P(all in specification) at the set-point."""
        return float(self.chance[int(np.searchsorted(self.values, self.set_point))])

    @property
    def moves(self) -> float:
        """Return the largest change of any attribute over the curve, as a share of its mean."""
        reach = self.quality.select((pl.all().max() - pl.all().min()) / pl.all().mean().abs()).row(0)
        return max((float(x) for x in reach if x is not None and np.isfinite(x)), default=0.0)

    @property
    def acts(self) -> bool:
        """Return whether the parameter has an effect in the model."""
        return self.moves > BLIND


@dataclass(frozen=True)
class ProvenEnds:
    """Range around the set-point in which P(all in specification) reaches a level, with the other parameters held."""

    low: float
    high: float
    low_open: bool
    """True if the lower end is the end of the explored range; the proven range may extend further."""
    high_open: bool
    """The same for the upper end."""


def curves(
    setup: ScenarioSetup, limits: Sequence[ParameterRange], points: int = POINTS, around: Mapping[str, float] | None = None
) -> tuple[ParameterCurve, ...]:
    """Return the response curve of each parameter, computed in one table of points × parameters rows.

    around: settings, SI, that replace the proposed set-points.
    """
    if not limits:
        return ()
    centre = {limit.parameter: setup.set_point(limit.parameter) for limit in limits} | dict(around or {})
    grids = [np.union1d(limit.grid(points), [centre[limit.parameter]]) for limit in limits]
    tables = [_settings_along(centre, limit.parameter, grid) for limit, grid in zip(limits, grids, strict=True)]
    outcome = setup.outcome(pl.concat(tables))
    quality, chance = outcome.mean, outcome.together
    found, start = [], 0
    for limit, grid in zip(limits, grids, strict=True):
        part = slice(start, start + len(grid))
        found.append(ParameterCurve(limit, centre[limit.parameter], grid, quality[part], chance[part]))
        start += len(grid)
    return tuple(found)


def _settings_along(centre: Mapping[str, float], parameter: str, grid: FloatArray) -> pl.DataFrame:
    held = {name: np.full(len(grid), value) for name, value in centre.items()}
    return pl.DataFrame(held | {parameter: grid})


def proven_range(curve: ParameterCurve, level: float) -> ProvenEnds | None:
    """Return the proven acceptable range at a level (ICH Q8(R2): the other parameters constant); None if the set-point fails.

    Each end is the last computed point of the curve that reaches the level. There is no interpolation between points.
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
