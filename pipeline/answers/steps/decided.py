"""At which step an attribute is decided: the prediction with one step varied as from batch to batch, and all others as proposed.

The variance of the prediction over these batches is the first-order effect of the step (Sobol' 1993, Math. Model. Comput. Exp. 1,
407), with the settings and lots of a step kept together as they were run. The proposed batch takes the place of the mean over the
other steps, because the question is about this batch.

A batch varies by its deviation from the mean of its product at its scale. What changes with the scale changes at all steps at once,
so it tells no step from another. The bridge shows what the change of scale does.
"""

import math
from collections.abc import Collection, Mapping

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
from pipeline.answers.steps.wording import decided_at, moved_setting
from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import not_after, step_of
from pipeline.domain.scale import scale_levels
from pipeline.forecasting.outcome import QualityForecaster

_LEVEL = "_level"
WIDE = 3.0
"""A number that is positive throughout history and spans more than this factor varies by factors."""
LEAST_BATCHES = 8
"""Batches of the product from which its own history is tried alone. With fewer, all batches are tried."""
ROUNDING = 1e-12
"""Share of a value below which a difference is rounding."""
MOST_BATCHES = 60
"""Largest number of batches that are tried. Of more, an even sample is taken."""


def decided_by_steps(
    case: Case, run: PredictingRun, forecaster: QualityForecaster, bridge: Bridge | None, names: Mapping[str, str]
) -> DecidedBySteps | None:
    """Return at which step each answered attribute is decided; None where the process declares no steps."""
    process = run.process
    if not process.steps or not forecaster.targets:
        return None
    causes = [
        one for one in not_following(process, causes_of(process, case.row.columns), case.row) if one.kind != "equipment"
    ]
    varied_rows, of_product = _varied_rows(case, run, [name for one in causes for name in one.columns])
    own = _predicted(forecaster, case.row)[0]
    varied = _varied(process, forecaster, case.row, varied_rows, changed(causes, case.row, varied_rows))
    levers = _levers(process, forecaster, case.row, run.rows, own)
    return DecidedBySteps(
        varied_rows.height,
        of_product,
        {
            target: _attribute(process, target, varied[:, :, at], levers, at, bridge, names)
            for at, target in enumerate(forecaster.targets)
        },
    )


def _varied_rows(case: Case, run: PredictingRun, columns: Collection[str]) -> tuple[pl.DataFrame, bool]:
    """Return the proposed batch once per batch of history, varied as this batch was, and whether these are of the product.

    columns: those that vary. A number is moved by the deviation from the mean of product and scale, by a factor where history spans
    more than `WIDE` times its smallest value. A text, such as a lot, is that of the batch.
    """
    fixed = {"product", "lineage", *equipment_of_steps(run.process)}
    kinds = (pl.Float64, pl.String)
    names = [name for name in columns if name not in fixed and run.rows.schema.get(name) in kinds]
    levels = scale_levels(run.rows["scale"], run.process.scale.tolerance).alias(_LEVEL)
    history = run.rows.with_columns(levels).sort("batch_id")
    moved = history.select("product", *(_as_varied(name, history, case.row) for name in names))
    own = moved.filter(pl.col("product") == case.proposal.product)
    rows = own if own.height >= LEAST_BATCHES else moved
    if rows.height > MOST_BATCHES:
        rows = rows[np.linspace(0, rows.height - 1, MOST_BATCHES).round().astype(np.int64)]
    repeated = case.row[np.zeros(rows.height, dtype=np.int64)]
    return repeated.with_columns(rows.drop("product")), own.height >= LEAST_BATCHES


def _as_varied(name: str, history: pl.DataFrame, proposed: pl.DataFrame) -> pl.Expr:
    """Return the values of a column of the proposed batch, varied as the batches of history were."""
    here = pl.lit(proposed[name].head(1).cast(history.schema[name])).first()
    if history.schema[name] == pl.String:
        return pl.coalesce(pl.col(name), here).alias(name)
    value, mean = pl.col(name), pl.col(name).mean().over("product", _LEVEL)
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
    varied: FloatArray,
    levers: list[tuple[str, float, float, FloatArray]],
    at: int,
    bridge: Bridge | None,
    names: Mapping[str, str],
) -> AttributeSteps:
    """Return the steps of one attribute. varied: predictions, shape (steps, batches), SI."""
    unit, order = process.attributes[target].si, list(process.steps)
    spreads = {step: _spread(varied[order.index(step)]) for step in _steps_before(process, target)}
    whole = sum(spread**2 for spread in spreads.values())
    moved = {} if bridge is None else {one.step: one.change for one in bridge.attributes[target].by_step}
    effects = tuple(
        StepEffect(
            step,
            spread**2 / whole if whole > 0 else 0.0,
            spread / unit.factor,
            None if bridge is None else moved.get(step, 0.0),
            _lever(process, target, step, levers, at, names),
        )
        for step, spread in spreads.items()
    )
    return AttributeSteps(unit.label, effects, decided_at(names[target], effects))


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
