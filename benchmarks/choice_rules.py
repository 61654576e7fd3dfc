"""Rules that choose the model that answers from forecasts of hidden batches. Pure functions, compared by `choice.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.intervals import residual
from pipeline.forecasting.model_choice import CAUTIOUS, LEAST_HIDDEN, NEGLIGIBLE

LEAST_GROUPS = 3
"""Number of groups from which a standard error is known."""
AT_MOST = 1.02
"""Factor of the error that a simpler model may cost."""
Losses = Mapping[str, FloatArray]
"""Model, the simplest first → log of its mean squared error relative to all models, one per group of batches, (groups,)."""
Rule = Callable[[Losses], str]


def configured(losses: Losses) -> str:
    """Return the configured model, which is the last one."""
    return list(losses)[-1]


def lowest_error(losses: Losses) -> str:
    """Return the model with the smallest mean log error."""
    return min(losses, key=lambda name: float(losses[name].mean()))


def one_standard_error(losses: Losses) -> str:
    """Return the simplest model whose error exceeds the smallest one by at most one standard error of the difference."""
    best = lowest_error(losses)
    return next(name for name in losses if name == best or not _beaten(losses[name], losses[best]))


def two_percent(losses: Losses) -> str:
    """Return the simplest model whose error is at most 2 % larger than the smallest one."""
    best = losses[lowest_error(losses)].mean()
    return next(name for name in losses if losses[name].mean() - best <= 2 * np.log(AT_MOST))


def configured_or_better(losses: Losses) -> str:
    """Return the configured model, or the best of those that are better by more than one standard error of the difference."""
    last = configured(losses)
    better = {name: own for name, own in losses.items() if name != last and _beaten(losses[last], own)}
    return lowest_error(better) if better else last


def configured_or_two_percent(losses: Losses) -> str:
    """Return the simplest model whose error is at most 2 % larger than that of the configured one."""
    last = configured(losses)
    return next(name for name in losses if losses[name].mean() - losses[last].mean() <= 2 * np.log(AT_MOST))


def _beaten(loss: FloatArray, by: FloatArray) -> bool:
    """Tell whether the second loss is smaller by more than a standard error. With few groups a smaller one is enough."""
    worse = loss - by
    error = worse.std(ddof=1) / np.sqrt(len(worse)) if len(worse) >= LEAST_GROUPS else 0.0
    return bool(worse.mean() > error)


RULES: Mapping[str, Rule] = {
    "configured model": configured,
    "lowest error": lowest_error,
    "simplest within one standard error": one_standard_error,
    "simplest within 2 % of the best": two_percent,
    "configured, unless another is better by one standard error": configured_or_better,
    "simplest within 2 % of the configured": configured_or_two_percent,
}
SCOPES = ("all kinds", "kinds of the fold", "each kind by itself")
"""Which inner forecasts decide: those for all kinds of question that the folds ask, for those that the fold asks, or for each
kind of question its own."""


@dataclass(frozen=True)
class FoldLosses:
    """Squared errors of inner forecasts in a fold."""

    lines: pl.DataFrame
    """model, shift, lineage, batches, loss: mean squared error of a lineage"""
    models: Sequence[str]
    """The simplest first."""


def losses_of(inner: pl.DataFrame) -> pl.DataFrame:
    """Return the mean squared error of each lineage: history, cqa, protocol, fold, model, shift, lineage, batches, loss."""
    key = ["history", "cqa", "protocol", "fold", "model", "shift", "lineage"]
    return inner.group_by(key, maintain_order=True).agg(
        (residual() ** 2).mean().alias("loss"), pl.col("batch_id").n_unique().alias("batches")
    )


def chosen(fold: FoldLosses, rule: Rule, scope: str, asked: Sequence[str]) -> dict[str, str]:
    """Return kind of question that the fold asks → the model that answers.

    With fewer than `LEAST_HIDDEN` hidden batches the carry-over answers.
    """
    present = fold.lines["shift"].unique()
    decide = {kind: {"all kinds": list(present), "kinds of the fold": list(asked)}.get(scope, [kind]) for kind in asked}
    done: dict[tuple[str, ...], str] = {}
    for kinds in decide.values():
        if tuple(kinds) not in done:
            done[tuple(kinds)] = _choice(fold, rule, kinds)
    return {kind: done[tuple(kinds)] for kind, kinds in decide.items()}


def _choice(fold: FoldLosses, rule: Rule, kinds: Sequence[str]) -> str:
    lines = fold.lines.filter(pl.col("shift").is_in(list(kinds)))
    hidden = (
        lines.filter(pl.col("model") == fold.models[0]).group_by("lineage").agg(pl.col("batches").max())["batches"].sum()
    )
    if hidden < LEAST_HIDDEN:
        return CAUTIOUS
    mean = pl.col("loss").mean().over("shift")
    relative = lines.with_columns(pl.when(mean > 0).then(pl.col("loss") / mean).otherwise(0.0))
    table = relative.group_by("model", "lineage").agg((pl.col("loss").mean() + NEGLIGIBLE).log()).sort("lineage")
    return rule({name: table.filter(pl.col("model") == name)["loss"].to_numpy() for name in fold.models})
