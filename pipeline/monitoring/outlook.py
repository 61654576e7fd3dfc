"""Forecasts of each quality attribute of a running batch, from the plan alone and from the records so far as well."""

from dataclasses import dataclass

import polars as pl

from pipeline.domain.display import digits, percent
from pipeline.domain.specification_limits import Ends, limits_of
from pipeline.forecasting.calibrated_model import CalibratedModel, Forecast
from pipeline.monitoring.outlook_model import OutlookModel, PointModel
from pipeline.monitoring.record_model import RecordModel
from pipeline.monitoring.records_so_far import records_so_far

WIDER = 1.005
"""Ratio of the widths of two intervals from which the wider one needs a reason."""
NO_RECORDS = "The batch has no records up to the decision point, so the forecast is that of the plan."
SAY_NOTHING = "On past batches the records up to this decision point did not help, so the forecast is that of the plan."


@dataclass(frozen=True)
class QualityForecast:
    """One forecast of one attribute, SI."""

    median: float
    lower: float
    """Lower end of the interval at the level of the outlook."""
    upper: float
    chance_in_specification: float | None
    """None where the attribute has no specification."""


@dataclass(frozen=True)
class AttributeOutlook:
    """What is expected of one attribute of a running batch."""

    attribute: str
    decision_point: float | None
    """The latest decision point that is not after the time of the batch [h], or None before the first one."""
    plan: QualityForecast
    """Forecast from the plan alone."""
    now: QualityForecast
    """Forecast from the plan and the records up to the decision point."""
    weight: float
    """Weight of the records: 0 is the plan forecast, 1 is the model that reads the records."""
    notes: tuple[str, ...] = ()
    """What the reader should know, one sentence each."""


def outlook(model: OutlookModel, row: pl.DataFrame, records: pl.DataFrame, hours: float) -> tuple[AttributeOutlook, ...]:
    """Return what is expected of each attribute of a running batch.

    row: its feature row, from the plan; records: batch_id, tag, time [s since the start] and value; hours: time since the start.
    Records that were known at the latest decision point are read, and none that came later. An attribute has no outlook where its
    model must not answer for the batch.
    """
    point = model.latest(hours)
    known = row if point is None else _with_records(model, row, records, point)
    limits = limits_of(model.process, list(model.finals))
    found = []
    for name, final in model.finals.items():
        if final.reasons(row)[0] is None:
            found.append(_of_attribute(name, model, point, known, limits.get(name)))
    return tuple(found)


def outlooks_so_far(
    model: OutlookModel, row: pl.DataFrame, records: pl.DataFrame, hours: float
) -> dict[float, tuple[AttributeOutlook, ...]]:
    """Return the outlook at the start and at each decision point up to a time: hours → outlook of each attribute."""
    times = [0.0, *(point.hours for point in model.points if point.hours <= hours)]
    return {time: outlook(model, row, records, time) for time in times}


def _with_records(model: OutlookModel, row: pl.DataFrame, records: pl.DataFrame, point: PointModel) -> pl.DataFrame:
    """Return the row with its records so far. The row has no such columns where no record was known."""
    own = records.filter(pl.col("batch_id") == row["batch_id"][0])
    so_far = records_so_far(model.process, own, point.hours)
    return row if so_far.is_empty() else row.join(so_far, on="batch_id", how="left")


def _of_attribute(
    name: str, model: OutlookModel, point: PointModel | None, known: pl.DataFrame, ends: Ends | None
) -> AttributeOutlook:
    """Return what is expected of one attribute. known: the row with its records so far."""
    final = model.finals[name]
    forecast = final.forecast(known)
    plan = _summary(final, forecast, model.level, ends)
    if point is None:
        return AttributeOutlook(name, None, plan, plan, 0.0)
    learned = point.models.get(name)
    if learned is None:
        return AttributeOutlook(name, point.hours, plan, plan, 0.0, (_too_few(point),))
    weight = float(learned.weights_of(forecast)[0])
    complete = _complete(known, learned)
    if complete is None or weight == 0:
        note = SAY_NOTHING if weight == 0 else NO_RECORDS
        return AttributeOutlook(name, point.hours, plan, plan, 0.0, (note,))
    now = _summary(learned.calibrated(final), learned.forecast(final, forecast, complete), model.level, ends)
    return AttributeOutlook(name, point.hours, plan, now, weight, _wider(plan, now, learned, point))


def _complete(known: pl.DataFrame, learned: RecordModel) -> pl.DataFrame | None:
    """Return the row with an empty column for each tag without a record, or None where no tag that the model reads has one."""
    read = learned.records_read
    empty = [pl.lit(None, pl.Float64).alias(name) for name in read if name not in known.columns]
    complete = known.with_columns(empty)
    return None if read and complete.select(pl.all_horizontal(pl.col(read).is_null())).item() else complete


def _summary(model: CalibratedModel, forecast: Forecast, level: float, ends: Ends | None) -> QualityForecast:
    """Return a forecast of one row in numbers."""
    ((lower, upper),) = model.intervals(forecast, [level])
    chance = None
    if ends is not None:
        below, above = model.beyond(forecast, ends)
        chance = float(min(max(1 - below[0] - above[0], 0.0), 1.0))
    return QualityForecast(float(forecast.predicted[0]), float(lower[0]), float(upper[0]), chance)


def _too_few(point: PointModel) -> str:
    return (
        f"{point.running} past batches have records up to {digits(point.hours)} h and later. This is too few to learn from, so the "
        "forecast is that of the plan."
    )


def _wider(plan: QualityForecast, now: QualityForecast, learned: RecordModel, point: PointModel) -> tuple[str, ...]:
    """Return the reason why the interval is wider than that of the plan, if it is."""
    before, after = plan.upper - plan.lower, now.upper - now.lower
    if after <= WIDER * before:
        return ()
    return (
        f"The interval is {percent(after / before - 1)} wider than that of the plan. The records make the median more accurate, "
        f"but the largest errors on past batches are not smaller. Only the {learned.batches} past batches that still ran at "
        f"{digits(point.hours)} h count.",
    )
