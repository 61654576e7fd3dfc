"""Amounts at each step in kg: what was taken, given and lost. Taken = given + measured loss + other loss, exactly."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.random_numbers import generator

SCALES = 0.002
"""Standard deviation of a weighing, relative."""
WATER_METER = 0.010
"""Standard deviation of the water that a dryer reports, relative."""


@dataclass(frozen=True)
class Balance:
    """What is weighed at a step."""

    taken: tuple[str, ...]
    given: str
    measured_loss: str | None
    loss: float
    """Usual share of what is taken that is lost without being weighed, for 50 kg."""
    rejected: float = 0.0
    """Usual share of what is taken that is lost and weighed."""


BALANCES: Mapping[str, Balance] = {
    "granulation": Balance(("powder_mass", "liquid_mass"), "wet_granules", None, 0.010),
    "drying": Balance(("dryer_load",), "dried_granules", "water_removed", 0.012),
    "milling": Balance(("mill_feed",), "milled_granules", "mill_residue", 0.007, 0.004),
    "blending": Balance(("granules_to_blend", "outer_phase"), "final_blend", None, 0.007),
    "compression": Balance(("press_feed",), "good_cores", "rejected_cores", 0.006, 0.014),
    "coating": Balance(("pan_load", "film_solids"), "coated_tablets", None, 0.008),
}
"""Step → its balance. The shares of loss have the order of yields of commercial batches (Žagar, Mihelič 2022, Sci. Data 9:99)."""


def share_lost(seed: int, step: str, what: str, usual: float, taken: FloatArray) -> FloatArray:
    """Share lost [-]: smaller for larger batches, because what stays in a machine grows more slowly than the batch."""
    deviation = generator(seed, f"{what} of {step}").standard_normal(len(taken))
    return np.asarray(usual * (np.maximum(taken, 0.5) / 50.0) ** -0.10 * np.exp(0.22 * deviation))


def amounts(
    seed: int, step: str, batches: pl.Series, taken: Mapping[str, FloatArray], water: FloatArray | None = None
) -> pl.DataFrame:
    """True amounts of a step [kg]: batch, each amount by its name, and `other_loss`. `water` is what a dryer removes."""
    balance = BALANCES[step]
    total = np.sum(list(taken.values()), axis=0)
    dry = total if water is None else total - water
    other = share_lost(seed, step, "loss", balance.loss, total) * dry
    lost = water
    if balance.rejected:
        lost = share_lost(seed, step, "rejects", balance.rejected, total) * total
    columns = {name: taken[name] for name in balance.taken}
    if balance.measured_loss and lost is not None:
        columns[balance.measured_loss] = lost
    given = total - other - (0.0 if lost is None else lost)
    return pl.DataFrame({"batch": batches, **columns, balance.given: given, "other_loss": other})


def weighed(seed: int, noise: float, step: str, true: pl.DataFrame) -> pl.DataFrame:
    """Amounts as recorded [kg]: each is weighed once, with the error of a scale, or of the water meter of a dryer."""
    rng = generator(seed, f"weighing of {step}")
    names = [name for name in true.columns if name not in ("batch", "other_loss")]
    errors = {name: WATER_METER if name == "water_removed" else SCALES for name in names}
    factors = {name: 1 + noise * errors[name] * rng.standard_normal(true.height) for name in names}
    return true.select("batch", *(pl.col(name) * pl.Series(factors[name]) for name in names))


def step_yield(step: str, recorded: pl.DataFrame) -> FloatArray:
    """Share of what was taken that is accounted for [-]: given and measured loss over taken."""
    balance = BALANCES[step]
    found = recorded[balance.given].to_numpy().copy()
    if balance.measured_loss:
        found = found + recorded[balance.measured_loss].to_numpy()
    return np.asarray(found / np.sum([recorded[name].to_numpy() for name in balance.taken], axis=0))
