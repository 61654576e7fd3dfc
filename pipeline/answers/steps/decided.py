"""At which step an attribute is decided: the prediction with one step as in history and all other steps as proposed.

The variance of the prediction over the batches of history is the first-order effect of the step (Sobol' 1993, Math. Model. Comput.
Exp. 1, 407), with the settings, equipment and lots of a step kept together as they were run. The proposed batch takes the place of
the mean over the other steps, because the question is about this batch.
"""

import math
from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.answers.bridge.causes import Cause, MixedBatches, causes_of, changed, not_following
from pipeline.answers.case.case import Case
from pipeline.answers.drivers.spreads import spreads_of_settings
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.bridge import Bridge
from pipeline.answers.result.steps import AttributeSteps, DecidedBySteps, Lever, StepEffect
from pipeline.answers.scale_comparison.hold import following, is_possible, rebuilt
from pipeline.answers.steps.wording import decided_at, moved_setting
from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import is_before, step_of
from pipeline.forecasting.outcome import QualityForecaster

LEAST_BATCHES = 8
"""Batches of the product from which its own history is tried alone. With fewer, all batches are tried."""
MOST_BATCHES = 60
"""Largest number of batches that are tried. Of more, an even sample is taken."""


def decided_by_steps(
    case: Case, run: PredictingRun, forecaster: QualityForecaster, bridge: Bridge | None, names: Mapping[str, str]
) -> DecidedBySteps | None:
    """Return at which step each answered attribute is decided; None where the process declares no steps."""
    process = run.process
    if not process.steps or not forecaster.targets:
        return None
    background, of_product = _background(case, run)
    every = changed(not_following(process, causes_of(process, case.row.columns), case.row), case.row, background)
    own = _predicted(forecaster, case.row)[0]
    varied = _varied(process, forecaster, case.row, background, every)
    levers = _levers(process, forecaster, case.row, run.rows, own)
    return DecidedBySteps(
        background.height,
        of_product,
        {
            target: _attribute(process, target, varied[:, :, at], levers, at, bridge, names)
            for at, target in enumerate(forecaster.targets)
        },
    )


def _background(case: Case, run: PredictingRun) -> tuple[pl.DataFrame, bool]:
    """Return feature rows of history, those of the product where they are enough, and whether they are of the product."""
    every = run.rows.select(case.row.columns).sort("batch_id")
    own = every.filter(pl.col("product") == case.proposal.product)
    rows = own if own.height >= LEAST_BATCHES else every
    if rows.height > MOST_BATCHES:
        rows = rows[np.linspace(0, rows.height - 1, MOST_BATCHES).round().astype(np.int64)]
    return rows, own.height >= LEAST_BATCHES


def _predicted(forecaster: QualityForecaster, rows: pl.DataFrame) -> FloatArray:
    return np.asarray(forecaster.mean(rows).select(forecaster.targets).to_numpy(), dtype=np.float64)


def _varied(
    process: Process, forecaster: QualityForecaster, proposed: pl.DataFrame, background: pl.DataFrame, causes: list[Cause]
) -> FloatArray:
    """Return the predictions with one step as in each batch of history, shape (steps, batches, targets), SI."""
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
    spreads = {step: float(varied[order.index(step)].std()) for step in _steps_before(process, target)}
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


def _steps_before(process: Process, target: str) -> list[str]:
    """Return the steps that can have an influence on a target: its own and earlier ones, in the order of manufacture."""
    own = step_of(process, target)
    return [step for step in process.steps if is_before(process, step, own)]


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
