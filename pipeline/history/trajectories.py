"""The table of sensor values: long and wide exports become batch, tag, time and value."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.process.windows import SeriesWindow
from pipeline.domain.sources import TrajectoryRows
from pipeline.domain.tables import Quarantine, Trajectories, checked, empty
from pipeline.history.cells import out_of_range
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.joined_rows import SOURCE
from pipeline.history.quarantine import orphaned, reject, reject_repeated
from pipeline.history.sorting import duplicated, sorted_rows
from pipeline.history.times.counted import in_hours
from pipeline.history.times.totals import with_totals
from pipeline.history.times.window import BEFORE, OUTSIDE, SINCE, ZERO, placed, seconds, series_windows

_COLUMNS: dict[str, pl.DataType] = {
    "batch_id": pl.String(),
    "tag": pl.String(),
    SINCE: pl.Int64(),
    ZERO: pl.Categorical(),
    "value": pl.Float64(),
}


BACK = "the time goes back: an earlier row of the batch has a later time"
"""Reason for a record out of order."""


@dataclass(frozen=True)
class FoundSeries:
    """The table of sensor values, the quarantine of rows set aside, and what a reader should know about the times."""

    table: pl.DataFrame
    quarantine: pl.DataFrame
    notes: tuple[str, ...]


def find_trajectories(process: Process, typed: Mapping[str, pl.DataFrame], dates: pl.DataFrame) -> FoundSeries:
    """Make the table of sensor values. Missing values are left out, and records outside the process are set aside.

    `dates` holds `batch_id` and the date attributes of each valid batch.
    """
    sources = process.sources_that_give("trajectories")
    windows = series_windows(process, {name: typed[name].schema["moment"] for name in sources})
    parts, before, records = [pl.DataFrame(schema=_COLUMNS)], [pl.DataFrame(schema=_COLUMNS)], [empty(Quarantine)]
    for name, source in sources.items():
        assert isinstance(source, TrajectoryRows)
        rows = typed[name].with_columns(pl.lit(name).alias(SOURCE))
        long, earlier, found = _of_source(rows, name, source, process, windows.of_source[name], dates)
        parts.append(long)
        before.append(earlier)
        records.append(found)
    totalisers = [name for name, attribute in process.attributes.items() if attribute.totaliser]
    rows = with_totals(pl.concat(parts), pl.concat(before), totalisers)
    table = sorted_rows(seconds(rows), ["batch_id", "tag", SINCE]).select("batch_id", "tag", "time", "value")
    return FoundSeries(checked(table, Trajectories, "trajectories"), pl.concat(records), windows.notes)


def _of_source(
    rows: pl.DataFrame, name: str, source: TrajectoryRows, process: Process, window: SeriesWindow, dates: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The values of one source, those before the start that counters need, and the quarantine of rows set aside."""
    rows, orphans = reject(rows, pl.col(SOURCE), orphaned(dates["batch_id"]), source.batch, pl.col("batch_id"))
    rows, astray = _in_order(rows, source)
    rows, doubles = _once(rows, source, list(process.written_in(name)))
    rows = placed(rows, window, dates)
    inside, outside = reject(rows, pl.col(SOURCE), pl.col(OUTSIDE), source.time, _shown(rows))
    long, bad = _long(inside, name, source, process)
    counters = any(process.attributes[sensor].totaliser for sensor in (*source.tags.values(), *process.written_in(name)))
    early = rows.filter(pl.col(OUTSIDE).str.starts_with(BEFORE)) if counters else rows.clear()
    return long, _long(early, name, source, process)[0], pl.concat([orphans, astray, doubles, outside, bad])


def _shown(rows: pl.DataFrame) -> pl.Expr:
    """The time of a record as text."""
    elapsed = isinstance(rows.schema["moment"], pl.Duration)
    return in_hours(pl.col("moment")) if elapsed else pl.col("moment")


def _in_order(rows: pl.DataFrame, source: TrajectoryRows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside records whose time is before that of an earlier row, if the source declares that its records are in order."""
    if not source.in_order:
        return rows, empty(Quarantine)
    key = [FILE, "batch_id", *([] if source.tag is None else ["tag"])]
    back = pl.col("moment") < pl.col("moment").cum_max().over(key, order_by=ROW)
    return reject(rows, pl.col(SOURCE), pl.when(back).then(pl.lit(BACK)), source.time, _shown(rows))


def _once(rows: pl.DataFrame, source: TrajectoryRows, sensors: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep each record once. Of a row with several sensors, only those are set aside that another row contradicts."""
    if source.tag is not None:
        return reject_repeated(rows, pl.col(SOURCE), ["batch_id", "tag", "moment"], ["value"], source.time, _shown(rows))
    twice = duplicated(rows, ["batch_id", "moment"])
    if not twice.any():
        return rows, empty(Quarantine)
    key = ["batch_id", "tag", "moment"]
    place = [FILE, ROW, SOURCE, "batch_id", "moment"]
    cells = rows.filter(twice).unpivot(sensors, index=place, variable_name="tag", value_name="value").drop_nulls("value")
    kept, records = reject_repeated(cells, pl.col(SOURCE), key, ["value"], source.time, _shown(rows))
    again = kept.pivot("tag", on_columns=sensors, index=place, values="value", maintain_order=True)
    said = pl.col("reason").str.replace(" and tag and time", " and time", literal=True)  # a column of the file is no tag
    return pl.concat([rows.filter(~twice), again.select(rows.columns)]), records.with_columns(said).unique(
        maintain_order=True
    )


def _long(rows: pl.DataFrame, name: str, source: TrajectoryRows, process: Process) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per value, with the attribute as tag, and the quarantine of rows set aside."""
    if source.tag is not None:
        rows, bad = _attributes_of_tags(rows, source, process)
    else:
        sensors = list(process.written_in(name))
        rows = rows.unpivot(sensors, index=["batch_id", SINCE, ZERO], variable_name="tag", value_name="value")
        bad = empty(Quarantine)
    return rows.select(*_COLUMNS).cast(_COLUMNS).drop_nulls("value"), bad  # type: ignore[arg-type]


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
