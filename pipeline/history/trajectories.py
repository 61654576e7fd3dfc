"""The table of sensor values: long and wide exports become batch, tag, time and value."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.sources import TrajectoryRows
from pipeline.domain.tables import Quarantine, Trajectories, checked, empty
from pipeline.history.batches import SOURCE
from pipeline.history.cells import out_of_range
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.quarantine import orphaned, reject, reject_repeated
from pipeline.history.sorting import sorted_rows

_COLUMNS: dict[str, pl.DataType] = {
    "batch_id": pl.String(),
    "tag": pl.String(),
    "moment": pl.Datetime("us"),
    "value": pl.Float64(),
}


def find_trajectories(
    process: Process, typed: Mapping[str, pl.DataFrame], batches: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make the table of sensor values, and the quarantine of rows set aside. Missing values are left out."""
    parts, records = [pl.DataFrame(schema=_COLUMNS)], [empty(Quarantine)]
    for name, source in process.sources_that_give("trajectories").items():
        assert isinstance(source, TrajectoryRows)
        rows, found = _usable(typed[name].with_columns(pl.lit(name).alias(SOURCE)), source, batches)
        if source.tag is not None:
            rows, bad = _attributes_of_tags(rows, source, process)
            found = pl.concat([found, bad])
        else:
            rows = _unpivoted(rows, name, process)
        parts.append(rows.select(*_COLUMNS).cast(_COLUMNS))  # type: ignore[arg-type]
        records.append(found)
    timed = _timed(pl.concat(parts).drop_nulls("value"))
    return checked(timed, Trajectories, "trajectories"), pl.concat(records)


def _timed(rows: pl.DataFrame) -> pl.DataFrame:
    """Give each record its time in seconds since the first record of the batch, and sort."""
    since = (pl.col("moment") - pl.col("moment").min().over("batch_id")).dt.total_microseconds() / 1e6
    return sorted_rows(rows, ["batch_id", "tag", "moment"]).select("batch_id", "tag", since.alias("time"), "value")


def _usable(rows: pl.DataFrame, source: TrajectoryRows, batches: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows, orphans = reject(rows, pl.col(SOURCE), orphaned(batches), source.batch, pl.col("batch_id"))
    key = ["batch_id", "moment"] if source.tag is None else ["batch_id", "tag", "moment"]
    values = [c for c in rows.columns if c not in (*key, FILE, ROW, SOURCE)]
    rows, doubles = reject_repeated(rows, pl.col(SOURCE), key, values, source.time, pl.col("moment"))
    return rows, pl.concat([orphans, doubles])


def _attributes_of_tags(rows: pl.DataFrame, source: TrajectoryRows, process: Process) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Replace tags of long rows by attributes, and convert the values to SI."""
    why = pl.when(~pl.col("tag").is_in(list(source.tags))).then(pl.lit("the tag is not declared in the process definition"))
    known, unknown = reject(rows, pl.col(SOURCE), why, source.tag, pl.col("tag"))
    units = [process.attributes[name].si for name in source.tags.values()]
    factor, offset = (_looked_up([getattr(unit, part) for unit in units], source) for part in ("factor", "offset"))
    si = known.with_columns(_looked_up(list(source.tags.values()), source), pl.col("value") * factor + offset)
    reasons = pl.coalesce(
        pl.lit(None, dtype=pl.String),
        *(
            pl.when(pl.col("tag") == name).then(out_of_range(pl.col("value"), process.attributes[name]))
            for name in dict.fromkeys(source.tags.values())
            if process.attributes[name].between is not None
        ),
    )
    good, bad = reject(si, pl.col(SOURCE), reasons, source.value, pl.col("value"))
    return good, pl.concat([unknown, bad])


def _looked_up(of_tags: list[float] | list[str], source: TrajectoryRows) -> pl.Expr:
    """For each row the entry that belongs to its tag, found by number because texts are slow to compare."""
    return pl.lit(pl.Series("tag", of_tags)).gather(pl.col("tag").cast(pl.Enum(list(source.tags))).to_physical())


def _unpivoted(rows: pl.DataFrame, name: str, process: Process) -> pl.DataFrame:
    tags = list(process.written_in(name))
    return rows.unpivot(tags, index=["batch_id", "moment"], variable_name="tag", value_name="value")
