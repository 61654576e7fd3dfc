"""Join typed sources to the canonical tables. A ledger counts every row: read = valid + quarantined."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.tables import Quarantine, empty
from pipeline.history.batches import batch_dates, batch_table, find_batches, wide_results
from pipeline.history.lots import find_genealogy, find_lots
from pipeline.history.results import long_results, result_table
from pipeline.history.trajectories import find_trajectories


@dataclass(frozen=True)
class AssembledHistory:
    """The canonical tables of one process, with quarantine, corrected cells and the ledger of raw rows."""

    batches: pl.DataFrame
    results: pl.DataFrame
    lots: pl.DataFrame
    genealogy: pl.DataFrame
    trajectories: pl.DataFrame
    quarantine: pl.DataFrame
    corrected: pl.DataFrame
    ledger: pl.DataFrame
    """One row per file: source, file, sha256, rows read, quarantined and valid. A row of several sensors of which one was set
    aside counts as quarantined; its other values are used."""
    notes: tuple[str, ...] = ()
    """Sentences on the times of the series that a reader should know."""

    def tables(self) -> dict[str, pl.DataFrame]:
        """Name → table."""
        return {name: table for name, table in self.__dict__.items() if isinstance(table, pl.DataFrame)}


def assemble(
    process: Process, rows: Mapping[str, pl.DataFrame], unreadable: pl.DataFrame, read: pl.DataFrame
) -> AssembledHistory:
    """Join the typed sources to canonical tables that meet their contracts.

    `rows` holds the typed rows of each source, `unreadable` their unreadable cells and `read` the rows read per file.
    Raises ScalebridgeError if no valid batch is left.
    """
    found = find_batches(process, rows)
    set_aside = [unreadable, found.quarantine]
    if found.rows.is_empty():
        reasons = pl.concat(set_aside)["reason"].unique().sort()
        raise ScalebridgeError(f"Process '{process.name}' has no valid batch; reasons in quarantine are: {listed(reasons)}")
    batches = batch_table(found.rows, process)
    long = {n: long_results(process, n, rows[n], batches["batch_id"]) for n in process.sources_that_give("results")}
    results, doubled = result_table(wide_results(found.rows, process), [good for good, _ in long.values()])
    lots, bad_lots = find_lots(process, rows, found.rows)
    genealogy, bad_genealogy = find_genealogy(process, rows, found.rows)
    series = find_trajectories(process, rows, batch_dates(found.rows, process))
    set_aside += [*(bad for _, bad in long.values()), doubled, bad_lots, bad_genealogy, series.quarantine]
    quarantine = pl.concat([empty(Quarantine), *set_aside]).sort("source", "file", "row", "column", "reason")
    ledger = _ledger(read, quarantine)
    return AssembledHistory(
        batches, results, lots, genealogy, series.table, quarantine, found.corrected, ledger, series.notes
    )


def _ledger(read: pl.DataFrame, quarantine: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each file: read, quarantined and valid."""
    aside = quarantine.group_by("source", "file").agg(pl.col("row").n_unique().alias("quarantined"))
    joined = read.join(aside, on=["source", "file"], how="left", maintain_order="left")
    counts = joined.with_columns(pl.col("quarantined").fill_null(0))
    return counts.with_columns((pl.col("read") - pl.col("quarantined")).alias("valid"))
