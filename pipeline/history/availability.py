"""From when each result is known: its own date, or a date of its batch."""

from datetime import timedelta

import polars as pl

from pipeline.domain.batch_columns import AVAILABLE
from pipeline.domain.process.availability import availability_notes, lag_of, resolution_of, states_availability
from pipeline.domain.process.process import Process
from pipeline.history.times.dates import end_of

_DATE = "_date_"


def with_availability(results: pl.DataFrame, dates: pl.DataFrame, process: Process) -> pl.DataFrame:
    """Fill `available_at` of the results that have no date of their own.

    dates: batch_id and the date attributes of each batch. In this order: the date from which the results of the batch are known;
    its end with the lag; its start with the lag, where no end is declared; its start, where nothing is declared.
    """
    of_batches = dates.select("batch_id", pl.exclude("batch_id").name.prefix(_DATE))
    joined = results.join(of_batches, on="batch_id", how="left", maintain_order="left")
    chosen = [
        pl.when(pl.col("attribute") == name).then(_of_batch(process, str(name))) for name in results["attribute"].unique()
    ]
    filled = pl.coalesce(AVAILABLE, *chosen).cast(pl.Datetime("us"))
    return joined.with_columns(filled.alias(AVAILABLE)).select(results.columns)


def _of_batch(process: Process, attribute: str) -> pl.Expr:
    """From when the results of an attribute are known by the dates of their batch; null if these do not say it."""
    lag = lag_of(process, attribute)
    found = [pl.lit(None, pl.Datetime("us"))]
    if process.available is not None:
        found.append(_latest(process, process.available))
    if process.ended is not None:
        found.append(_latest(process, process.ended) + (lag or timedelta()))
    elif process.started is not None and lag is not None:
        found.append(_latest(process, process.started) + lag)
    elif process.started is not None and not states_availability(process, attribute):
        found.append(pl.col(_DATE + process.started))
    return pl.coalesce(found)


def _latest(process: Process, attribute: str) -> pl.Expr:
    return end_of(pl.col(_DATE + attribute), resolution_of(process, attribute))


def notes_on_availability(results: pl.DataFrame, dates: pl.DataFrame, process: Process) -> tuple[str, ...]:
    """Return what a reader should know about the times of the predicted results, one sentence each.

    results: with `available_at`; dates: batch_id and the date attributes of each batch.
    """
    predicted = results.filter(pl.col("attribute").is_in(process.targets))
    return (*availability_notes(process), *_undated(predicted, process), *_too_early(predicted, dates, process))


def _undated(results: pl.DataFrame, process: Process) -> list[str]:
    """Say how many results have no date, in a process whose batches have dates."""
    if process.started is None or not (none := results[AVAILABLE].null_count()):
        return []
    return [
        f"{none} of {results.height} predicted results have no date from which they are known, so no protocol that goes back in "
        "time learns from them."
    ]


def _too_early(results: pl.DataFrame, dates: pl.DataFrame, process: Process) -> list[str]:
    """Say how many results are dated before their batch began."""
    if process.started is None:
        return []
    starts = dates.select("batch_id", pl.col(process.started).alias("_start"))
    early = results.join(starts, on="batch_id").filter(pl.col(AVAILABLE) < pl.col("_start"))
    if early.is_empty():
        return []
    return [
        f"{early.height} of {results.height} predicted results are dated before the start of their batch, such as that of "
        f"'{early['attribute'][0]}' in batch '{early['batch_id'][0]}'. They count from the start."
    ]
