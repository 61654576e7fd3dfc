"""The campaigns: when, where and in which vessel each batch is made. Each product goes through the scales in turn."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
import polars as pl

from pipeline.simulators.numbers_of_batches import numbers_of_batches
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.equipment import VESSELS, Vessel


@dataclass(frozen=True)
class ScaleStage:
    """Batches of a product at one scale."""

    volume: float
    """Working volume [m³]."""
    share: float
    """Relative number of batches."""
    begins: float
    """Months from the first batch of the product to the first batch at this scale."""
    lasts: float
    """Duration in months."""
    width: float
    """Width of the range of settings, relative to the development range."""
    ends_here: float
    """Share of products for which this is the largest scale so far."""


SCALE_STAGES: tuple[ScaleStage, ...] = (
    ScaleStage(0.25e-3, 13, 0, 5, 1.0, 0.0),
    ScaleStage(5e-3, 8, 4, 7, 0.7, 0.08),
    ScaleStage(0.05, 5, 10, 5, 0.35, 0.17),
    ScaleStage(0.5, 5, 14, 6, 0.22, 0.17),
    ScaleStage(2.0, 7, 20, 14, 0.14, 0.25),
    ScaleStage(15.0, 8, 30, 18, 0.10, 0.33),
)
DAYS_PER_MONTH = 30.4


def furthest(products: int) -> list[int]:
    """Largest stage that each product has reached, oldest product first. The last product is at bench scale only."""
    reached: list[int] = []
    for index in range(len(SCALE_STAGES) - 1, 0, -1):
        wanted = max(1, round(SCALE_STAGES[index].ends_here * products))
        reached += [index] * wanted
    first_bench = next(index for index, stage in enumerate(SCALE_STAGES) if stage.ends_here)
    filled = [*reached, *[first_bench] * products]  # rounded shares may leave some products without a stage
    return [*filled[: products - 1], first_bench]


def _numbers(config: PlantConfig, reached: list[int]) -> list[tuple[int, int, int]]:
    """Distribute the batches over products and stages: (product, stage, batches)."""
    shares = [stage.share for stage in SCALE_STAGES]
    popularity = generator(config.seed, "popularity").lognormal(0, 0.25, config.products)
    return numbers_of_batches("virtual plant", "batches", config.batches, reached, shares, popularity)


def _sites(product: int, stage: int, number: int) -> list[str]:
    """Site of each batch: one site per product and stage. Every third product moves to another site half-way."""
    able = [site for site in dict.fromkeys(v.site for v in VESSELS) if _vessels(site, SCALE_STAGES[stage].volume)]
    first = able[product % len(able)]
    second = able[(product + 1) % len(able)] if product % 3 == 0 else first
    return [first] * (number - number // 2) + [second] * (number // 2)


def _vessels(site: str, volume: float) -> list[Vessel]:
    return [vessel for vessel in VESSELS if vessel.site == site and vessel.working_volume == volume]


def _campaign(config: PlantConfig, product: int, stage: int, number: int) -> pl.DataFrame:
    """Batches of one product at one scale, in order of time."""
    rng = generator(config.seed, f"campaign {product} {stage}")
    plan = SCALE_STAGES[stage]
    months = config.months_between_products * product + plan.begins + plan.lasts * np.sort(rng.uniform(0, 1, number))
    hours = np.round(months * DAYS_PER_MONTH) * 24 + rng.integers(7, 17, number)
    sites = _sites(product, stage, number)
    vessels = [rng.choice(np.array([v.equipment for v in _vessels(site, plan.volume)])) for site in sites]
    first = datetime.combine(config.start, time())
    return pl.DataFrame(
        {
            "product": [f"mAb-{product + 1:02d}"] * number,
            "stage": [stage] * number,
            "width": [plan.width] * number,
            "equipment": [str(vessel) for vessel in vessels],
            "started_at": [first + timedelta(hours=float(hour)) for hour in hours],
        }
    )


def _batch_ids(site: pl.Expr, started: pl.Expr) -> pl.Expr:
    """Names of batches in the style of each site, numbered in order of time."""
    year, number = started.dt.strftime("%y"), started.cum_count().over("site").cast(pl.String).str.zfill(4)
    return (
        pl.when(site == "Boston")
        .then(pl.format("BOS-{}-{}", year, number))
        .when(site == "Visp")
        .then(pl.format("V{}.{}", year, number))
        .otherwise(pl.format("CK{}{}", year, number))
    )


def campaigns(config: PlantConfig, vessels: pl.DataFrame) -> pl.DataFrame:
    """Table of all batches with product, stage, vessel and start, in order of time."""
    parts = [_campaign(config, *cell) for cell in _numbers(config, furthest(config.products))]
    site = vessels.select("equipment", "site")
    rows = pl.concat(parts).join(site, on="equipment", how="left", maintain_order="left")
    rows = rows.sort("started_at", "product", "equipment", maintain_order=True)
    return rows.with_columns(batch_id=_batch_ids(pl.col("site"), pl.col("started_at")))
