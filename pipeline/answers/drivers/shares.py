"""Importance of features within the product beside importance over all products.

A feature that separates products need not influence a single product. So both are shown, and reversed directions are marked.
"""

from collections.abc import Iterable

import polars as pl

from pipeline.answers.limits import DriversConfig
from pipeline.answers.result.drivers import FeatureShare


def shares(
    targets: Iterable[str], importance: pl.DataFrame, stability: pl.DataFrame, config: DriversConfig
) -> dict[str, tuple[FeatureShare, ...]]:
    """Return the main features of each target: importance, directions, and the range of the rank over refits.

    importance: columns of `assessment.importance.importance`; stability: those of `assessment.importance_stability.stability`;
    both with a column `cqa`.
    """
    return {target: tuple(_feature_shares(target, importance, stability, config)) for target in targets}


def _feature_shares(
    target: str, importance: pl.DataFrame, stability: pl.DataFrame, config: DriversConfig
) -> Iterable[FeatureShare]:
    ranking, refit_ranks = (table.filter(pl.col("cqa") == target) for table in (importance, stability))
    joined = ranking.head(config.features).join(refit_ranks.drop("rank"), on="feature", how="left", maintain_order="left")
    for line in joined.iter_rows(named=True):
        pooled, within = line["direction_pooled"], line["direction_within"]
        clear = pooled is not None and within is not None and min(abs(pooled), abs(within)) >= config.clear_direction
        yield FeatureShare(
            line["feature"],
            line["within"],
            line["pooled"],
            within,
            pooled,
            bool(clear and pooled * within < 0),
            line["best"],
            line["worst"],
            line["same_sign"],
            line["refits"],
        )
