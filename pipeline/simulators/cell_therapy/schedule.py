"""When and where each patient lot is made, and how many devices then run in parallel in the suite."""

from datetime import datetime, time, timedelta

import numpy as np
import polars as pl

from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.products import PRODUCTS
from pipeline.simulators.cell_therapy.sites import LADDER, MODELS, SITES, bank_name
from pipeline.simulators.random_numbers import generator

TRANSFER_LAG = 0.06
"""Time between the takeovers of a product by two centres that are both ready, as a share of the history."""
LEAST = 3
"""Fewest lots of a product at a centre. With the smallest number of patient lots there are enough for all pairs."""


def schedule(config: CellTherapyConfig) -> pl.DataFrame:
    """Table of all patient lots in order of time: lot, product, site, bank, device_model, culture_volume, received,
    devices_in_parallel."""
    parts = [_pair(config, product, site, number) for product, site, number in _numbers(config)]
    rows = pl.concat(parts).sort("received", "product", "site", maintain_order=True)
    number = pl.col("received").cum_count().over("site").cast(pl.String).str.zfill(4)
    return rows.with_columns(lot=pl.format("{}{}-{}", "code", pl.col("received").dt.strftime("%y"), number)).drop("code")


def begins(product: int, site: int) -> float:
    """Start of a product at a centre, as a share of the history: both must be there, and takeovers follow one another."""
    return max(SITES[site].begins, PRODUCTS[product].begins + TRANSFER_LAG * site)


def _numbers(config: CellTherapyConfig) -> list[tuple[int, int, int]]:
    """Distribute the patient lots over products and centres: (product, site, lots), about in proportion to the time of each pair.

    Each pair has at least `LEAST` lots; the others are distributed by largest remainder.
    """
    pairs = [(p, s) for p in range(config.products) for s in range(min(PRODUCTS[p].centres, config.centres))]
    weights = np.array([(1 - begins(p, s)) ** 0.7 for p, s in pairs])
    exact = weights / weights.sum() * (config.patients - LEAST * len(pairs))
    counts = np.floor(exact).astype(int)
    for index in np.argsort(counts - exact, kind="stable")[: config.patients - LEAST * len(pairs) - counts.sum()]:
        counts[index] += 1
    return [(p, s, LEAST + int(count)) for (p, s), count in zip(pairs, counts, strict=True)]


def _pair(config: CellTherapyConfig, product: int, site: int, number: int) -> pl.DataFrame:
    """Patient lots of one product at one centre, in order of time."""
    rng, place = generator(config.seed, f"schedule {product} {site}"), SITES[site]
    first = begins(product, site)
    moments = np.sort(rng.uniform(first, 1.0, number))
    hours = np.round(moments * config.years * 365.25) * 24 + rng.integers(7, 19, number)
    banks = np.where(rng.uniform(size=number) < 0.6, 0, 1)
    zero = datetime.combine(config.start, time())
    models = [place.banks[bank] for bank in banks]
    return pl.DataFrame(
        {
            "product": [PRODUCTS[product].name] * number,
            "site": [place.name] * number,
            "code": [place.code] * number,
            "bank": [bank_name(place, int(bank)) for bank in banks],
            "device_model": [str(model) for model in models],
            "culture_volume": [MODELS[model].culture_volume for model in models],
            "oxygen_transfer": [MODELS[model].oxygen_transfer for model in models],
            "received": [zero + timedelta(hours=float(hour)) for hour in hours],
            "devices_in_parallel": devices_in_parallel(site, moments).astype(float),
        }
    )


def devices_in_parallel(site: int, moments: np.ndarray) -> np.ndarray:
    """Number of devices that run in parallel in the suite of a centre at moments of the history (shares of its length).

    A centre begins with one device and reaches its largest number three quarters of the way to the end.
    """
    place = SITES[site]
    rungs = np.array([rung for rung in LADDER if rung <= place.most_devices])
    grown = (moments - place.begins) / (0.75 * (1 - place.begins))
    return np.asarray(rungs[np.clip((grown * len(rungs)).astype(int), 0, len(rungs) - 1)])
