"""Choice of the model for each quality attribute: the simplest one whose error is within one standard error of the best."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.forecasting.intervals import residual

CAUTIOUS = "carry_over"
"""The model that answers where too few batches were hidden to show that another one is better."""
UNTESTED = "none"
"""Given in place of the protocols that decided."""
LEAST_HIDDEN = 5
"""Number of hidden batches from which a choice is made."""
LEAST_LINEAGES = 3
"""Number of lineages from which the standard error counts."""
NEGLIGIBLE = 1e-6
"""Relative squared errors far below this count as equal."""


def choose(predictions: pl.DataFrame, cqa: str, candidates: Sequence[str]) -> tuple[str, str]:
    """Return the model that is chosen for a CQA, and the protocols that decided.

    candidates: models, the simplest first; predictions: forecasts of hidden batches by all of them. Each lineage (product,
    strength) counts once, with its mean squared error relative to the mean of the protocol, averaged over protocols. The
    simplest candidate is chosen whose mean log error exceeds that of the best candidate by at most one standard error of the
    difference between the two over lineages (Breiman et al. 1984, Classification and Regression Trees, § 3.4.3, paired
    here). With the logarithm the ratio of two errors counts, so that one lineage with large errors for all models, or with
    one accidentally small error, does not decide. With fewer than three lineages the standard error is not known, and the
    candidate with the smallest error is chosen. With fewer than five hidden batches nothing shows that a model is better than
    the carry-over mean, so that is chosen, or the simplest candidate where the carry-over mean is none.
    """
    own = predictions.filter((pl.col("cqa") == cqa) & pl.col("model").is_in(list(candidates)))
    if own["batch_id"].n_unique() < LEAST_HIDDEN:
        return CAUTIOUS if CAUTIOUS in candidates else candidates[0], UNTESTED
    return _simplest(_losses(own), candidates), " and ".join(own["protocol"].unique(maintain_order=True))


def choose_all(predictions: pl.DataFrame, cqas: Sequence[str], candidates: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Choose for each CQA: the model, and the protocols that decided."""
    return {cqa: choose(predictions, cqa, candidates) for cqa in cqas}


def _losses(own: pl.DataFrame) -> pl.DataFrame:
    """Return the logarithm of the relative squared error: model, lineage, loss."""
    by_protocol = own.group_by("protocol", "model", "lineage").agg((residual() ** 2).mean().alias("loss"))
    mean = pl.col("loss").mean().over("protocol")
    relative = by_protocol.with_columns(pl.when(mean > 0).then(pl.col("loss") / mean).otherwise(0.0))
    by_lineage = relative.group_by("model", "lineage").agg(pl.col("loss").mean()).sort("lineage")
    return by_lineage.with_columns((pl.col("loss") + NEGLIGIBLE).log())


def _simplest(losses: pl.DataFrame, candidates: Sequence[str]) -> str:
    """Return the first candidate whose mean loss is within one standard error of the best; with few lineages the best."""
    by_model = {name: losses.filter(pl.col("model") == name)["loss"].to_numpy() for name in candidates}
    best = min(candidates, key=lambda name: float(by_model[name].mean()))
    if len(by_model[best]) < LEAST_LINEAGES:
        return best
    for name in candidates:
        worse = by_model[name] - by_model[best]
        if worse.mean() <= worse.std(ddof=1) / np.sqrt(len(worse)):
            return name
    return best
