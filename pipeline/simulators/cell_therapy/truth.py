"""How much each step contributes to each quality attribute of each patient lot."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array
from pipeline.simulators.cell_therapy.simulation import CQAS, INPUTS, simulate


def contributions(rows: pl.DataFrame, causes: Mapping[str, Array]) -> pl.DataFrame:
    """Table of contributions without noise: lot, attribute, step, contribution, in the unit of the simulation.

    The reference of a lot is the median lot of its product: each cause at its median. The causes of the donor, then of
    selection, transduction, expansion and formulation are replaced by those of the lot, in this order. The contribution of a
    step is the change when its causes are replaced. So the contributions of a lot add up to its distance from the reference.
    The step `reference` holds the value of the reference itself.
    """
    mixed = {name: _median(rows, causes[name]) for names in INPUTS.values() for name in names}
    before = simulate(mixed).quality
    parts = [_part(rows, "reference", {name: before[name] for name in CQAS})]
    for step, names in INPUTS.items():
        mixed |= {name: causes[name] for name in names}
        after = simulate(mixed).quality
        parts.append(_part(rows, step, {name: after[name] - before[name] for name in CQAS}))
        before = after
    return pl.concat(parts)


def _median(rows: pl.DataFrame, values: Array) -> Array:
    own = rows.select("product").with_columns(value=pl.Series(values))
    return np.asarray(own.select(pl.col("value").median().over("product")).to_series().to_numpy())


def _part(rows: pl.DataFrame, step: str, change: Mapping[str, Array]) -> pl.DataFrame:
    wide = rows.select("lot").with_columns(**{name: pl.Series(values) for name, values in change.items()})
    long = wide.unpivot(list(change), index="lot", variable_name="attribute", value_name="contribution")
    return long.select("lot", "attribute", pl.lit(step).alias("step"), "contribution")
