"""From when each result is known: its own date, or a date of its batch."""

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from pipeline.domain.batch_columns import AVAILABLE
from pipeline.domain.process.availability import availability_notes, lag_of, resolution_of, states_availability
from pipeline.domain.process.process import Process
from pipeline.domain.times.lag import lag as time_of
from pipeline.history.times.dates import end_of

_DATE = "_date_"


def with_availability(results: pl.DataFrame, dates: pl.DataFrame, process: Process) -> pl.DataFrame:
    """Fill `available_at` of the results that have no date of their own.

    dates: batch_id and the date attributes of each batch. In this order: the date from which the results of the batch are known;
    its end with the lag; its start with the lag, where no end is declared; its start, where nothing is declared.
    """
    chosen = [
        pl.when(pl.col("attribute") == name).then(_of_batch(process, str(name))) for name in results["attribute"].unique()
    ]
    return _filled(results, dates, chosen)


def deviations_with_availability(deviations: pl.DataFrame, dates: pl.DataFrame, process: Process) -> pl.DataFrame:
    """Fill `available_at` of the deviations that have no date of their own, as `with_availability` does for results.

    A deviation is not known at the start of its batch, so where nothing is declared no date is filled in.
    """
    lag = None if process.result_lag is None else time_of(process.result_lag)
    return _filled(deviations, dates, [_known_from(process, lag, stated=True)])


def _filled(rows: pl.DataFrame, dates: pl.DataFrame, chosen: Sequence[pl.Expr]) -> pl.DataFrame:
    """Fill `available_at` where it is missing, by expressions over the dates of the batch."""
    of_batches = dates.select("batch_id", pl.exclude("batch_id").name.prefix(_DATE))
    joined = rows.join(of_batches, on="batch_id", how="left", maintain_order="left")
    filled = pl.coalesce(AVAILABLE, *chosen).cast(pl.Datetime("us"))
    return joined.with_columns(filled.alias(AVAILABLE)).select(rows.columns)


def _of_batch(process: Process, attribute: str) -> pl.Expr:
    """From when the results of an attribute are known by the dates of their batch; null if these do not say it."""
    return _known_from(process, lag_of(process, attribute), states_availability(process, attribute))


def _known_from(process: Process, lag: timedelta | None, stated: bool) -> pl.Expr:
    """From when something is known by the dates of its batch. lag: the time that the laboratory needs.

    stated: whether the definition says from when it is known; if not, it counts from the start of the batch.
    """
    found = [pl.lit(None, pl.Datetime("us"))]
    if process.available is not None:
        found.append(_latest(process, process.available))
    if process.ended is not None:
        found.append(_latest(process, process.ended) + (lag or timedelta()))
    elif process.started is not None and lag is not None:
        found.append(_latest(process, process.started) + lag)
    elif process.started is not None and not stated:
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
