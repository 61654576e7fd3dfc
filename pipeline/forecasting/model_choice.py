"""Choice of the model that answers: the simplest one whose error on hidden batches is within one standard error of the best."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from pipeline.forecasting.intervals import residual

ANSWERING = "answering"
"""Stands for the chosen model, in place of the kind of a model. Each fold has a choice of its own."""
CAUTIOUS = "carry_over"
"""The model that answers where too few batches were hidden to show that another one is better."""
UNTESTED = "none"
"""Given in place of the kinds of question that decided."""
LEAST_HIDDEN = 5
"""Number of hidden batches from which a choice is made."""
LEAST_LINEAGES = 3
"""Number of lineages from which the standard error counts."""
NEGLIGIBLE = 1e-6
"""Relative squared errors far below this count as equal."""
_READ = ("batch_id", "lineage", "observed", "censoring", "predicted")
Hidden = Mapping[str, Mapping[str, pl.DataFrame]]
"""Kind of a model → kind of question → its forecasts of hidden batches: batch_id, lineage, observed, censoring and predicted."""


class Choice(NamedTuple):
    """The model that was chosen for a CQA."""

    model: str
    """Kind of the model."""
    decided_by: str
    """Kinds of question whose hidden batches decided, or `UNTESTED`."""


def choose(hidden: Hidden, kinds: Sequence[str]) -> Choice:
    """Return the choice among models, given the simplest first, by their forecasts of hidden batches for kinds of question.

    The batches are hidden training batches of the models, so a choice in a fold sees no test batch of the fold. Each lineage
    (product, strength) counts once, with its mean squared error relative to the mean of the kind of question, averaged over
    kinds. The simplest model is chosen whose mean log error exceeds that of the best model by at most one standard error of the
    difference between the two over lineages (Breiman et al. 1984, Classification and Regression Trees, § 3.4.3, paired here).
    With the logarithm the ratio of two errors counts, so that one lineage with large errors for all models, or with one
    accidentally small error, does not decide. With fewer than three lineages the standard error is not known, and the model with
    the smallest error is chosen. With fewer than five hidden batches nothing shows that a model is better than the carry-over
    mean, so that is chosen, or the simplest model where the carry-over mean is none.
    """
    models = list(hidden)
    tables = [_read(hidden[model][kind], model, kind) for model in models for kind in kinds]
    if not tables or (all_hidden := pl.concat(tables))["batch_id"].n_unique() < LEAST_HIDDEN:
        return Choice(CAUTIOUS if CAUTIOUS in models else models[0], UNTESTED)
    return Choice(_simplest(_losses(all_hidden), models), " and ".join(kinds))


def _read(table: pl.DataFrame, model: str, kind: str) -> pl.DataFrame:
    return table.select(pl.lit(model).alias("model"), pl.lit(kind).alias("kind"), *_READ)


def _losses(hidden: pl.DataFrame) -> pl.DataFrame:
    """Return the logarithm of the relative squared error: model, lineage, loss."""
    by_kind = hidden.group_by("kind", "model", "lineage").agg((residual() ** 2).mean().alias("loss"))
    mean = pl.col("loss").mean().over("kind")
    relative = by_kind.with_columns(pl.when(mean > 0).then(pl.col("loss") / mean).otherwise(0.0))
    by_lineage = relative.sort("kind").group_by("model", "lineage").agg(pl.col("loss").mean()).sort("lineage")
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
