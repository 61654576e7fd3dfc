"""Fitting of a blend: the members, re-enactments of all kinds of question, and the weights."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.extrapolation.kinds import KIND_COLUMN, TrainingExtent
from pipeline.extrapolation.reenactment import reenact, train_and_test
from pipeline.models.base import Task, spread_of
from pipeline.models.baselines import CarryOver, GlobalMean, fit_carry_over, fit_global_mean
from pipeline.models.blend.model import FittedMember, FittedSuperLearner, Member, SuperLearner
from pipeline.models.blend.weights import HiddenForecasts, learned_weights
from pipeline.models.censoring import working_results
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import AdditiveTable, FittedHierarchical, Hierarchical
from pipeline.models.hierarchical.variances import Variances
from pipeline.models.intermediates import FittedIntermediates, Intermediates, fit_intermediates
from pipeline.models.residual_boosting import Boosted, FittedBoosted, fit_boosted
from pipeline.models.row_subset import reenactment_rows
from pipeline.models.smooth.model import FittedSmoothSurface, SmoothSurface, fit_smooth_surface
from pipeline.models.spectral.model import FittedSpectral, Spectral, fit_spectral
from pipeline.models.trees.extra_trees import ExtraTrees, fit_extra_trees
from pipeline.models.trees.lightgbm import LightGBM, fit_lightgbm

Bases = Mapping[Hierarchical | AdditiveTable, FittedHierarchical]
"""Configuration of a Gaussian model → the fitted model, which all members with this configuration share."""


@dataclass(frozen=True)
class TrainedBlend:
    """A fitted blend, and the forecasts of hidden batches by its members."""

    config: SuperLearner
    used: SuperLearner
    """The configuration without the members that need more batches."""
    task: Task
    fitted: FittedSuperLearner
    reenactments: Mapping[str, HiddenForecasts]
    """Kind of question → forecasts of hidden batches."""

    def forecasts(self) -> dict[str, pl.DataFrame]:
        """Return the blend's forecasts of hidden batches per kind of question.

        A table holds the hidden rows with predicted, spread, fold and reenacted_kind. The members and the weights of each forecast
        were fitted without the hidden batch.
        """
        return {kind: _forecasts(self.used, hidden, kind, self.task) for kind, hidden in self.reenactments.items()}

    def member(self, index: int) -> tuple[FittedMember, dict[str, pl.DataFrame]]:
        """Return one member of `used`, and its own forecasts of hidden batches as `forecasts` returns those of the blend.

        The member must be one of those that `fit_super_learner` was asked to compare.
        """
        tables = {
            kind: _with_forecasts(hidden, hidden.predicted[:, index], hidden.spreads[index], self.task)
            for kind, hidden in self.reenactments.items()
        }
        return self.fitted.members[index], tables


def fit_super_learner(
    config: SuperLearner,
    rows: pl.DataFrame,
    y: FloatArray,
    task: Task,
    seed: int,
    kinds: Sequence[str],
    compared: Collection[object] = (),
) -> TrainedBlend:
    """Fit the members to results y, shape (n,), and learn their weights for each kind of question.

    If `rows` has the column `censoring`, each member treats censored results in one way, whatever the order of the members.
    A Gaussian member is fitted to working results of its own, as `fit_hierarchical` says. Trees are fitted to the working
    results of the Gaussian model that gives the spread of a row, which is fitted before them. For a baseline, and where no
    member is Gaussian, a censored result counts as its limit.

    Members that need more batches than `rows` holds, and members of intermediates where none is measured, are left out. The number
    of `rows` decides it for all re-enactments too. compared: configurations of models that are compared with the blend. Members
    among them have a spread of hidden batches of their own.
    """
    asked, config = config, config.for_task(task).for_rows(rows.height)
    members, spread_model = fit_members(config, rows, y, task, seed, None)
    rows, apart = _with_results(rows, y), [i for i, member in enumerate(config.members) if member in compared]
    reenactments: dict[str, HiddenForecasts] = {}
    for kind in kinds:
        folds = reenact(rows, kind, task.scale_tolerance, task.refuse, config.folds, by_device=task.by_device)
        before = reenactments.values()
        same = next((other for other in before if other.reenacted_kind == folds[KIND_COLUMN][0]), None)
        reenactments[kind] = same or _hidden_forecasts(config, rows, folds, task, seed, members, apart)
    weights = {kind: learned_weights(config, hidden, hidden.fold >= 0, kind) for kind, hidden in reenactments.items()}
    extent = TrainingExtent.of(rows, task.scale_tolerance, task.refuse, by_device=task.by_device)
    return TrainedBlend(asked, config, task, FittedSuperLearner(members, weights, extent, spread_model), reenactments)


def _with_results(rows: pl.DataFrame, y: FloatArray) -> pl.DataFrame:
    censoring = pl.col("censoring") if "censoring" in rows.columns else pl.lit("none").alias("censoring")
    return rows.with_columns(pl.Series("observed", y), censoring)


def fit_members(
    config: SuperLearner,
    rows: pl.DataFrame,
    y: FloatArray,
    task: Task,
    seed: int,
    before: Sequence[FittedMember] | None,
    asked: pl.DataFrame | None = None,
) -> tuple[tuple[FittedMember, ...], FittedHierarchical | None]:
    """Return the fitted members, and the model that gives the spread of a row: the first hierarchical one, or the first table.

    Members with the same Gaussian model share it. before: the members of a fit to nearly the same rows, whose variances
    begin the search. asked: the rows that are to be predicted, if they are known. Censored results are treated as
    `fit_super_learner` says.
    """
    bases = _fit_bases(config, rows, y, task, before)
    candidates = [base for base in bases.values() if base.kind == "hierarchical"] or list(bases.values())
    spread_model = candidates[0] if candidates else None
    working = y
    if spread_model is not None and "censoring" in rows.columns:
        working = working_results(y, rows["censoring"], task.clipped(spread_model.predict(rows)))
    members = tuple(
        _fit_member(member, rows, y, working, task, seed, bases, None if before is None else before[i], asked)
        for i, member in enumerate(config.members)
    )
    return members, spread_model


def _fit_bases(
    config: SuperLearner, rows: pl.DataFrame, y: FloatArray, task: Task, before: Sequence[FittedMember] | None
) -> Bases:
    """Return the Gaussian models of the members. Each is fitted to the results themselves, and treats censored ones itself."""
    bases: dict[Hierarchical | AdditiveTable, FittedHierarchical] = {}
    for i, member in enumerate(config.members):
        base = member.base if isinstance(member, Boosted) else member
        if isinstance(base, Hierarchical | AdditiveTable) and base not in bases:
            bases[base] = fit_hierarchical(base, rows, y, task, None if before is None else _variances(before[i]))
    return bases


def _variances(member: FittedMember) -> Variances | None:
    """Return the variances of the Gaussian model of a member, or None where the member has no such model."""
    model = member.base if isinstance(member, FittedBoosted) else member
    return model.variances if isinstance(model, FittedHierarchical | FittedSpectral) else None


def _fit_member(
    member: Member,
    rows: pl.DataFrame,
    y: FloatArray,
    working: FloatArray,
    task: Task,
    seed: int,
    bases: Bases,
    before: FittedMember | None,
    asked: pl.DataFrame | None,
) -> FittedMember:
    match member:
        case GlobalMean():
            return fit_global_mean(y)
        case CarryOver():
            return fit_carry_over(rows, y)
        case AdditiveTable() | Hierarchical():
            return bases[member]
        case Intermediates():
            earlier = before if isinstance(before, FittedIntermediates) else None
            return fit_intermediates(member, rows, y, task, bases.get(member.second), earlier)
        case SmoothSurface():
            start = before.parameters if isinstance(before, FittedSmoothSurface) else None
            return fit_smooth_surface(member, rows, working, task, start)
        case Boosted():
            return fit_boosted(member, rows, working, task, seed, bases[member.base])
        case LightGBM():
            return fit_lightgbm(member, rows, working, task, seed, asked)
        case ExtraTrees():
            return fit_extra_trees(member, rows, working, task, seed)
        case Spectral():
            return fit_spectral(member, rows, working, task, None if before is None else _variances(before))


def _hidden_forecasts(
    config: SuperLearner,
    rows: pl.DataFrame,
    folds: pl.DataFrame,
    task: Task,
    seed: int,
    members: Sequence[FittedMember],
    apart: Sequence[int],
) -> HiddenForecasts:
    """Return the forecasts of the hidden batches of all folds, each by members that are fitted to the training rows of its fold.

    Members learn from `MOST_REENACTED` of these rows at most. apart: indices of the members whose own spread is needed.
    """
    predicted, spread, numbers, tests = [], [], [], []
    spreads: dict[int, list[FloatArray]] = {i: [] for i in apart}
    for fold, known, test in train_and_test(rows, folds):
        train = reenactment_rows(known)
        fitted, spread_model = fit_members(config, train, train["observed"].to_numpy(), task, seed, members, test)
        predicted.append(np.column_stack([member.predict(test) for member in fitted]))
        for i in apart:
            spreads[i].append(spread_of(fitted[i], test))
        same = next((i for i in apart if fitted[i] is spread_model), None)
        spread.append(spread_of(spread_model, test) if same is None else spreads[same][-1])
        numbers.append(np.full(test.height, float(fold)))
        tests.append(test)
    return HiddenForecasts(
        pl.concat(tests),
        np.vstack(predicted),
        {i: np.concatenate(each) for i, each in spreads.items()},
        np.concatenate(spread),
        np.concatenate(numbers),
        str(folds[KIND_COLUMN][0]),
    )


def _forecasts(config: SuperLearner, hidden: HiddenForecasts, kind: str, task: Task) -> pl.DataFrame:
    """Return the blend's forecasts of hidden batches. The weights for each fold are learned from the other folds."""
    predicted = np.empty(len(hidden.fold))
    for fold in np.unique(hidden.fold):
        own = hidden.fold == fold
        predicted[own] = hidden.predicted[own] @ np.array(learned_weights(config, hidden, ~own, kind))
    return _with_forecasts(hidden, predicted, hidden.spread, task)


def _with_forecasts(hidden: HiddenForecasts, predicted: FloatArray, spread: FloatArray, task: Task) -> pl.DataFrame:
    return hidden.rows.with_columns(
        pl.Series("predicted", task.clipped(predicted)),
        pl.Series("spread", spread),
        pl.lit(hidden.reenacted_kind).alias("reenacted_kind"),
        pl.Series("fold", hidden.fold.astype(np.int32)),
    )
