"""Batches and results as a run will read them, before the run."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.history.batches import batch_table, find_batches, wide_results
from pipeline.history.connectors.files import read_source
from pipeline.history.results import long_results, result_table
from pipeline.history.typed_rows import needed_columns, type_source

READ = ("batches", "details", "results")
"""What the sources give that are read. Lots and values over time do not decide which protocols apply, and take long to read."""


@dataclass(frozen=True)
class HistoryPreview:
    """The part of a history that decides which protocols apply."""

    batches: pl.DataFrame
    """Valid batches, with `scale_level`."""
    results: pl.DataFrame
    """Valid results of these batches."""


def preview(process: Process, folder: Path) -> HistoryPreview:
    """Read batches and results below `folder`, as the stages `ingest` and `validate` do.

    Raises ScalebridgeError if a file or a column is missing, or if no valid batch is left.
    """
    typed = {
        name: type_source(name, source, process, read_source(name, source, folder, needed_columns(name, source, process)))
        for name, source in process.sources.items()
        if source.gives in READ
    }
    rows = {name: one.rows for name, one in typed.items()}
    found = find_batches(process, rows)
    if found.rows.is_empty():
        quarantine = pl.concat([found.quarantine, *(one.quarantine for one in typed.values())])
        raise ScalebridgeError(f"Process '{process.name}' has no valid batch: {_main_reason(quarantine)}")
    batches = batch_table(found.rows, process)
    long = [long_results(process, n, rows[n], batches["batch_id"])[0] for n in process.sources_that_give("results")]
    results, _ = result_table(wide_results(found.rows, process), long)
    level = scale_levels(batches["scale"], process.scale.tolerance).alias("scale_level")
    return HistoryPreview(batches.with_columns(level), results)


def _main_reason(quarantine: pl.DataFrame) -> str:
    """Return the most frequent reason why rows are set aside, with its number of cells and its column."""
    if quarantine.is_empty():
        return "its files hold no row"
    counts = (
        quarantine.group_by("source", "column", "reason").len().sort("len", "source", "column", "reason", descending=True)
    )
    source, column, reason, count = counts.row(0)
    return f"{count} cells in column '{column}' of source '{source}' are set aside ({reason})"
