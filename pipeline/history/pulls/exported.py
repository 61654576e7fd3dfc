"""The files of a process as tables of a database: columns whose cells can all be read get a type, others stay text."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.sources import DeviationRows, LongResults, Source, TrajectoryRows
from pipeline.domain.times.declared import Clock, WrittenTimes
from pipeline.history.cells import number
from pipeline.history.connectors.files import columns_of, files_of
from pipeline.history.times.written import written_times
from pipeline.history.typed_rows import needed_columns


def tables_of(process: Process, name: str, source: Source, folder: Path) -> Iterator[pl.DataFrame]:
    """Yield the rows of the files of a source, as a database would hold them. Nothing comes from a source without a file.

    folder: the raw files of the process. Files of text are joined, so that a column has one type; files of Parquet have types.
    """
    files = files_of(source, folder)
    frames = (columns_of(path, source.format) for path in files)
    if source.format.kind == "parquet":
        yield from frames
    elif files:
        rows = pl.concat(list(frames), how="diagonal_relaxed")
        yield typed(
            rows, numbers=_numbers(name, source, process), times=_times(name, source, process), decimal=source.decimal
        )


def typed(rows: pl.DataFrame, numbers: set[str], times: dict[str, WrittenTimes], decimal: str) -> pl.DataFrame:
    """Give a type to each column of numbers or times whose cells can all be read.

    >>> typed(pl.DataFrame({"a": ["1,5", ""], "b": ["1,5", "n.d."]}), {"a", "b"}, {}, ",").rows()
    [(1.5, '1,5'), (None, 'n.d.')]
    """
    text = {
        name: pl.col(name).str.strip_chars().replace("", None) for name in rows.columns if rows.schema[name] == pl.String
    }
    found = {name: number(text[name], decimal) for name in numbers & text.keys()}
    found |= {name: written_times(text[name], form) for name, form in times.items() if name in text}
    whole = rows.select(
        (value.is_null() & text[name].is_not_null()).any().not_().alias(name) for name, value in found.items()
    )
    readable = [name for name in whole.columns if whole[name][0]]
    return rows.with_columns(found[name].alias(name) for name in readable)


def _numbers(name: str, source: Source, process: Process) -> set[str]:
    return {column for column, use in needed_columns(name, source, process).items() if use == "number"}


def _times(name: str, source: Source, process: Process) -> dict[str, WrittenTimes]:
    """Column → how its times are written."""
    found: dict[str, WrittenTimes] = {
        column.column: column.date for _, column in process.written_in(name).values() if column.date is not None
    }
    if isinstance(source, LongResults | DeviationRows) and source.available is not None:
        found[source.available.column] = source.available.date
    if isinstance(source, DeviationRows) and source.began is not None:
        found[source.began.column] = source.began.date
    if isinstance(source, TrajectoryRows) and isinstance(source.time_format, Clock):
        found[source.time] = source.time_format
    return found
