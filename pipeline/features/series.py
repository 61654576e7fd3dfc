"""Features of series that are larger than memory: some batches at a time, in several processes or on a cluster."""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.engine.calls import results_here, results_of
from pipeline.features.table import series_features
from pipeline.history.series_store import RECORDS_AT_ONCE, SeriesPart, partitions_of, parts_of
from pipeline.history.tables import History

MOST_PROCESSES = 8
"""Most processes of one machine. Each takes about 0.3 GB, so all of them stay below 4 GB."""


def features_of_file(
    process: Process, history: History, file: Path, most: int = RECORDS_AT_ONCE, jobs: int | None = None
) -> list[pl.DataFrame]:
    """Return the tables of `series_features` for the canonical records in a file.

    most: records in memory per process; jobs: number of processes of this machine; None: one per core, at most eight. The
    cluster is not used, since it may not have the file.
    """
    parts = parts_of([str(file)], in_order=True, most=most)
    found = results_here([partial(_of_part, process, history, part) for part in parts], jobs or _processes())
    return _stacked(list(found))


def features_of_partitions(
    process: Process, history: History, address: str, most: int = RECORDS_AT_ONCE, jobs: int | None = None
) -> pl.DataFrame:
    """Return a row of series features per batch, from a folder or bucket of Parquet files in which each batch lies in one folder.

    address: as `partitions_of` takes it. A folder is one call, in a process of this machine or on the cluster, whose workers must
    reach the same address. Raises ScalebridgeError if a batch lies in two folders, or a file cannot be read.
    """
    partitions = partitions_of(address)
    calls = [partial(_of_files, process, history, files, most) for files in partitions.values()]
    found = list(results_of(calls, jobs or _processes()))
    _refuse_divided(dict(zip(partitions, found, strict=True)))
    tables = _stacked(found)
    names = pl.concat([table.select("batch_id") for table in tables]).unique().sort("batch_id")
    for table in tables:
        names = names.join(table, on="batch_id", how="left", maintain_order="left")
    return names


def _of_files(process: Process, history: History, files: Sequence[str], most: int) -> list[pl.DataFrame]:
    """Return the tables of the batches of some files, which are read some batches at a time."""
    return _stacked([_of_part(process, history, part) for part in parts_of(files, in_order=False, most=most)])


def _of_part(process: Process, history: History, part: SeriesPart) -> list[pl.DataFrame]:
    return series_features(process, replace(history, trajectories=part.read()))


def _stacked(parts: Sequence[Sequence[pl.DataFrame]]) -> list[pl.DataFrame]:
    """Return each table of all parts."""
    return [pl.concat(tables) for tables in zip(*parts, strict=True)]


def _refuse_divided(found: dict[str, list[pl.DataFrame]]) -> None:
    """Raise ScalebridgeError if a batch occurs in two folders: its features would be those of a part of it."""
    own = [
        pl.concat([table.select("batch_id") for table in tables]).unique().with_columns(folder=pl.lit(folder))
        for folder, tables in found.items()
        if tables
    ]
    if not own:
        raise ScalebridgeError("The process definition offers no feature of a series; declare `operations` with `tags`")
    several = pl.concat(own).filter(pl.col("batch_id").is_duplicated()).sort("batch_id", "folder")
    if not several.is_empty():
        batch = several["batch_id"][0]
        folders = several.filter(pl.col("batch_id") == batch)["folder"]
        raise ScalebridgeError(
            f"Batch '{batch}' lies in several folders: {listed(folders, 3)}. Its records must lie in one, such as that of its site "
            "and product; write the files again"
        )


def _processes() -> int:
    return min(os.cpu_count() or 1, MOST_PROCESSES)
