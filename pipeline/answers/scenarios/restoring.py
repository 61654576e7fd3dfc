"""Set-points that bring quality back to where it was before the change of scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.scenarios.equipment_ranges import ParameterRange
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.domain.arrays import FloatArray

ROUNDS, MEMBERS = 30, 5
DRAWN = 500
"""Errors that are drawn to know their size."""
EFFORT = 0.01
"""Weight of moving a parameter over all of its limits against one deviation of the model's errors: the nearer of two equals."""


@dataclass(frozen=True)
class RestoredSetPoints:
    """What to set, and what it gives; SI."""

    settings: dict[str, float]
    reference: dict[str, float]
    """Mean prediction for the batches at the reference scale."""
    proposed: dict[str, float]
    restored: dict[str, float]
    distance_proposed: float
    """Root mean square distance from the reference over the attributes, each in deviations of the model's own errors."""
    distance_restored: float
    chance_proposed: float
    chance_restored: float


def restore(
    setup: ScenarioSetup, limits: Sequence[ParameterRange], reference: pl.DataFrame, seed: int
) -> RestoredSetPoints | None:
    """Find the set-points within the limits whose predicted quality is nearest to that of the reference rows (features, SI).

    Differential evolution (Storn, Price 1997, J. Global Optim. 11, 341) as scipy keeps it, a whole generation in one frame, with
    a fixed seed and the proposed set-points among the first. None without a reference or without a parameter to move.
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
    """Settings at places of the unit cube, shape (n, parameters)."""
    return pl.DataFrame({limit.parameter: limit.at(places[:, i]) for i, limit in enumerate(limits)})


def _spread(setup: ScenarioSetup, settings: pl.DataFrame, targets: list[str], seed: int) -> FloatArray:
    """Size of the errors of each attribute, so that attributes in different units count alike."""
    sizes = setup.forecaster.errors(setup.rows(settings), seed).select(targets).to_numpy().std(axis=0)
    return np.where(sizes > 0, sizes, 1.0)
