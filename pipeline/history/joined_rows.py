"""Rows of batches: stack the sources of one step, add details by key, correct and derive."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import one_step, sources_of_step
from pipeline.domain.sources import Details
from pipeline.domain.tables import Quarantine, empty
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.correct import correct
from pipeline.history.derive import derive
from pipeline.history.provenance import file_of, row_of, source_of_attributes
from pipeline.history.quarantine import NO_VALID_BATCH, reject, reject_repeated
from pipeline.history.replicates import last_of, mean_rows
from pipeline.history.typed_rows import CENSORING

SOURCE = "_source"
PLACE = (FILE, ROW, SOURCE)
"""Columns that say where a row comes from."""


@dataclass(frozen=True)
class JoinedRows:
    """One row per batch of a step, the quarantine of rows set aside, and the corrected cells."""

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    corrected: pl.DataFrame


def joined_rows(
    process: Process, typed: Mapping[str, pl.DataFrame], step: str | None, pooled: pl.DataFrame | None = None
) -> JoinedRows:
    """Join the sources of one step to one wide row per batch.

    step: None where the process declares no steps. pooled: attributes of earlier steps, one row per batch.
    """
    batch = process.batch if step is None else process.steps[step].batch
    sources = sources_of_step(process, "batches", step)
    stacked = pl.concat([typed[name].with_columns(pl.lit(name).alias(SOURCE)) for name in sources], how="diagonal_relaxed")
    rows, records = _single(stacked, [batch], process)
    if pooled is not None:
        rows = rows.join(pooled, on=batch, how="left", maintain_order="left")
    for name in sources_of_step(process, "details", step):
        rows, set_aside = _add_details(rows, name, batch, typed[name], process)
        records = pl.concat([records, set_aside])
    rules = tuple(rule for rule in process.corrections if one_step(process, rule.attributes()) == step)
    rows, corrected = correct(rows, rules, source_of_attributes(process))
    made = [name for name in process.derivations() if one_step(process, process.derived_from(name)) == step]
    return JoinedRows(derive(rows, process, made), records, corrected)


def _single(
    rows: pl.DataFrame, key: list[str], process: Process, replicates: str = "refuse"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep one row per key. Rows without a key are set aside first. `replicates` says what several rows of a key are."""
    source = pl.col(SOURCE)
    absent = pl.any_horizontal(pl.col(k).is_null() for k in key)
    column, nothing = file_column(process, key[0]), pl.lit(f"no value of {' and '.join(key)}")
    rows, nameless = reject(rows, source, pl.when(absent).then(nothing), column)
    what = [name for name in rows.columns if name not in (*PLACE, *key)]
    if replicates == "mean":
        lab = [(name.removesuffix(CENSORING), name) for name in what if name.endswith(CENSORING)]
        rows, doubles = mean_rows(rows, key, source, lab, PLACE)
    elif replicates == "last":
        rows, doubles = last_of(rows, key, source, column, pl.col(key[0]))
    else:
        rows, doubles = reject_repeated(rows, source, key, what, column, pl.col(key[0]))
    return rows, pl.concat([nameless, doubles])


def _add_details(
    rows: pl.DataFrame, name: str, batch: str, details: pl.DataFrame, process: Process
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Join details to the batches by key. Details without a valid batch are set aside."""
    source = process.sources[name]
    key = list(source.key)
    details = details.with_columns(pl.lit(name).alias(SOURCE))
    details, orphans = _of_batches(details, rows, batch, key, process)
    details, doubles = _single(details, key, process, source.replicates if isinstance(source, Details) else "refuse")
    places = {FILE: file_of(name), ROW: row_of(name)}
    fresh = [column for column in details.columns if column in key or column not in rows.columns or column in (FILE, ROW)]
    joined = rows.join(details.select(fresh).rename(places), on=key, how="left", maintain_order="left", validate="m:1")
    return joined, pl.concat([orphans, doubles])


def _of_batches(
    details: pl.DataFrame, rows: pl.DataFrame, batch: str, key: list[str], process: Process
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside details without a valid batch. Details of a vessel or a code may belong to no batch."""
    if batch not in key:
        return details, empty(Quarantine)
    known = rows.select(key).unique().with_columns(pl.lit(True).alias("_known"))
    marked = details.join(known, on=key, how="left", maintain_order="left")
    complete = pl.all_horizontal(pl.col(k).is_not_null() for k in key)
    orphan = pl.when(pl.col("_known").is_null() & complete).then(pl.lit(f"{NO_VALID_BATCH} {' and '.join(key)}"))
    found, orphans = reject(marked, pl.col(SOURCE), orphan, file_column(process, batch), pl.col(batch))
    return found.drop("_known"), orphans


def file_column(process: Process, attribute: str) -> pl.Expr:
    """Column of the file that an attribute is read from; the attribute itself if the source of the row has no column of it."""
    columns = {column.source: column.column for column in process.attributes[attribute].column}
    return (
        pl.col(SOURCE).replace_strict(columns, default=attribute, return_dtype=pl.String) if columns else pl.lit(attribute)
    )
