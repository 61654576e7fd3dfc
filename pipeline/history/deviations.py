"""The table of stated deviations: which batch left its expected course, by which cause, since when, and from when that is known."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.batch_columns import AVAILABLE, BEGAN
from pipeline.domain.process.availability import resolution
from pipeline.domain.process.deviations import begins_are_placed
from pipeline.domain.process.process import Process
from pipeline.domain.sources import DeviationRows
from pipeline.domain.tables import Deviations, Quarantine, checked, empty
from pipeline.history.availability import deviations_with_availability
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.joined_rows import SOURCE
from pipeline.history.quarantine import orphaned, reject, reject_repeated
from pipeline.history.results import with_column
from pipeline.history.times.dates import end_of

_START, _END, _LAST = "_start", "_end", "_last"
_KEY = ["batch_id", "cause", BEGAN]
_HOUR = 3.6e9
"""Microseconds of an hour."""


def find_deviations(
    process: Process, typed: Mapping[str, pl.DataFrame], dates: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make the table of stated deviations, and the quarantine of rows set aside.

    `dates` holds `batch_id` and the date attributes of each valid batch.
    """
    parts, records = [], [empty(Quarantine)]
    for name, source in process.sources_that_give("deviations").items():
        assert isinstance(source, DeviationRows)
        rows, found = _of_source(typed[name].with_columns(pl.lit(name).alias(SOURCE)), source, process, dates)
        parts.append(rows)
        records.append(found)
    if not parts:
        return empty(Deviations), empty(Quarantine)
    rows = pl.concat(parts).with_columns(
        pl.col(AVAILABLE).min().over(_KEY)
    )  # a deviation that is stated again was known before
    columns = {name: getattr(source, "cause", "") for name, source in process.sources_that_give("deviations").items()}
    column = pl.col(SOURCE).replace_strict(columns, return_dtype=pl.String)
    once, twice = reject_repeated(rows, pl.col(SOURCE), _KEY, [], column, pl.col("cause"))
    table = deviations_with_availability(once.select(Deviations.column_names()), dates, process)
    return checked(table.sort("batch_id", BEGAN, "cause"), Deviations, "deviations"), pl.concat([*records, twice])


def _of_source(
    rows: pl.DataFrame, source: DeviationRows, process: Process, dates: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The deviations of one source, and the quarantine of rows set aside."""
    rows, orphans = reject(rows, pl.col(SOURCE), orphaned(dates["batch_id"]), source.batch, pl.col("batch_id"))
    rows = _placed(rows, source, process, dates)
    column = None if source.began is None else source.began.column
    rows, outside = reject(rows, pl.col(SOURCE), _why_outside(process), column, pl.col(BEGAN))
    hours = (pl.col(BEGAN) - pl.col(_START)).cast(pl.Int64) / _HOUR
    since = hours.clip(lower_bound=0)  # a date without a time of day may begin before the batch
    known = rows.with_columns(pl.col("cause").replace(dict(source.names)), since.alias(BEGAN))
    return known.select(FILE, ROW, SOURCE, *Deviations.column_names()), pl.concat([orphans, outside])


def _placed(rows: pl.DataFrame, source: DeviationRows, process: Process, dates: pl.DataFrame) -> pl.DataFrame:
    """Rows with the start and the end of their batch, and the last moment that the written begin can mean."""
    rows = with_column(with_column(rows, BEGAN, pl.Datetime("us")), AVAILABLE, pl.Datetime("us"))
    names = {_START: process.started, _END: process.ended} if begins_are_placed(process) else {_START: None, _END: None}
    known = dates.select(
        "batch_id",
        *(
            (pl.lit(None, pl.Datetime("us")) if name is None else pl.col(name)).cast(pl.Datetime("us")).alias(alias)
            for alias, name in names.items()
        ),
    )
    last = pl.col(BEGAN) if source.began is None else end_of(pl.col(BEGAN), resolution([source.began.date]))
    return rows.join(known, on="batch_id", how="left", maintain_order="left").with_columns(last.alias(_LAST))


def _why_outside(process: Process) -> pl.Expr:
    """Give a reason for a deviation that did not begin within its batch."""
    early = pl.when(pl.col(_LAST) < pl.col(_START)).then(
        pl.lit(f"began before the start of the batch ('{process.started}')")
    )
    late = pl.when(pl.col(BEGAN) > pl.col(_END)).then(pl.lit(f"began after the end of the batch ('{process.ended}')"))
    return pl.coalesce(early, late)
