"""Lots of media and feed: their properties, their period of use, and the amount of each lot in each batch."""

import numpy as np
import polars as pl

from pipeline.simulators.random_numbers import generator
from pipeline.simulators.virtual_plant.config import PlantConfig

MEDIA = {"copper": (0.55, 0.28), "manganese": (0.9, 0.35), "base_osmolality": (292.0, 0.018)}
"""Property → median, and standard deviation of its logarithm; units: µmol/L, µmol/L, mOsm/kg."""
FEED = {"feed_glucose": (40.0, 0.04), "amino_acids": (92.0, 0.05)}
"""Property → median, and standard deviation of its logarithm; unit: g/L."""
PROPERTIES = {"media": MEDIA, "feed": FEED}
LOT_DAYS = {"media": 34.0, "feed": 47.0}
"""Days that a lot is in use."""
SPLIT_SHARE = 0.3
"""Share of batches that use two successive lots."""


def lot_table(config: PlantConfig, material: str, batches: pl.DataFrame) -> pl.DataFrame:
    """Table of the lots of a material: lot_id, in_use_from, then one column per property."""
    day = batches["started_at"].dt.epoch("s").to_numpy() / 86400
    first, days = float(day.min()), float(day.max() - day.min())
    count = int(days / LOT_DAYS[material]) + 3
    rng = generator(config.seed, f"lots of {material}")
    begins = first + LOT_DAYS[material] * (np.arange(count) - rng.uniform(0, 0.5, count))
    names = [f"{material[0].upper()}{number:04d}" for number in range(1, count + 1)]
    values = {n: np.round(c * np.exp(s * rng.standard_normal(count)), 4) for n, (c, s) in PROPERTIES[material].items()}
    return pl.DataFrame({"lot_id": names, "in_use_from": begins, **values})


def genealogy(config: PlantConfig, material: str, batches: pl.DataFrame, lots: pl.DataFrame) -> pl.DataFrame:
    """Table of uses of lots: batch_id, material, lot_id, kilograms."""
    day = batches["started_at"].dt.epoch("s").cast(pl.Float64).to_numpy() / 86400
    place = np.clip(np.searchsorted(lots["in_use_from"].to_numpy(), day, side="right") - 1, 0, lots.height - 2)
    rng = generator(config.seed, f"genealogy of {material}")
    splits = rng.uniform(size=len(day)) < SPLIT_SHARE
    share = np.where(splits, np.round(rng.uniform(0.3, 0.9, len(day)), 2), 1.0)
    names = lots["lot_id"].to_numpy()
    frame = batches.select("batch_id").with_columns(mass=pl.Series(batches["working_volume"] * 1000))
    first = frame.with_columns(lot_id=pl.Series(names[place]), kilograms=pl.Series(share) * pl.col("mass"))
    second = frame.with_columns(lot_id=pl.Series(names[place + 1]), kilograms=pl.Series(1 - share) * pl.col("mass"))
    both = pl.concat([first, second.filter(pl.Series(splits))]).sort("batch_id", "lot_id")
    return both.select("batch_id", pl.lit(material).alias("material"), "lot_id", pl.col("kilograms").round(6))


def mixed(use: pl.DataFrame, lots: pl.DataFrame) -> pl.DataFrame:
    """Mean properties of the lots of each batch, weighted by mass: batch_id, then one column per property."""
    names = [name for name in lots.columns if name not in ("lot_id", "in_use_from")]
    weight = pl.col("kilograms") / pl.col("kilograms").sum()
    joined = use.join(lots, on="lot_id", how="left", maintain_order="left")
    return joined.group_by("batch_id", maintain_order=True).agg((weight * pl.col(n)).sum().alias(n) for n in names)
