"""Leave batches out on purpose. Their rows are counted, and not used.

In a process with steps, a batch is left out of one step. What it gave to other batches stays: these transfers are set aside later,
because it cannot be known what the other batches took.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.left_out import LeftOut
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import batch_of_source, step_of_source
from pipeline.domain.sources import DeviationRows, GenealogyRows, LongResults, TrajectoryRows, TransferRows
from pipeline.domain.tables import LeftOutRows, checked, empty
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.left_out_entries import BATCH, STEP, batches_of_steps, entries_with_steps, named_batches
from pipeline.history.steps.placed_transfers import INDEX, NAME, TOOK, with_steps

_GONE = "_gone"
"""Column of rows: whether their batch is left out."""


def batch_column(process: Process, source: str) -> str | None:
    """Column of the typed rows of a source that names the batch, of a transfer the one that took; None if its rows belong to no
    single batch."""
    if isinstance(process.sources[source], LongResults | GenealogyRows | TrajectoryRows | DeviationRows):
        return "batch_id"
    if isinstance(process.sources[source], TransferRows):
        return "to_batch"
    batch = batch_of_source(process, source)
    return batch if batch in process.written_in(source) else None


@dataclass(frozen=True)
class UsedRows:
    """What is left of the rows when the batches that are left out are taken from them."""

    rows: Mapping[str, pl.DataFrame]
    """Source → typed rows."""
    unreadable: pl.DataFrame
    counted: pl.DataFrame
    """Rows that were taken out, per batch and file (`LeftOutRows`)."""
    left_out: LeftOut
    """The entries, each with the step of its batch."""


def leave_out(process: Process, rows: Mapping[str, pl.DataFrame], unreadable: pl.DataFrame, left_out: LeftOut) -> UsedRows:
    """Take the batches that are left out from the typed rows and from the unreadable cells. Count their rows per file.

    A transfer is a row of the batch that took. It stays if it cannot be told of which step this batch is. Raises
    ScalebridgeError if a batch that is left out occurs in no file, or if it is not clear of which step it is.
    """
    if not left_out.batches:
        return UsedRows(dict(rows), unreadable, empty(LeftOutRows), left_out)
    columns = {source: column for source in rows if (column := batch_column(process, source)) is not None}
    named = named_batches(process, {source: rows[source][column] for source, column in columns.items()}, unreadable)
    entries = entries_with_steps(process, named, left_out)
    decided = _decided(entries)
    known = pl.concat([batches_of_steps(named), decided.drop_nulls(STEP).select(BATCH, STEP)]).unique(maintain_order=True)
    steps = {source: _with_step(process, source, rows[source], pl.col(column), known) for source, column in columns.items()}
    of_unreadable = _steps_of_unreadable(process, unreadable, steps, known)
    places = pl.concat(
        [
            *(_places(found, source, decided) for source, found in steps.items()),
            _places(of_unreadable, pl.col("source"), decided),
        ]
    )
    kept = {source: rows[source].filter(~_is_gone(steps[source], decided)) for source in columns}
    stays = unreadable.filter(~_is_gone(of_unreadable, decided))
    return UsedRows({**rows, **kept}, stays, _counted(places, decided), entries)


def _decided(entries: LeftOut) -> pl.DataFrame:
    """Return the entries as a table."""
    return pl.DataFrame(
        [(one.batch, one.step, one.who, one.when, one.why) for one in entries.batches],
        schema={BATCH: pl.String, STEP: pl.String, "who": pl.String, "when": pl.Date, "why": pl.String},
        orient="row",
    )


def _with_step(process: Process, source: str, rows: pl.DataFrame, batch: pl.Expr, known: pl.DataFrame) -> pl.DataFrame:
    """Return name and step of the batch of each row, and the place of the row, in the order of the rows."""
    one = process.sources[source]
    if not isinstance(one, TransferRows):
        step = pl.lit(step_of_source(process, source), pl.String)
        return rows.select(batch.cast(pl.String).alias(BATCH), step.alias(STEP), FILE, ROW)
    order = list(process.steps)
    names = known.select(
        pl.col(BATCH).alias(NAME), pl.col(STEP).replace_strict(_numbers(order), return_dtype=pl.Int32).alias(INDEX)
    )
    took = pl.col(TOOK).replace_strict(dict(enumerate(order)), return_dtype=pl.String)
    placed = with_steps(rows, names, one, order).select(batch.alias(BATCH), took.alias(STEP), FILE, ROW)
    return _only_step(placed, known)


def _numbers(order: list[str]) -> dict[str, int]:
    return {step: number for number, step in enumerate(order)}


def _only_step(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Fill the step of the batches whose name occurs in one step alone."""
    once = known.filter(pl.len().over(BATCH) == 1).select(BATCH, pl.col(STEP).alias("_only"))
    filled = rows.join(once, on=BATCH, how="left", maintain_order="left")
    return filled.with_columns(pl.coalesce(STEP, "_only").alias(STEP)).drop("_only")


