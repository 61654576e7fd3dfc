"""Which model answers for which quality attribute: the simplest that re-enactment can't tell from the best."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.forecasting.intervals import residual

LEAST_LINES = 3
NEGLIGIBLE = 1e-6
"""Errors below this share of the usual ones are equal."""


def choose(predictions: pl.DataFrame, cqa: str, candidates: Sequence[str]) -> tuple[str, str]:
    """Choose among models, simplest first, by their errors on hidden batches; return the model and the protocols that decided.

    Every line of batches (product, strength) is one piece of evidence: its mean squared error, in units of what is usual under
    each protocol and averaged over the protocols. The simplest candidate is taken whose logarithm of it exceeds the best
    one's by no more than one standard error of that difference over the lines (Breiman et al. 1984, Classification and
    Regression Trees, § 3.4.3, paired here). By the logarithm a line counts by the factor between its errors: one line with a
    large error for all, or one that a model happens to hit, does not decide. With fewer than three lines, the most elaborate
    answers.
    """
    own = predictions.filter((pl.col("cqa") == cqa) & pl.col("model").is_in(list(candidates)))
    if own["lineage"].n_unique() < LEAST_LINES:
        return candidates[-1], "none"
    return _simplest(_losses(own), candidates), " and ".join(own["protocol"].unique(maintain_order=True))


def choose_all(predictions: pl.DataFrame, cqas: Sequence[str], candidates: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Choose for each CQA: the model, and the protocols that decided."""
    return {cqa: choose(predictions, cqa, candidates) for cqa in cqas}


def _losses(own: pl.DataFrame) -> pl.DataFrame:
    """Logarithm of the relative squared error: model, lineage, loss."""
    by_protocol = own.group_by("protocol", "model", "lineage").agg((residual() ** 2).mean().alias("loss"))
    usual = pl.col("loss").mean().over("protocol")
    relative = by_protocol.with_columns(pl.when(usual > 0).then(pl.col("loss") / usual).otherwise(0.0))
    lines = relative.group_by("model", "lineage").agg(pl.col("loss").mean()).sort("lineage")
    return lines.with_columns((pl.col("loss") + NEGLIGIBLE).log())


def _simplest(losses: pl.DataFrame, candidates: Sequence[str]) -> str:
    by_model = {name: losses.filter(pl.col("model") == name)["loss"].to_numpy() for name in candidates}
    best = min(candidates, key=lambda name: float(by_model[name].mean()))
    for name in candidates:
        worse = by_model[name] - by_model[best]
        if worse.mean() <= worse.std(ddof=1) / np.sqrt(len(worse)):
            return name
    return best
