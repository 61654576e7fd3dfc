"""What tells products apart is not what moves a product: importance pooled beside within the product, reversed signs marked."""

from typing import Any

import polars as pl

from pipeline.decisions.plain import number
from pipeline.domain.process import Process
from pipeline.explanations import importance
from pipeline.serving import Served

TOP = 8
CLEAR = 0.3
"""Correlations of feature and share smaller than this have no clear direction."""


def shares(process: Process, served: Served, rows: pl.DataFrame, stability: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Give the main features of each target: mean |SHAP| within the product and pooled, their directions, and the range of
    its rank over refits (columns best, worst, same_sign and refits of `stability`, by cqa and feature).
    """
    return {
        target: [
            _line(line)
            for line in importance(final.model, rows, process.attributes[target].si)
            .head(TOP)
            .join(stability.filter(pl.col("cqa") == target).drop("rank"), on="feature", how="left", maintain_order="left")
            .to_dicts()
        ]
        for target, final in served.finals.items()
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
