"""Planted breaks of the mass balance: recorded amounts that are wrong, as when a container was not entered."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.simulators.random_numbers import generator
from pipeline.simulators.tablet_train.mass_balance import BALANCES, step_yield

SIZES = (-4.5, 5.0, -6.0, -8.0, 4.5, -12.0, 6.0, -5.0)
"""Sizes of the breaks, in standard deviations of the step yield. Below 0: less was recorded than there was."""
SCHEMA = {
    "step": pl.String,
    "batch": pl.String,
    "amount": pl.String,
    "true_kg": pl.Float64,
    "recorded_kg": pl.Float64,
    "step_yield_sd": pl.Float64,
    "size_sd": pl.Float64,
    "kind": pl.String,
}
"""Columns of the table of breaks."""


def plant_breaks(
    seed: int, count: int, recorded: Mapping[str, pl.DataFrame]
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Change the amount that came out in `count` step batches, in turn through the steps. Return the records and the breaks.

    The size is stated in standard deviations of the step yield over all batches of the step, before any break.
    """
    rng, changed = generator(seed, "balance breaks"), dict(recorded)
    breaks: list[dict[str, object]] = []
    steps = list(BALANCES)
    for number in range(count):
        step, size = steps[number % len(steps)], SIZES[number % len(SIZES)]
        taken_already = [one["batch"] for one in breaks if one["step"] == step]
        free = recorded[step].filter(~pl.col("batch").is_in(taken_already))["batch"].to_list()
        batch = str(rng.choice(np.array(free)))
        changed[step], found = _broken(step, batch, size, recorded[step], changed[step])
        breaks.append(found)
    return changed, pl.DataFrame(breaks, schema=SCHEMA)


def _broken(
    step: str, batch: str, size: float, before: pl.DataFrame, now: pl.DataFrame
) -> tuple[pl.DataFrame, dict[str, object]]:
    balance = BALANCES[step]
    deviation = float(np.std(step_yield(step, before), ddof=1))
    row = before.filter(pl.col("batch") == batch)
    right = float(row[balance.given].item())
    wrong = right + size * deviation * float(row.select(pl.sum_horizontal(balance.taken)).item())
    here = pl.col("batch") == batch
    table = now.with_columns(pl.when(here).then(wrong).otherwise(pl.col(balance.given)).alias(balance.given))
    return table, {
        "step": step,
        "batch": batch,
        "amount": balance.given,
        "true_kg": right,
        "recorded_kg": wrong,
        "step_yield_sd": deviation,
        "size_sd": size,
        "kind": "a container was not recorded" if size < 0 else "a container was recorded twice",
    }
