"""The names that a run must not show, and what stands in their place."""

from collections.abc import Mapping
from hashlib import sha256

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.scope import Scope
from pipeline.history.clients.treatments import OWNER, TREATMENT, check_texts, owner_column

HIDDEN: dict[str, type[pl.DataType]] = {"kind": pl.String, "name": pl.String, "instead": pl.String, "common": pl.Boolean}
"""Columns of the table of hidden names: what is named, its name, what is written instead, and whether the word is common.

`instead` is null where nothing is written. A common word is also something else, such as a vessel: to find it tells nothing."""


def hidden_names(
    process: Process, batches: pl.DataFrame, genealogy: pl.DataFrame, treated: pl.DataFrame, scope: Scope
) -> pl.DataFrame:
    """Return every name that no shown batch has (`HIDDEN`): of batches, clients, products, lineages, lots and further attributes.

    A name that shown batches have as well, such as a lot that two clients consumed, is not hidden. The number behind a replaced
    name follows from the hash of the name, so that its order says nothing.
    """
    every = pl.concat(_named(process, batches, genealogy, treated, scope)).drop_nulls()
    treatment = pl.col(TREATMENT)
    best = every.group_by("name").agg(
        pl.col("kind").first(),
        (treatment == "named").any().alias("shown"),
        (treatment == "anonymous").any().alias("teaches"),
    )
    hidden = best.filter(~pl.col("shown")).with_columns(
        pl.col("name").map_elements(_hash, return_dtype=pl.String).alias("hash")
    )
    number = pl.col("hash").rank("ordinal").over("kind", "teaches").cast(pl.String).str.zfill(3)
    instead = pl.when("teaches").then(pl.format("other {} {}", pl.col("kind"), number)).alias("instead")
    common = pl.col("name").is_in(other_words(batches, named_columns(process, batches, scope)).implode()).alias("common")
    return hidden.with_columns(instead, common).select(list(HIDDEN)).sort("kind", "name")


def named_columns(process: Process, batches: pl.DataFrame, scope: Scope) -> dict[str, str]:
    """Return the columns of the batch table that hold names of a client → what they name.

    Raises ScalebridgeError if `names` of the scope has what is no text attribute of the batches.
    """
    check_texts(batches, list(scope.names), f"Scope of client '{scope.client}': `names` lists attributes")
    products = dict.fromkeys(("product", "lineage", process.product, process.lineage), "product")
    steps = {step.batch: f"{name} batch" for name, step in process.steps.items() if step.batch != process.batch}
    columns = {owner_column(process, batches, scope): "client"} | {name: name for name in scope.names} | products | steps
    return {name: kind for name, kind in columns.items() if batches.schema.get(name) == pl.String}


def replaced(table: pl.DataFrame, columns: Mapping[str, str], hidden: pl.DataFrame) -> pl.DataFrame:
    """Return a table in which the hidden names in some of its columns, the keys of `columns`, are replaced."""
    instead = dict(hidden.drop_nulls("instead").select("name", "instead").iter_rows())
    present = [name for name in columns if name in table.columns]
    return table.with_columns(
        pl.col(name).cast(pl.String).replace(instead).cast(table.schema[name]).alias(name) for name in present
    )


def _named(
    process: Process, batches: pl.DataFrame, genealogy: pl.DataFrame, treated: pl.DataFrame, scope: Scope
) -> list[pl.DataFrame]:
    """Return kind, name and treatment of the names of all batches."""
    used = batches.join(treated, on="batch_id", how="inner")
    lots = genealogy.select("batch_id", "lot_id").unique().join(treated, on="batch_id", how="inner")
    columns = named_columns(process, batches, scope)
    return [
        *(_names(used, column, kind) for column, kind in columns.items()),
        _names(treated, "batch_id", "batch"),
        _names(treated, OWNER, "client"),
        _names(lots, "lot_id", "lot"),
    ]


def other_words(batches: pl.DataFrame, names: Mapping[str, str]) -> pl.Series:
    """Return the levels of all text attributes that do not hold names of a client."""
    others = [name for name, kind in batches.schema.items() if kind == pl.String and name not in {*names, "batch_id"}]
    return pl.concat(
        [batches[name].rename("word").drop_nulls() for name in others] + [pl.Series("word", [], pl.String)]
    ).unique()


def _names(table: pl.DataFrame, column: str, kind: str) -> pl.DataFrame:
    return table.select(pl.lit(kind).alias("kind"), pl.col(column).alias("name"), TREATMENT)


def _hash(name: str) -> str:
    return sha256(name.encode()).hexdigest()
