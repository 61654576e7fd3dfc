"""Random settings and lots of many batches: each parameter from its distribution, each material from a whole lot."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.answers.scenarios.lots import LotsToCome
from pipeline.answers.scenarios.setup import ScenarioSetup
from pipeline.answers.scenarios.variation import Variation


def draw(
    setup: ScenarioSetup, variations: Sequence[Variation], materials: Sequence[LotsToCome], count: int, seed: int
) -> pl.DataFrame:
    """Return settings and material properties of `count` batches, SI. Parameters vary independently of each other.

    Values are clipped to the possible range of their attribute. Where nothing varies, all batches are as proposed.
    """
    rng = np.random.default_rng(seed)
    parameters = pl.DataFrame({v.parameter: v.draw(count, rng) for v in variations})
    parts = [part for part in (parameters, *(lots.draw(count, rng) for lots in materials)) if part.width]
    if not parts:
        name = next(iter(setup.parameters), setup.process.scale.attribute)
        return pl.DataFrame({name: [setup.set_point(name)] * count})
    drawn = pl.concat(parts, how="horizontal")
    return drawn.with_columns(_clipped(setup, name) for name in drawn.columns)


def _clipped(setup: ScenarioSetup, name: str) -> pl.Expr:
    attribute = setup.process.attributes[name]
    if attribute.possible is None:
        return pl.col(name)
    low, high = attribute.possible
    return pl.col(name).clip(low, high)
