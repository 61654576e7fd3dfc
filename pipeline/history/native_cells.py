"""Cells of a workbook that hold more than a text: dates in series, percentages of results, and cells that cannot be read."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import polars as pl

from pipeline.domain.sources import LongResults, TrajectoryRows
from pipeline.domain.times.declared import Elapsed
from pipeline.history.cells import CellReading
from pipeline.history.connectors.raw_table import ELAPSED, FRACTION, MOMENT, PROBLEM


def with_native_problems(
    cells: Mapping[str, CellReading], columns: Mapping[str, str], raw: pl.DataFrame
) -> dict[str, CellReading]:
    """Add to each reading why a cell of the workbook cannot be read. A text that is declared to mean a missing value can be."""
    found = dict(cells)
    for name, cell in cells.items():
        problem = columns[name] + PROBLEM
        if problem in raw.columns:
            unread = pl.when(cell.text.is_not_null()).then(pl.col(problem))
            found[name] = replace(cell, problem=pl.coalesce(unread, cell.problem))
    return found


def native_times(
    raw: pl.DataFrame, source: TrajectoryRows, read: Callable[[pl.DataFrame, TrajectoryRows], pl.DataFrame]
) -> pl.DataFrame:
    """Read the times of a series. A cell that holds a date or a duration is that, whatever the format of the texts is.

    `read` reads the times of rows and adds columns. A date where elapsed times are declared cannot be read, nor a duration where
    the times of a clock are.
    """
    counted = isinstance(source.time_format, Elapsed)
    right, wrong = (source.time + ending for ending in ((ELAPSED, MOMENT) if counted else (MOMENT, ELAPSED)))
    what = "a date, and elapsed times are declared" if counted else "a duration, and the times of a clock are declared"
    if wrong in raw.columns:
        why = pl.when(pl.col(wrong).is_not_null()).then(pl.lit(what))
        present = source.time + PROBLEM in raw.columns
        raw = raw.with_columns((pl.coalesce(source.time + PROBLEM, why) if present else why).alias(source.time + PROBLEM))
    written = read(raw, source)
    if right not in raw.columns:
        return written
    typed = read(raw.with_columns(pl.col(right).alias(source.time)), source).select(pl.exclude(raw.columns))
    native = raw[right].is_not_null()
    return written.with_columns(
        pl.when(native).then(typed[name]).otherwise(written[name]).alias(name) for name in typed.columns
    )


def as_percent(raw: pl.DataFrame, source: LongResults) -> pl.DataFrame:
    """Write a result that a workbook shows as 95 % as 95, where its unit is %."""
    fraction = source.value + FRACTION
    if fraction not in raw.columns or source.unit is None:
        return raw
    percent = (pl.col(fraction) * 100).round_sig_figs(15).cast(pl.String).str.replace(".", source.decimal, literal=True)
    in_percent = pl.col(fraction).is_not_null() & (pl.col(source.unit).str.strip_chars() == "%")
    return raw.with_columns(pl.when(in_percent).then(percent).otherwise(source.value).alias(source.value))
