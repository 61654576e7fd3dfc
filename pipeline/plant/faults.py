"""Labelled deviations: what went wrong in which batch, from when on."""

import numpy as np
import polars as pl

from pipeline.plant.config import PlantConfig
from pipeline.plant.values import Array, generator

CAUSES = ("sparger clogging", "temperature excursion", "feed pump fault", "ph probe drift")
EXCURSION = 1.8
"""[K], for a day."""
CLOGGED = 0.35
"""Share of the transfer that a clogged sparger keeps."""
FEED_LEFT = 0.45
DRIFT_PER_HOUR = 0.0016
"""Units of pH that a failing probe reads too low, per hour; the controller follows it."""


def faults(config: PlantConfig, batches: pl.DataFrame) -> pl.DataFrame:
    """Batches with a fault: batch_id, cause, onset [h]."""
    rng = generator(config.seed, "faults")
    struck = rng.uniform(size=batches.height) < config.deviations
    cause = rng.integers(len(CAUSES), size=batches.height)
    onset = np.round(rng.uniform(48, 240, batches.height))
    table = batches.select("batch_id").with_columns(
        cause=pl.Series([CAUSES[i] for i in cause]), onset_hours=pl.Series(onset)
    )
    return table.filter(pl.Series(struck))


def onsets(table: pl.DataFrame, batches: pl.DataFrame) -> dict[str, Array]:
    """Hour at which each cause begins in each batch, infinite where it does not."""
    joined = batches.select("batch_id").join(table, on="batch_id", how="left", maintain_order="left")
    hour = joined["onset_hours"].fill_null(np.inf).to_numpy()
    return {cause: np.where((joined["cause"] == cause).fill_null(False).to_numpy(), hour, np.inf) for cause in CAUSES}
