"""Lots to come, drawn whole from history: the properties of a lot go together."""

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
        """Properties of the lots of `count` batches; each lot is as likely."""
        return self.properties[rng.integers(0, self.properties.height, count)]


def lots_to_come(setup: ScenarioSetup) -> tuple[LotsToCome, ...]:
    """Lots that each material may come from; a material whose lots or properties the proposal names is as it says."""
    used = setup.history.lots["material"].unique().sort().to_list()
    found = [_lots(setup, material) for material in used if material not in setup.proposal.lots]
    return tuple(lots for lots in found if lots is not None)


def _lots(setup: ScenarioSetup, material: str) -> LotsToCome | None:
    described = setup.history.lots.filter(pl.col("material") == material)
    own = _of_product(setup, material, described)
    enough = own.height >= setup.config.own_lots
    names = own if enough else described.select("lot_id").unique().sort("lot_id")
    alone = names.select(
        batch_id="lot_id", material=pl.lit(material), lot_id="lot_id", fraction=pl.lit(1.0)
    )  # each lot as a batch of its own, so that the features' code reads its properties
    properties = lot_properties(described, alone).sort("batch_id").drop("batch_id", *setup.proposal.settings, strict=False)
    known = properties.drop_nulls()
    if known.height < 2 or not known.columns:
        return None
    source = f"{known.height} lots that {'the product' if enough else 'any product'} was made from"
    return LotsToCome(material, known, source)


def _of_product(setup: ScenarioSetup, material: str, described: pl.DataFrame) -> pl.DataFrame:
    own = setup.history.batches.filter(pl.col("product") == setup.proposal.product)
    consumed = setup.history.genealogy.filter(pl.col("material") == material).join(own, on="batch_id", how="semi")
    return consumed.join(described, on="lot_id", how="semi").select("lot_id").unique().sort("lot_id")
