"""Batches of which one tag says during the run how the quality will be, beyond what the plan says."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from pipeline.forecasting.calibrated_model import fit_all_calibrated
from pipeline.forecasting.cross_validation import FinalModel
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.base import Task
from pipeline.models.hierarchical.model import Hierarchical
from pipeline.monitoring.outlook_config import OutlookConfig
from pipeline.monitoring.outlook_model import OutlookModel
from pipeline.monitoring.outlook_training import PlanModel, train_outlook
from tests.support.pot import definition
from tests.support.rows import batch_rows

DAYS = 10
"""Length of a batch."""
POINTS = OutlookConfig(("3 d", "7 d"))
LEARNED = ("next_batch", "new_scale")
"""Kinds of question for which the final model is calibrated."""


@dataclass(frozen=True)
class RunningBatches:
    """Rows, results and records of past batches."""

    process: Process
    rows: pl.DataFrame
    results: pl.DataFrame
    records: pl.DataFrame


def process_with_tags(lag: str | None = None) -> Process:
    """The stirred pot with the tags `level` and `other`; lag: time that the result of a sample of `level` needs."""
    made = definition(lower=1.0)
    made["sources"]["samples"] = {
        "gives": "trajectories",
        "files": ["s.csv"],
        "batch": "b",
        "time": "t",
        "time_format": "%Y-%m-%d %H:%M",
        "window": "whole",
    }
    tag = {"role": "IPC", "horizon": "in_process", "description": "x", "unit": ""}
    for name in ("level", "other"):
        made["attributes"][name] = {**tag, "column": f"samples.{name}"}
    if lag is not None:
        made["attributes"]["begun"] = {
            "role": "identifier",
            "horizon": "plan",
            "description": "x",
            "kind": "date",
            "column": [{"source": "batches", "column": "begun", "date": {"format": "%Y-%m-%d %H:%M"}}],
        }
        made["started"] = "begun"
        made["attributes"]["level"]["result_lag"] = lag
    process = parse(Process, made, "pot")
    assert isinstance(process, Process)
    return process


def running_batches(hidden_share: float = 1.0, seed: int = 1, products: int = 6, lag: str | None = None) -> RunningBatches:
    """Return batches with a daily sample of two tags.

    The quality is what the plan says, plus `hidden_share` times what `level` shows.
    """
    rows = batch_rows(products, each=8, seed=seed)
    rng = np.random.default_rng(seed + 1)
    shown = rng.normal(size=rows.height)
    y = 5 + 0.3 * rows["x"].to_numpy() + hidden_share * shown + 0.1 * rng.normal(size=rows.height)
    results = rows.select(
        "batch_id", pl.lit("titre").alias("attribute"), pl.Series("value", y), pl.lit("none").alias("censoring")
    )
    days = np.arange(DAYS + 1)
    level = 10 + shown[:, None] * days / DAYS + 0.02 * rng.normal(size=(rows.height, len(days)))
    other = rng.normal(size=level.shape)
    records = [_records(rows["batch_id"], days, tag, values) for tag, values in (("level", level), ("other", other))]
    sorted_records = pl.concat(records).sort("batch_id", "tag", "time")
    return RunningBatches(process_with_tags(lag), rows, results, sorted_records)


def _records(batches: pl.Series, days: np.ndarray, tag: str, values: np.ndarray) -> pl.DataFrame:
    batch, day = np.nonzero(np.isfinite(values))
    return pl.DataFrame(
        {"batch_id": batches.gather(batch), "tag": tag, "time": 86_400.0 * days[day], "value": values[batch, day]}
    )


def final_model(made: RunningBatches) -> FinalModel:
    """The final model of the quality, from the plan alone."""
    task = Task("titre", ("x", "log10_scale"), (), comparable=("log10_scale",), groups=("product", "site"))
    known = made.rows.join(made.results, on="batch_id").with_columns(observed=pl.col("value")).sort("batch_id")
    fitted = fit_all_calibrated(known, task, [Hierarchical()], IntervalConfig(), 1, LEARNED, LEARNED[:1])
    return FinalModel(fitted.models["hierarchical"], fitted.choice, fitted.hidden["hierarchical"], fitted.folds)


def trained_outlook(made: RunningBatches, config: OutlookConfig = POINTS) -> OutlookModel:
    """The outlook that was trained on these batches."""
    final = final_model(made)
    plans = {"titre": PlanModel(final.model, final.hidden, final.folds)}
    return train_outlook(made.process, made.rows, made.results, made.records, plans, config, IntervalConfig())
