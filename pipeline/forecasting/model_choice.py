"""Choice of the model that answers: the configured one, unless hidden batches show that a baseline is better."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.intervals import residual

ANSWERING = "answering"
"""Stands for the chosen model, in place of the kind of a model. Each fold has a choice of its own."""
CAUTIOUS = "carry_over"
"""The model that answers where too few batches were hidden to show that another one is better."""
UNTESTED = "none"
"""Given in place of the kinds of question that decided."""
LEAST_HIDDEN = 5
"""Number of hidden batches from which a choice is made."""
LEAST_GROUPS = 3
"""Number of lineages, or of batches of a single lineage, from which the standard error counts."""
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


def choose(hidden: Hidden, kinds: Sequence[str], *, compared: bool = True) -> Choice:
    """Return the choice among models by their forecasts of hidden batches for kinds of question.

    hidden: the baselines, and the configured model last. The batches are hidden training batches of the models, so a choice in a
    fold sees no test batch of the fold. compared: whether another model than the configured one may be chosen for its errors.

    Each lineage (product, strength) counts once, with its mean squared error relative to the mean of the kind of question,
    averaged over kinds. Where all hidden batches are of one lineage, each batch counts. The configured model is chosen, unless the
    mean log error of another one is smaller by more than one standard error of the difference between the two. Then the best of
    those is chosen. With the logarithm the ratio of two errors counts, so that one lineage with large errors for all models, or
    with one accidentally small error, does not decide. With two lineages the standard error is not known, and a smaller error is
    enough. With fewer than five hidden batches nothing shows that a model is better than the carry-over mean, so that is chosen, or
    the simplest model where the carry-over mean is none.
    """
    models = list(hidden)
    tables = [_read(hidden[model][kind], model, kind) for model in models for kind in kinds]
    if not tables or (all_hidden := pl.concat(tables))["batch_id"].n_unique() < LEAST_HIDDEN:
        return Choice(CAUTIOUS if CAUTIOUS in models else models[0], UNTESTED)
    return Choice(_best(_losses(all_hidden), models) if compared else models[-1], " and ".join(kinds))


def _read(table: pl.DataFrame, model: str, kind: str) -> pl.DataFrame:
    return table.select(pl.lit(model).alias("model"), pl.lit(kind).alias("kind"), *_READ)


def _losses(hidden: pl.DataFrame) -> pl.DataFrame:
    """Return the logarithm of the relative squared error: model, group (lineage, or batch of a single lineage), loss."""
    group = pl.col("batch_id" if hidden["lineage"].n_unique() == 1 else "lineage").alias("group")
    by_kind = hidden.group_by("kind", "model", group).agg((residual() ** 2).mean().alias("loss"))
    mean = pl.col("loss").mean().over("kind")
    relative = by_kind.with_columns(pl.when(mean > 0).then(pl.col("loss") / mean).otherwise(0.0))
    by_group = relative.sort("kind").group_by("model", "group").agg(pl.col("loss").mean()).sort("group")
    return by_group.with_columns((pl.col("loss") + NEGLIGIBLE).log())


def _best(losses: pl.DataFrame, models: Sequence[str]) -> str:
    """Return the last model, or the best of those that are better than it by more than one standard error."""
    by_model = {name: losses.filter(pl.col("model") == name)["loss"].to_numpy() for name in models}
    last = by_model[models[-1]]
    better = [name for name in models[:-1] if _exceeds(last - by_model[name])]
    return min(better, key=lambda name: float(by_model[name].mean()), default=models[-1])


def _exceeds(worse: FloatArray) -> bool:
    """Tell whether the mean of differences, shape (groups,), exceeds its standard error; with few groups whether it exceeds 0."""
    error = worse.std(ddof=1) / np.sqrt(len(worse)) if len(worse) >= LEAST_GROUPS else 0.0
    return bool(worse.mean() > error)
