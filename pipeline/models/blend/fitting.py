"""Fit the members of a blend and rehearse them on hidden parts of history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.extrapolation.kinds import TrainingExtent
from pipeline.extrapolation.reenactment import parts, reenact
from pipeline.models.base import FittedModel, Task, spread_of
from pipeline.models.baselines import CarryOver, GlobalMean, fit_carry_over, fit_global_mean
from pipeline.models.blend.model import FittedSuperLearner, Member, SuperLearner
from pipeline.models.blend.weights import HiddenForecasts, _weigh
from pipeline.models.hierarchical.model import AdditiveTable, FittedHierarchical, Hierarchical, fit_hierarchical, uncensored
from pipeline.models.residual_boosting import Boosted, fit_boosted
from pipeline.models.trees.lightgbm import LightGBM, fit_lightgbm


@dataclass(frozen=True)
class TrainedBlend:
    """A blend, and what it and its members said about hidden batches, per kind of question."""

    config: SuperLearner
    task: Task
    fitted: FittedSuperLearner
    rehearsals: Mapping[str, HiddenForecasts]

    @property
    def forecasts(self) -> dict[str, pl.DataFrame]:
        """The blend's forecasts of hidden batches: the rows with predicted, spread, shown.

        Each was made by members that had not seen the batch, with weights that had not seen its fold.
        """
        return {shift: _forecasts(self.config, one, shift, self.task) for shift, one in self.rehearsals.items()}

    def member(self, place: int) -> tuple[FittedModel, dict[str, pl.DataFrame]]:
        """One of its members, and that one's own forecasts of hidden batches."""
        tables = {
            shift: _said(one, one.predicted[:, place], one.spreads[:, place], self.task)
            for shift, one in self.rehearsals.items()
        }
        return self.fitted.members[place], tables


def fit_super_learner(
    config: SuperLearner, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int, shifts: Sequence[str]
) -> TrainedBlend:
    """Fit the members and their weights for the kinds of question in `shifts`.

    Where `rows` mark censored results, what the Gaussian member says where it agrees takes the place of the limit before the
    trees learn.
    """
    members, gauge = fit_members(config, rows, y, task, seed, None)
    rows = _with_results(rows, y)
    rehearsals: dict[str, HiddenForecasts] = {}
    for shift in shifts:
        folds = reenact(rows, shift, task.refuse, config.folds)
        shown = str(folds["shift"][0])
        found = rehearsals.values()
        same = next((other for other in found if other.shown == shown), None)
        rehearsals[shift] = same or _rehearse(config, rows, folds, task, seed, members)
    weights = {shift: _weigh(config, one, one.fold >= 0, shift) for shift, one in rehearsals.items()}
    fitted = FittedSuperLearner(members, weights, TrainingExtent.of(rows, task.refuse), gauge)
    return TrainedBlend(config, task, fitted, rehearsals)


def _with_results(rows: pl.DataFrame, y: FloatArray) -> pl.DataFrame:
    kinds = pl.col("censoring") if "censoring" in rows.columns else pl.lit("none").alias("censoring")
    return rows.with_columns(pl.Series("observed", y), kinds)


def fit_members(
    config: SuperLearner,
    rows: pl.DataFrame,
    y: FloatArray,
    task: Task,
    seed: int,
    before: Sequence[FittedModel] | None,
) -> tuple[tuple[FittedModel, ...], FittedHierarchical | None]:
    """Fit every member, and tell which one says how far a row is from the evidence.

    Models that build on the same hierarchical one share it.

    `before` are members fitted to nearly the same rows, whose variances begin the search.
    """
    bases: dict[Hierarchical | AdditiveTable, FittedHierarchical] = {}
    for place, member in enumerate(config.members):
        base = member.base if isinstance(member, Boosted) else member
        if isinstance(base, Hierarchical | AdditiveTable) and base not in bases:
            old = None if before is None else before[place]
            start = old if isinstance(old, FittedHierarchical) else getattr(old, "base", None)
            bases[base] = fit_hierarchical(base, rows, y, task, start.variances if start is not None else None)
            if "censoring" in rows.columns and (rows["censoring"] != "none").any():
                y = uncensored(bases[base], rows, y, task)
                rows = rows.drop("censoring")
    fitted = tuple(_member(member, rows, y, task, seed, bases) for member in config.members)
    gauges = [base for base in bases.values() if base.kind == "hierarchical"] or list(bases.values())
    return fitted, gauges[0] if gauges else None


def _member(
    member: Member,
    rows: pl.DataFrame,
    y: FloatArray,
    task: Task,
    seed: int,
    bases: Mapping[Hierarchical | AdditiveTable, FittedHierarchical],
) -> FittedModel:
    match member:
        case GlobalMean():
            return fit_global_mean(y)
        case CarryOver():
            return fit_carry_over(rows, y)
        case AdditiveTable() | Hierarchical():
            return bases[member]
        case Boosted():
            return fit_boosted(member, rows, y, task, seed, bases[member.base])
        case LightGBM():
            return fit_lightgbm(member, rows, y, task, seed)


def _rehearse(
    config: SuperLearner,
    rows: pl.DataFrame,
    folds: pl.DataFrame,
    task: Task,
    seed: int,
    members: Sequence[FittedModel],
) -> HiddenForecasts:
    said, spreads, spread, numbers, hidden = [], [], [], [], []
    for fold, train, test in parts(rows, folds):
        fitted, gauge = fit_members(config, train, train["observed"].to_numpy(), task, seed, members)
        said.append(predictions(fitted, test))
        each = [spread_of(member, test) for member in fitted]
        measured = next((own for own, member in zip(each, fitted, strict=True) if member is gauge), None)
        spreads.append(np.column_stack(each))
        spread.append(spread_of(gauge, test) if measured is None else measured)
        numbers.append(np.full(test.height, float(fold)))
        hidden.append(test)
    matrices = (np.vstack(said), np.vstack(spreads), np.concatenate(spread), np.concatenate(numbers))
    return HiddenForecasts(pl.concat(hidden), *matrices, str(folds["shift"][0]))


def predictions(members: Sequence[FittedModel], rows: pl.DataFrame) -> FloatArray:
    """What each member predicts: (rows, members)."""
    return np.column_stack([member.predict(rows) for member in members])


def _forecasts(config: SuperLearner, one: HiddenForecasts, shift: str, task: Task) -> pl.DataFrame:
    """The blend's own forecasts of hidden batches, each with weights learned on the other folds."""
    predicted = np.empty(len(one.fold))
    for fold in np.unique(one.fold):
        own = one.fold == fold
        predicted[own] = one.predicted[own] @ np.array(_weigh(config, one, ~own, shift))
    return _said(one, predicted, one.spread, task)


def _said(one: HiddenForecasts, predicted: FloatArray, spread: FloatArray, task: Task) -> pl.DataFrame:
    return one.rows.with_columns(
        pl.Series("predicted", task.clipped(predicted)), pl.Series("spread", spread), pl.lit(one.shown).alias("shown")
    )
