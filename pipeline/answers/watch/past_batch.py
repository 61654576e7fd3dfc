"""A past batch of the published run, as if it were running."""

from dataclasses import dataclass

import polars as pl

from pipeline.answers.watch.running import Clock, RunningBatch, plan_row
from pipeline.domain.errors import ScalebridgeError, close_to, listed
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.domain.reading.stored import read_table
from pipeline.history.store import RECORD, read_history


@dataclass(frozen=True)
class LoggedDeviation:
    """A deviation that people found and wrote down."""

    cause: str
    hours: float | None
    """Hours since the start of the batch; None where the log has no time."""


def read_past(process: Process, of_run: Places, batch: str) -> RunningBatch:
    """Read a batch of the history of a published run. All of its records are there.

    Raises ScalebridgeError if the history has no such batch, or no record of it.
    """
    history = read_history(of_run.history, records=False)
    one = history.batches.filter(pl.col("batch_id") == batch)
    if one.is_empty():
        names = history.batches["batch_id"].to_list()
        near = close_to(batch, names)
        there = f"the closest names are {near}" if near else f"its {len(names)} batches are {listed(names)}"
        raise ScalebridgeError(f"Batch '{batch}' is not in the history of the published run; {there}")
    records = _records(of_run, batch)
    if records.is_empty():
        raise ScalebridgeError(
            f"Batch '{batch}' has no record over time in the history of the published run; choose another one"
        )
    row = plan_row(process, history, batch)
    start = one["started_at"][0]
    clock = None if start is None else Clock(start, utc=False)
    last = records["time"].max()
    assert isinstance(last, float)
    return RunningBatch(batch, str(row["product"][0]), row, records, clock, last / 3600)


def logged_deviations(of_run: Places, batch: str) -> tuple[LoggedDeviation, ...]:
    """Return what the log of deviations says about a past batch. A run without a log says nothing."""
    file = of_run.history / "deviations.parquet"
    if not file.is_file():
        return ()
    rows = (
        read_table(file, ["batch_id", "cause", "began"]).filter(pl.col("batch_id") == batch).sort("began", nulls_last=True)
    )
    return tuple(LoggedDeviation(str(cause), began) for cause, began in rows.select("cause", "began").iter_rows())


def final_results(of_run: Places, batch: str) -> dict[str, float]:
    """Return attribute → final result of a past batch, SI."""
    results = read_table(of_run.results).filter(pl.col("batch_id") == batch)
    return {str(name): float(value) for name, value in results.select("attribute", "value").iter_rows() if value is not None}


def _records(of_run: Places, batch: str) -> pl.DataFrame:
    file = of_run.history / "trajectories.parquet"
    try:
        return pl.scan_parquet(file).filter(pl.col("batch_id") == batch).select(*RECORD).collect()
    except (pl.exceptions.PolarsError, OSError):
        return read_table(file, list(RECORD)).filter(pl.col("batch_id") == batch)  # it says what is wrong with the file
