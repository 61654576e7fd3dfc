"""Set-points that restore the predicted quality of the reference scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.scenarios.equipment_ranges import ParameterRange
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.domain.arrays import FloatArray

ROUNDS, MEMBERS = 30, 5
DRAWN = 500
"""Number of errors that are drawn to estimate their standard deviation."""
EFFORT = 0.01
"""Cost of moving a parameter over its whole range, where a distance of one standard deviation of the model errors costs one.
Between two equally good settings, the one nearer to the proposed set-points is chosen."""


@dataclass(frozen=True)
class RestoredSetPoints:
    """Restoring set-points and the quality that they give; SI."""

    settings: dict[str, float]
    reference: dict[str, float]
    """Mean prediction for the batches at the reference scale."""
    proposed: dict[str, float]
    restored: dict[str, float]
    distance_proposed: float
    """Root mean square distance from the reference over the attributes, each in standard deviations of the model errors."""
    distance_restored: float
    chance_proposed: float
    chance_restored: float


def restore(
    setup: ScenarioSetup, limits: Sequence[ParameterRange], reference: pl.DataFrame, seed: int
) -> RestoredSetPoints | None:
    """Return the set-points within the limits whose predicted quality is nearest to that of the reference rows (features, SI).

    Method: differential evolution (Storn, Price 1997, J. Global Optim. 11, 341) in scipy, with a fixed seed. Each generation is
    computed in one table. The first generation contains the proposed set-points. None without a reference or without a
    parameter that can be varied.
    """
    from scipy.optimize import differential_evolution

    if reference.is_empty() or not limits:
        return None
    targets = list(setup.forecaster.targets)
    wanted = setup.forecaster.mean(reference).select(targets).mean().to_numpy()[0]
    start = np.array([(setup.set_point(m.parameter) - m.low) / (m.high - m.low) for m in limits])

    spread = _spread(setup, settings_at(limits, np.tile(start, (DRAWN, 1))), targets, seed)

    def cost(places: FloatArray) -> FloatArray:
        away = (setup.mean(settings_at(limits, places.T)).select(targets).to_numpy() - wanted) / spread
        return np.asarray((away**2).mean(axis=1) + EFFORT * ((places.T - start) ** 2).sum(axis=1))

    found = differential_evolution(
        cost,
        [(0.0, 1.0)] * len(limits),
        x0=start,
        maxiter=ROUNDS,
        popsize=MEMBERS,
        vectorized=True,
        updating="deferred",
        polish=False,
        rng=np.random.default_rng(seed),
    )
    outcome = setup.outcome(settings_at(limits, np.vstack([start, found.x])))
    both, chance = outcome.mean.select(targets), outcome.together
    distance = np.sqrt((((both.to_numpy() - wanted) / spread) ** 2).mean(axis=1))
    return RestoredSetPoints(
        {limit.parameter: float(limit.at(x)) for limit, x in zip(limits, found.x, strict=True)},
        dict(zip(targets, map(float, wanted), strict=True)),
        both.row(0, named=True),
        both.row(1, named=True),
        *(float(value) for value in (*distance, *chance)),
    )


def settings_at(limits: Sequence[ParameterRange], places: FloatArray) -> pl.DataFrame:
    """Return settings, SI, at points of the unit cube, shape (n, parameters)."""
    return pl.DataFrame({limit.parameter: limit.at(places[:, i]) for i, limit in enumerate(limits)})


def _spread(setup: ScenarioSetup, settings: pl.DataFrame, targets: list[str], seed: int) -> FloatArray:
    """Return the standard deviation of the errors of each attribute. Dividing by it gives all attributes equal weight."""
    sizes = setup.forecaster.errors(setup.rows(settings), seed).select(targets).to_numpy().std(axis=0)
    return np.where(sizes > 0, sizes, 1.0)