def _steps_of_unreadable(
    process: Process, unreadable: pl.DataFrame, steps: Mapping[str, pl.DataFrame], known: pl.DataFrame
) -> pl.DataFrame:
    """Return name and step of the batch of each record of an unreadable cell, its source and its place, in their order.

    A row of transfers may be kept although a cell of it cannot be read. Its record has the step of the row.
    """
    own = {name: step_of_source(process, name) for name in process.sources}
    stated = own | {name: one.to_step for name, one in process.sources.items() if isinstance(one, TransferRows)}
    transfers = [name for name, one in process.sources.items() if isinstance(one, TransferRows)]
    found = unreadable.select(
        BATCH,
        "source",
        pl.col("file").alias(FILE),
        pl.col("row").alias(ROW),
        pl.col("source").replace_strict(stated, return_dtype=pl.String).alias(STEP),
    )
    placed = pl.concat(
        [
            pl.DataFrame(schema={"source": pl.String, FILE: pl.String, ROW: found.schema[ROW], "_placed": pl.String}),
            *(
                steps[name].select(pl.lit(name).alias("source"), FILE, ROW, pl.col(STEP).alias("_placed"))
                for name in transfers
            ),
        ]
    )
    joined = found.join(placed, on=["source", FILE, ROW], how="left", maintain_order="left")
    filled = joined.with_columns(pl.coalesce(STEP, "_placed").alias(STEP)).drop("_placed")
    return _only_step(filled, known) if process.steps else filled


def _marked(rows: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Add the column `_GONE`. An entry whose step is not known leaves out the batch of this name wherever it stands."""
    anywhere = decided.filter(pl.col(STEP).is_null())[BATCH].implode()
    stepped = decided.drop_nulls(STEP).select(BATCH, STEP, pl.lit(True).alias(_GONE))
    found = rows.join(stepped, on=[BATCH, STEP], how="left", maintain_order="left")
    return found.with_columns((pl.col(_GONE) | pl.col(BATCH).is_in(anywhere)).fill_null(False).alias(_GONE))


def _is_gone(rows: pl.DataFrame, decided: pl.DataFrame) -> pl.Series:
    return _marked(rows, decided)[_GONE]


def _places(rows: pl.DataFrame, source: pl.Expr | str, decided: pl.DataFrame) -> pl.DataFrame:
    """Return batch, step, source, file and row of the rows that are left out."""
    name = source if isinstance(source, pl.Expr) else pl.lit(source)
    return _marked(rows, decided).filter(_GONE).select(BATCH, STEP, name.alias("source"), FILE, ROW)


def _counted(places: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each batch and file, with the decision."""
    counts = places.group_by(BATCH, STEP, "source", pl.col(FILE).alias("file")).agg(pl.col(ROW).n_unique().alias("rows"))
    stepped = counts.join(decided, on=[BATCH, STEP], how="inner", nulls_equal=True)
    named = counts.join(decided.filter(pl.col(STEP).is_null()).drop(STEP), on=BATCH, how="inner")
    both = pl.concat([one.select(LeftOutRows.column_names()) for one in (stepped, named)]).unique(maintain_order=True)
    return checked(both.sort(BATCH, STEP, "source", "file"), LeftOutRows, "left_out")
