"""Future lots, drawn as whole lots from history, so that the properties of a lot stay correlated."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.case.past_lots import past_lots
from pipeline.answers.scenarios.setup import ScenarioSetup


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
    found, own = past_lots(setup.history, setup.proposal.product, material, setup.config.own_lots)
    known = found.drop("batch_id", *setup.proposal.settings, strict=False).drop_nulls()
    if known.height < 2 or not known.columns:
        return None
    source = f"{known.height} lots that {'the product' if own else 'any product'} was made from"
    return LotsToCome(material, known, source)
