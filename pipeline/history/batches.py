"""Batch rows: stack the sources, add details by key, correct, derive, and set aside unusable rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.batch_columns import batch_attributes
from pipeline.domain.process.process import Process
from pipeline.domain.sources import Details
from pipeline.domain.tables import Batches, Quarantine, batches_contract, checked, empty
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.correct import correct
from pipeline.history.derive import derive, without_logarithm
from pipeline.history.provenance import file_of, row_of, source_of_attributes
from pipeline.history.quarantine import NO_VALID_BATCH, reject, reject_repeated
from pipeline.history.replicates import last_of, mean_rows, scatter_of
from pipeline.history.typed_rows import CENSORING

SOURCE = "_source"
PLACE = (FILE, ROW, SOURCE)
"""Columns that say where a row comes from."""


@dataclass(frozen=True)
class JoinedBatches:
    """Joined batch rows with all attributes, the quarantine of rows set aside, and the corrected cells."""

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    corrected: pl.DataFrame


def find_batches(process: Process, typed: Mapping[str, pl.DataFrame]) -> JoinedBatches:
    """Join all sources that describe batches to one wide row per batch."""
    stacked = pl.concat(
        [typed[name].with_columns(pl.lit(name).alias(SOURCE)) for name in process.sources_that_give("batches")],
        how="diagonal_relaxed",
    )
    rows, records = _single(stacked, [process.batch], process)
    for name, source in process.sources_that_give("details").items():
        rows, set_aside = _add_details(rows, name, list(source.key), typed[name], process)
        records = pl.concat([records, set_aside])
    rows, corrected = correct(rows, process.corrections, source_of_attributes(process))
    rows = derive(rows, process)
    rows, unusable = _usable(rows, process)
    uncomputed = _without_logarithm(rows, process)
    return JoinedBatches(rows, pl.concat([empty(Quarantine), records, unusable, uncomputed]), corrected)


def _single(
    rows: pl.DataFrame, key: list[str], process: Process, replicates: str = "refuse"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep one row per key. Rows without a key are set aside first. `replicates` says what several rows of a key are."""
    source = pl.col(SOURCE)
    absent = pl.any_horizontal(pl.col(k).is_null() for k in key)
    column, nothing = _file_column(process, key[0]), pl.lit(f"no value of {' and '.join(key)}")
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
    rows: pl.DataFrame, name: str, key: list[str], details: pl.DataFrame, process: Process
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Join details to the batches by key. Details without a valid batch are set aside."""
    source = process.sources[name]
    details = details.with_columns(pl.lit(name).alias(SOURCE))
    details, orphans = _of_batches(details, rows, key, process)
    details, doubles = _single(details, key, process, source.replicates if isinstance(source, Details) else "refuse")
    places = {FILE: file_of(name), ROW: row_of(name)}
    fresh = [column for column in details.columns if column in key or column not in rows.columns or column in (FILE, ROW)]
    joined = rows.join(details.select(fresh).rename(places), on=key, how="left", maintain_order="left", validate="m:1")
    return joined, pl.concat([orphans, doubles])


def _of_batches(
    details: pl.DataFrame, rows: pl.DataFrame, key: list[str], process: Process
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside details without a valid batch. Details of a vessel or a code may belong to no batch."""
    if process.batch not in key:
        return details, empty(Quarantine)
    known = rows.select(key).unique().with_columns(pl.lit(True).alias("_known"))
    marked = details.join(known, on=key, how="left", maintain_order="left")
    complete = pl.all_horizontal(pl.col(k).is_not_null() for k in key)
    orphan = pl.when(pl.col("_known").is_null() & complete).then(pl.lit(f"{NO_VALID_BATCH} {' and '.join(key)}"))
    found, orphans = reject(marked, pl.col(SOURCE), orphan, _file_column(process, process.batch), pl.col(process.batch))
    return found.drop("_known"), orphans


def _usable(rows: pl.DataFrame, process: Process) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside batches without a product, without a lineage, or without a scale above zero."""
    needs = {process.lineage: "lineage", process.product: "product", process.scale.attribute: "scale"}
    records = [empty(Quarantine)]
    for name, what in needs.items():
        unusable, reason = pl.col(name).is_null(), "is missing or cannot be derived"
        if name == process.scale.attribute:
            unusable, reason = unusable | (pl.col(name) <= 0), "is missing, is not above zero, or cannot be derived"
        why = pl.when(unusable).then(pl.lit(f"the {what} ('{name}') {reason}"))
        rows, found = reject(rows, pl.col(SOURCE), why, _file_column(process, name), pl.col(name))
        records.append(found)
    return rows, pl.concat(records)


def _without_logarithm(rows: pl.DataFrame, process: Process) -> pl.DataFrame:
    """Return a quarantine record for each cell whose logarithm cannot be computed. The rows stay, without the logarithm."""
    records = [empty(Quarantine)]
    for name, (part, missing) in without_logarithm(process).items():
        why = pl.when(missing).then(pl.lit(f"'{name}' is log10 of '{part}', which is not above zero"))
        value = pl.col(part) / process.attributes[part].si.factor
        records.append(reject(rows, pl.col(SOURCE), why, _file_column(process, part), value)[1])
    return pl.concat(records)


def _file_column(process: Process, attribute: str) -> pl.Expr:
    """Column of the file that an attribute is read from; the attribute itself if the source of the row has no column of it."""
    columns = {column.source: column.column for column in process.attributes[attribute].column}
    return (
        pl.col(SOURCE).replace_strict(columns, default=attribute, return_dtype=pl.String) if columns else pl.lit(attribute)
    )


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
