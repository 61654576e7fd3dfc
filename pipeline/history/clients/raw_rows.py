"""What a run of one client may show of the raw rows: their places, their files and their counts."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.history.clients.treatments import TREATMENT
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.left_out import batch_column

KEY = ["source", "file"]
"""Columns that name a file."""


@dataclass(frozen=True)
class RawPlaces:
    """The places of raw rows, by what a run may do with their batches. Each table: source, file, row, batch_id."""

    every: pl.DataFrame
    teaching: pl.DataFrame
    shown: pl.DataFrame


def raw_places(process: Process, rows: Mapping[str, pl.DataFrame], treated: pl.DataFrame) -> RawPlaces:
    """Return the places of all typed rows that belong to a batch."""
    columns = {source: column for source in rows if (column := batch_column(process, source)) is not None}
    every = pl.concat(
        [
            rows[source].select(
                pl.lit(source).alias("source"),
                pl.col(FILE).alias("file"),
                pl.col(ROW).alias("row"),
                pl.col(column).cast(pl.String).alias("batch_id"),
            )
            for source, column in columns.items()
        ]
    )
    named, anonymous = (treated.filter(pl.col(TREATMENT) == one).select("batch_id") for one in ("named", "anonymous"))
    teaching = every.join(pl.concat([named, anonymous]), on="batch_id", how="semi")
    return RawPlaces(every, teaching, every.join(named, on="batch_id", how="semi"))


def file_names(ledger: pl.DataFrame, places: RawPlaces) -> pl.DataFrame:
    """Return source, file and `shown_as`. A file with rows of batches, none of which may be shown, has a number for a name."""
    hidden = places.every.select(KEY).unique().join(places.shown.select(KEY).unique(), on=KEY, how="anti")
    numbered = (
        hidden.sort(KEY)
        .with_row_index("number", 1)
        .with_columns(pl.format("file {} of other clients", "number").alias("shown_as"))
    )
    names = ledger.select(KEY).join(numbered.drop("number"), on=KEY, how="left", maintain_order="left")
    return names.with_columns(pl.coalesce("shown_as", "file").alias("shown_as"))


def with_file_names(table: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return a table with source and file in which the files have the names that may be shown."""
    joined = table.join(names, on=KEY, how="left", maintain_order="left")
    return joined.with_columns(pl.col("shown_as").alias("file")).select(table.columns)


def ledger_within(ledger: pl.DataFrame, all_aside: pl.DataFrame, aside: pl.DataFrame, places: RawPlaces) -> pl.DataFrame:
    """Return the ledger of what a run may use. A row that it may not use counts as left out.

    all_aside, aside: the quarantine of all rows, and of the rows that may be shown.
    """
    whole = [*KEY, "row"]
    valid = places.every.select(whole).unique().join(all_aside.select(whole).unique(), on=whole, how="anti")
    unused = _count(valid.join(places.teaching.select(whole).unique(), on=whole, how="anti"), "unused")
    counted = ledger.join(unused, on=KEY, how="left", maintain_order="left")
    counted = counted.join(_count(aside.select(whole).unique(), "aside"), on=KEY, how="left", maintain_order="left")
    return (
        counted.with_columns(valid=pl.col("valid") - pl.col("unused").fill_null(0), quarantined=pl.col("aside").fill_null(0))
        .with_columns(left_out=pl.col("read") - pl.col("valid") - pl.col("quarantined"))
        .cast({name: ledger.schema[name] for name in ("valid", "quarantined", "left_out")})
        .select(ledger.columns)
    )


def _count(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.group_by(KEY).agg(pl.len().alias(name))
