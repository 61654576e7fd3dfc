"""Features of material lots by genealogy, and in-process controls."""

import polars as pl

from pipeline.domain.process.parts import lot_column
from pipeline.domain.process.process import Process


def controls(process: Process, results: pl.DataFrame) -> pl.DataFrame:
    """In-process controls, one column each. A censored one has the value of its limit."""
    names = [
        name for name, attribute in process.attributes.items() if attribute.role == "IPC" and attribute.kind != "spectrum"
    ]
    wide = results.filter(pl.col("attribute").is_in(names)).pivot(
        "attribute", on_columns=names, index="batch_id", values="value", maintain_order=True
    )
    return wide.select("batch_id", *names)


def lot_properties(lots: pl.DataFrame, genealogy: pl.DataFrame) -> pl.DataFrame:
    """Properties of the lots in each batch, as the mean weighted by the share of each lot.

    A value is null unless it is known for all lots of the batch. The mean assumes that a property mixes linearly by mass: this
    holds for contents and approximately for particle sizes.
    """
    consumed = genealogy.join(lots, on=["material", "lot_id"], how="inner").sort("batch_id", "attribute", "lot_id")
    share, value = pl.col("fraction").sum(), (pl.col("fraction") * pl.col("value")).sum()
    mixed = consumed.group_by("batch_id", "attribute", maintain_order=True).agg(
        pl.when((share - 1).abs() < 1e-6).then(value / share).alias("value")
    )
    names = sorted(lots["attribute"].unique())
    return mixed.pivot("attribute", on_columns=names, index="batch_id", values="value", maintain_order=True)


def main_lots(process: Process, genealogy: pl.DataFrame) -> pl.DataFrame:
    """The lot of each material that is a grouping, one column each. Of several lots, the one with the largest share."""
    main = genealogy.sort("batch_id", "material", "fraction", "lot_id", descending=[False, False, True, False])
    first = main.unique(["batch_id", "material"], keep="first", maintain_order=True)
    materials = [name for name in process.groupings if name in process.materials]
    wide = first.pivot("material", on_columns=materials, index="batch_id", values="lot_id", maintain_order=True)
    return wide.rename({name: lot_column(name) for name in materials})
