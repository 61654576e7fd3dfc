"""The campaigns: which batches each step makes, when and where, and which batch goes into which.

Batches are made in runs. A run starts with one culture or two and ends with one lot of drug substance or two. How it pools and
splits on the way is its pattern.
"""

from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise

import numpy as np
import polars as pl

from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.antibody_train.equipment import BIOREACTORS, VOLUMES
from pipeline.simulators.antibody_train.links import Links
from pipeline.simulators.numbers_of_batches import numbers_of_batches
from pipeline.simulators.random_numbers import generator

STEPS = ("culture", "harvest", "capture", "polishing", "filtration")
"""The steps in the order of manufacture."""
DAYS_PER_MONTH = 30.4


@dataclass(frozen=True)
class Pattern:
    """How a run pools and splits."""

    name: str
    counts: tuple[int, int, int, int, int]
    """Number of batches at each of the steps."""
    chance: tuple[float, ...]
    """Relative chance at each stage of development."""


PATTERNS: tuple[Pattern, ...] = (
    Pattern("single", (1, 1, 1, 1, 1), (1.0, 0.75, 0.65, 0.55, 0.15)),
    Pattern("cultures pooled", (2, 2, 1, 1, 1), (0.0, 0.25, 0.35, 0.20, 0.0)),
    Pattern("capture lots pooled", (1, 1, 2, 1, 1), (0.0, 0.0, 0.0, 0.25, 0.35)),
    Pattern("harvest split", (1, 1, 2, 2, 2), (0.0, 0.0, 0.0, 0.0, 0.30)),
    Pattern("polishing lots pooled", (1, 1, 2, 2, 1), (0.0, 0.0, 0.0, 0.0, 0.20)),
)
"""Small campaigns pool cultures to fill a column. A harvest of the largest scale is more than one capture lot can take."""


@dataclass(frozen=True)
class ScaleStage:
    """Batches of a product at one scale."""

    share: float
    """Relative number of batches of drug substance."""
    begins: float
    """Months from the first batch of the product to the first batch at this scale."""
    lasts: float
    """Duration in months."""
    width: float
    """Width of the range of settings, relative to the development range."""
    ends_here: float
    """Share of products for which this is the largest scale so far."""


SCALE_STAGES: tuple[ScaleStage, ...] = (
    ScaleStage(12, 0, 6, 1.0, 0.0),
    ScaleStage(8, 4, 6, 0.75, 0.15),
    ScaleStage(6, 9, 6, 0.40, 0.22),
    ScaleStage(7, 14, 12, 0.20, 0.25),
    ScaleStage(9, 22, 18, 0.12, 0.33),
)
SITES = (("Lund",), ("Lund",), ("Lund", "Galway"), ("Kiel", "Galway"), ("Kiel", "Galway"))
"""Sites that can make each stage."""
CODES = {"culture": "C", "harvest": "H", "capture": "A", "polishing": "P", "filtration": "S"}
"""Letter of each step in the names of its batches."""
DAYS_TO = {"culture": 0, "harvest": 0, "capture": 2, "polishing": 5, "filtration": 8}
"""Days from the harvest of the culture to the step."""


@dataclass(frozen=True)
class Campaigns:
    """Batches of every step, and what goes into what."""

    batches: dict[str, pl.DataFrame]
    """Step → table with batch, product, site, stage, width, run, unit and started."""
    links: dict[str, Links]
    """Step → transfers from the step before it."""


def furthest(products: int) -> list[int]:
    """Largest stage that each product has reached, oldest product first. The last product is at bench scale only."""
    reached: list[int] = []
    for stage in range(len(SCALE_STAGES) - 1, 0, -1):
        reached += [stage] * max(1, round(SCALE_STAGES[stage].ends_here * products))
    return [*[*reached, *[1] * products][: products - 1], 1]  # rounded shares may leave some products without a stage


def numbers(config: AntibodyTrainConfig) -> list[tuple[int, int, int]]:
    """Distribute the batches of drug substance over products and stages: (product, stage, batches)."""
    shares = [stage.share for stage in SCALE_STAGES]
    popularity = generator(config.seed, "popularity").lognormal(0, 0.2, config.products)
    return numbers_of_batches("antibody train", "batches", config.batches, furthest(config.products), shares, popularity)


def _patterns(config: AntibodyTrainConfig, product: int, stage: int, wanted: int) -> list[Pattern]:
    """Patterns of the runs that together end with the wanted number of lots of drug substance."""
    rng = generator(config.seed, f"patterns {product} {stage}")
    chances = np.array([pattern.chance[stage] for pattern in PATTERNS])
    chosen: list[Pattern] = []
    while wanted:
        pattern = PATTERNS[int(rng.choice(len(PATTERNS), p=chances / chances.sum()))]
        if pattern.counts[-1] <= wanted:
            chosen.append(pattern)
            wanted -= pattern.counts[-1]
    return chosen


