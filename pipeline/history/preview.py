"""Batches and results as a run would read them, before the run."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.history.assemble import assemble
from pipeline.history.ingest import ingest


@dataclass(frozen=True)
class HistoryPreview:
    """What `check` needs to know of a history."""

    batches: pl.DataFrame
    """Valid batches, with `scale_level`."""
    results: pl.DataFrame


def preview(process: Process, folder: Path) -> HistoryPreview:
    """Read the files below `folder` and join them, as the stages `ingest` and `validate` do.

    Raises ScalebridgeError if a file or a column is missing, or if no valid batch is left.
    """
    typed = ingest(process, folder).values()
    rows = dict(zip(process.sources, (source.rows for source in typed), strict=True))
    quarantine, ledger = (pl.concat([getattr(source, table) for source in typed]) for table in ("quarantine", "ledger"))
    found = assemble(process, rows, quarantine, ledger)
    level = scale_levels(found.batches["scale"], process.scale.tolerance).alias("scale_level")
    return HistoryPreview(found.batches.with_columns(level), found.results)
