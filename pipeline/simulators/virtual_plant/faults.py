"""Faults: their cause and onset in each affected batch, and their effects."""

from collections.abc import Mapping
from typing import get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.simulators.arrays import Array
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.virtual_plant.config import Cause, PlantConfig

CAUSES: tuple[str, ...] = get_args(Cause)
"""All causes. A plant has those of its configuration."""
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
OXYGEN_DRIFT_PER_HOUR = 0.01
"""Drift of the slope of a failing oxygen probe to higher readings [share of the reading per hour]. The controller follows the
reading, so the true dissolved oxygen falls."""
TRIPPED, TRIP_LASTS, RESTARTED = 0.3, 8.0, 0.75
"""Share of the agitation after a trip of the drive, hours until it is started again, and share from then on."""
TRIP_TAKES = 0.25
"""Time constant of a trip and of a restart [h]."""
FOAM_PRESSURE = 1.0e4
"""Rise of the head pressure behind a vent filter that foam has closed [Pa]. A relief valve opens above it."""
THROTTLED = 0.4
"""Share of the gas flow that still leaves through a closed vent filter."""
FOAM_TAKES, FOAM_LASTS = 1.0, 16.0
"""Time constant of the closing [h], and hours until the filter is changed."""
WRONG_FEED = {"feed_glucose": 0.6, "amino_acids": 0.45}
"""Property of the wrong feed over that of the feed that the genealogy names."""
FIRST_FEED, BAG_CHANGED = 72.0, 144.0
"""Hour of the first feed, and hour before which a wrong lot is the first one. A later wrong lot is a second bag."""
LIVING, LIVING_WHEN_POOR = 1 / 1.02, 0.72
"""Viability of a usual and of a poor inoculum. Its total number of cells is right."""


def faults(config: PlantConfig, batches: pl.DataFrame) -> pl.DataFrame:
    """Table of batches with a fault: batch_id, cause, onset_hours."""
    rng = generator(config.seed, "faults")
    affected = rng.uniform(size=batches.height) < config.deviations
    cause = np.array(config.causes)[rng.integers(len(config.causes), size=batches.height)]
    onset = np.round(rng.uniform(48, 240, batches.height))
    table = batches.select("batch_id").with_columns(
        cause=pl.Series(cause, dtype=pl.String), onset_hours=pl.Series(_begins(cause, onset))
    )
    return table.filter(pl.Series(affected))


def _begins(cause: NDArray[np.str_], onset: Array) -> Array:
    """Hour at which a fault begins: of a poor inoculum at once, of a wrong feed with the first feed or with a later bag."""
    fed = np.where(onset < BAG_CHANGED, FIRST_FEED, onset)
    return np.where(cause == "inoculum of low viability", 0.0, np.where(cause == "wrong feed lot", fed, onset))


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


def oxygen_reading(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Reading of the oxygen probe over the true dissolved oxygen."""
    return np.asarray(1 + OXYGEN_DRIFT_PER_HOUR * np.clip(hour - onset["oxygen probe drift"], 0, None))


def agitation_left(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """Share of the agitation that remains."""
    begins = onset["agitation trip"]
    lost = (1 - TRIPPED) * risen(hour, begins, TRIP_TAKES)
    return 1 - lost + (RESTARTED - TRIPPED) * risen(hour, begins + TRIP_LASTS, TRIP_TAKES)


def vent_closed(onset: Mapping[str, Array], hour: Array | float) -> Array:
    """How far foam has closed the vent filter: 0 open, 1 closed."""
    begins = onset["vent filter foam-out"]
    return risen(hour, begins, FOAM_TAKES) - risen(hour, begins + FOAM_LASTS, FOAM_TAKES)


def feed_over_declared(onset: Mapping[str, Array], hour: Array | float, name: str) -> Array:
    """Property of the feed over that of the lots that the genealogy names."""
    return np.where(hour >= onset["wrong feed lot"], WRONG_FEED[name], 1.0)


def living_cells(onset: Mapping[str, Array]) -> Array:
    """Living cells of the inoculum over those that its record states."""
    return np.where(np.isfinite(onset["inoculum of low viability"]), LIVING_WHEN_POOR / LIVING, 1.0)
