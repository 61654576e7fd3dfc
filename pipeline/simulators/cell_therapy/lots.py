"""Lots that do repeat: vector of each product, and medium. Each is in use for some months."""

import numpy as np
import polars as pl

from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.random_numbers import generator

VECTOR = {"vector_titre": (2.0e8, 0.30), "particle_ratio": (220.0, 0.38)}
"""Property → median, and standard deviation of its logarithm: transducing units per mL; physical particles per transducing unit."""
MEDIUM = {"medium_glucose": (4.2, 0.05), "medium_cytokine": (100.0, 0.16)}
"""Property → median, and standard deviation of its logarithm: g/L; activity of the interleukins in % of the label."""
LOT_DAYS = {"vector": 130.0, "medium": 55.0}
"""Days that a lot is in use."""


def vector_lots(config: CellTherapyConfig, rows: pl.DataFrame) -> pl.DataFrame:
    """Vector lot of each patient lot: vector_lot and `VECTOR`, in the order of `rows`. Each product has lots of its own."""
    parts = []
    for product in rows["product"].unique(maintain_order=True):
        own = rows.filter(pl.col("product") == product)
        parts.append(own.select("lot").hstack(_in_use(config, own, "vector", f"{product[3:]}V", VECTOR)))
    joined = rows.select("lot").join(pl.concat(parts), on="lot", how="left", maintain_order="left")
    return joined.drop("lot")


def medium_lots(config: CellTherapyConfig, rows: pl.DataFrame) -> pl.DataFrame:
    """Medium lot of each patient lot: medium_lot and `MEDIUM`, in the order of `rows`. All products use the same medium."""
    return _in_use(config, rows, "medium", "M", MEDIUM)


def _in_use(
    config: CellTherapyConfig, rows: pl.DataFrame, material: str, prefix: str, properties: dict[str, tuple[float, float]]
) -> pl.DataFrame:
    day = rows["received"].dt.epoch("s").to_numpy() / 86400
    number = ((day - day.min()) / LOT_DAYS[material]).astype(int)
    count = int(number.max()) + 1
    rng = generator(config.seed, f"lots {material} {prefix}")
    values = {name: centre * np.exp(sd * rng.standard_normal(count)) for name, (centre, sd) in properties.items()}
    names = np.array([f"{prefix}{index:03d}" for index in range(1, count + 1)])
    return pl.DataFrame({f"{material}_lot": names[number], **{name: one[number] for name, one in values.items()}})
