"""How far a batch has come at each record: the time since its start, or the value of an indicator that never falls."""

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.monitoring.known import known_from


def positions(process: Process, records: pl.DataFrame) -> pl.DataFrame:
    """Add `position`, where the batch stood when a value was recorded, and `known`, where it stands when the value is known.

    records: batch_id, tag, time [s], value, sorted by batch, tag and time. With an indicator, records before its first value are
    at its first value.
    """
    timed = records.drop_nulls("value").with_columns(pl.col("time").alias("position"), known_from(process).alias("known"))
    if process.course.indicator is None:
        return timed
    reached = (
        records.filter(pl.col("tag") == process.course.indicator)
        .drop_nulls("value")
        .select("batch_id", "time", pl.col("value").cum_max().over("batch_id").alias("reached"))
        .sort("time")
    )
    return _reached(_reached(timed, reached, "position"), reached, "known").sort("batch_id", "tag", "time")


def _reached(records: pl.DataFrame, reached: pl.DataFrame, column: str) -> pl.DataFrame:
    """Replace a time by the value of the indicator at that time."""
    joined = records.sort(column).join_asof(
        reached.rename({"time": "_time"}), left_on=column, right_on="_time", by="batch_id", strategy="backward"
    )
    first = pl.col("reached").min().over("batch_id")
    return joined.with_columns(pl.coalesce("reached", first).alias(column)).drop("reached", "_time").drop_nulls(column)