def _runs(config: AntibodyTrainConfig, product: int, stage: int, wanted: int) -> pl.DataFrame:
    """Runs of one product at one scale, in order of time. Every second product moves to another site half-way."""
    patterns = _patterns(config, product, stage, wanted)
    rng = generator(config.seed, f"runs {product} {stage}")
    plan, able, count = SCALE_STAGES[stage], SITES[stage], len(patterns)
    months = config.months_between_products * product + plan.begins + plan.lasts * np.sort(rng.uniform(0, 1, count))
    first = able[product % len(able)]
    second = able[(product + 1) % len(able)] if product % 2 == 0 else first
    sites = [first] * (count - count // 2) + [second] * (count // 2)
    return pl.DataFrame(
        {
            "product": [f"AB-{product + 1:02d}"] * count,
            "stage": [stage] * count,
            "width": [plan.width] * count,
            "pattern": [pattern.name for pattern in patterns],
            "site": sites,
            "hours": np.round(months * DAYS_PER_MONTH) * 24 + rng.integers(7, 17, count),
        }
    )


def _units(runs: pl.DataFrame, step: str) -> pl.DataFrame:
    """Batches of a step: each run repeated as often as its pattern says, with the number of the batch in its run."""
    counts = {pattern.name: pattern.counts[STEPS.index(step)] for pattern in PATTERNS}
    number = pl.col("pattern").replace_strict(counts, return_dtype=pl.Int64)
    return runs.with_columns(unit=pl.int_ranges(0, number)).explode("unit")


def _named(batches: pl.DataFrame, step: str, start: datetime) -> pl.DataFrame:
    """Batches with their start and a name in the style of their site, numbered in order of time."""
    moved = pl.col("hours") + 24 * (15 * float(step != "culture") + DAYS_TO[step]) + 30 * pl.col("unit")
    dated = batches.with_columns(started=pl.lit(start) + pl.duration(hours=moved))
    order = dated.with_row_index("place").sort("started", "run", "unit", maintain_order=True)
    number = pl.int_range(1, pl.len() + 1).over("site").cast(pl.String).str.zfill(4)
    year, code = pl.col("started").dt.strftime("%y"), CODES[step]
    galway = "U" if step in ("culture", "harvest") else code
    name = (
        pl.when(pl.col("site") == "Lund")
        .then(pl.format("L{}-{}-{}", pl.lit(code), year, number))
        .when(pl.col("site") == "Kiel")
        .then(pl.format("K{}.{}{}", year, pl.lit(code), number))
        .otherwise(pl.format("GW{}-{}-{}", year, pl.lit(galway), number))
    )
    return order.with_columns(batch=name).sort("place").drop("place", "hours")


def _links(before: pl.DataFrame, after: pl.DataFrame, shares: np.random.Generator) -> Links:
    """Transfers within each run: one to one where both steps have as many batches, else all to all."""
    pairs = before.with_row_index("source").select("run", "unit", "source", count=pl.len().over("run"))
    others = after.with_row_index("target").select("run", "unit", "target", count=pl.len().over("run"))
    joined = pairs.join(others, on="run", how="inner", maintain_order="left_right").filter(
        (pl.col("count") != pl.col("count_right")) | (pl.col("unit") == pl.col("unit_right"))
    )
    split = joined.select((pl.len().over("source") > 1).alias("split"))["split"].to_numpy()
    first = (joined["unit_right"] == 0).to_numpy()
    drawn = np.round(shares.uniform(0.44, 0.56, before.height), 3)[joined["source"].to_numpy()]
    share = np.where(split, np.where(first, drawn, 1 - drawn), 1.0)
    places = [joined[name].cast(pl.Int64).to_numpy() for name in ("source", "target")]
    return Links(places[0], places[1], share, after.height)


def campaigns(config: AntibodyTrainConfig) -> Campaigns:
    """All batches of all steps, in order of time of their runs.

    Two cultures of a run begin 30 hours apart. In Galway a harvest has the number of its culture.
    """
    start = datetime.combine(config.start, time())
    runs = pl.concat([_runs(config, *cell) for cell in numbers(config)]).sort("hours", "product", maintain_order=True)
    runs = runs.with_row_index("run").with_columns(pl.col("run").cast(pl.Int64))
    batches = {step: _named(_units(runs, step), step, start) for step in STEPS}
    own = pl.col("site") == "Galway"
    same = batches["culture"].select("run", "unit", number="batch")
    harvest = batches["harvest"].join(same, on=["run", "unit"], how="left", maintain_order="left")
    batches["harvest"] = harvest.with_columns(batch=pl.when(own).then("number").otherwise("batch")).drop("number")
    links = {
        after: _links(batches[before], batches[after], generator(config.seed, f"shares {after}"))
        for before, after in pairwise(STEPS)
    }
    return Campaigns(batches, links)


def bioreactor_of(config: AntibodyTrainConfig, cultures: pl.DataFrame) -> pl.Series:
    """Bioreactor of each culture: drawn from those of the site and the volume."""
    chance = generator(config.seed, "bioreactors").uniform(size=cultures.height)
    able: dict[tuple[str, int], list[str]] = {}
    for vessel in BIOREACTORS:
        able.setdefault((vessel.site, VOLUMES.index(vessel.culture_volume)), []).append(vessel.bioreactor)
    names = [
        able[site, stage][int(place * len(able[site, stage]))]
        for site, stage, place in zip(cultures["site"], cultures["stage"], chance, strict=True)
    ]
    return pl.Series("bioreactor", names)
