"""Stability of the importance ranking, by bootstrap over products (Efron 1979, Ann. Stat. 7, 1).

Whole products are drawn with replacement, because ten batches of one product are one piece of evidence.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from pipeline.assessment.importance import importance
from pipeline.domain.units import Unit
from pipeline.forecasting.calibrated_model import CalibratedModel
from pipeline.forecasting.cross_validation import with_results
from pipeline.models.registry import FittedModel, ModelConfig, fit_again

REFITS = 5
"""Number of models that are fitted to drawn products."""


def drawn_products(rows: pl.DataFrame, times: int, seed: int) -> list[pl.DataFrame]:
    """Return `times` tables of rows. For each, as many products as there are in `rows` are drawn with replacement."""
    rng = np.random.default_rng(seed)
    products = rows["product"].unique().sort()
    draws = [products.gather(rng.integers(0, len(products), len(products))) for _ in range(times)]
    return [
        pl.DataFrame({"product": draw}).join(rows, on="product", how="inner").select(rows.columns).sort("batch_id")
        for draw in draws
    ]


def stability_of_all(
    finals: Mapping[str, CalibratedModel],
    rows: pl.DataFrame,
    results: pl.DataFrame,
    units: Mapping[str, Unit],
    candidates: Sequence[ModelConfig],
    seed: int,
) -> pl.DataFrame:
    """Refit every CQA's model to drawn products and compare the ranks: cqa, then the columns of `stability`.

    rows: features of all batches; candidates: the configurations that were compared, the final models' among them.
    """
    configs: dict[str, ModelConfig] = {config.kind: config for config in candidates}
    tables = []
    for cqa, final in finals.items():
        refits = [
            fit_again(final.model, configs[final.model.kind], drawn, drawn["observed"].to_numpy(), final.task, seed + nth)
            for nth, drawn in enumerate(drawn_products(with_results(rows, results, final.task), REFITS, seed), 1)
        ]
        tables.append(stability(final.model, refits, rows, units[cqa]).select(pl.lit(cqa).alias("cqa"), pl.all()))
    return pl.concat(tables)


def stability(full: FittedModel, refits: Sequence[FittedModel], rows: pl.DataFrame, unit: Unit) -> pl.DataFrame:
    """Return the rank of each feature by importance within the product, in the full model and in the refitted models.

    Columns: feature, rank (1 is the most important), best and worst rank in the refitted models, same_sign (share of
    refitted models whose effect within the product has the sign of the full model; None where that has no sign), refits.
    Sorted by rank.
    """
    whole = _ranked(importance(full, rows, unit))
    others = [_ranked(importance(model, rows, unit)) for model in refits]
    if whole.is_empty() or not others:
        return pl.DataFrame(schema=_SCHEMA)
    every = pl.concat(others).join(whole.select("feature", own="direction_within"), on="feature")
    same = (pl.col("direction_within").fill_null(0.0).sign() == pl.col("own").sign()).mean()
    over = every.group_by("feature").agg(
        pl.col("rank").min().alias("best"), pl.col("rank").max().alias("worst"), same.alias("same_sign")
    )
    return (
        whole.join(over, on="feature", how="left")
        .with_columns(pl.lit(len(refits)).cast(pl.Int64).alias("refits"))
        .sort("rank")
        .select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())
    )


_SCHEMA = {
    "feature": pl.String,
    "rank": pl.Int64,
    "best": pl.Int64,
    "worst": pl.Int64,
    "same_sign": pl.Float64,
    "refits": pl.Int64,
}


def _ranked(table: pl.DataFrame) -> pl.DataFrame:
    """Return feature, direction_within and the rank by importance within the product."""
    return table.select(
        "feature", "direction_within", pl.col("within").rank("min", descending=True).cast(pl.Int64).alias("rank")
    )
