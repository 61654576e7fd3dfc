"""Labelled deviations: what went wrong in which batch, from when on, and what it does."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.simulators.virtual_plant.arrays import Array
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.random_numbers import generator

CAUSES = ("sparger clogging", "temperature excursion", "feed pump fault", "ph probe drift", "contamination")
EXCURSION = 1.8
"""[K]"""
EXCURSION_LASTS = 24.0
"""[h]"""
CLOGGED = 0.35
"""Share of the transfer that a clogged sparger keeps."""
CLOGGING_TAKES = 4.0
"""[h]"""
FEED_LEFT = 0.45
DRIFT_PER_HOUR = 0.0016
"""Units of pH that a failing probe reads too low, per hour; the controller follows it."""
INTRUDER_GROWTH = 0.35
"""Specific growth rate of a bacterium in medium at 37 °C [1/h]."""
INTRUDER_SEED, INTRUDER_LIMIT = 1e-4, 1.0
"""Bacterial density at the onset and at most, in units of its effect."""
ABORTED_AFTER = 40.0
"""Hours from the onset of a contamination until the batch is given up; it then has no result."""


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


def risen(hour: Array | float, begins: Array | float, takes: float) -> Array:
    """Rise from 0 to 1 around an hour, smooth, since a temperature or a blockage takes its time."""
    return np.asarray(0.5 * (1 + np.tanh((hour - begins) / takes)))


def excursion(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """How much too warm the broth is [K]."""
    begins = onset["temperature excursion"]
    return EXCURSION * (risen(hour, begins, 1.0) - risen(hour, begins + EXCURSION_LASTS, 1.0))


def transfer_left(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Share of the gas transfer that the sparger still gives."""
    return 1 - (1 - CLOGGED) * risen(hour, onset["sparger clogging"], CLOGGING_TAKES)


def probe_error(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Units of pH by which the broth has left the set-point behind a drifting probe."""
    return np.asarray(DRIFT_PER_HOUR * np.clip(hour - onset["ph probe drift"], 0, None))


def feed_left(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Share of the feed that the pump still gives."""
    return 1 - (1 - FEED_LEFT) * risen(hour, onset["feed pump fault"], 1.0)


def intruder(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Density of a contaminating bacterium in units of its effect: logistic growth from the onset on."""
    elapsed = np.clip(INTRUDER_GROWTH * (hour - onset["contamination"]), -60, 60)
    grown = INTRUDER_LIMIT / (1 + (INTRUDER_LIMIT / INTRUDER_SEED - 1) * np.exp(-elapsed))
    return np.where(hour >= onset["contamination"], grown, 0.0)
