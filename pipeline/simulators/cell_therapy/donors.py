"""The starting material: one leukapheresis per patient lot, and nothing of it is used twice.

Sources of the magnitudes: T cells per collection, median 2.6·10⁹ with quartiles 1.2 and 4.1·10⁹ (Oporto Espuelas et al. 2024,
Blood Cancer J. 14, 66, table 3); 97 % of 71 collections held 0.6·10⁹ T cells, 77 % held 2·10⁹ (Allen et al. 2017, Transfusion
57, 1133). Recent chemotherapy is the one recorded risk of a failed manufacture among 981 patients (UK National CAR T Panel
2025, Bone Marrow Transplant., doi 10.1038/s41409-025-02623-0). More lines of treatment leave fewer naive cells (Das, Vernau,
Grupp, Barrett 2019, Cancer Discov. 9, 492).
"""

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array
from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.cell_therapy.logistic import logistic
from pipeline.simulators.cell_therapy.products import PRODUCTS
from pipeline.simulators.random_numbers import generator

RECORDED = (
    "age",
    "prior_lines",
    "washout_weeks",
    "collected_cells",
    "cd4_cd8",
    "naive_share",
    "monocyte_share",
    "collected_viability",
)
"""Properties of a donor lot that the collection centre states: years, number, weeks, 1e6 T cells, ratio, share, share, share."""
HIDDEN = ("donor_growth", "donor_permissivity", "donor_fragility")
"""Properties that no record states, relative to the average donor: growth rate, infection by the vector, death while waiting."""


def donors(config: CellTherapyConfig, rows: pl.DataFrame) -> pl.DataFrame:
    """Table with one donor lot per patient lot: donor_lot, then `RECORDED` and `HIDDEN`, in the order of `rows`."""
    count = rows.height
    traits = pl.DataFrame([{"product": p.name, "m": p.age, "s": p.age_spread, "l": p.lines} for p in PRODUCTS])
    of_product = rows.select("product").join(traits, on="product", how="left", maintain_order="left")
    mean, spread, more = (of_product[name].to_numpy() for name in ("m", "s", "l"))
    age = np.clip(mean + spread * _normal(config, "age", count), 3, 84).round()
    lines = np.clip(1 + generator(config.seed, "donor lines").poisson(more), 1, 8).astype(float)
    washout = np.clip(6 * np.exp(0.6 * _normal(config, "washout", count)), 1, 60)
    naive = logistic(
        0.05 - 0.022 * (age - 45) - 0.22 * (lines - 2) + 0.18 * np.log(washout / 6) + 0.55 * _normal(config, "naive", count)
    )
    collected = 2_700 * np.exp(
        -0.09 * (lines - 2.5) + 0.10 * np.log(washout / 6) + 0.66 * _normal(config, "collected", count)
    )
    columns: dict[str, Array] = {
        "age": age,
        "prior_lines": lines,
        "washout_weeks": washout,
        "collected_cells": np.maximum(collected, 250.0),
        "cd4_cd8": 1.2 * np.exp(0.45 * _normal(config, "cd4 cd8", count)),
        "naive_share": naive,
        "monocyte_share": logistic(-1.5 + 0.6 * _normal(config, "monocytes", count)),
        "collected_viability": logistic(4.0 + 0.5 * _normal(config, "viability", count)),
        "donor_growth": np.exp(0.07 * _normal(config, "growth", count)),
        "donor_permissivity": np.exp(0.18 * _normal(config, "permissivity", count)),
        "donor_fragility": np.exp(0.25 * _normal(config, "fragility", count)),
    }
    return pl.DataFrame({"donor_lot": _names(count), **columns})


def _normal(config: CellTherapyConfig, purpose: str, count: int) -> Array:
    return generator(config.seed, f"donor {purpose}").standard_normal(count)


def _names(count: int) -> list[str]:
    """Names of donor lots, as a donation identification number would look: no two are equal."""
    return [f"D{number:06d}" for number in range(100_001, 100_001 + count)]
