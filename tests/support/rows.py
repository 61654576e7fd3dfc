"""Feature rows and results for tests of models and folds."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl


def batch_rows(
    products: int = 6, levels: tuple[float, ...] = (0.001, 0.05, 2.0), each: int = 6, seed: int = 1
) -> pl.DataFrame:
    """Feature rows of products at all scale levels. Every second product has not reached the largest level."""
    rng = np.random.default_rng(seed)
    cells = [(p, v) for p in range(products) for v in levels if v != levels[-1] or p % 2 == 0 for _ in range(each)]
    start = datetime(2020, 1, 1)
    names = [f"P{p}" for p, _ in cells]
    scale = np.array([v for _, v in cells])
    return pl.DataFrame(
        {
            "batch_id": [f"B{i:04d}" for i in range(len(cells))],
            "product": names,
            "lineage": names,
            "scale": scale,
            "scale_level": scale,
            "site": ["A" if i % 2 else "B" for i in range(len(cells))],
            "started_at": [start + timedelta(days=int(d)) for d in rng.permutation(len(cells))],
            "x": rng.normal(size=len(cells)),
            "log10_scale": np.log10(scale),
            "gap": [None if i % 5 == 0 else float(i % 7) for i in range(len(cells))],
        }
    ).with_columns(pl.col("started_at").cast(pl.Datetime("us")))


def results_of(rows: pl.DataFrame, seed: int = 2, noise: float = 0.2) -> pl.DataFrame:
    """A result that depends on product, scale and x."""
    rng = np.random.default_rng(seed)
    effect = rows["product"].rank("dense").cast(pl.Float64) + 0.5 * rows["log10_scale"] + rows["x"]
    value = effect + pl.Series(noise * rng.normal(size=rows.height))
    return rows.select("batch_id", pl.lit("y").alias("attribute"), value.alias("value"), pl.lit("none").alias("censoring"))
