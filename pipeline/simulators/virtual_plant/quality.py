"""Quality attributes at harvest, without and with noise."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array, Values
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.virtual_plant import states


@dataclass(frozen=True)
class Noise:
    """Standard deviations of noise."""

    batch: float
    """Variation from batch to batch that no record explains."""
    assay: float
    """Error of the assay."""
    relative: bool
    """Whether they are shares of the value; else they are in the unit of the attribute."""


NOISE: dict[str, Noise] = {
    "titre": Noise(0.025, 0.02, True),
    "hmw": Noise(0.05, 0.03, True),
    "acidic_variants": Noise(0.5, 0.4, False),
    "galactosylation": Noise(0.8, 0.5, False),
    "hcp": Noise(0.08, 0.10, True),
    "viability": Noise(1.2, 0.8, False),
}
"""Units, in this order: g/L, %, %, %, ng/mg, %."""
PURIFIED = 0.1
"""Share of the host cell protein that remains after polishing."""
REFERENCE_DEBRIS = 1.5
"""Lysed cells at harvest on the platform [1e9/L]."""
REFERENCE_TITRE = 3.5
"""Titre at harvest on the platform [g/L]."""
RANGES = {"hmw": (0.05, 30.0), "acidic_variants": (1.0, 80.0), "galactosylation": (0.5, 99.0), "viability": (1.0, 99.5)}


def harvest_quality(trait: Values, values: Array) -> dict[str, Array]:
    """Quality attributes without noise, from the states at harvest (states, batches)."""
    s = states.of(values)
    product = np.maximum(s.product, 1e-9)
    debris = (s.lysed + 0.15 * s.dead) / REFERENCE_DEBRIS
    return {
        "titre": product,
        "hmw": trait["aggregation"] + 100 * s.aggregate / product,
        "acidic_variants": trait["acidic_fresh"] + 100 * s.acidic / product,
        "galactosylation": 100 * s.galactosylated / product,
        "hcp": PURIFIED * trait["host_protein"] * (0.3 + 0.7 * debris) / (0.4 + 0.6 * product / REFERENCE_TITRE),
        "viability": 100 * s.viable / np.maximum(s.viable + s.dead, 1e-9),
    }


def observed(seed: int, factor: float, truth: pl.DataFrame) -> pl.DataFrame:
    """Add batch noise and assay noise to every attribute of a table with batch_id."""
    columns = [_noisy(seed, factor, name, truth[name].to_numpy()) for name in NOISE]
    return truth.select("batch_id").with_columns(columns)


def _noisy(seed: int, factor: float, name: str, values: Array) -> pl.Series:
    rng, noise = generator(seed, f"noise of {name}"), NOISE[name]
    deviation = factor * np.hypot(noise.batch, noise.assay) * rng.standard_normal(len(values))
    changed = values * np.exp(deviation) if noise.relative else values + deviation
    low, high = RANGES.get(name, (1e-6, np.inf))
    return pl.Series(name, np.clip(changed, low, high))
