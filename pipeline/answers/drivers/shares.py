"""What tells products apart is not what moves a product: importance pooled beside within the product, reversed signs marked."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from pipeline.domain.display import number

TOP = 8
CLEAR = 0.3
"""Correlations of feature and share smaller than this have no clear direction."""


def shares(targets: Iterable[str], importance: pl.DataFrame, stability: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Give the main features of each target: mean |SHAP| within the product and pooled, their directions, and the range of
    its rank over refits. importance: columns of `explanations.importance`; stability: those of `stability`; both by cqa.
    """
    return {
        target: [
            _line(line)
            for line in importance.filter(pl.col("cqa") == target)
            .head(TOP)
            .join(stability.filter(pl.col("cqa") == target).drop("rank"), on="feature", how="left", maintain_order="left")
            .to_dicts()
        ]
        for target in targets
    }


def _line(line: dict[str, Any]) -> dict[str, Any]:
    pooled, within = line["direction_pooled"], line["direction_within"]
    clear = pooled is not None and within is not None and min(abs(pooled), abs(within)) >= CLEAR
    return {
        "feature": line["feature"],
        "within": number(line["within"]),
        "pooled": number(line["pooled"]),
        "direction_within": number(within),
        "direction_pooled": number(pooled),
        "sign_flips": bool(clear and pooled * within < 0),
        "best_rank": line["best"],
        "worst_rank": line["worst"],
        "same_sign": number(line["same_sign"]),
        "refits": line["refits"],
    }
