"""A blend of few and different models, weighed by how well each answered past questions of the same kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.strict import STRICT
from pipeline.models.baselines import CarryOver, GlobalMean, fit_carry_over, fit_global_mean
from pipeline.models.boosted import Boosted, FittedBoosted, added, fit_boosted
from pipeline.models.censoring import agreeing
from pipeline.models.encoding import places
from pipeline.models.hierarchical import AdditiveTable, FittedHierarchical, Hierarchical, fit_hierarchical, uncensored
from pipeline.models.lightgbm import LightGBM, fit_lightgbm
from pipeline.models.task import BoolArray, FittedModel, FloatArray, Task, spread_of
from pipeline.shifts import Known, parts, reenact

Member = Annotated[GlobalMean | CarryOver | AdditiveTable | Hierarchical | Boosted | LightGBM, Field(discriminator="kind")]
SURE_SUM = 1e3
"""How firmly the weights are held to the sum 1."""


@configuration(config=STRICT, frozen=True)
class SuperLearner:
    """van der Laan, Polley, Hubbard (2007), Stat. Appl. Genet. Mol. Biol. 6, 25; weights per kind of question.

    The weights are ≥ 0, sum to 1, and are drawn to those of the configuration, which hold a share for the mean, the more so
    the fewer independent groups of batches speak for anything else.
    """

    members: tuple[Member, ...] = Field(min_length=1)
    """Simplest first."""
    kind: Literal["super_learner"] = "super_learner"
    folds: int = Field(default=4, ge=2)
    """Re-enactments per kind of question."""
    caution: float = Field(default=1.0, ge=0)
    """How strongly the weights are drawn to the prior ones: so many groups must speak before the data count more."""
    prior: tuple[float, ...] = ()
    """Weight of each member before anything is known; equal where not given."""

    def __post_init__(self) -> None:
        """Refuse prior weights that do not fit the members."""
        fits = len(self.prior) == len(self.members) and min(self.prior) >= 0 and abs(sum(self.prior) - 1) < 1e-6
        if self.prior and not fits:
            raise ValueError(f"prior needs a weight ≥ 0 for each of {len(self.members)} members, sum 1; it is {self.prior}")


@dataclass(frozen=True)
class FittedSuperLearner:
    """Fitted members, and their weights for each kind of question."""

    members: tuple[FittedModel, ...]
    weights: Mapping[str, tuple[float, ...]]
    known: Known
    gauge: FittedHierarchical | None
    """The member that says how far a batch is from the evidence."""
    kind: str = "super_learner"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row; what several members share is computed once, what has no weight not at all."""
        weights, total = self._weights(rows), np.zeros(rows.height)
        for part, members in self._parts:
            share = weights[:, members].sum(axis=1)
            if share.any():
                total += share * part.predict(rows)
        return total

    def spread(self, rows: pl.DataFrame) -> FloatArray:
        """How hard each row is to predict, in the unit of the target."""
        return spread_of(self.gauge, rows)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Weighted sum of the members' shares."""
        weights = self._weights(rows)
        return added([(weights[:, i], member.contributions(rows)) for i, member in enumerate(self.members)])

    @property
    def reads(self) -> tuple[str, ...]:
        """What any member reads."""
        return tuple(dict.fromkeys(name for member in self.members for name in member.reads))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "kind": self.kind,
            "members": [self._saved(member) for member in self.members],
            "weights": {shift: list(weights) for shift, weights in self.weights.items()},
            "known": self.known.to_dict(),
            "gauge": self._place(self.gauge),
        }

    @property
    def _parts(self) -> list[tuple[FittedModel, list[int]]]:
        """Models whose sums the members are, each with the places of those members."""
        found: dict[int, tuple[FittedModel, list[int]]] = {}
        for place, member in enumerate(self.members):
            for part in (member.base, member.trees) if isinstance(member, FittedBoosted) else (member,):
                found.setdefault(id(part), (part, []))[1].append(place)
        return list(found.values())

    def _saved(self, member: FittedModel) -> dict[str, Any]:
        """Plain data of a member; a base that is a member itself stands as its place."""
        if isinstance(member, FittedBoosted) and isinstance(place := self._place(member.base), int):
            return {"kind": member.kind, "base": place, "trees": member.trees.to_dict()}
        return member.to_dict()

    def _place(self, model: FittedHierarchical | None) -> int | dict[str, Any] | None:
        """Where a model stands among the members, or the model as plain data where it does not."""
        places = [place for place, member in enumerate(self.members) if member is model]
        return places[0] if places else None if model is None else model.to_dict()

    def _weights(self, rows: pl.DataFrame) -> FloatArray:
        """Weights of each row by the kind of its question: (rows, members)."""
        kinds = list(self.weights)
        table = np.array([self.weights[kind] for kind in kinds])
        return np.asarray(table[places(rows.select(self.known.shift()).to_series(), kinds)])


