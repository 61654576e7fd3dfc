"""Maps of P(all in specification) over two parameters: the design space where it reaches the wanted level."""

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
    """Chance over a grid of two parameters, everything else as proposed; SI."""

    x: ParameterRange
    y: ParameterRange
    xs: FloatArray
    ys: FloatArray
    chance: FloatArray
    """(ys, xs)"""

    def share_inside(self, level: float) -> float:
        """Share of the map that is design space."""
        return float((self.chance >= level).mean())


def most_telling(curves: Sequence[ParameterCurve]) -> tuple[ParameterRange, ParameterRange] | None:
    """The two parameters that move the chance most on their own, or else the qualities; None with fewer than two that do."""
    ranked = sorted((c for c in curves if c.acts), key=lambda c: (-float(np.ptp(c.chance)), -c.moves))
    return (ranked[0].limit, ranked[1].limit) if len(ranked) > 1 else None


def design_map(setup: ScenarioSetup, x: ParameterRange, y: ParameterRange, points: int = POINTS) -> PairChances:
    """Compute the chance at every point of the grid in one frame."""
    xs, ys = x.grid(points), y.grid(points)
    across, up = np.meshgrid(xs, ys)
    settings = pl.DataFrame({x.parameter: across.ravel(), y.parameter: up.ravel()})
    return PairChances(x, y, xs, ys, setup.chance(settings).reshape(points, points))
