"""Faults: their cause and onset in each affected batch, and their effects."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.simulators.virtual_plant.arrays import Array
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.random_numbers import generator

CAUSES = ("sparger clogging", "temperature excursion", "feed pump fault", "ph probe drift", "contamination")
EXCURSION = 1.8
"""Height of a temperature excursion [K]."""
EXCURSION_LASTS = 24.0
"""Duration of a temperature excursion [h]."""
CLOGGED = 0.35
"""Share of the gas transfer that remains with a clogged sparger."""
CLOGGING_TAKES = 4.0
"""Time constant of clogging [h]."""
FEED_LEFT = 0.45
"""Share of the feed that remains with a faulty pump."""
DRIFT_PER_HOUR = 0.0016
"""Drift of a failing probe to lower readings [pH units per hour]. The controller follows the reading."""
CONTAMINANT_GROWTH = 0.35
"""Specific growth rate of a bacterium in medium at 37 °C [1/h]."""
CONTAMINANT_SEED, CONTAMINANT_LIMIT = 1e-4, 1.0
"""Density of bacteria at the onset, and their largest density; the largest density is 1 by definition."""
ABORTED_AFTER = 40.0
"""Hours from the onset of a contamination until the batch is aborted. An aborted batch has no results."""


def faults(config: PlantConfig, batches: pl.DataFrame) -> pl.DataFrame:
    """Table of batches with a fault: batch_id, cause, onset_hours."""
    rng = generator(config.seed, "faults")
    affected = rng.uniform(size=batches.height) < config.deviations
    cause = rng.integers(len(CAUSES), size=batches.height)
    onset = np.round(rng.uniform(48, 240, batches.height))
    table = batches.select("batch_id").with_columns(
        cause=pl.Series([CAUSES[i] for i in cause]), onset_hours=pl.Series(onset)
    )
    return table.filter(pl.Series(affected))


def onsets(table: pl.DataFrame, batches: pl.DataFrame) -> dict[str, Array]:
    """Cause → hour at which it begins in each batch; infinite in batches without it."""
    joined = batches.select("batch_id").join(table, on="batch_id", how="left", maintain_order="left")
    hour = joined["onset_hours"].fill_null(np.inf).to_numpy()
    return {cause: np.where((joined["cause"] == cause).fill_null(False).to_numpy(), hour, np.inf) for cause in CAUSES}


def risen(hour: Array | float, begins: Array | float, takes: float) -> Array:
    """Smooth rise from 0 to 1 around an hour, with a time constant."""
    return np.asarray(0.5 * (1 + np.tanh((hour - begins) / takes)))


def excursion(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Excess temperature of the broth [K]."""
    begins = onset["temperature excursion"]
    return EXCURSION * (risen(hour, begins, 1.0) - risen(hour, begins + EXCURSION_LASTS, 1.0))


def transfer_left(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Share of the gas transfer that remains."""
    return 1 - (1 - CLOGGED) * risen(hour, onset["sparger clogging"], CLOGGING_TAKES)


def probe_error(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Difference of the true pH and the reading of a drifting probe."""
    return np.asarray(DRIFT_PER_HOUR * np.clip(hour - onset["ph probe drift"], 0, None))


def feed_left(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Share of the feed that remains."""
    return 1 - (1 - FEED_LEFT) * risen(hour, onset["feed pump fault"], 1.0)


def contaminant_density(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Density of contaminating bacteria, relative to their largest density: logistic growth from the onset."""
    elapsed = np.clip(CONTAMINANT_GROWTH * (hour - onset["contamination"]), -60, 60)
    grown = CONTAMINANT_LIMIT / (1 + (CONTAMINANT_LIMIT / CONTAMINANT_SEED - 1) * np.exp(-elapsed))
    return np.where(hour >= onset["contamination"], grown, 0.0)
