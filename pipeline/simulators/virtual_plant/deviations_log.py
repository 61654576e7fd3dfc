"""The log of deviations as a plant keeps it: not complete, with begins that were noticed late, and closed after the batch."""

import numpy as np
import polars as pl

from pipeline.simulators.random_numbers import generator
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.faults import ABORTED_AFTER

MISSING = 0.2
"""Share of faults without an entry."""
NOTICED_AFTER = {
    "sparger clogging": 8.0,
    "temperature excursion": 2.0,
    "feed pump fault": 8.0,
    "ph probe drift": 60.0,
    "contamination": 30.0,
    "oxygen probe drift": 48.0,
    "agitation trip": 1.0,
    "vent filter foam-out": 2.0,
    "wrong feed lot": 48.0,
    "inoculum of low viability": 24.0,
}
"""Cause → median time from its onset until the plant notices it [h]."""
SPREAD = 0.5
"""Standard deviation of the logarithm of this time."""
CLOSED_AFTER = (3.0, 30.0)
"""Shortest and longest time from the end of the batch until its entry is closed [days]."""


def deviations_log(config: PlantConfig, rows: pl.DataFrame, faulty: pl.DataFrame) -> pl.DataFrame:
    """Table of entries as text: Batch, Cause, Began and Closed, in the time of the batch record of the site.

    `faulty` holds batch_id, cause and onset of each batch with a fault.
    """
    rng = generator(config.seed, "deviations log")
    draws = {
        "entered": rng.uniform(size=faulty.height) >= MISSING,
        "delay": np.exp(SPREAD * rng.standard_normal(faulty.height)),
        "closing": rng.uniform(*CLOSED_AFTER, faulty.height),
    }
    known = rows.select("batch_id", "started_at", "duration_days")
    entries = faulty.with_columns(pl.Series(name, values) for name, values in draws.items())
    joined = entries.join(known, on="batch_id", how="left", maintain_order="left").filter("entered").sort("batch_id")
    onset = pl.col("onset_hours")
    aborted = pl.when(pl.col("cause") == "contamination").then(onset + ABORTED_AFTER)
    end = pl.min_horizontal(24 * pl.col("duration_days"), aborted)
    noticed = onset + pl.col("cause").replace_strict(NOTICED_AFTER, return_dtype=pl.Float64) * pl.col("delay")
    return joined.select(
        pl.col("batch_id").alias("Batch"),
        pl.col("cause").alias("Cause"),
        _after(pl.min_horizontal(noticed, end)).dt.strftime("%Y-%m-%d %H:%M").alias("Began"),
        _after(end + 24 * pl.col("closing")).dt.strftime("%Y-%m-%d").alias("Closed"),
    )


def _after(hours: pl.Expr) -> pl.Expr:
    """The time this many hours after the start of the batch."""
    return pl.col("started_at") + pl.duration(minutes=(60 * hours).floor())
