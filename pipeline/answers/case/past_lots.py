"""Lots of a material that history knows, each with its properties together."""

import polars as pl

from pipeline.features.lots import lot_properties
from pipeline.history.tables import History


def past_lots(history: History, product: str, material: str, least: int) -> tuple[pl.DataFrame, bool]:
    """Return the properties of past lots, and whether these are lots of the product alone.

    The table has one row per lot, sorted by name: batch_id, which names the lot, and a column per property, SI. least: number of
    lots of the product from which on only these count. With fewer, the lots of all products do.
    """
    described = history.lots.filter(pl.col("material") == material)
    of_product = _of_product(history, product, material, described)
    enough = of_product.height >= least
    names = of_product if enough else described.select("lot_id").unique().sort("lot_id")
    one_lot_each = names.select(
        batch_id="lot_id", material=pl.lit(material), lot_id="lot_id", fraction=pl.lit(1.0)
    )  # each lot as a batch, so that the code of the features reads its properties
    return lot_properties(described, one_lot_each).sort("batch_id"), enough


def _of_product(history: History, product: str, material: str, described: pl.DataFrame) -> pl.DataFrame:
    own = history.batches.filter(pl.col("product") == product)
    consumed = history.genealogy.filter(pl.col("material") == material).join(own, on="batch_id", how="semi")
    return consumed.join(described, on="lot_id", how="semi").select("lot_id").unique().sort("lot_id")
