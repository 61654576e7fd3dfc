"""The campaigns: when and where each blend is made, of which granulations, and into which cores and final batches it goes."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
import polars as pl

from pipeline.simulators.numbers_of_batches import numbers_of_batches
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.tablet_train.config import TabletTrainConfig


@dataclass(frozen=True)
class ScaleStage:
    """Blends of a product at one scale."""

    mass: float
    """Batch size of the blend [kg]."""
    share: float
    """Relative number of blends."""
    begins: float
    """Months from the first blend of the product to the first one at this scale."""
    lasts: float
    """Duration in months."""
    width: float
    """Width of the range of settings, relative to the development range."""
    ends_here: float
    """Share of products for which this is the largest scale so far."""
    sites: tuple[str, ...]
    """Sites that make this scale."""


SCALE_STAGES: tuple[ScaleStage, ...] = (
    ScaleStage(2.0, 12, 0, 5, 1.0, 0.0, ("Leeds",)),
    ScaleStage(10.0, 8, 4, 6, 0.7, 0.0, ("Leeds", "Porto")),
    ScaleStage(50.0, 6, 10, 7, 0.4, 0.22, ("Leeds", "Ulm")),
    ScaleStage(200.0, 7, 17, 10, 0.25, 0.34, ("Ulm", "Porto", "Leeds")),
    ScaleStage(600.0, 8, 26, 26, 0.15, 0.44, ("Ulm", "Porto")),
)
DAYS_PER_MONTH = 30.4
PARTS: dict[tuple[str, float], tuple[int, int, int]] = {
    ("Leeds", 200.0): (2, 1, 1),
    ("Ulm", 200.0): (1, 2, 1),
    ("Porto", 200.0): (2, 1, 2),
    ("Ulm", 600.0): (2, 2, 1),
    ("Porto", 600.0): (2, 2, 2),
}
"""Site and batch size → granulations per blend, lots of cores per blend, final batches per lot of cores. Otherwise 1 each."""
LETTERS = {"granulation": "G", "blending": "B", "compression": "C", "coating": "F"}
"""Step → letter in the names of its batches."""


PAUSED = 4
"""Place of a product that is at pilot scale although later ones have gone further. It is the same in a train of any size."""


def furthest(products: int) -> list[int]:
    """Largest stage that each product has reached, oldest product first. The last one and that at `PAUSED` are at pilot scale."""
    reached: list[int] = []
    for index in range(len(SCALE_STAGES) - 1, 0, -1):
        if SCALE_STAGES[index].ends_here:
            reached += [index] * max(1, round(SCALE_STAGES[index].ends_here * products))
    pilot = next(index for index, stage in enumerate(SCALE_STAGES) if stage.ends_here)
    before = [*reached, *[pilot] * products][: max(products - 2, 0)]
    if products <= PAUSED + 1:
        return [*[*before, *reached[products - 2 : products - 1]][: products - 1], pilot]
    return [*before[:PAUSED], pilot, *before[PAUSED:], pilot]


def _numbers(config: TabletTrainConfig) -> list[tuple[int, int, int]]:
    """Distribute the blends over products and stages: (product, stage, blends)."""
    shares = [stage.share for stage in SCALE_STAGES]
    popularity = generator(config.seed, "popularity").lognormal(0, 0.25, config.products)
    return numbers_of_batches("tablet train", "blends", config.blends, furthest(config.products), shares, popularity)


def _campaign(config: TabletTrainConfig, product: int, stage: int, number: int) -> pl.DataFrame:
    """Blends of one product at one scale, in order of time. Every fourth product moves to another site half-way."""
    plan, rng = SCALE_STAGES[stage], generator(config.seed, f"campaign {product} {stage}")
    months = config.months_between_products * product + plan.begins + plan.lasts * np.sort(rng.uniform(0, 1, number))
    hours = np.round(months * DAYS_PER_MONTH) * 24 + rng.integers(6, 15, number)
    first = plan.sites[product % len(plan.sites)]
    later = plan.sites[(product + 1) % len(plan.sites)] if product % 4 == 0 else first
    begin = datetime.combine(config.start, time())
    return pl.DataFrame(
        {
            "product": [f"TAB-{product + 1:02d}"] * number,
            "site": [first] * (number - number // 2) + [later] * (number // 2),
            "batch_size": [plan.mass] * number,
            "width": [plan.width] * number,
            "started_at": [begin + timedelta(hours=float(hour)) for hour in hours],
        }
    )


def _named(rows: pl.DataFrame, step: str) -> pl.DataFrame:
    """Sort rows by time and give their batches names in the style of their site, in a column called after the step."""
    ordered = rows.sort("started_at", "product", "part", maintain_order=True)
    year = pl.col("started_at").dt.strftime("%y")
    number = pl.col("started_at").cum_count().over("site").cast(pl.String).str.zfill(4)
    letter = pl.lit(LETTERS[step])
    name = (
        pl.when(pl.col("site") == "Leeds")
        .then(pl.concat_str(pl.lit("L"), letter, year, pl.lit("-"), number))
        .when(pl.col("site") == "Ulm")
        .then(pl.concat_str(letter, year, pl.lit("."), number, pl.lit("U")))
        .otherwise(pl.concat_str(pl.lit("P"), year, letter, number))
    )
    return ordered.with_columns(name.alias(step))


def _parts(rows: pl.DataFrame, place: int) -> pl.DataFrame:
    """Repeat each row by the number of parts that its site and batch size have, and number the parts from 0."""
    counts = [PARTS.get(key, (1, 1, 1))[place] for key in rows.select("site", "batch_size").iter_rows()]
    return rows.with_columns(parts=pl.Series(counts), part=pl.int_ranges(0, pl.Series(counts))).explode("part")


@dataclass(frozen=True)
class Batches:
    """The batches of the train. Those of granulation, drying and milling are the same."""

    granulations: pl.DataFrame
    """granulation, blending (where it goes), product, site, batch_size, width, started_at, mass [kg] of the dry inner phase."""
    blends: pl.DataFrame
    """blending, product, site, batch_size, width, started_at."""
    cores: pl.DataFrame
    """compression, blending (where it comes from), and so on; mass [kg] as planned."""
    coated: pl.DataFrame
    """coating, compression (where it comes from), and so on; mass [kg] as planned."""


def _later(config: TabletTrainConfig, rows: pl.DataFrame, step: str, days: tuple[int, int]) -> pl.DataFrame:
    """Move the start of each row by a random number of days, plus some hours per part."""
    hours = 24 * generator(config.seed, f"days before {step}").integers(days[0], days[1], rows.height)
    moved = pl.duration(hours=pl.Series(hours) + 9 * pl.col("part"))
    return rows.with_columns(started_at=pl.col("started_at") + moved)


def batches(config: TabletTrainConfig) -> Batches:
    """Make the batches of all steps."""
    blends = pl.concat([_campaign(config, *cell) for cell in _numbers(config)]).with_columns(part=pl.lit(0, pl.Int64))
    granulated = _named(blends, "blending")
    parts = _parts(granulated.drop("part"), 0)
    granulations = parts.with_columns(
        mass=0.85 * 1.015 * pl.col("batch_size") / pl.col("parts"),
        started_at=pl.col("started_at") + pl.duration(hours=10 * pl.col("part")),
    )
    later = _later(config, granulated, "blending", (2, 5))
    cores = _parts(later.drop("part"), 1).with_columns(mass=pl.col("batch_size") / pl.col("parts"))
    cores = _named(_later(config, cores, "compression", (1, 6)), "compression")
    coated = _parts(cores.drop("part", "parts"), 2).with_columns(mass=pl.col("mass") / pl.col("parts"))
    coated = _named(_later(config, coated, "coating", (1, 5)), "coating")
    return Batches(_named(granulations, "granulation"), later, cores, coated)
