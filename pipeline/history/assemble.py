"""Join typed sources to the canonical tables. A ledger counts every row: read = valid + quarantined + left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from pipeline.domain.left_out import NONE, LeftOut
from pipeline.domain.process.deviations import deviation_notes
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import last_step
from pipeline.domain.tables import (
    Ancestors,
    BatchStates,
    NamedQuarantine,
    Quarantine,
    StepBatches,
    StepValues,
    Transfers,
    checked,
    empty,
    results_contract,
)
from pipeline.history.availability import notes_on_availability, with_availability
from pipeline.history.batches import batch_dates, batch_table, find_batches, wide_results
from pipeline.history.deviations import find_deviations
from pipeline.history.left_out import batch_column, leave_out
from pipeline.history.lots import find_genealogy, find_lots
from pipeline.history.occupancy import with_batches_of_vessels
from pipeline.history.quarantine import with_batch
from pipeline.history.replicates import replicate_table
from pipeline.history.results import long_results, result_table
from pipeline.history.steps.repeated import repeated_transfers
from pipeline.history.steps.tables import left_out_notes, origin_notes, step_notes, step_tables
from pipeline.history.tables import ANONYMOUS
from pipeline.history.trajectories import find_trajectories

OF_STEPS = ("transfers", "ancestors", "step_batches", "step_values")
"""Tables of the batches of all steps."""


@dataclass(frozen=True)
class AssembledHistory:
    """The canonical tables of one process, with quarantine, corrected cells and the ledger of raw rows."""

    batches: pl.DataFrame
    results: pl.DataFrame
    replicates: pl.DataFrame
    """Results that are means of replicates."""
    lots: pl.DataFrame
    genealogy: pl.DataFrame
    trajectories: pl.DataFrame
    deviations: pl.DataFrame
    """Deviations that a log states; empty where the process has no log."""
    quarantine: pl.DataFrame
    corrected: pl.DataFrame
    left_out: pl.DataFrame
    """Rows of the batches that are left out on purpose, per file."""
    batch_states: pl.DataFrame
    """Every batch of the last step that the batch files name: used, set aside or left out."""
    ledger: pl.DataFrame
    """One row per file: source, file, sha256, rows read, quarantined, left out and valid. A row of several sensors of which one
    was set aside, or of a batch without a logarithm, counts as quarantined; its other values are used."""
    transfers: pl.DataFrame = field(default_factory=lambda: empty(Transfers))
    """Transfers between steps; empty, like the three tables below, where the process declares no steps."""
    ancestors: pl.DataFrame = field(default_factory=lambda: empty(Ancestors))
    step_batches: pl.DataFrame = field(default_factory=lambda: empty(StepBatches))
    step_values: pl.DataFrame = field(default_factory=lambda: empty(StepValues))
    anonymous: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ANONYMOUS))
    """Batches of other clients that teach without their names. No page shows their results one by one."""
    notes: tuple[str, ...] = ()
    """Sentences on the times of series, results and deviations that a reader should know."""

    @property
    def batches_left_out(self) -> int:
        """Number of batches of all steps that are left out on purpose."""
        return self.left_out.select("batch_id", "step").n_unique()

    def tables(self) -> dict[str, pl.DataFrame]:
        """Name → table. A process without steps has none of the tables of `OF_STEPS`."""
        tables = {name: table for name, table in self.__dict__.items() if isinstance(table, pl.DataFrame)}
        return {name: table for name, table in tables.items() if name not in OF_STEPS or not self.step_batches.is_empty()}


def assemble(
    process: Process,
    rows: Mapping[str, pl.DataFrame],
    unreadable: pl.DataFrame,
    read: pl.DataFrame,
    left_out: LeftOut = NONE,
) -> AssembledHistory:
    """Join the typed sources to canonical tables that meet their contracts. The tables are empty if no batch is valid.

    `rows` holds the typed rows of each source, `unreadable` their unreadable cells and `read` the rows read per file. The
    batches of `left_out` are taken out first.
    """
    placed = with_batches_of_vessels(process, rows)
    kept = leave_out(process, placed.rows, pl.concat([unreadable, placed.quarantine]), left_out)
    used, unread, gone = kept.rows, kept.unreadable, kept.counted
    found = find_batches(process, used, kept.left_out)
    batches = batch_table(found.rows, process)
    valid, steps = batches["batch_id"], found.steps
    long = {
        n: long_results(process, n, used[n], steps.names(process, n, valid)) for n in process.sources_that_give("results")
    }
    of_last = [steps.results(process, n, good, valid) for n, (good, _) in long.items()]
    found_results, doubled = result_table(wide_results(found.rows, process), of_last)
    dates = batch_dates(found.rows, process)
    contract = results_contract(process)
    stacked = checked(found_results.select(contract.column_names()), contract, "results")
    results = with_availability(stacked, dates, process)
    lots, bad_lots = find_lots(process, used, found.rows, steps)
    genealogy, bad_genealogy = find_genealogy(process, used, found.rows, steps)
    series = find_trajectories(process, used, dates)
    deviations, bad_deviations = find_deviations(process, used, dates)
    of_results = [*(bad for _, bad in long.values()), doubled]
    set_aside = [found.quarantine, *of_results, bad_lots, bad_genealogy, series.quarantine, bad_deviations]
    later = _with_batches(pl.concat([empty(Quarantine), *set_aside]), process, used)
    quarantine = pl.concat([empty(NamedQuarantine), unread, later]).sort("source", "file", "row", "column", "reason")
    states = _batch_states(process, used, unread, batches["batch_id"], kept.left_out)
    ledger = _ledger(read, quarantine, gone)
    step_batches, step_values = step_tables(process, steps, found.rows, batches)
    notes = (
        *step_notes(step_batches),
        *origin_notes(process, steps),
        *left_out_notes(steps, valid),
        *repeated_transfers(process, used),
        *series.notes,
        *notes_on_availability(results, dates, process),
        *deviation_notes(process),
    )
    return AssembledHistory(
        batches,
        results,
        replicate_table(found_results),
        lots,
        genealogy,
        series.table,
        deviations,
        quarantine,
        found.corrected,
        gone,
        states,
        ledger,
        transfers=steps.transfers,
        ancestors=steps.ancestors.filter(pl.col("batch_id").is_in(valid.implode())),
        step_batches=step_batches,
        step_values=step_values,
        notes=notes,
    )


def _with_batches(records: pl.DataFrame, process: Process, rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Add to each quarantine record the batch that its row names."""
    parts = [empty(NamedQuarantine)]
    for (source,), part in records.group_by("source", maintain_order=True):
        column = batch_column(process, str(source))
        if column is None:
            parts.append(part.with_columns(pl.lit(None, dtype=pl.String).alias("batch_id")))
            continue
        parts.append(with_batch(part, rows[str(source)], pl.col(column)))
    return pl.concat(parts)


