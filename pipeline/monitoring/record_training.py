"""Training of the forecast of one attribute at one decision point: model, hidden batches, weights, intervals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from pipeline.extrapolation.reenactment import reenact, train_and_test
from pipeline.forecasting.intervals import Calibration, IntervalConfig, pooled
from pipeline.models.base import Task
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import FittedHierarchical, Hierarchical
from pipeline.models.hierarchical.variances import Variances
from pipeline.monitoring.record_model import RecordModel
from pipeline.monitoring.record_weight import Evidence, RecordWeight, record_weights

MODEL = Hierarchical(target_scale="transformed")
"""The model of an attribute that reads the records so far beside the plan."""
HIDING = Hierarchical(target_scale="transformed", rows=200, iterations=6)
"""The same for the fits that forecast hidden batches. They begin with the variances of the model, so few steps are enough."""
LEAST_RUNNING = 30
"""Number of batches that still ran at a decision point, from which its records are read."""
LEAST_HIDDEN = 5
"""Number of hidden batches of a kind of question, from which it has a weight."""
Hidden = Mapping[str, pl.DataFrame]
"""Kind of question → hidden batches with their forecast from the plan: batch_id, fold, predicted, spread, reenacted_kind, …"""


@dataclass(frozen=True)
class AtPoint:
    """The batches with a result of one attribute, with what their records held at a decision point."""

    rows: pl.DataFrame
    """All batches with a result. Those that did not run any more have no records so far."""
    names: tuple[str, ...]
    """Columns of the records so far."""
    running: pl.Series
    """Names of the batches that still ran."""
    task: Task
    folds: int
    """Number of re-enacted folds per kind of question."""

    def still_running(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of batches that still ran."""
        return rows.filter(pl.col("batch_id").is_in(self.running.implode()))

    def fit(self, rows: pl.DataFrame, start: Variances | None) -> FittedHierarchical:
        """Fit the model to those of the rows that still ran. start: variances of a fit to nearly the same rows."""
        known = self.still_running(rows)
        names = self.names
        wider = replace(
            self.task, numeric=(*self.task.numeric, *names), comparable=(*self.task.comparable, *names), spectra=()
        )
        return fit_hierarchical(HIDING if start else MODEL, known, known["observed"].to_numpy(), wider, start)


def train_record_model(at: AtPoint, hidden: Hidden, interval: IntervalConfig) -> RecordModel | None:
    """Return the model of an attribute at a decision point, or None where too few batches ran then.

    hidden: the forecasts of hidden batches by the final model, from the plan alone. A model that chose no record has no weight.
    """
    known = at.still_running(at.rows)
    if known.height < LEAST_RUNNING or not at.names:
        return None
    fitted = at.fit(at.rows, None)
    alone = RecordModel(fitted, known.height, at.names, {}, {})
    if not alone.records_read:
        return alone
    tables = with_records(at, hidden, fitted.variances)
    weights = weights_of_kinds(tables, interval)
    moved = {kind: _moved(table, weights[kind], at.task) for kind, table in tables.items()}
    used = [kind for kind in tables if weights[kind].weight > 0]
    calibrations = {kind: Calibration.of(moved[kind], interval, kind, pooled(moved, kind)) for kind in used}
    return replace(alone, weights={kind: one.weight for kind, one in weights.items()}, calibrations=calibrations)


def with_records(at: AtPoint, hidden: Hidden, start: Variances) -> dict[str, pl.DataFrame]:
    """Return kind → its hidden batches that still ran, with the forecast `with_records` of a model that does not know them.

    Kinds that are re-enacted by the same hidden batches share the forecasts. Kinds with too few hidden batches are left out.
    """
    forecasts: dict[str, pl.DataFrame] = {}
    found = {}
    for kind, table in hidden.items():
        reenacted = str(table["reenacted_kind"][0])
        if reenacted not in forecasts:
            forecasts[reenacted] = _hidden_forecasts(at, kind, start)
        joined = table.join(forecasts[reenacted], on=["batch_id", "fold"], how="inner", maintain_order="left")
        if joined.height >= LEAST_HIDDEN:
            found[kind] = joined
    return found


def _hidden_forecasts(at: AtPoint, kind: str, start: Variances) -> pl.DataFrame:
    """Return the hidden batches of all folds of a kind of question that still ran: batch_id, fold, with_records."""
    folds = reenact(at.rows, kind, at.task.scale_tolerance, at.task.refuse, at.folds, by_device=at.task.by_device)
    parts = []
    for fold, train, test in train_and_test(at.rows, folds):
        asked = at.still_running(test)
        if asked.is_empty() or at.still_running(train).height < LEAST_RUNNING:
            continue
        predicted = at.task.clipped(at.fit(train, start).predict(asked))
        parts.append(asked.select("batch_id", pl.lit(fold, pl.Int32).alias("fold"), pl.Series("with_records", predicted)))
    schema = {"batch_id": pl.String, "fold": pl.Int32, "with_records": pl.Float64}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def weights_of_kinds(tables: Mapping[str, pl.DataFrame], interval: IntervalConfig) -> dict[str, RecordWeight]:
    """Return kind → weight of the records, from the hidden batches of all kinds. Groups are those that intervals count.

    Kinds that are re-enacted by the same hidden batches have the same weight, and count once.
    """
    reenacted = {kind: str(table["reenacted_kind"][0]) for kind, table in tables.items()}
    once = {name: tables[kind] for kind, name in reversed(reenacted.items())}
    columns = {name: interval.column(table, name) for name, table in once.items()}
    evidence = {name: Evidence.of(table, columns[name]) for name, table in once.items()}
    names = {name: table[columns[name]].unique().sort().cast(pl.String).to_list() for name, table in once.items()}
    found = record_weights(evidence, names)
    return {kind: found[name] for kind, name in reenacted.items()}


def _moved(table: pl.DataFrame, weight: RecordWeight, task: Task) -> pl.DataFrame:
    """Return hidden batches with the forecast that follows the records as far as the weights of their groups say."""
    p, h = (table[name].to_numpy() for name in ("predicted", "with_records"))
    return table.with_columns(pl.Series("predicted", task.clipped(p + weight.of_hidden * (h - p))))
