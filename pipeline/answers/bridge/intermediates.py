"""The bridge through measured intermediates: what the process is expected to show, why, and what this means for quality.

A member of the blend forecasts intermediates, such as peak CO₂, and predicts quality from them. Its part of a predicted
difference can be explained in two steps: causes change an intermediate, and the intermediate changes quality.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.bridge.bridge import bridge
from pipeline.answers.bridge.summary import bridge_summary
from pipeline.answers.case.case import Case
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.bridge import AttributeBridge, CauseShare
from pipeline.answers.result.intermediates import ExpectedIntermediate, IntermediateEffect, Intermediates
from pipeline.domain.arrays import FloatArray
from pipeline.domain.display import digits, signed, with_unit
from pipeline.features.catalogue import units_of
from pipeline.models.base import FittedModel
from pipeline.models.blend.model import FittedSuperLearner
from pipeline.models.intermediates import FittedIntermediates
from pipeline.models.target_scale import mean_slope

LEAST = 0.01
"""Smallest effect that the sentence names, in standard deviations of the results in history."""
NOT_STATED = "settings and materials that are not stated"
Names = Mapping[str, str]
"""Attribute or feature → display name."""


@dataclass(frozen=True)
class _Through:
    """The part of the prediction of one attribute that reads intermediates."""

    weight: float
    """Weight in the prediction of the proposed batch."""
    member: FittedIntermediates


@dataclass(frozen=True)
class _Sized:
    """An effect with its size."""

    effect: IntermediateEffect
    size: float
    """Standard deviations of the results of the attribute in history."""


@dataclass(frozen=True)
class _Forecaster:
    """Forecasts of intermediates: the mean over the models that the quality attributes have of each."""

    through: Sequence[FittedIntermediates]

    @property
    def targets(self) -> tuple[str, ...]:
        """The intermediates."""
        return tuple(dict.fromkeys(name for member in self.through for name in member.names))

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the forecasts of each row: one Float64 column per intermediate, in SI."""
        every = [(name, model) for member in self.through for name, model in zip(member.names, member.first, strict=True)]
        forecasts = [(name, model.predict(rows)) for name, model in every]
        return pl.DataFrame({name: np.mean([one for n, one in forecasts if n == name], axis=0) for name in self.targets})

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return no column: an intermediate has no specification."""
        return pl.DataFrame(height=rows.height)


def expected_intermediates(
    case: Case, run: PredictingRun, answered: Collection[str], stated: Collection[str], names: Names
) -> Intermediates | None:
    """Return the forecasts of intermediates with their causes and effects; None where no model that answers reads any.

    answered: attributes that are answered. stated: attributes and materials that the proposal names. names: display names. Without
    reference batches there is nothing to compare with, so None is returned.
    """
    found = {name: _members(final.model, case.row) for name, final in run.model.finals.items() if name in answered}
    through = {name: members for name, members in found.items() if members}
    if not through or case.reference.is_empty():
        return None
    forecaster = _Forecaster([one.member for members in through.values() for one in members])
    made = bridge(run.process, forecaster, case.row, case.reference, stated)
    between = bridge_summary(run.process, made, case.row, case.reference, names).attributes
    effects = _largest_first({target: _effects(members, target, case, run) for target, members in through.items()}, run)
    return Intermediates(
        {target: sum(one.weight for one in members) for target, members in through.items()},
        {name: _expected(name, between[name], own, case, run, names) for name, own in effects.items()},
    )


def _members(model: FittedModel, row: pl.DataFrame) -> tuple[_Through, ...]:
    """Return the parts of a model that read intermediates and have a weight in the prediction of a row."""
    match model:
        case FittedIntermediates():
            weighted: list[tuple[float, FittedModel]] = [(1.0, model)]
        case FittedSuperLearner():
            weighted = [(float(w), member) for w, member in zip(model.weights_of(row)[0], model.members, strict=True)]
        case _:
            weighted = []
    return tuple(
        _Through(weight, member)
        for weight, member in weighted
        if weight > 0 and isinstance(member, FittedIntermediates) and member.names
    )


def _effects(through: Sequence[_Through], target: str, case: Case, run: PredictingRun) -> dict[str, IntermediateEffect]:
    """Return intermediate → its effect on one attribute."""
    unit, units = run.process.attributes[target].si, units_of(run.process)
    parts = [
        (name, one.weight * part)
        for one in through
        for name, part in zip(one.member.names, _parts(one.member, case.row, case.reference).tolist(), strict=True)
    ]
    forecaster = _Forecaster([one.member for one in through])
    after, before = (forecaster.mean(rows).mean() for rows in (case.row, case.reference))
    return {
        name: IntermediateEffect(
            unit.label,
            float(after[name][0] - before[name][0]) / units[name].factor,
            sum(part for n, part in parts if n == name) / unit.factor,
        )
        for name in forecaster.targets
    }


def _parts(member: FittedIntermediates, proposed: pl.DataFrame, reference: pl.DataFrame) -> FloatArray:
    """Return the part of the difference of the target that goes through each intermediate, (intermediates,), SI.

    It is the mean over the reference batches of the part along the straight line from the batch to the proposal (Aumann, Shapley
    1974). An intermediate that does not change has no part.
    """
    second = member.second
    start, before = second.transformed_contributions(member.with_forecasts(reference))
    _, after = second.transformed_contributions(member.with_forecasts(proposed))
    changes = after - before
    slope = mean_slope(second.target_scale, start + before.sum(axis=1), changes.sum(axis=1))
    at = [second.reads.index(name) for name in member.names]
    return np.asarray((slope[:, None] * changes[:, at]).mean(axis=0))


def _largest_first(
    effects: Mapping[str, Mapping[str, IntermediateEffect]], run: PredictingRun
) -> dict[str, dict[str, _Sized]]:
    """Return intermediate → attribute → effect with its size, from attribute → intermediate → effect; the largest first."""
    sizes = {
        (name, target): _Sized(one, abs(one.effect) / _deviation(target, run))
        for target, own in effects.items()
        for name, one in own.items()
    }
    ranked = sorted(sizes, key=lambda key: -sizes[key].size)
    every = dict.fromkeys(name for name, _ in ranked)
    return {name: {target: sizes[n, target] for n, target in ranked if n == name} for name in every}


def _deviation(target: str, run: PredictingRun) -> float:
    """Return the standard deviation of the results of an attribute in history, in its unit."""
    values = run.history.results.filter(pl.col("attribute") == target)["value"].to_numpy()
    return float(np.std(values)) / run.process.attributes[target].si.factor


def _expected(
    name: str, between: AttributeBridge, effects: Mapping[str, _Sized], case: Case, run: PredictingRun, names: Names
) -> ExpectedIntermediate:
    measured = run.rows.join(case.reference.select("batch_id"), on="batch_id", how="semi")[name].drop_nulls().to_numpy()
    causes = tuple(cause for cause in between.by_cause if cause.change != 0)
    named = [(names[target], one.effect) for target, one in effects.items() if one.size >= LEAST]
    return ExpectedIntermediate(
        unit=between.unit,
        measured=units_of(run.process)[name].from_si(float(np.mean(measured))) if len(measured) else None,
        reference=between.reference,
        proposed=between.proposed,
        change=between.difference,
        causes=causes,
        effects={target: one.effect for target, one in effects.items()},
        sentence=" ".join(_sentences(names[name], between, causes, named, names)),
    )


def _sentences(
    name: str,
    between: AttributeBridge,
    causes: Sequence[CauseShare],
    effects: Sequence[tuple[str, IntermediateEffect]],
    names: Names,
) -> Iterable[str]:
    """Say how far the intermediate changes, why, and what this means for quality."""
    if not causes:
        yield f"The forecast of {name} does not change: {with_unit(digits(between.proposed), between.unit)}."
        return
    verb, change = ("rises", "rise") if between.difference > 0 else ("falls", "fall")
    size = with_unit(digits(_three_digits(abs(between.difference))), between.unit)
    levels = f"{digits(between.reference)} → {with_unit(digits(between.proposed), between.unit)}"
    yield f"The forecast of {name} {verb} by {size} ({levels})."
    first = next(cause for cause in causes if cause.change * between.difference >= 0)
    yield f"Largest cause of the {change}: {_cause(first, between.unit, names)}."
    changed = ", ".join(f"of {target} by {with_unit(signed(one.effect), one.unit)}" for target, one in effects)
    yield f"This changes the prediction {changed}." if changed else "This changes no prediction notably."


def _cause(cause: CauseShare, unit: str, names: Names) -> str:
    """Return a cause with its share and the quantity through which it mainly acts."""
    name = NOT_STATED if cause.kind == "unstated" else names.get(cause.cause, cause.cause)
    share = f"{name}, {with_unit(signed(_three_digits(cause.change)), unit)}"
    acting = [part for part in cause.through if part.change * cause.change > 0]
    if not acting or acting[0].quantity == cause.cause:
        return f"{share} ({cause.what})"
    first = acting[0]
    values = _from_to(first.reference, first.proposed)
    through = f"{share}, mostly through {names.get(first.quantity, first.quantity)}"
    return f"{through} ({with_unit(values, first.unit)})" if values else through


def _from_to(before: float | str | None, after: float | str | None) -> str:
    """Return both values as text; empty where they are written alike."""
    texts = [value if isinstance(value, str) else "unknown" if value is None else digits(value) for value in (before, after)]
    return "" if texts[0] == texts[1] else " → ".join(texts)


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")