def _batch_states(
    process: Process, rows: Mapping[str, pl.DataFrame], unread: pl.DataFrame, valid: pl.Series, left_out: LeftOut
) -> pl.DataFrame:
    """Say of every batch of the last step that the batch files name, and of those that are left out, what became of it."""
    sources = [name for name in process.sources_that_give("batches") if process.batch in process.written_in(name)]
    named = [rows[name].select(pl.col(process.batch).alias("batch_id")) for name in sources]
    named.append(unread.filter(pl.col("source").is_in(sources)).select("batch_id"))
    here = pl.concat([valid.alias("batch_id").to_frame(), *named]).drop_nulls().unique()
    used = pl.col("batch_id").is_in(valid.implode())
    states = here.select("batch_id", pl.when(used).then(pl.lit("used")).otherwise(pl.lit("set aside")).alias("state"))
    of_last = [one.batch for one in left_out.batches if one.step == last_step(process)]
    apart = pl.DataFrame({"batch_id": of_last}, schema={"batch_id": pl.String})
    table = pl.concat([states, apart.with_columns(pl.lit("left out").alias("state"))]).sort("batch_id")
    return checked(table.with_columns(pl.col("state").cast(BatchStates.state.dtype)), BatchStates, "batch_states")


def _ledger(read: pl.DataFrame, quarantine: pl.DataFrame, left_out: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each file: read, quarantined, left out on purpose and valid."""
    aside = quarantine.group_by("source", "file").agg(pl.col("row").n_unique().alias("quarantined"))
    gone = left_out.group_by("source", "file").agg(pl.col("rows").sum().alias("left_out"))
    joined = read
    for counts in (aside, gone):
        joined = joined.join(counts, on=["source", "file"], how="left", maintain_order="left")
    whole = joined.with_columns(pl.col("quarantined", "left_out").fill_null(0).cast(pl.UInt32))
    return whole.with_columns((pl.col("read") - pl.col("quarantined") - pl.col("left_out")).alias("valid"))
