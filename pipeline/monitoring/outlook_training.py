"""Training of the outlook: what the records up to each decision point say about each attribute, learned on hidden batches."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.forecasting.calibrated_model import CalibratedModel
from pipeline.forecasting.cross_validation import with_results
from pipeline.forecasting.hidden_forecasts import hidden_of
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.monitoring.outlook_config import OutlookConfig
from pipeline.monitoring.outlook_model import OutlookModel, PointModel
from pipeline.monitoring.record_training import AtPoint, Hidden, train_record_model
from pipeline.monitoring.records_so_far import informative, records_so_far, running_at


@dataclass(frozen=True)
class PlanModel:
    """The final model of an attribute, which forecasts from the plan alone, and its forecasts of hidden batches."""

    final: CalibratedModel
    hidden: Hidden
    folds: int
    """Number of re-enacted folds per kind of question."""


def plans_of(
    finals: Mapping[str, CalibratedModel], hidden: pl.DataFrame, rows: pl.DataFrame, results: pl.DataFrame
) -> dict[str, PlanModel]:
    """Return the final models with their forecasts of hidden batches; hidden: as `hidden_table` returns them.

    rows: feature rows of history with `scale_level`; results: those that the models were trained with.
    """
    found = {}
    for name, final in finals.items():
        own = hidden.filter(pl.col("attribute") == name)
        folds = 0 if own.is_empty() else int(own["folds"][0])
        found[name] = PlanModel(final, hidden_of(hidden, name, with_results(rows, results, final.task)), folds)
    return found


def train_outlook(
    process: Process,
    rows: pl.DataFrame,
    results: pl.DataFrame,
    trajectories: pl.DataFrame,
    plans: Mapping[str, PlanModel],
    config: OutlookConfig,
    interval: IntervalConfig,
) -> OutlookModel:
    """Return the outlook of all attributes that have a final model.

    rows: feature rows of history with `scale_level`; results: batch_id, attribute, value, censoring; trajectories: batch_id, tag,
    time [s] and value; plans: attribute → its final model. Nothing here is random.
    """
    points = tuple(_point(process, rows, results, trajectories, plans, hours, interval) for hours in config.hours)
    return OutlookModel(process, {name: one.final for name, one in plans.items()}, points, config.level)


def _point(
    process: Process,
    rows: pl.DataFrame,
    results: pl.DataFrame,
    trajectories: pl.DataFrame,
    plans: Mapping[str, PlanModel],
    hours: float,
    interval: IntervalConfig,
) -> PointModel:
    """Return the models of one decision point."""
    running = running_at(trajectories, hours)
    so_far = records_so_far(process, trajectories, hours).filter(pl.col("batch_id").is_in(running.implode()))
    known = rows.join(so_far, on="batch_id", how="left", maintain_order="left")
    names, models = informative(so_far), {}
    for name, plan in plans.items():
        task = plan.final.task
        at = AtPoint(with_results(known, results, task), names, so_far["batch_id"], task, plan.folds)
        if (found := train_record_model(at, plan.hidden, interval)) is not None:
            models[name] = found
    return PointModel(hours, so_far.height, models)
