"""The daily samples: cell counts and concentrations measured during a batch."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array
from pipeline.simulators.virtual_plant.environment import Environment
from pipeline.simulators.virtual_plant.states import State

EVERY = 24.0
"""Hours between two samples."""
TAKEN = {
    "VCD [1e6/mL]": 0.04,
    "Viability [%]": 0.006,
    "Glucose [g/L]": 0.02,
    "Lactate [g/L]": 0.03,
    "Glutamine [mmol/L]": 0.04,
    "Ammonia [mmol/L]": 0.04,
    "Osmolality [mOsm/kg]": 0.007,
}
"""Column of the export → standard deviation of the logarithm (counting, analyser)."""
MOLAR_LACTATE = 0.09008
MOLAR_GLUCOSE = 0.18016
"""Molar masses [g/mmol]."""


def sampled(state: State, meets: Environment) -> dict[str, Array]:
    """Column of the export → true values at one time."""
    return {
        "VCD [1e6/mL]": state.viable,
        "Viability [%]": 100 * state.viable / (state.viable + state.dead),
        "Glucose [g/L]": MOLAR_GLUCOSE * state.glucose,
        "Lactate [g/L]": MOLAR_LACTATE * state.lactate,
        "Glutamine [mmol/L]": state.glutamine,
        "Ammonia [mmol/L]": state.ammonia,
        "Osmolality [mOsm/kg]": meets.osmolality,
    }


def samples(
    rng: np.random.Generator, rows: pl.DataFrame, begun: pl.Series, end: Array, hours: Array, records: Mapping[str, Array]
) -> pl.DataFrame:
    """Table of samples as text: Batch, Sampled (UTC), then one column per analysis.

    `begun` is the time of inoculation of each batch in UTC, `end` its hour of harvest, `hours` are the hours of the samples, and
    `records` maps a column to its true values (times, batches).
    """
    batch, time = np.nonzero(hours < end[:, None])
    columns = {name: _measured(rng, name, records[name].T)[batch, time] for name in TAKEN}
    moment = begun.gather(batch) + pl.Series((hours * 3.6e9).astype(np.int64)[time]).cast(pl.Duration("us"))
    frame = pl.DataFrame({"Batch": rows["batch_id"].gather(batch), "Sampled (UTC)": moment, **columns})
    return frame.with_columns(pl.col("Sampled (UTC)").dt.strftime("%Y-%m-%d %H:%M"), pl.col(*TAKEN).cast(pl.String))


def _measured(rng: np.random.Generator, name: str, values: Array) -> Array:
    digits = 1 if name.startswith(("Viability", "Osmolality")) else 3
    drawn = np.round(values * np.exp(TAKEN[name] * rng.standard_normal(values.shape)), digits)
    return np.minimum(drawn, 100.0) if name.startswith("Viability") else drawn
