"""Planted breaks of the product balance: which step batch, how large, and by which mistake."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.antibody_train.amounts import BALANCED, Amounts
from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.antibody_train.train import Simulation
from pipeline.simulators.arrays import Array
from pipeline.simulators.random_numbers import generator

KINDS = ("wrong volume booked", "unrecorded loss", "given above taken")
"""Too much is booked as taken; product is really lost and nobody notes it; too much is booked as given."""
SIZES = (4.5, 8.0)
"""Smallest and largest break, in standard deviations of the step."""


@dataclass(frozen=True)
class Break:
    """A broken balance."""

    step: str
    index: int
    """Batch of the step, as its place in the table of the step."""
    kind: str
    size: float
    """Change of the yield in standard deviations of the step; negative if product is missing."""
    factor: float
    """Factor on the amount that is wrong, or on the product that is given."""


def planted(config: AntibodyTrainConfig, simulation: Simulation, sound: dict[str, Amounts]) -> list[Break]:
    """Choose the breaks, each in another run, from the amounts that are measured without breaks.

    The yield of a step batch is what is given and measured as lost, over what is taken. Its standard deviation is that over
    all sound batches of the step.
    """
    rng = generator(config.seed, "breaks")
    runs = rng.permutation(int(simulation.rows["culture"]["run"].max()) + 1)[: config.breaks]  # type: ignore[arg-type]
    sizes = rng.uniform(*SIZES, len(runs)).round(1)
    return [
        _break(simulation, sound, BALANCED[place % len(BALANCED)], KINDS[place % len(KINDS)], int(run), float(size))
        for place, (run, size) in enumerate(zip(runs, sizes, strict=True))
    ]


def _break(simulation: Simulation, sound: dict[str, Amounts], step: str, kind: str, run: int, size: float) -> Break:
    index = simulation.rows[step].select((pl.col("run") == run).arg_max()).item()
    amounts = sound[step]
    signed = size if kind == "given above taken" else -size
    before = float(amounts.recovered[index])
    after = before + signed * float(np.std(amounts.recovered))
    lost = float(amounts.lost[index] / amounts.taken[index])
    factor = before / after if kind == "wrong volume booked" else (after - lost) / (before - lost)
    return Break(step, index, kind, signed, factor)


def really_lost(breaks: list[Break], counts: dict[str, int]) -> dict[str, Array]:
    """Step → share of what it gives that each batch keeps, below 1 where product is really lost."""
    kept = {step: np.ones(counts[step]) for step in BALANCED}
    for one in breaks:
        if one.kind == "unrecorded loss":
            kept[one.step][one.index] = one.factor
    return kept


def booked(breaks: list[Break], amounts: dict[str, Amounts]) -> dict[str, Amounts]:
    """Amounts as they are booked, with the mistakes in the books."""
    wrong = {step: Amounts(one.taken.copy(), one.given.copy(), one.lost) for step, one in amounts.items()}
    for one in breaks:
        if one.kind == "wrong volume booked":
            wrong[one.step].taken[one.index] *= one.factor
        elif one.kind == "given above taken":
            wrong[one.step].given[one.index] *= one.factor
    return wrong
