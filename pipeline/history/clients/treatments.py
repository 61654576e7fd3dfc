"""What a run does with each batch: to whom it belongs, and whether it teaches by its name, without it, or not at all."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.scope import Scope

OWNER, TREATMENT = "owner", "treatment"
"""Columns: the client to whom a batch belongs, and what the run does with it (`Treatment`)."""


def treatments(process: Process, batches: pl.DataFrame, rows: Mapping[str, pl.DataFrame], scope: Scope) -> pl.DataFrame:
    """Return `batch_id`, `OWNER` and `TREATMENT` of every batch whose owner is known, also of those that were set aside.

    batches: the batch table; rows: typed rows of each source. Raises ScalebridgeError if a batch belongs to no client, the
    client of the scope has no batch, or the scope names a client without a batch.
    """
    levels = _levels(process, batches, rows, scope)
    owners = {level: scope.owner(level) for level in levels["level"].unique().sort()}
    _check(scope, owners)
    found = {level: scope.treatment(str(owner)) for level, owner in owners.items()}
    return levels.select(
        "batch_id",
        pl.col("level").replace_strict(owners, return_dtype=pl.String).alias(OWNER),
        pl.col("level").replace_strict(found, return_dtype=pl.String).alias(TREATMENT),
    )


def owner_column(process: Process, batches: pl.DataFrame, scope: Scope) -> str:
    """Return the column of the batch table that says to whom a batch belongs.

    Raises ScalebridgeError if the attribute of the scope is no text attribute of the batches.
    """
    column = {process.product: "product", process.site: "site"}.get(scope.attribute, str(scope.attribute))
    check_texts(batches, [column], f"Scope of client '{scope.client}': `attribute` is '{scope.attribute}'")
    return column


def check_texts(batches: pl.DataFrame, names: list[str], place: str) -> None:
    """Raise ScalebridgeError if a name is no text column of the batch table. place: the beginning of the sentence."""
    texts = [name for name, kind in batches.schema.items() if kind == pl.String]
    if unknown := [name for name in names if name not in texts]:
        raise ScalebridgeError(
            f"{place}, but {listed(map(repr, unknown))} is no text attribute of the batches; there are {listed(texts, 20)}"
        )


def _levels(process: Process, batches: pl.DataFrame, rows: Mapping[str, pl.DataFrame], scope: Scope) -> pl.DataFrame:
    """Return batch_id and level. Raw rows tell the level of a batch that was set aside."""
    attribute = str(scope.attribute)
    known = batches.select("batch_id", pl.col(owner_column(process, batches, scope)).alias("level"))
    if nobody := known.filter(pl.col("level").is_null())["batch_id"].to_list():
        raise ScalebridgeError(
            f"Scope of client '{scope.client}': {len(nobody):,} batches without a value of '{attribute}' belong to no client "
            f"({listed(nobody)}); complete their records, or leave them out by an entry in conf/left_out/"
        )
    raw = [
        frame.select(pl.col(process.batch).cast(pl.String).alias("batch_id"), pl.col(attribute).alias("level")).drop_nulls()
        for frame in rows.values()
        if {process.batch, attribute} <= set(frame.columns)
    ]
    return pl.concat([known, *raw]).unique("batch_id", keep="first", maintain_order=True)


def _check(scope: Scope, owners: Mapping[str, str | None]) -> None:
    place, clients = f"Scope of client '{scope.client}'", sorted({owner for owner in owners.values() if owner is not None})
    if unknown := [level for level, owner in owners.items() if owner is None]:
        raise ScalebridgeError(
            f"{place}: {scope.attribute} {listed(map(repr, unknown))} belongs to no client; add it to one of `clients`, which has "
            f"{listed(map(repr, scope.clients), 20)}"
        )
    if scope.client not in clients:
        raise ScalebridgeError(
            f"{place}: no batch belongs to this client; the batches belong to {listed(map(repr, clients), 20)}. Correct `client`"
        )
    if absent := [client for client in scope.teach if client not in clients]:
        raise ScalebridgeError(
            f"{place}: `teach` names {listed(map(repr, absent))}, to whom no batch belongs; the batches belong to "
            f"{listed(map(repr, clients), 20)}. Correct the name, or remove the entry"
        )
