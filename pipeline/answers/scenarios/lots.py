"""Future lots, drawn as whole lots from history, so that the properties of a lot stay correlated."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.features.lots import lot_properties


@dataclass(frozen=True)
class LotsToCome:
    """Lots of one material that a batch may get."""

    material: str
    properties: pl.DataFrame
    """One row per lot, one column per property, SI."""
    source: str

    def draw(self, count: int, rng: np.random.Generator) -> pl.DataFrame:
        """Return the properties of the lots of `count` batches. All lots are equally likely."""
        return self.properties[rng.integers(0, self.properties.height, count)]


def lots_to_come(setup: ScenarioSetup) -> tuple[LotsToCome, ...]:
    """Return the lots that may be used, per material. Materials and properties that the proposal states are not drawn."""
    used = setup.history.lots["material"].unique().sort().to_list()
    found = [_lots(setup, material) for material in used if material not in setup.proposal.lots]
    return tuple(lots for lots in found if lots is not None)


def _lots(setup: ScenarioSetup, material: str) -> LotsToCome | None:
    described = setup.history.lots.filter(pl.col("material") == material)
    of_product = _of_product(setup, material, described)
    enough = of_product.height >= setup.config.own_lots
    names = of_product if enough else described.select("lot_id").unique().sort("lot_id")
    one_lot_each = names.select(
        batch_id="lot_id", material=pl.lit(material), lot_id="lot_id", fraction=pl.lit(1.0)
    )  # each lot as a batch, so that the code of the features reads its properties
    properties = (
        lot_properties(described, one_lot_each).sort("batch_id").drop("batch_id", *setup.proposal.settings, strict=False)
    )
    known = properties.drop_nulls()
    if known.height < 2 or not known.columns:
        return None
    source = f"{known.height} lots that {'the product' if enough else 'any product'} was made from"
    return LotsToCome(material, known, source)


def _of_product(setup: ScenarioSetup, material: str, described: pl.DataFrame) -> pl.DataFrame:
    own = setup.history.batches.filter(pl.col("product") == setup.proposal.product)
    consumed = setup.history.genealogy.filter(pl.col("material") == material).join(own, on="batch_id", how="semi")
    return consumed.join(described, on="lot_id", how="semi").select("lot_id").unique().sort("lot_id")
