"""Lots of two materials, their properties, and which batch used which."""

import numpy as np
import polars as pl

from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.random_numbers import generator

MATERIALS = {
    "media": ("culture", 75, {"media_osmolality": (305.0, 9.0, 1), "media_iron": (60.0, 12.0, 1)}),
    "resin": ("capture", 270, {"ligand_density": (10.0, 0.5, 2)}),
}
"""Material → step that uses it, days for which a lot lasts, and property → (mean, standard deviation, decimal places).

Units: mOsm/kg, µmol/L, g/L of settled resin.
"""


def lots(config: AntibodyTrainConfig, material: str, batches: pl.DataFrame) -> pl.DataFrame:
    """Table of the lots of a material, with their properties. A site buys lots of its own, one after the other."""
    _, days, properties = MATERIALS[material]
    named = batches.select(_lot(material, days).alias("lot")).unique().sort("lot")
    drawn = {
        name: np.round(mean + spread * generator(config.seed, f"lots {name}").standard_normal(named.height), digits)
        for name, (mean, spread, digits) in properties.items()
    }
    return named.with_columns(**{name: pl.Series(values) for name, values in drawn.items()})


def _lot(material: str, days: int) -> pl.Expr:
    """Name of the lot that a site has open when a batch starts."""
    since = (pl.col("started").dt.epoch("d") // days).cast(pl.String)
    return pl.format("{}-{}{}", pl.lit(material[:2].upper()), pl.col("site").str.slice(0, 1), since)


def genealogy(config: AntibodyTrainConfig, material: str, batches: pl.DataFrame, lot_table: pl.DataFrame) -> pl.DataFrame:
    """Table of uses: batch, material, lot, kilograms. One culture in five uses the rest of the lot before as well."""
    _, days, _ = MATERIALS[material]
    own = batches.select("batch", "site", "culture_volume", lot=_lot(material, days))
    rng = generator(config.seed, f"genealogy {material}")
    mixed = rng.uniform(size=batches.height) < (0.2 if material == "media" else 0.0)
    share = np.where(mixed, np.round(rng.uniform(0.2, 0.8, batches.height), 2), 1.0)
    ordered = lot_table.with_columns(before=pl.col("lot").shift(1).over(pl.col("lot").str.slice(0, 4)))
    joined = own.with_columns(share=pl.Series(share), kilograms=pl.col("culture_volume") * 22).join(
        ordered.select("lot", "before"), on="lot", how="left", maintain_order="left"
    )
    first = joined.select(
        "batch", "lot", amount=pl.col("kilograms") * pl.when(pl.col("before").is_null()).then(1.0).otherwise("share")
    )
    rest = joined.filter((pl.col("share") < 1) & pl.col("before").is_not_null()).select(
        "batch", lot="before", amount=pl.col("kilograms") * (1 - pl.col("share"))
    )
    used = pl.concat([first, rest]).with_columns(material=pl.lit(material)).sort("batch", "lot")
    return used.select("batch", "material", "lot", pl.col("amount").round_sig_figs(6))


def of_batches(material: str, batches: pl.DataFrame, uses: pl.DataFrame, lot_table: pl.DataFrame) -> pl.DataFrame:
    """Batches with the properties of their lots, weighted by amount."""
    names = list(MATERIALS[material][2])
    weighted = (
        uses.join(lot_table, on="lot", how="left")
        .group_by("batch")
        .agg([(pl.col(name) * pl.col("amount")).sum() / pl.col("amount").sum() for name in names])
    )
    return batches.join(weighted, on="batch", how="left", maintain_order="left")
