"""Tables of the comparison of rules for the choice of a model, from the saved forecasts of `choice.py`. Nothing is fitted here."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from calibration import TABLETS
from choice_rules import RULES, SCOPES, FoldLosses, chosen, losses_of
from report import Cell, Report, Table

from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import in_words
from pipeline.extrapolation.kinds import KINDS
from pipeline.forecasting.intervals import residual
from pipeline.forecasting.model_choice import CAUTIOUS

CONFIGURED = ("super_learner", "hierarchical", "lightgbm")
"""Kinds of the models that are configured in turn: the blend, which holds the baselines as members, and two that do not."""
BLEND = CONFIGURED[0]
SMALL_PLANTS = "small plants"
BASELINES = ("carry_over", "global_mean", "additive_table")
FOLD = ("history", "cqa", "protocol", "fold")
ALONE = "configured model"
RESAMPLES = 4000


def answers(inner: pl.DataFrame, outer: pl.DataFrame, configured: str) -> pl.DataFrame:
    """Return the outer forecasts of the models that each rule chooses among the baselines and the configured model.

    The columns are those of `outer`, with rule and scope.
    """
    models = (*BASELINES, configured)
    lines = losses_of(inner.filter(pl.col("model").is_in(models))).partition_by(FOLD, as_dict=True)
    asked = outer.select(*FOLD, "shift").unique(maintain_order=True).group_by(FOLD, maintain_order=True).agg("shift")
    found = [
        {**dict(zip(FOLD, fold, strict=True)), "rule": rule, "scope": scope, "shift": kind, "model": model}
        for *fold, kinds in asked.iter_rows()
        for rule, choose in RULES.items()
        for scope in (SCOPES if rule != ALONE else SCOPES[:1])
        for kind, model in chosen(FoldLosses(lines[tuple(fold)], models), choose, scope, kinds).items()
    ]
    choices = pl.DataFrame(found).cast({name: outer.schema[name] for name in FOLD})
    return choices.join(outer, on=[*FOLD, "shift", "model"], how="left", maintain_order="left")


def ratios(found: pl.DataFrame, outer: pl.DataFrame, reference: str, *by: str) -> pl.DataFrame:
    """Return the error of each rule divided by that of one candidate on the same batches: rule, scope, by, ratio.

    Errors of all folds of a protocol count together: the square root of the mean squared error.
    """
    key = ["group", "history", "protocol", "cqa", *by]
    error = (residual() ** 2).mean().sqrt()
    own = found.group_by(*key, "rule", "scope", maintain_order=True).agg(error.alias("error"))
    other = outer.filter(pl.col("model") == reference).group_by(key, maintain_order=True).agg(error.alias("reference"))
    both = own.join(other, on=key, maintain_order="left").filter(pl.col("reference") > 0, pl.col("error") > 0)
    return both.with_columns(ratio=pl.col("error") / pl.col("reference"))


def _of_histories(table: pl.DataFrame) -> FloatArray:
    """Return the mean log ratio of each history, (histories,)."""
    each = table.group_by("history").agg(pl.col("ratio").log().mean()).sort("history")
    return np.asarray(each["ratio"].to_numpy())


def _mean(table: pl.DataFrame) -> float | None:
    """Return the geometric mean of the ratios, each history with the same weight."""
    return float(np.exp(_of_histories(table).mean())) if table.height else None


def _interval(table: pl.DataFrame) -> str:
    """Return the 90 % bootstrap interval of the geometric mean over histories; nothing where there is one."""
    each = _of_histories(table)
    if len(each) < 2:
        return ""
    drawn = np.random.default_rng(1).choice(each, size=(RESAMPLES, len(each))).mean(axis=1)
    low, high = np.exp(np.quantile(drawn, (0.05, 0.95)))
    return f"{low:.3f} to {high:.3f}"


def rules_table(configured: str, group: str, found: pl.DataFrame, outer: pl.DataFrame) -> Table:
    """Return a row per rule: its error relative to the configured model and to the carry-over."""
    own, same = found.filter(pl.col("group") == group), outer.filter(pl.col("group") == group)
    alone, carried = ratios(own, same, configured), ratios(own, same, CAUTIOUS)
    lines: list[Sequence[Cell]] = []
    for rule, scope in own.select("rule", "scope").unique(maintain_order=True).iter_rows():
        this = (pl.col("rule") == rule) & (pl.col("scope") == scope)
        share = own.filter(this).select((pl.col("model") == configured).mean()).item()
        worst = alone.filter(this)["ratio"].max()
        means = (_mean(carried.filter(this)), _mean(alone.filter(this)))
        lines.append((rule, _by(rule, scope), *means, _interval(alone.filter(this)), worst, share))  # type: ignore[arg-type]
    of = f"{in_words(configured)} configured, {group}"
    count = f"{own['history'].n_unique()} histories, {own['cqa'].n_unique()} attributes"
    head = (
        "rule",
        "decided by",
        "error / carry-over",
        "error / configured",
        "90 % interval",
        "worst",
        "answered by configured",
    )
    return Table(f"{of}: errors of the model that each rule chooses ({count})", head, lines, 3)


def _by(rule: str, scope: str) -> str:
    return scope if rule != ALONE else ""


def kinds_table(found: pl.DataFrame, outer: pl.DataFrame) -> Table:
    """Return a row per rule: its error relative to the blend for each kind of question, on all histories."""
    table = ratios(found, outer, BLEND, "shift")
    kinds = [kind for kind in KINDS if kind in set(table["shift"])]
    lines = [
        (rule, scope, *(_mean(part.filter(pl.col("shift") == kind)) for kind in kinds))
        for (rule, scope), part in table.group_by("rule", "scope", maintain_order=True)
        if rule != ALONE
    ]
    head = ("rule", "decided by", *map(in_words, kinds))
    return Table("Error divided by that of the blend, by kind of question, all histories", head, lines, 3)


def small_table(found: pl.DataFrame, outer: pl.DataFrame) -> Table:
    """Return a row per rule: its error relative to the carry-over on small histories, with the standard error over plants."""
    table = ratios(found.filter(pl.col("group") == SMALL_PLANTS), outer, CAUTIOUS)
    names = table["protocol"].unique(maintain_order=True)
    lines = [
        (rule, _by(rule, scope), *(_with_error(part.filter(pl.col("protocol") == name)) for name in names))
        for (rule, scope), part in table.group_by("rule", "scope", maintain_order=True)
    ]
    note = "±: standard error over plants."
    head = ("rule", "decided by", *map(in_words, names))
    return Table("Blend configured, small histories: error divided by that of the carry-over", head, lines, note=note)


def _with_error(table: pl.DataFrame) -> str | None:
    each = _of_histories(table)
    if len(each) < 2:
        return None
    return f"{np.exp(each.mean()):.3f} ± {np.exp(each.mean()) * each.std(ddof=1) / np.sqrt(len(each)):.3f}"


def choice_report(inner: pl.DataFrame, outer: pl.DataFrame) -> Report:
    """Return all tables."""
    groups = outer["group"].unique(maintain_order=True)
    found = {configured: answers(inner, outer, configured) for configured in CONFIGURED}
    tables = [rules_table(name, group, found[name], outer) for name in CONFIGURED for group in groups]
    note = (
        "Geometric means over attributes, protocols and histories. Errors are those against the quality without noise on plants, "
        "and against the results on tablets. Interval: bootstrap over histories. Worst: largest ratio to the configured model of "
        "one attribute, protocol and history."
    )
    tables[-1] = Table(tables[-1].caption, tables[-1].head, tables[-1].rows, 3, note)
    more = [kinds_table(found[BLEND], outer)]
    if SMALL_PLANTS in groups:
        more.append(small_table(found[BLEND], outer))
    seeds = sorted(int(name) for name in outer["history"].unique() if name != TABLETS)
    counted = {"forecasts of hidden batches by each candidate": outer.filter(pl.col("model") == BLEND).height}
    return Report("choice", [*tables, *more], seeds, counted)