@dataclass(frozen=True)
class Rehearsed:
    """What all members said about hidden batches."""

    rows: pl.DataFrame
    predicted: FloatArray
    """(rows, members)"""
    spreads: FloatArray
    """(rows, members): how hard each found the row to predict."""
    spread: FloatArray
    """(rows,): the same of the blend."""
    fold: FloatArray
    shown: str
    """The kind of question that could be re-enacted."""


@dataclass(frozen=True)
class Trained:
    """A blend, and what it and its members said about hidden batches, per kind of question."""

    config: SuperLearner
    task: Task
    fitted: FittedSuperLearner
    rehearsals: Mapping[str, Rehearsed]

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
) -> Trained:
    """Fit the members and their weights for the kinds of question in `shifts`.

    Where `rows` mark censored results, what the Gaussian member says where it agrees takes the place of the limit before the
    trees learn.
    """
    members, gauge = fit_members(config, rows, y, task, seed, None)
    rows = _with_results(rows, y)
    rehearsals: dict[str, Rehearsed] = {}
    for shift in shifts:
        folds = reenact(rows, shift, task.refuse, config.folds)
        shown = str(folds["shift"][0])
        found = rehearsals.values()
        same = next((other for other in found if other.shown == shown), None)
        rehearsals[shift] = same or _rehearse(config, rows, folds, task, seed, members)
    weights = {shift: _weigh(config, one, one.fold >= 0, shift) for shift, one in rehearsals.items()}
    fitted = FittedSuperLearner(members, weights, Known.of(rows, task.refuse), gauge)
    return Trained(config, task, fitted, rehearsals)


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
) -> Rehearsed:
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
    return Rehearsed(pl.concat(hidden), *matrices, str(folds["shift"][0]))


def predictions(members: Sequence[FittedModel], rows: pl.DataFrame) -> FloatArray:
    """What each member predicts: (rows, members)."""
    return np.column_stack([member.predict(rows) for member in members])


def _forecasts(config: SuperLearner, one: Rehearsed, shift: str, task: Task) -> pl.DataFrame:
    """The blend's own forecasts of hidden batches, each with weights learned on the other folds."""
    predicted = np.empty(len(one.fold))
    for fold in np.unique(one.fold):
        own = one.fold == fold
        predicted[own] = one.predicted[own] @ np.array(_weigh(config, one, ~own, shift))
    return _said(one, predicted, one.spread, task)


def _said(one: Rehearsed, predicted: FloatArray, spread: FloatArray, task: Task) -> pl.DataFrame:
    return one.rows.with_columns(
        pl.Series("predicted", task.clipped(predicted)), pl.Series("spread", spread), pl.lit(one.shown).alias("shown")
    )


def _weigh(config: SuperLearner, one: Rehearsed, use: BoolArray, shift: str) -> tuple[float, ...]:
    """Weights ≥ 0 with the sum 1 that minimise squared error + caution/groups × squared distance from the prior weights.

    Errors count in units of those of the prior weights: what differs little against all batches may be much within a product.
    """
    from scipy.optimize import nnls  # only learning needs it, and it is slow to load

    prior = prior_weights(config, doubled=one.shown != shift)
    if not use.any():
        return tuple(prior.tolist())
    y = agreeing(one.rows["observed"].to_numpy(), one.rows["censoring"], one.predicted @ prior)[use]
    groups = one.rows.filter(pl.Series(use)).select(pl.struct("product", "scale_level").rank("dense")).to_series()
    counts = np.bincount(groups.to_numpy().astype(int))
    share = 1 / np.sqrt(counts[groups.to_numpy().astype(int)])
    share = share / share.sum()
    unit = float(np.sqrt(share @ (y - one.predicted[use] @ prior) ** 2)) or 1.0
    share = np.sqrt(share)
    many = int((counts > 0).sum())
    draw = np.sqrt(config.caution * (1 + (one.shown != shift)) / many)
    matrix = np.vstack(
        [share[:, None] * one.predicted[use] / unit, draw * np.eye(len(prior)), np.full(len(prior), SURE_SUM)]
    )
    right = np.concatenate([share * y / unit, draw * prior, [SURE_SUM]])
    weights, _ = nnls(matrix, right)
    return tuple((weights / weights.sum()).tolist())


def prior_weights(config: SuperLearner, *, doubled: bool = False) -> FloatArray:
    """Weights before anything is known; a question that could not be re-enacted doubles the share of the mean."""
    count = len(config.members)
    prior = np.array(config.prior or [1 / count] * count)
    if doubled:
        prior = prior * np.array([1 + isinstance(member, GlobalMean) for member in config.members])
    return np.asarray(prior / prior.sum())
