"""Map of P(all in specification) over two parameters. The design space is the region that reaches the wanted level."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.scenarios.equipment_ranges import ParameterRange
from pipeline.answers.scenarios.response_curves import ParameterCurve
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.domain.arrays import FloatArray

POINTS = 25


@dataclass(frozen=True)
class PairChances:
    """Chance over a grid of two parameters, SI. All other settings are as proposed."""

    x: ParameterRange
    y: ParameterRange
    xs: FloatArray
    ys: FloatArray
    chance: FloatArray
    """(ys, xs)"""

    def share_inside(self, level: float) -> float:
        """Return the share of the map that belongs to the design space at a level."""
        return float((self.chance >= level).mean())


def most_telling(curves: Sequence[ParameterCurve]) -> tuple[ParameterRange, ParameterRange] | None:
    """Return the two parameters that change the chance most, ties decided by the change of quality; None if fewer than two act."""
    ranked = sorted((c for c in curves if c.acts), key=lambda c: (-float(np.ptp(c.chance)), -c.moves))
    return (ranked[0].limit, ranked[1].limit) if len(ranked) > 1 else None


def design_map(setup: ScenarioSetup, x: ParameterRange, y: ParameterRange, points: int = POINTS) -> PairChances:
    """Return the chance at every point of a grid, computed in one table."""
    xs, ys = x.grid(points), y.grid(points)
    across, up = np.meshgrid(xs, ys)
    settings = pl.DataFrame({x.parameter: across.ravel(), y.parameter: up.ravel()})
    return PairChances(x, y, xs, ys, setup.chance(settings).reshape(points, points))
