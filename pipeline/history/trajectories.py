"""Sensor series: long or wide exports to one table of batch, tag, time and value."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.process import Process
from pipeline.domain.sources import TrajectoryRows
from pipeline.domain.tables import Quarantine, Trajectories, checked, empty
from pipeline.history.batches import SOURCE
from pipeline.history.cells import out_of_range
from pipeline.history.order import ordered
from pipeline.history.read import FILE, ROW
from pipeline.history.reject import orphaned, reject, reject_repeated

_COLUMNS: dict[str, pl.DataType] = {
    "batch_id": pl.String(),
    "tag": pl.String(),
    "moment": pl.Datetime("us"),
    "value": pl.Float64(),
}


def find_trajectories(
    process: Process, typed: Mapping[str, pl.DataFrame], batches: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make the table of sensor values; missing values are gaps, not rows."""
    parts, records = [pl.DataFrame(schema=_COLUMNS)], [empty(Quarantine)]
    for name, source in process.sources_that_give("trajectories").items():
        assert isinstance(source, TrajectoryRows)
        rows, found = _usable(typed[name].with_columns(pl.lit(name).alias(SOURCE)), source, batches)
        if source.tag is not None:
            rows, bad = _named(rows, source, process)
            found = pl.concat([found, bad])
        else:
            rows = _unpivoted(rows, name, process)
        parts.append(rows.select(*_COLUMNS).cast(_COLUMNS))  # type: ignore[arg-type]
        records.append(found)
    timed = _timed(pl.concat(parts).drop_nulls("value"), batches)
    return checked(timed, Trajectories, "trajectories"), pl.concat(records)


def _timed(rows: pl.DataFrame, batches: pl.Series) -> pl.DataFrame:
    """Give each record the seconds since its batch's first one, and sort; names are compared as numbers."""
    tags = pl.Enum(rows["tag"].unique().sort())
    coded = rows.with_columns(pl.col("batch_id").cast(pl.Enum(batches.unique().sort())), pl.col("tag").cast(tags))
    since = (pl.col("moment") - pl.col("moment").min().over("batch_id")).dt.total_microseconds() / 1e6
    return ordered(coded, ["batch_id", "tag", "moment"]).select(
        pl.col("batch_id", "tag").cast(pl.String), since.alias("time"), "value"
    )


def _usable(rows: pl.DataFrame, source: TrajectoryRows, batches: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows, orphans = reject(rows, pl.col(SOURCE), orphaned(batches), source.batch, pl.col("batch_id"))
    key = ["batch_id", "moment"] if source.tag is None else ["batch_id", "tag", "moment"]
    values = [c for c in rows.columns if c not in (*key, FILE, ROW, SOURCE)]
    rows, doubles = reject_repeated(rows, pl.col(SOURCE), key, values, source.time, pl.col("moment"))
    return rows, pl.concat([orphans, doubles])


def _named(rows: pl.DataFrame, source: TrajectoryRows, process: Process) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give long rows the attribute of their tag and its unit."""
    named = rows.with_columns(pl.col("tag").replace_strict(dict(source.tags), default=None).alias("_attribute"))
    why = pl.when(pl.col("_attribute").is_null()).then(pl.lit("tag is not declared"))
    named, unknown = reject(named, pl.col(SOURCE), why, source.tag, pl.col("tag"))
    units = {name: process.attributes[name].si for name in source.tags.values()}
    factor = pl.col("_attribute").replace_strict({n: u.factor for n, u in units.items()}, return_dtype=pl.Float64)
    offset = pl.col("_attribute").replace_strict({n: u.offset for n, u in units.items()}, return_dtype=pl.Float64)
    si = named.with_columns((pl.col("value") * factor + offset).alias("value"))
    reasons = pl.coalesce(
        pl.lit(None, dtype=pl.String),
        *(
            pl.when(pl.col("_attribute") == name).then(out_of_range(pl.col("value"), process.attributes[name]))
            for name in units
            if process.attributes[name].between is not None
        ),
    )
    good, bad = reject(si, pl.col(SOURCE), reasons, source.value, pl.col("value"))
    return good.drop("tag").rename({"_attribute": "tag"}), pl.concat([unknown, bad])


def _unpivoted(rows: pl.DataFrame, name: str, process: Process) -> pl.DataFrame:
    tags = list(process.written_in(name))
    return rows.unpivot(tags, index=["batch_id", "moment"], variable_name="tag", value_name="value")
