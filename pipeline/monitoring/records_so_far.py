"""What the records of a batch hold up to a decision point, as numbers: the level of each tag now, half-way, and on average."""

import polars as pl

from pipeline.domain.process.definition import Definition
from pipeline.monitoring.known import HOUR, known_at
from pipeline.operations.series import time_mean

RECENT = 1 / 7
"""The level now is the mean of the records in this last part of the time, or the newest record where it holds none."""
LEAST_SHARE = 0.7
"""Share of the batches that must have a number for it to be read."""
LEAST_VALUES = 6
"""Number of different values that it must have."""


def records_so_far(process: Definition, records: pl.DataFrame, hours: float) -> pl.DataFrame:
    """Return a row per batch with what was known at a decision point: `<tag> now`, `<tag> half-way` and `<tag> mean so far`, SI.

    records: batch_id, tag, time [s] and value; hours: the decision point. No later record is read. A batch without any record so
    far has no row. A tag without a record so far is null.
    """
    end, time, value = hours * HOUR, pl.col("time"), pl.col("value")
    known = known_at(process, records, hours).filter(value.is_finite()).with_columns(pl.col("tag").cast(pl.String))
    newest = pl.coalesce(value.filter(time > end * (1 - RECENT)).mean(), value.last())
    levels = {"now": newest, "half-way": value.filter(time <= end / 2).last(), "mean so far": time_mean(value, time)}
    by_tag = _in_order(known).group_by("batch_id", "tag", maintain_order=True)
    long = by_tag.agg(one.alias(name) for name, one in levels.items()).unpivot(index=["batch_id", "tag"])
    named = long.with_columns(pl.format("{} {}", "tag", "variable").alias("name"))
    names = named["name"].unique().sort().to_list()
    return named.pivot("name", on_columns=names, index="batch_id", values="value").sort("batch_id")


def _in_order(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records sorted by batch, tag and time. Those of a history are sorted already, and sorting many is slow."""
    batch, tag, time = (pl.col(name) for name in ("batch_id", "tag", "time"))
    later = (tag > tag.shift()) | ((tag == tag.shift()) & (time >= time.shift()))
    sorted_already = ((batch > batch.shift()) | ((batch == batch.shift()) & later)).fill_null(True).all()
    return records if records.select(sorted_already).item() else records.sort("batch_id", "tag", "time")


def running_at(records: pl.DataFrame, hours: float) -> pl.Series:
    """Return the names of the batches that have a record at or after a decision point: those that still ran then."""
    newest = records.group_by("batch_id").agg(pl.col("time").max())
    return newest.filter(pl.col("time") >= hours * HOUR)["batch_id"].sort()


def informative(so_far: pl.DataFrame) -> tuple[str, ...]:
    """Return the columns of `records_so_far` that are known for most batches and differ between them."""
    columns = [name for name in so_far.columns if name != "batch_id"]
    return tuple(
        name
        for name in columns
        if so_far[name].null_count() <= (1 - LEAST_SHARE) * so_far.height
        and so_far[name].drop_nulls().n_unique() >= LEAST_VALUES
    )
