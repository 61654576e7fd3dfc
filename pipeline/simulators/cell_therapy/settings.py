"""How each patient lot is run: the settings of the protocol, wide at the centre of development and narrow at the others.

Times that depend on the work of the centre, such as the hold before the fill, grow with the devices that one team serves.
"""

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array
from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.sites import INSTRUMENTS, SITES
from pipeline.simulators.random_numbers import generator

WIDTH = {"development": 1.0, "centre": 0.3}
"""Width of the ranges of settings, relative to development."""
LEARNING = 12.0
"""Patient lots of a centre after which its extra delays have fallen to 1/e."""


def settings(config: CellTherapyConfig, rows: pl.DataFrame) -> pl.DataFrame:
    """Table of settings, one row per patient lot in the order of `rows`. Times in h or days, volumes in mL, cells in 1e6."""
    count = rows.height
    of_site = _sites(rows)
    width = np.where(rows["site"].to_numpy() == SITES[0].name, WIDTH["development"], WIDTH["centre"])
    load = rows["devices_in_parallel"].to_numpy() / of_site["operators"]
    number = rows.select(pl.col("received").cum_count().over("site")).to_series().to_numpy()
    newness = np.exp(-(number - 1.0) / LEARNING)

    def spread(purpose: str, sd: float) -> Array:
        """Factors around 1, as wide as the range of the centre."""
        return np.exp(sd * width * generator(config.seed, f"setting {purpose}").standard_normal(count))

    def delay(purpose: str, sd: float) -> Array:
        return np.exp(sd * generator(config.seed, f"delay {purpose}").standard_normal(count))

    transit = of_site["transit"] * delay("transit", 0.30) * (1 + 0.25 * newness)
    activation = (
        of_site["activation_delay"] * delay("activation", 0.25) * (1 + 0.4 * newness) * (1 + 0.12 * np.maximum(load - 1, 0))
    )
    hold = 1.5 * delay("hold", 0.25) * (1 + 0.4 * newness) * (1 + 0.55 * load)
    instrument = [INSTRUMENTS[site_wash] for site_wash in of_site["wash"]]
    columns: dict[str, Array] = {
        "transit_time": np.where(of_site["frozen"], transit * 2.2, transit),
        "container_temperature": of_site["container"] + 1.0 * generator(config.seed, "container").standard_normal(count),
        "frozen": of_site["frozen"].astype(float),
        "site_yield": of_site["selection_yield"],
        "activation_delay": activation,
        "bead_ratio": np.clip(2.6 * spread("bead ratio", 0.38), 0.5, 6.0),
        "wanted_cells": 170 * spread("wanted cells", 0.35),
        "moi": np.clip(2.6 * spread("moi", 0.45), 0.4, 9.0),
        "transduction_volume": 85 * spread("transduction volume", 0.35),
        "perfusion_rate": np.clip(0.55 * spread("perfusion", 0.45), 0.1, 1.6),
        "culture_days": np.clip(
            np.round(9.6 + 1.5 * width * generator(config.seed, "setting days").standard_normal(count)), 7, 13
        ),
        "hold_time": hold,
        "load": load,
        "room": of_site["room"],
        "cooling_rate": of_site["cooling"] * spread("cooling", 0.15),
        "wash_recovery": np.array([one.recovery for one in instrument]),
        "wash_capacity": np.array([one.capacity for one in instrument]),
    }
    return pl.DataFrame({**columns, "wash_instrument": [str(name) for name in of_site["wash"]]})


def _sites(rows: pl.DataFrame) -> dict[str, np.ndarray]:
    """What the centre of each patient lot is like."""
    by_name = {site.name: site for site in SITES}
    own = [by_name[name] for name in rows["site"]]
    names = ("transit", "container", "frozen", "selection_yield", "activation_delay", "wash", "operators", "room", "cooling")
    return {name: np.array([getattr(site, name) for site in own]) for name in names}
