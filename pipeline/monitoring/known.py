"""What was known of a running batch at which hour: a sample counts from the time at which its result was there."""

import polars as pl

from pipeline.domain.process.definition import Definition
from pipeline.domain.times.lag import lag

HOUR = 3600.0
"""Seconds of an hour."""
_ROUNDING = 1e-6
"""A record at the end of an hour belongs to the hour [s]."""


def delays(process: Definition) -> dict[str, float]:
    """Tag → time from a sample to its result [s], for the tags that declare a `result_lag` of their own.

    The `result_lag` of the whole process counts from the end of the batch. It says nothing about a sample of the running batch.
    """
    declared = {name: one.result_lag for name, one in process.attributes.items() if one.result_lag is not None}
    return {name: lag(text).total_seconds() for name, text in declared.items()}


def known_at(process: Definition, records: pl.DataFrame, hours: float) -> pl.DataFrame:
    """Return the records that were known at a time of the batch.

    records: batch_id, tag, time [s since the start of the batch] and value; hours: hours since the start. A record without a lag is
    known at its own time.
    """
    return records.filter(known_from(process) <= hours * HOUR + _ROUNDING)


def newest_hour(process: Definition, records: pl.DataFrame) -> float | None:
    """Return the hour up to which records are there; None without records.

    It is the time of the newest record. If all records have a lag, it is the time at which the newest one was known.
    """
    if records.is_empty():
        return None
    at_once = records.filter(~pl.col("tag").cast(pl.String).is_in(list(delays(process))))
    newest = records["time"].max() if at_once.height else records.select(known_from(process).max()).item()
    assert isinstance(newest, float)
    return newest / HOUR


def known_from(process: Definition) -> pl.Expr:
    """Return from when a record is known [s since the start of the batch]: its own time, or that of its result."""
    late = delays(process)
    tag = pl.col("tag").cast(pl.String)
    return pl.col("time") + (tag.replace_strict(late, default=0.0, return_dtype=pl.Float64) if late else pl.lit(0.0))
