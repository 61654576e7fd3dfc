"""A history of any number of batches with six attributes, made up for measurements of memory and time.

It has what a history of 20,000 batches has: a hundred products at up to six scales, four sites, two vessels per site and scale,
media lots, fifteen quantities, two measured intermediates, and results with pooled effects, smooth curves, an interaction and
noise. The noise-free truth is returned as well. No constant is taken from a process.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.registry import Task

QUANTITIES = 15
INTERMEDIATES = ("measured_1", "measured_2")
ATTRIBUTES = tuple(f"quality_{i}" for i in range(1, 7))
SCALES = (0.002, 0.01, 0.05, 0.2, 2.0, 15.0)
"""[m³]"""
SITES = ("Boston", "Cork", "Osaka", "Visp")
ROWS_PER_PRODUCT = 200
ROWS_PER_LOT = 60
DAYS = 4_000
NOISE = 0.5
"""Standard deviation of the noise, in standard deviations of the noise-free results."""


@dataclass(frozen=True)
class GrowthHistory:
    """Feature rows, results of all attributes, and the truth behind them."""

    rows: pl.DataFrame
    results: pl.DataFrame
    """batch_id, attribute, value, censoring."""
    truth: Mapping[str, FloatArray]
    """Attribute → result without noise of each row, shape (rows,)."""
    tasks: tuple[Task, ...]

    def observed(self, attribute: str) -> pl.DataFrame:
        """Return the rows with the results of an attribute in `observed`."""
        own = self.results.filter(pl.col("attribute") == attribute)
        return self.rows.join(own.select("batch_id", "censoring", observed="value"), on="batch_id", how="inner")


def growth_history(rows: int, seed: int = 1) -> GrowthHistory:
    """Return a history of `rows` batches with six attributes."""
    rng = np.random.default_rng(seed)
    products = max(8, rows // ROWS_PER_PRODUCT)
    product = rng.integers(0, products, rows)
    largest = rng.integers(2, len(SCALES) + 1, products)
    level = np.minimum((rng.random(rows) ** 1.5 * largest[product]).astype(np.int64), largest[product] - 1)
    site = (product % len(SITES) + (rng.random(rows) < 0.2)) % len(SITES)
    vessel = rng.integers(0, 2, rows)
    day = (DAYS * (product / products * 0.6 + level / len(SCALES) * 0.2 + 0.2 * rng.random(rows))).astype(np.int64)
    lot = np.argsort(np.argsort(day)) // ROWS_PER_LOT
    scale = np.array(SCALES)[level]
    centre = rng.normal(size=(products, QUANTITIES))
    values = 0.6 * centre[product] + 0.8 * rng.normal(size=(rows, QUANTITIES))
    values[:, 0] += 0.8 * np.log10(scale)
    measured = np.tanh(values @ rng.normal(size=(QUANTITIES, 2)) / 3) + 0.2 * rng.normal(size=(rows, 2))
    names = [f"quantity_{i + 1}" for i in range(QUANTITIES)]
    table = pl.DataFrame(
        {
            "batch_id": [f"B{i:06d}" for i in range(rows)],
            "product": [f"P{p:03d}" for p in product],
            "lineage": [f"P{p:03d}" for p in product],
            "scale": scale,
            "scale_level": scale,
            "site": [SITES[s] for s in site],
            "equipment": [f"{SITES[s]}-{v}-{k}" for s, v, k in zip(site, level, vessel, strict=True)],
            "media": [f"M{k:04d}" for k in lot],
            **dict(zip(names, values.T, strict=True)),
            "log10_scale": np.log10(scale),
            **dict(zip(INTERMEDIATES, measured.T, strict=True)),
        }
    ).with_columns(started_at=pl.lit(datetime(2014, 1, 1), pl.Datetime("us")) + pl.duration(days=pl.lit(pl.Series(day))))
    groups = {"product": product, "site": site, "equipment": (site * len(SCALES) + level) * 2 + vessel, "media": lot}
    numeric = (*names, "log10_scale")
    truth = {name: _truth(rng, values, measured, np.log10(scale), groups) for name in ATTRIBUTES}
    results = pl.concat(
        pl.DataFrame(
            {
                "batch_id": table["batch_id"],
                "attribute": [name] * rows,
                "value": 100 + 10 * (one + NOISE * rng.normal(size=rows)),
                "censoring": ["none"] * rows,
            }
        )
        for name, one in truth.items()
    )
    tasks = tuple(
        Task(
            name,
            numeric,
            ("product", "site", "equipment", "media"),
            lowest=0.0,
            comparable=(*names[:8], "log10_scale"),
            groups=("product", "lineage", "site", "equipment", "media"),
            refuse=("site",),
            intermediates=INTERMEDIATES,
        )
        for name in ATTRIBUTES
    )
    return GrowthHistory(table, results, {name: 100 + 10 * one for name, one in truth.items()}, tasks)


def _truth(
    rng: np.random.Generator, values: FloatArray, measured: FloatArray, decades: FloatArray, groups: Mapping[str, IntArray]
) -> FloatArray:
    """Return results without noise, with mean 0 and deviation 1.

    They have effects of groups, slopes, curves, an interaction, measured intermediates, and slopes and a drift of each product.
    """
    product = groups["product"]
    total = values @ (0.4 * rng.normal(size=QUANTITIES))
    total += sum(np.sin(values[:, i] + rng.normal()) * 0.5 for i in rng.choice(QUANTITIES, 4, replace=False))
    total += 0.3 * values[:, 1] * values[:, 2] + measured @ (0.5 * rng.normal(size=2))
    for name, size in (("product", 0.8), ("site", 0.3), ("equipment", 0.2), ("media", 0.2)):
        total += (size * rng.normal(size=int(groups[name].max()) + 1))[groups[name]]
    count = int(product.max()) + 1
    total += 0.25 * rng.normal(size=count)[product] * values[:, 0] + 0.3 * rng.normal(size=count)[product] * decades
    return np.asarray((total - total.mean()) / total.std())
