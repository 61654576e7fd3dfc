"""The truth: quality without noise, and at which step it is decided. No code that learns may import this module."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import polars as pl

from pipeline.simulators.antibody_train.campaigns import STEPS
from pipeline.simulators.antibody_train.train import Change, Decisions, Simulation, TrainRun, simulate
from pipeline.simulators.arrays import Array, Values

QUALITY = {"hmw": "hmw", "hcp": "hcp", "acidic_variants": "acidic", "concentration": "concentration"}
"""Quality attribute of the drug substance → state of the last step. Units: %, ng/mg, %, g/L."""
THROUGHOUT = ("hmw", "hcp", "acidic_variants")
"""Quality attributes that every step carries on."""


def noise_free(
    simulation: Simulation, decisions: Decisions, changes: Mapping[str, Change] | None = None
) -> dict[str, Array]:
    """Quality attributes of every lot of drug substance without noise, if the drivers of some steps were changed."""
    last = simulate(simulation, 0.0, None, decisions, changes).steps[STEPS[-1]]
    return {name: last.after[state] for name, state in QUALITY.items()}


def times(driver: str, factor: float) -> Change:
    """Change that multiplies one driver, such as the load of the capture column by 1.12."""

    def changed(drivers: Values) -> Values:
        return {**drivers, driver: drivers[driver] * factor}

    return changed


def _usual(drivers: Values) -> Values:
    """All batches of the step run with the median of each driver."""
    return {name: np.full_like(values, np.median(values)) for name, values in drivers.items()}


def contributions(simulation: Simulation, decisions: Decisions) -> pl.DataFrame:
    """How each step changes each quality attribute of each lot of drug substance: batch, attribute, step, change, effect.

    `change` is the value behind the step less that before it, over what went into the lot. The changes sum to the value without
    noise. `effect` is the value of the drug substance less the value it would have if all drivers of the step were the medians
    over all batches. The spread of the effects says at which step the quality is decided. Concentration has effects alone.
    """
    run = simulate(simulation, 0.0, None, decisions)
    batches = simulation.rows[STEPS[-1]]["batch"]
    changes = {name: _changes(simulation, run, QUALITY[name]) for name in THROUGHOUT}
    sound = {name: run.steps[STEPS[-1]].after[state] for name, state in QUALITY.items()}
    parts = []
    for step in STEPS:
        usual = noise_free(simulation, decisions, {step: _usual})
        for name, value in sound.items():
            change = changes[name][step] if name in changes else np.full(len(value), np.nan)
            columns = {"batch": batches, "change": change, "effect": value - usual[name]}
            parts.append(pl.DataFrame(columns).with_columns(attribute=pl.lit(name), step=pl.lit(step)))
    table = pl.concat(parts).with_columns(pl.col("change").fill_nan(None))
    return table.select("batch", "attribute", "step", "change", "effect")


def _changes(simulation: Simulation, run: TrainRun, state: str) -> dict[str, Array]:
    """Step → change of a state over what went into each lot of drug substance."""
    shares = ancestor_shares(simulation, run)
    behind = [shares[step] @ run.steps[step].after[state] for step in STEPS]
    return {step: behind[i] - (behind[i - 1] if i else 0.0) for i, step in enumerate(STEPS)}


def ancestor_shares(simulation: Simulation, run: TrainRun) -> dict[str, Array]:
    """Step → share of each of its batches in each lot of drug substance by mass: matrix (lots, batches of the step)."""
    shares = {STEPS[-1]: np.eye(simulation.rows[STEPS[-1]].height)}
    for before, after in reversed(list(pairwise(STEPS))):
        shares[before] = shares[after] @ simulation.campaigns.links[after].weights(run.steps[before].given)
    return shares
