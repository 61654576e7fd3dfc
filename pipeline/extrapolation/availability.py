"""What was known at a date: a protocol that goes back in time learns from the results that were available by then."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from pipeline.domain.batch_columns import AVAILABLE

FIRST, LAST = "first_result_at", "last_result_at"
"""Columns of a batch: from when the first of its results is known, and from when all of them are."""


def with_result_dates(rows: pl.DataFrame, results: pl.DataFrame, targets: Sequence[str]) -> pl.DataFrame:
    """Add to each batch the dates `FIRST` and `LAST` of its results of the targets.

    results: batch_id, attribute and `available_at`. The rows stay as they are if the results have no such column.
    """
    if AVAILABLE not in results.columns:
        return rows
    own = results.filter(pl.col("attribute").is_in(list(targets))).group_by("batch_id")
    dates = own.agg(pl.col(AVAILABLE).min().alias(FIRST), pl.col(AVAILABLE).max().alias(LAST))
    return rows.join(dates, on="batch_id", how="left", maintain_order="left")


def dated(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows that have `FIRST` and `LAST`. No result is known before its batch started.

    rows: batches with these columns; or with the result of one attribute and `available_at`; or without any of them, where the
    start of the batch counts.
    """
    if FIRST in rows.columns:
        first, last = pl.col(FIRST), pl.col(LAST)
    else:
        first = last = pl.col(AVAILABLE if AVAILABLE in rows.columns else "started_at")
    start = pl.col("started_at")
    return rows.with_columns(
        pl.when(one.is_not_null()).then(pl.max_horizontal(one, start)).alias(name)
        for name, one in ((FIRST, first), (LAST, last))
    )


def known_by(rows: pl.DataFrame, as_of: datetime | None) -> pl.DataFrame:
    """Return the rows of one attribute whose result was available at the date of a question; all rows if it has no date."""
    if as_of is None or AVAILABLE not in rows.columns:
        return rows
    return rows.filter(pl.col(AVAILABLE) <= as_of)


def date_of(fold: pl.DataFrame) -> datetime | None:
    """Return the date of the question of one fold; None if it has no date, or if the table of folds has no `as_of`."""
    return fold["as_of"].first() if "as_of" in fold.columns else None  # type: ignore[return-value]


def known_in_folds() -> pl.Expr:
    """Whether a result counts in a fold: it is to be predicted, or it was available at the date of the question.

    Reads the columns role, as_of and available_at.
    """
    dateless = pl.col("as_of").is_null() | (pl.col("role") == "test")
    return dateless | (pl.col(AVAILABLE) <= pl.col("as_of"))
