"""Which batches are complete, and which still run."""

import polars as pl

from pipeline.domain.process.process import Process


def is_running(process: Process) -> pl.Expr:
    """Tell whether a batch still runs, by the state in its batch record; without a declared state no batch does."""
    running = process.course.running
    if running is None:
        return pl.lit(False)
    return pl.col(running.attribute).is_in(list(running.are)).fill_null(False)


def complete_batches(process: Process, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the feature rows of the batches that are complete. Nothing is learned from a batch that still runs."""
    return rows.filter(~is_running(process))
