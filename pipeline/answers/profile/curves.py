"""Response curves around a proposed batch: prediction, interval and joint chance along each setting, in one table of rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from pipeline.answers.case.case import Case
from pipeline.answers.case.holds import holds_of
from pipeline.answers.case.unknown_lots import UnknownLot, properties_together, smallest_sample
from pipeline.answers.joint import past_errors, past_kind
from pipeline.answers.prediction import reasons_not_answered
from pipeline.answers.result.profile import CurvesAlong, ProfileCurve
from pipeline.answers.scale_comparison.hold import following, hold, rebuilt
from pipeline.answers.scenarios.setup import ScenarioSetup, scenario_setup
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.specification_limits import limits_of
from pipeline.forecasting.batch_forecaster import BatchForecaster
from pipeline.forecasting.calibrated_model import CalibratedModel
from pipeline.forecasting.joint_chance import chance_together
from pipeline.forecasting.mixture import mixed, mixed_intervals, mixture_of_sample

LEVEL = 0.9
"""Level of the intervals of a curve."""
POINTS = 21
MOST_POINTS = 101


def profile_curves(
    case: Case,
    run: TrainedRun,
    along: Mapping[str, tuple[float, float]],
    logarithmic: Sequence[str] = (),
    points: int = POINTS,
    pause: Callable[[], None] = lambda: None,
) -> tuple[CurvesAlong, ...]:
    """Return the curves along each setting, with all rows predicted at once.

    case: the proposed point; along: setting (or the attribute of the scale) → ends of its curve, display unit; logarithmic:
    settings with a logarithmic grid. A setting that holds a quantity is solved at each point, and has no curve of its own. The
    value at the point itself is one of the values of each curve. pause: is called between
    the parts of the computation, so that something more urgent can go first. Raises ScalebridgeError for a setting without a value
    at the point.
    """
    holds = holds_of(run.process, case.proposal)
    free = {name: ends for name, ends in along.items() if name not in holds}
    if not free:
        return ()
    refused = reasons_not_answered(case, run)
    finals = {name: final for name, final in run.model.finals.items() if name not in refused}
    past = past_errors(past_kind(case.row, run), run, list(finals)) if finals else None
    forecaster = BatchForecaster(replace(run.model, finals=finals), run.process, past)
    setup = scenario_setup(run.process, case.proposal, case.proposed, run.history, forecaster, run.decision.scenarios)
    grids = {name: _grid(setup, name, ends, points, name in logarithmic) for name, ends in free.items()}
    table = pl.concat([_along(setup, name, grid, [*free, *holds]) for name, grid in grids.items()])
    pause()
    table, lots = _with_scale(run.process, _held(setup, case, table, holds)), case.unknown_lots
    return _cut(run.process, grids, _curves(setup, forecaster, table, lots, pause), table.select(list(holds)))


def _grid(setup: ScenarioSetup, name: str, ends: tuple[float, float], points: int, logarithmic: bool) -> FloatArray:
    """Return the values of a curve, SI, with that of the point among them."""
    if name not in setup.batch.columns or setup.batch[name][0] is None:
        raise ScalebridgeError(f"'{name}' has no value at this point, so no curve can be drawn along it; give it a value")
    if not 2 <= points <= MOST_POINTS:
        raise ScalebridgeError(f"A curve has 2 to {MOST_POINTS} points; {points} were asked for")
    low, high = (setup.process.attributes[name].si.to_si(end) for end in ends)
    even = np.geomspace(low, high, points) if logarithmic and low > 0 else np.linspace(low, high, points)
    here = setup.set_point(name)
    apart = np.abs(even - here) > 1e-9 * (high - low)
    return np.union1d(even[apart], [here])


def _along(setup: ScenarioSetup, name: str, grid: FloatArray, names: Sequence[str]) -> pl.DataFrame:
    """Return one row per value of a setting. The other settings are as proposed; one without a value is null."""
    others = {other: pl.Series([setup.batch[other][0]] * len(grid), dtype=pl.Float64) for other in names if other != name}
    return pl.DataFrame(others | {name: grid}).select(names)


def _with_lots(table: pl.DataFrame, lots: pl.DataFrame) -> pl.DataFrame:
    """Return each row once per lot; the table itself where there are no lots."""
    return table if lots.is_empty() else table.join(lots, how="cross", maintain_order="left_right")


def _with_scale(process: Process, table: pl.DataFrame) -> pl.DataFrame:
    """Add the column `scale` where the table varies the attribute of the scale."""
    size = process.scale.attribute
    return table.with_columns(pl.col(size).alias("scale")) if size in table.columns else table


def _held(setup: ScenarioSetup, case: Case, table: pl.DataFrame, holds: Mapping[str, str]) -> pl.DataFrame:
    """Solve the settings that hold a quantity in each row, each with those before it in place. Not solved: null.

    The rows of the point itself keep the proposed values, which are rounded.
    """
    process = setup.process
    if not holds or case.reference.is_empty():
        return table
    rows = setup.rows(_with_scale(process, table))
    at_point = pl.all_horizontal(
        pl.lit(True), *(pl.col(name).eq_missing(setup.batch[name][0]) for name in table.columns if name not in holds)
    )
    for setting, quantity in holds.items():
        wanted = float(case.reference[quantity].median() or np.nan)  # type: ignore[arg-type]
        needed = hold(process, rows, setting, [quantity] * rows.height, np.full(rows.height, wanted))
        here = pl.lit(setup.set_point(setting))
        column = table.select(pl.when(at_point).then(here).otherwise(pl.Series(needed).fill_nan(None)).alias(setting))
        rows = rebuilt(process, rows.with_columns(column), derived=following(process, rows))
        table = table.with_columns(column)
    return table


def _curves(
    setup: ScenarioSetup,
    forecaster: BatchForecaster,
    table: pl.DataFrame,
    lots: tuple[UnknownLot, ...],
    pause: Callable[[], None],
) -> tuple[dict[str, tuple[FloatArray, FloatArray, FloatArray]], FloatArray | None]:
    """Return for each attribute prediction and ends of the interval of each row, SI, and the joint chance of each row.

    lots: those that are not known; a row may get each of their past lots. A row that the model must not
    answer has NaN.
    """
    properties, sample = properties_together(lots), smallest_sample(lots)
    rows, size = setup.rows(_with_lots(table, properties)), max(properties.height, 1)
    unsolved = table.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy()
    limits = limits_of(setup.process, (*setup.process.targets,))
    found, sides, first = {}, [], rows.gather_every(size)
    for name, final in forecaster.served.finals.items():
        pause()
        three, side = _of_attribute(final, rows, limits.get(name), size, sample)
        bad = unsolved | final.reasons(first).is_not_null().to_numpy()
        found[name] = (*(np.where(bad, np.nan, one) for one in three),)
        if side is not None:
            sides.append((np.where(np.repeat(bad, size), np.nan, side[0]), side[1]))
    if not sides or not set(limits) <= set(found):
        return found, None  # type: ignore[return-value]
    below, above = (np.stack(side, axis=1) for side in zip(*sides, strict=True))
    known = np.isfinite(below).all(axis=1)
    joint = np.full(rows.height, np.nan)
    joint[known] = chance_together(below[known], above[known], forecaster.joint.correlation)
    return found, mixed(joint, size)  # type: ignore[return-value]


def _of_attribute(
    final: CalibratedModel, rows: pl.DataFrame, ends: tuple[float | None, float | None] | None, size: int, sample: int
) -> tuple[tuple[FloatArray, FloatArray, FloatArray], tuple[FloatArray, FloatArray] | None]:
    """Return prediction and interval of each block of `size` rows, and the chances beyond the limits of each row."""
    forecast = mixture_of_sample(final, rows, size, sample)
    [(low, high)] = mixed_intervals(final, forecast, (LEVEL,), size)
    return (mixed(forecast.predicted, size), low, high), None if ends is None else final.beyond(forecast, ends)


def _cut(
    process: Process,
    grids: Mapping[str, FloatArray],
    curves: tuple[dict[str, tuple[FloatArray, FloatArray, FloatArray]], FloatArray | None],
    held: pl.DataFrame,
) -> tuple[CurvesAlong, ...]:
    """Return the part of each setting, in display units."""
    (attributes, joint), start, found = curves, 0, []
    for name, grid in grids.items():
        part, start = slice(start, start + len(grid)), start + len(grid)
        unit = process.attributes[name].si
        each = {
            key: ProfileCurve(*(_shown(process, key, values[part]) for values in three)) for key, three in attributes.items()
        }
        values = tuple(float(f"{unit.from_si(x):.10g}") for x in grid)
        chances = None if joint is None else tuple(map(float, joint[part]))
        solved = {
            one.name: _shown(process, one.name, one.cast(pl.Float64).fill_null(np.nan).to_numpy()[part]) for one in held
        }
        found.append(CurvesAlong(name, values, each, chances, solved))
    return tuple(found)


def _shown(process: Process, name: str, values: FloatArray) -> tuple[float, ...]:
    unit = process.attributes[name].si
    return tuple(float(value) for value in (values - unit.offset) / unit.factor)
