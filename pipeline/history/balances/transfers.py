"""Transfers between steps against the records of the batches: what was handed over, and what was received."""

import math

import polars as pl

from pipeline.history.balances.amounts import CAME_OUT, GIVEN_ERROR, RELATIVE_ERROR

OTHER = "other_dimension"
"""Column that tells whether the transfers of a batch have another dimension than the amounts of the balance."""


def handed_over(rows: pl.DataFrame, step: str, transfers: pl.DataFrame, dimension: str) -> pl.DataFrame:
    """Compare what the next steps took of each batch with what it gave: `taken` is what it gave, `given` what they took.

    rows: batches of the step with their amounts. transfers: columns from_step, from_batch, to_step, to_batch, quantity (SI) and
    dimension. dimension: that of the amounts, such as `mass`. Batches without a transfer are left out. A transfer is taken to be as
    repeatable as the amounts of the batch itself.
    """
    moved = _moved(transfers.filter(pl.col("from_step") == step), "from_batch", dimension)
    error = pl.col(GIVEN_ERROR) * math.sqrt(2)
    return _against(rows, moved, pl.col("given"), pl.col("moved"), error)


def received(rows: pl.DataFrame, step: str, transfers: pl.DataFrame, dimension: str) -> pl.DataFrame:
    """Compare what each batch took by its own record with its transfers: `taken` is their sum, `given` is the record.

    rows, transfers and dimension: see `handed_over`. Batches without a transfer are left out.
    """
    moved = _moved(transfers.filter(pl.col("to_step") == step), "to_batch", dimension)
    return _against(rows, moved, pl.col("moved"), pl.col("taken"), pl.lit(None, pl.Float64))


def _moved(transfers: pl.DataFrame, batch: str, dimension: str) -> pl.DataFrame:
    """Sum of the quantities of each batch; null if one of them is not known or has another dimension."""
    other = (pl.col("quantity").is_not_null() & (pl.col("dimension") != dimension)).any()
    known = pl.col("quantity").is_not_null().all() & ~other
    total = pl.when(known).then(pl.col("quantity").sum()).cast(pl.Float64)
    return transfers.group_by(pl.col(batch).alias("batch_id"), maintain_order=True).agg(
        total.alias("moved"), other.alias(OTHER)
    )


def _against(rows: pl.DataFrame, moved: pl.DataFrame, taken: pl.Expr, given: pl.Expr, error: pl.Expr) -> pl.DataFrame:
    both = rows.join(moved, on="batch_id", how="inner", maintain_order="left")
    return both.with_columns(
        taken.alias("taken"),
        given.alias("given"),
        pl.lit(None, pl.Float64).alias("lost"),
        given.alias(CAME_OUT),
        error.alias(RELATIVE_ERROR),
    )
