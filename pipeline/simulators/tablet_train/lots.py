"""Lots of materials: their properties, their period of use, and how much of each lot went into which batch."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.random_numbers import generator
from pipeline.simulators.tablet_train.blending import API_DENSITY


@dataclass(frozen=True)
class Property:
    """A property of the lots of a material."""

    name: str
    median: float
    spread: float
    """Standard deviation of the logarithm."""
    digits: int


PROPERTIES: Mapping[str, tuple[Property, ...]] = {
    "lactose": (Property("lactose_d50", 75.0, 0.08, 1),),
    "binder": (Property("binder_viscosity", 30.0, 0.05, 2),),
    "mcc": (Property("mcc_density", 320.0, 0.045, 0), Property("mcc_moisture", 0.044, 0.07, 4)),
    "magnesium_stearate": (Property("stearate_surface", 8.0, 0.20, 2),),
}
"""Material that all products share → properties, in this order: µm; K-value; kg/m³ and kg/kg; m²/g."""
DAYS = {"api": 100.0, "lactose": 75.0, "binder": 150.0, "mcc": 60.0, "magnesium_stearate": 120.0}
"""Days that a lot is in use."""
SPLIT_SHARE = 0.2
"""Share of batches that use two successive lots of a material."""
ROUGHNESS = 6.0
"""Measured surface of the drug over that of spheres [-]."""


def _api_values(rng: np.random.Generator, size: float, count: int) -> dict[str, FloatArray]:
    """Properties of the lots of one drug: µm, µm, m²/g, %, %. The surface is that of rough lognormal particles."""
    median = size * np.exp(rng.normal(0, 0.10, count))
    width = np.clip(rng.normal(0.78, 0.06, count), 0.5, 1.1)
    spheres = 6 / (API_DENSITY * median) * np.exp(width**2 / 2)
    surface = ROUGHNESS * spheres / 1000 * np.exp(rng.normal(0, 0.05, count))
    return {
        "api_d50": np.round(median * 1e6, 1),
        "api_d90": np.round(median * np.exp(1.2816 * width) * 1e6, 1),
        "api_surface": np.round(surface, 3),
        "api_impurity": np.round(0.035 * np.exp(0.30 * rng.standard_normal(count)), 3),
        "api_assay_lot": np.round(rng.normal(99.8, 0.5, count), 2),
    }


def _values(rng: np.random.Generator, material: str, count: int) -> dict[str, FloatArray]:
    """Properties of the lots of a material that all products share."""
    return {
        p.name: np.asarray(np.round(p.median * np.exp(p.spread * rng.standard_normal(count)), p.digits), dtype=np.float64)
        for p in PROPERTIES[material]
    }


def _lots(seed: int, material: str, label: str, first: float, days: float, size: float | None = None) -> pl.DataFrame:
    """Lots of one material; of the drug of one product if its particle `size` [m] is given."""
    count = int(days / DAYS[material]) + 3
    rng = generator(seed, f"lots of {material} {label}")
    begins = first + DAYS[material] * (np.arange(count) - rng.uniform(0, 0.5, count))
    names = [f"{label}-{number:03d}" for number in range(1, count + 1)]
    made = _values(rng, material, count) if size is None else _api_values(rng, size, count)
    return pl.DataFrame({"lot": names, "begins": begins, **made})


def _day(started: pl.Series) -> FloatArray:
    return np.asarray(started.dt.epoch("s").cast(pl.Float64).to_numpy() / 86400)


def lot_tables(seed: int, granulations: pl.DataFrame, products: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Material → table of its lots: lot, begins [day], properties; for the drug also product."""
    day = _day(granulations["started_at"])
    tables = {name: _lots(seed, name, name[:3].upper(), day.min(), float(np.ptp(day)) + 20.0) for name in PROPERTIES}
    parts = []
    for product, size in products.select("product", "api_size").iter_rows():
        own = day[(granulations["product"] == product).to_numpy()]
        lots = _lots(seed, "api", f"DS{product[-2:]}", own.min(), float(np.ptp(own)), size)
        parts.append(lots.with_columns(pl.lit(product).alias("product")))
    return {"api": pl.concat(parts), **tables}


def uses(seed: int, material: str, lots: pl.DataFrame, step: str, rows: pl.DataFrame, mass: FloatArray) -> pl.DataFrame:
    """Uses of lots: batch, material, lot, mass [kg]. `step` is the column of `rows` that names the batches."""
    rng = generator(seed, f"genealogy of {material}")
    split = np.where(rng.uniform(size=rows.height) < SPLIT_SHARE, np.round(rng.uniform(0.3, 0.9, rows.height), 2), 1.0)
    frame = pl.DataFrame({"batch": rows[step], "product": rows["product"], "day": _day(rows["started_at"]), "mass": mass})
    frame = frame.with_columns(split=pl.Series(split))
    groups = [frame] if "product" not in lots.columns else frame.partition_by("product", maintain_order=True)
    parts = [_of_group(group, lots) for group in groups]
    return (
        pl.concat(parts)
        .sort("batch", "lot")
        .select("batch", pl.lit(material).alias("material"), "lot", pl.col("mass").round(4))
    )


def _of_group(frame: pl.DataFrame, lots: pl.DataFrame) -> pl.DataFrame:
    """Uses of the batches that share lots: of all, or of one product."""
    own = lots if "product" not in lots.columns else lots.filter(pl.col("product") == frame["product"][0])
    place = np.searchsorted(own["begins"].to_numpy(), frame["day"].to_numpy(), side="right") - 1
    place = np.clip(place, 0, own.height - 2)
    names = own["lot"].to_numpy()
    first = frame.select("batch", pl.col("mass") * pl.col("split")).with_columns(lot=pl.Series(names[place]))
    second = frame.select("batch", pl.col("mass") * (1 - pl.col("split"))).with_columns(lot=pl.Series(names[place + 1]))
    return pl.concat([first, second.filter(frame["split"] < 1)])


def mixed(use: pl.DataFrame, lots: pl.DataFrame, batches: pl.Series) -> pl.DataFrame:
    """Mean properties of the lots of each batch, weighted by mass, in the order of `batches`."""
    names = [name for name in lots.columns if name not in ("lot", "begins", "product")]
    weight = pl.col("mass") / pl.col("mass").sum()
    joined = use.join(lots, on="lot", how="left", maintain_order="left")
    means = joined.group_by("batch", maintain_order=True).agg((weight * pl.col(name)).sum().alias(name) for name in names)
    return pl.DataFrame({"batch": batches}).join(means, on="batch", how="left", maintain_order="left").drop("batch")
