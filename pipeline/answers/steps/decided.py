"""At which step an attribute is decided from batch to batch, within a product, scale and place.

The batches of history tell it: their results are explained by what each step was run with, and the share of a step is a share of
the explained variance. All products count together. The batches of one product at one scale are few, and follow each other: they
consume one or two lots of a material, and would show none of what its lots do.

The models tell what this means for the proposed batch: the prediction is made again with one step varied as from batch to batch,
and all others as proposed. The variance over these batches is the first-order effect of the step (Sobol' 1993, Math. Model. Comput.
Exp. 1, 407), with the settings and lots of a step kept together as they were run.

A batch varies by its deviation from the mean of its product at its scale and place. What changes with the scale or the place
changes at all steps at once, so it tells no step from another. The bridge shows what such a change does.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.bridge.causes import Cause, MixedBatches, causes_of, changed, not_following
from pipeline.answers.bridge.step_of_columns import equipment_of_steps
from pipeline.answers.case.case import Case
from pipeline.answers.drivers.spreads import spreads_of_settings
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.bridge import Bridge
from pipeline.answers.result.steps import AttributeSteps, DecidedBySteps, Lever, StepEffect
from pipeline.answers.scale_comparison.hold import following, is_possible, rebuilt
from pipeline.answers.steps.deviations import alike, deviations
from pipeline.answers.steps.shares import Shares, StepShare, shares_of_steps
from pipeline.answers.steps.wording import InHistory, decided_at, moved_setting
from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import not_after, step_of
from pipeline.forecasting.outcome import QualityForecaster

_ALIKE = "_alike"
WIDE = 3.0
"""A number that is positive throughout history and spans more than this factor varies by factors."""
ROUNDING = 1e-12
"""Share of a value below which a difference is rounding."""
MOST_BATCHES = 200
"""Largest number of batches that are tried in the models. Of more, an even sample is taken."""
MEASURED = ("control", "course")
"""Kinds of causes that are measured while a step runs. They carry what the steps before did, so they are not varied."""


@dataclass(frozen=True)
class _InModels:
    """What the models predict for the proposed batch."""

    varied: FloatArray
    """Predictions with one step varied as in each batch, shape (steps, batches, targets), SI."""
    levers: list[tuple[str, float, float, FloatArray]]
    """Setting, proposed value and moved value (SI), and the change of the predictions (targets,)."""


def decided_by_steps(
    case: Case, run: PredictingRun, forecaster: QualityForecaster, bridge: Bridge | None, names: Mapping[str, str]
) -> DecidedBySteps | None:
    """Return at which step each answered attribute is decided; None where the process declares no steps."""
    process = run.process
    if not process.steps or not forecaster.targets:
        return None
    moving = not_following(process, causes_of(process, case.row.columns), case.row)
    causes = [one for one in moving if one.kind not in ("equipment", *MEASURED)]
    varied_rows = _varied_rows(case, run, [name for one in causes for name in one.columns])
    own = _predicted(forecaster, case.row)[0]
    varied = _varied(process, forecaster, case.row, varied_rows, changed(causes, case.row, varied_rows))
    models = _InModels(varied, _levers(process, forecaster, case.row, run.rows, own))
    return DecidedBySteps(
        varied_rows.height,
        {
            target: _attribute(process, target, shares_in_history(run, target), models, at, bridge, names)
            for at, target in enumerate(forecaster.targets)
        },
    )


def shares_in_history(run: PredictingRun, target: str) -> Shares:
    """Return the shares of the steps of an attribute over the batches of history. They are computed once per run."""

    def made() -> Shares:
        found = deviations(run.process, run.rows, run.history.results, target)
        return shares_of_steps(found, _steps_before(run.process, target))

    return run.memo.of(("shares of steps", target), made)


def _varied_rows(case: Case, run: PredictingRun, columns: Collection[str]) -> pl.DataFrame:
    """Return the proposed batch once per batch of history, varied as this batch was.

    columns: those that vary. A number is moved by the deviation from the mean of product, scale and place, by a factor where
    history spans more than `WIDE` times its smallest value. A text, such as a lot, is that of the batch.
    """
    fixed = {"product", "lineage", *equipment_of_steps(run.process)}
    kinds = (pl.Float64, pl.String)
    names = [name for name in columns if name not in fixed and run.rows.schema.get(name) in kinds]
    history = run.rows.with_columns(alike(run.process, run.rows).alias(_ALIKE)).sort("batch_id")
    rows = history.select("batch_id", *(_as_varied(name, history, case.row) for name in names)).drop("batch_id")
    if history.height > MOST_BATCHES:
        rows = rows[np.linspace(0, rows.height - 1, MOST_BATCHES).round().astype(np.int64)]
    repeated = case.row[np.zeros(min(history.height, MOST_BATCHES), dtype=np.int64)]
    return repeated.with_columns(rows)


def _as_varied(name: str, history: pl.DataFrame, proposed: pl.DataFrame) -> pl.Expr:
    """Return the values of a column of the proposed batch, varied as the batches of history were."""
    here = pl.lit(proposed[name].head(1).cast(history.schema[name])).first()
    if history.schema[name] == pl.String:
        return pl.coalesce(pl.col(name), here).alias(name)
    value, mean = pl.col(name), pl.col(name).mean().over(_ALIKE)
    known = history[name].drop_nulls()
    wide = known.len() > 0 and float(known.min()) > 0 and float(known.max()) > WIDE * float(known.min())  # type: ignore[arg-type]
    moved = here * value / mean if wide else here + value - mean
    return pl.coalesce(moved, here).alias(name)


def _predicted(forecaster: QualityForecaster, rows: pl.DataFrame) -> FloatArray:
    return np.asarray(forecaster.mean(rows).select(forecaster.targets).to_numpy(), dtype=np.float64)


def _varied(
    process: Process, forecaster: QualityForecaster, proposed: pl.DataFrame, background: pl.DataFrame, causes: list[Cause]
) -> FloatArray:
    """Return the predictions with one step as in each varied batch, shape (steps, batches, targets), SI."""
    between = MixedBatches.of(process, proposed, background, causes)
    masks = np.ones((len(process.steps), len(causes)), dtype=bool)
    for at, step in enumerate(process.steps):
        masks[at, [cause.step == step for cause in causes]] = False
    return _predicted(forecaster, between.rows(masks)).reshape(len(masks), background.height, -1)


def _levers(
    process: Process, forecaster: QualityForecaster, proposed: pl.DataFrame, history: pl.DataFrame, own: FloatArray
) -> list[tuple[str, float, float, FloatArray]]:
    """Return of each setting: name, proposed value and moved value (SI), and the change of the predictions (targets,)."""
    spreads = spreads_of_settings(process, proposed.columns, history)
    moved = [(name, *ends) for name, one in spreads.items() if (ends := _moved(process, proposed, name, *one)) is not None]
    if not moved:
        return []
    rows = pl.concat(proposed.with_columns(pl.lit(after).alias(name)) for name, _, after in moved)
    effects = _predicted(forecaster, rebuilt(process, rows, derived=following(process, proposed))) - own
    return [(name, before, after, effect) for (name, before, after), effect in zip(moved, effects, strict=True)]


def _moved(process: Process, proposed: pl.DataFrame, name: str, spread: float, relative: bool) -> tuple[float, float] | None:
    """Return the proposed value of a setting, and the value one standard deviation above it, SI. Below, if it cannot be above."""
    if proposed[name][0] is None:
        return None
    value = float(proposed[name][0])
    up, down = (value * math.exp(sign * spread) if relative else value + sign * spread for sign in (1, -1))
    return (value, up) if is_possible(process, name, up) else (value, down)


def _attribute(
    process: Process,
    target: str,
    shares: Shares,
    models: _InModels,
    at: int,
    bridge: Bridge | None,
    names: Mapping[str, str],
) -> AttributeSteps:
    """Return the steps of one attribute. at: its place among the targets of the models."""
    unit, order = process.attributes[target].si, list(process.steps)
    moved = {} if bridge is None else {one.step: one.change for one in bridge.attributes[target].by_step}

    def effect(one: StepShare) -> StepEffect:
        return StepEffect(
            one.step,
            one.mean,
            (one.low, one.high),
            one.largest,
            _spread(models.varied[order.index(one.step), :, at]) / unit.factor,
            None if bridge is None else moved.get(one.step, 0.0),
            _lever(process, target, one.step, models.levers, at, names),
        )

    effects = tuple(effect(one) for one in shares.steps)
    found = InHistory(shares.candidates, shares.explained, shares.explained_range)
    sentence = decided_at(names[target], effects, found)
    return AttributeSteps(
        unit.label, shares.batches, shares.explained, shares.explained_range, shares.candidates, effects, sentence
    )


def _spread(values: FloatArray) -> float:
    """Return the standard deviation; 0 where it is rounding alone."""
    spread = float(values.std())
    return spread if spread > ROUNDING * float(np.abs(values).max()) else 0.0


def _steps_before(process: Process, target: str) -> list[str]:
    """Return the steps that can have an influence on a target: its own and earlier ones, in the order of manufacture."""
    own = step_of(process, target)
    return [step for step in process.steps if not_after(process, step, own)]


def _lever(
    process: Process,
    target: str,
    step: str,
    levers: list[tuple[str, float, float, FloatArray]],
    at: int,
    names: Mapping[str, str],
) -> Lever | None:
    """Return the setting of a step that moves an attribute most; None where none moves it."""
    own = [lever for lever in levers if step_of(process, lever[0]) == step and lever[3][at] != 0]
    if not own:
        return None
    name, before, after, effects = max(own, key=lambda lever: abs(float(lever[3][at])))
    of_setting, of_target = process.attributes[name].si, process.attributes[target].si
    values, effect = (of_setting.from_si(before), of_setting.from_si(after)), float(effects[at]) / of_target.factor
    relative = values[1] / values[0] - 1 if values[0] > 0 and of_setting.offset == 0 else None
    sentence = moved_setting(step, names[name], of_setting.label, values, relative, names[target], effect, of_target.label)
    return Lever(name, of_setting.label, *values, relative, effect, sentence)
