"""Place the records of series in the process: their time since its start, and the records before and after it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.process.windows import (
    ELAPSED,
    FIRST_ELAPSED,
    FIRST_RECORD,
    SeriesWindow,
    different_clocks,
    in_utc,
    series_of,
    window_of,
    zero_of,
)

SINCE, OUTSIDE, ZERO = "_since", "_outside", "_zero"
"""Columns: microseconds since the zero of the time; why a record is not of the process; and what the zero is."""
BEFORE = "before the start"
"""Beginning of the reason for a record before the start of the process."""
_START, _END = "_start", "_end"
_UNKNOWN = (FIRST_RECORD, FIRST_ELAPSED)


@dataclass(frozen=True)
class SeriesWindows:
    """The window of each series, and what a reader should know about them."""

    of_source: Mapping[str, SeriesWindow]
    notes: tuple[str, ...] = ()


def series_windows(process: Process, moments: Mapping[str, pl.DataType]) -> SeriesWindows:
    """Decide the window of each series. `moments` gives the type of its times, which says whether they are in UTC or elapsed.

    The dates of the process are not used if they cannot be compared with the times of a series. Raises ScalebridgeError if a
    declared window cannot be used.
    """
    windows = {name: window_of(process, source) for name, source in series_of(process).items()}
    unlike = {
        name: sentence for name, window in windows.items() if (sentence := _unlike(process, name, window, moments[name]))
    }
    if declared := [sentence for name, sentence in unlike.items() if windows[name].declared]:
        raise ScalebridgeError(f"Process '{process.name}': {declared[0]}")
    if not unlike:
        return SeriesWindows(windows)
    implied = {n: w if w.declared else replace(w, start=None, end=None) for n, w in windows.items()}
    first = next(iter(unlike.values()))
    note = f"Series count from their first record, and no record is left out before the start or after the end: {first}."
    return SeriesWindows(implied, (note,))


def _unlike(process: Process, name: str, window: SeriesWindow, moment: pl.DataType) -> str | None:
    """Say why the times of a series and the dates of its window cannot be compared; None if they can."""
    if isinstance(moment, pl.Duration):
        return None
    utc = getattr(moment, "time_zone", None) is not None
    wrong = [date for date in (window.start, window.end) if date is not None and in_utc(process, date) is not utc]
    return different_clocks(name, wrong[0], utc) if wrong else None


def placed(rows: pl.DataFrame, window: SeriesWindow, dates: pl.DataFrame) -> pl.DataFrame:
    """Add `SINCE`, `ZERO` and `OUTSIDE` to the rows of a series. `dates` holds `batch_id` and the dates of each batch."""
    elapsed = isinstance(rows.schema["moment"], pl.Duration)
    names = {alias: name for alias, name in ((_START, window.start), (_END, window.end)) if name is not None}
    known = dates.select("batch_id", *(pl.col(name).alias(alias) for alias, name in names.items()))
    joined = rows.join(known, on="batch_id", how="left", maintain_order="left") if names else rows
    moment = pl.col("moment") if elapsed else pl.col("moment").dt.replace_time_zone(None)
    since = moment - pl.col(_START) if _START in names and not elapsed else moment
    return joined.with_columns(
        since.cast(pl.Int64).alias(SINCE),
        pl.lit(zero_of(window, elapsed), pl.Categorical).alias(ZERO),
        _why_outside(window, elapsed, moment).alias(OUTSIDE),
    ).drop(*names)


def _why_outside(window: SeriesWindow, elapsed: bool, moment: pl.Expr) -> pl.Expr:
    """Give a reason for a record that is not of the process."""
    start, end, reasons = window.start, window.end, [pl.lit(None, pl.String)]

    def say(when: pl.Expr, reason: str) -> None:
        reasons.append(pl.when(when).then(pl.lit(reason)))

    if start is not None and not elapsed:
        say(pl.col(_START).is_null(), f"the batch has no start ('{start}'), so the time in the process is not known")
        say(moment < pl.col(_START), f"{BEFORE} of the batch ('{start}')")
    if start is not None and end is not None:
        say(pl.col(_END) <= pl.col(_START), f"the end of the batch ('{end}') is not after its start ('{start}')")
    if elapsed and not window.whole:
        say(moment < pl.duration(microseconds=0), f"{BEFORE}: the elapsed time is below zero")
    if end is not None and (start is not None or not elapsed):
        last = pl.col(_END) - pl.col(_START) if elapsed else pl.col(_END)
        say(moment > last, f"after the end of the batch ('{end}')")
    return pl.coalesce(reasons)


def seconds(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the column `time`: seconds since the start of the process, or since the first record of the batch where none is known.

    Raises ScalebridgeError if the records of one batch count from moments that cannot be compared.
    """
    zeros = rows[ZERO].unique()
    if len(zeros) < 2:
        from_first = zeros.is_in(_UNKNOWN).any()
        since = pl.col(SINCE) - pl.col(SINCE).min().over("batch_id") if from_first else pl.col(SINCE)
        return rows.with_columns((since / 1e6).alias("time"))
    _check_zeros(rows.select("batch_id", pl.col(ZERO).cast(pl.String)).unique())
    first = pl.when(pl.col(ZERO).is_in(_UNKNOWN)).then(pl.col(SINCE).min().over("batch_id")).otherwise(0)
    return rows.with_columns(((pl.col(SINCE) - first) / 1e6).alias("time"))


def _check_zeros(zeros: pl.DataFrame) -> None:
    several = pl.col(ZERO).n_unique().over("batch_id") > 1
    starts = (pl.col(ZERO) != ELAPSED).sum().over("batch_id") > 1  # a date, beside elapsed times that count from it
    wrong = zeros.filter(several & (starts | pl.col(ZERO).is_in(_UNKNOWN).any().over("batch_id"))).sort("batch_id", ZERO)
    if not wrong.is_empty():
        batch = wrong["batch_id"][0]
        shown = listed(wrong.filter(batch_id=batch)[ZERO], 3)
        raise ScalebridgeError(
            f"Series of batch '{batch}' count from different moments: {shown}; declare `started` with a time of day and, where "
            "needed, a time zone, or the same `window` for all sources of the batch"
        )
