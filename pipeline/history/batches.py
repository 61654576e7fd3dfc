"""Batch rows: one wide row per batch of the last step, with unusable rows set aside."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.batch_columns import batch_attributes
from pipeline.domain.left_out import NONE, LeftOut
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import last_step, step_of
from pipeline.domain.tables import Batches, Quarantine, batches_contract, checked, empty
from pipeline.history.derive import without_logarithm
from pipeline.history.joined_rows import SOURCE, file_column, joined_rows
from pipeline.history.provenance import source_of_attributes
from pipeline.history.quarantine import reject
from pipeline.history.replicates import scatter_of
from pipeline.history.steps.step_history import StepHistory, find_steps
from pipeline.history.steps.untraced import ORIGIN, untraced_batches
from pipeline.history.typed_rows import CENSORING


@dataclass(frozen=True)
class JoinedBatches:
    """Joined batch rows with all attributes, the quarantine of rows set aside, and the corrected cells."""

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    corrected: pl.DataFrame
    steps: StepHistory
    """What the steps before the last recorded, and which of their batches each batch is made of."""


def find_batches(process: Process, typed: Mapping[str, pl.DataFrame], left_out: LeftOut = NONE) -> JoinedBatches:
    """Join all sources that describe batches to one wide row per batch.

    Attributes of steps before the last are pooled over the batches of these steps that went into a batch. left_out: batches whose
    rows are not in `typed`, each with its step.
    """
    steps = find_steps(process, typed, left_out)
    own = joined_rows(process, typed, last_step(process), steps.pooled)
    traced, untraced = _traced(own.rows, process, steps)
    rows, unusable = _usable(traced, process)
    uncomputed = _without_logarithm(rows, process)
    records = pl.concat([empty(Quarantine), own.quarantine, steps.quarantine, untraced, unusable, uncomputed])
    return JoinedBatches(rows, records, pl.concat([steps.corrected, own.corrected]), steps)


def _traced(rows: pl.DataFrame, process: Process, steps: StepHistory) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside batches whose lineage, product or scale an earlier step recorded, if not all of their material is traced to it.

    The value of a record is the batch whose origin is not known.
    """
    records = [empty(Quarantine)]
    for name, what in _needed(process).items():
        step = step_of(process, name)
        if step not in steps.rows:
            continue
        places = rows.join(untraced_batches(steps, str(step)), left_on=process.batch, right_on="batch_id", how="left")
        why = pl.when(pl.col(name).is_null() & pl.col(ORIGIN).is_not_null()).then(
            pl.lit(f"the {what} ('{name}') is not known: not all material of this batch can be traced to step '{step}'")
        )
        kept, found = reject(places, pl.col(SOURCE), why, file_column(process, name), pl.col(ORIGIN))
        rows = kept.drop(ORIGIN)
        records.append(found)
    return rows, pl.concat(records)


def _needed(process: Process) -> dict[str, str]:
    """Attribute without which a batch cannot be used → what it is."""
    return {process.lineage: "lineage", process.product: "product", process.scale.attribute: "scale"}


def _usable(rows: pl.DataFrame, process: Process) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside batches without a product, without a lineage, or without a scale above zero."""
    records = [empty(Quarantine)]
    for name, what in _needed(process).items():
        unusable, reason = pl.col(name).is_null(), "is missing or cannot be derived"
        if process.steps:
            reason = (
                "is missing, cannot be derived, or differs between the batches of earlier steps that went into the batch; see the "
                "transfers to this batch"
            )
        if name == process.scale.attribute:
            unusable, reason = unusable | (pl.col(name) <= 0), "is missing, is not above zero, or cannot be derived"
        why = pl.when(unusable).then(pl.lit(f"the {what} ('{name}') {reason}"))
        rows, found = reject(rows, pl.col(SOURCE), why, file_column(process, name), pl.col(name))
        records.append(found)
    return rows, pl.concat(records)


def _without_logarithm(rows: pl.DataFrame, process: Process) -> pl.DataFrame:
    """Return a quarantine record for each cell whose logarithm cannot be computed. The rows stay, without the logarithm."""
    records = [empty(Quarantine)]
    for name, (part, missing) in without_logarithm(process).items():
        why = pl.when(missing).then(pl.lit(f"'{name}' is log10 of '{part}', which is not above zero"))
        value = pl.col(part) / process.attributes[part].si.factor
        records.append(reject(rows, pl.col(SOURCE), why, file_column(process, part), value)[1])
    return pl.concat(records)


def batch_table(rows: pl.DataFrame, process: Process) -> pl.DataFrame:
    """Select the columns of the batch contract, sorted by batch."""

    def own(name: str | None, kind: pl.DataType) -> pl.Expr:
        return pl.lit(None, dtype=kind) if name is None else pl.col(name).cast(kind)

    present = [name for name in batch_attributes(process) if name in rows.columns]
    frame = rows.select(
        pl.col(process.batch).alias("batch_id"),
        pl.col(process.product).alias("product"),
        pl.col(process.lineage).alias("lineage"),
        pl.col(process.scale.attribute).alias("scale"),
        own(process.site, pl.String()).alias("site"),
        own(process.equipment, pl.String()).alias("equipment"),
        own(process.started, pl.Datetime("us")).alias("started_at"),
        *(pl.col(name) for name in present if name not in Batches.column_names()),
    )
    return checked(frame.sort("batch_id"), batches_contract(process), "batches")


def batch_dates(rows: pl.DataFrame, process: Process) -> pl.DataFrame:
    """The dates of each batch, with its name as `batch_id`."""
    dates = [
        name for name, a in process.attributes.items() if a.kind == "date" and name in rows.columns and name != process.batch
    ]
    return rows.select(pl.col(process.batch).alias("batch_id"), *(pl.col(name) for name in dates))


def wide_results(rows: pl.DataFrame, process: Process) -> pl.DataFrame:
    """Laboratory results from columns of the batch rows, one row per result, with what is known of their replicates."""
    places = source_of_attributes(process)
    lab = [name for name in places if f"{name}{CENSORING}" in rows.columns]
    parts = [
        rows.select(
            pl.col(process.batch).alias("batch_id"),
            pl.lit(name).alias("attribute"),
            pl.col(name).alias("value"),
            pl.col(f"{name}{CENSORING}").alias("censoring"),
            *scatter_of(name, rows.columns if _replicates_count(name, places[name], process) else ()),
        ).filter(pl.col("value").is_not_null())
        for name in lab
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema=_RESULT)


def _replicates_count(name: str, source: str, process: Process) -> bool:
    """Whether several rows of a source show the scatter of one result: each is of a batch, and no correction names the result."""
    of_batch = source in process.sources and process.batch in process.sources[source].key
    return of_batch and all(name not in rule.attributes() for rule in process.corrections)


_RESULT = {"batch_id": pl.String, "attribute": pl.String, "value": pl.Float64, "censoring": pl.String}
