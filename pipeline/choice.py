"""Which model answers for which quality attribute: the simplest that re-enactment can't tell from the best."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.intervals import residual

DECIDING = (("past_scale_ups", "largest_scale_out"), ("leave_product_out",), ("forward_in_time",))
"""Whose forecasts decide: the first of these with lines of batches enough; steps in scale come first and count together."""
LEAST_LINES = 3


def choose(predictions: pl.DataFrame, cqa: str, candidates: Sequence[str]) -> tuple[str, str]:
    """Choose among models, simplest first, by their errors on hidden batches; return the model and the protocols that decided.

    Every line of batches (product, strength) is one piece of evidence. The simplest candidate is taken whose mean squared
    error exceeds the best one's by no more than one standard error of that difference over the lines (Breiman et al. 1984,
    Classification and Regression Trees, § 3.4.3, paired here). Where no protocol has three lines, the most elaborate answers.
    """
    own = predictions.filter((pl.col("cqa") == cqa) & pl.col("model").is_in(list(candidates)))
    for protocols in DECIDING:
        part = own.filter(pl.col("protocol").is_in(protocols))
        if part["lineage"].n_unique() >= LEAST_LINES:
            return _simplest(part, candidates), " and ".join(p for p in protocols if p in part["protocol"])
    return candidates[-1], "none"


def _simplest(part: pl.DataFrame, candidates: Sequence[str]) -> str:
    losses = part.group_by("model", "lineage").agg((residual() ** 2).mean().alias("loss")).sort("lineage")
    by_model = {name: losses.filter(pl.col("model") == name)["loss"].to_numpy() for name in candidates}
    best = min(candidates, key=lambda name: float(by_model[name].mean()))
    for name in candidates:
        worse = by_model[name] - by_model[best]
        if worse.mean() <= worse.std(ddof=1) / np.sqrt(len(worse)):
            return name
    return best
