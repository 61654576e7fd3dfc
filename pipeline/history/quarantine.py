"""Set rows aside, with one quarantine record per row in the same form for all tables."""

import polars as pl

from pipeline.domain.tables import Quarantine, empty
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.sorting import duplicated

REASON = "_reason"
NO_VALID_BATCH = "no valid batch has this"
"""Beginning of the reason of a row whose batch has no valid row."""


def reject(
    rows: pl.DataFrame, source: pl.Expr, why: pl.Expr, column: pl.Expr | str | None = None, value: pl.Expr | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows: those that stay, and quarantine records of those for which `why` gives a reason.

    column: name of the column of the file, or an expression if it differs between rows.
    """
    marked = rows.with_columns(why.cast(pl.String).alias(REASON))
    if marked[REASON].null_count() == marked.height:  # the usual case: no copy of millions of rows
        return rows, empty(Quarantine)
    bad = _where(marked, pl.col(REASON).is_not_null())
    records = bad.select(
        source.cast(pl.String).alias("source"),
        pl.col(FILE).alias("file"),
        pl.col(ROW).alias("row"),
        (column if isinstance(column, pl.Expr) else pl.lit(column, dtype=pl.String)).alias("column"),
        (pl.lit(None) if value is None else value).cast(pl.String).alias("value"),
        pl.col(REASON).alias("reason"),
    )
    return _where(marked, pl.col(REASON).is_null()).drop(REASON), records


def with_batch(records: pl.DataFrame, rows: pl.DataFrame, batch: pl.Expr) -> pl.DataFrame:
    """Add to quarantine records of one source the batch that their rows name: `batch`, an expression over the rows."""
    own = rows.filter(pl.col(ROW).is_in(records["row"].unique().implode())).select(FILE, ROW, batch.alias("batch_id"))
    return records.join(own, left_on=["file", "row"], right_on=[FILE, ROW], how="left", maintain_order="left")


def _where(rows: pl.DataFrame, which: pl.Expr | pl.Series) -> pl.DataFrame:
    """Filter, then merge chunks: `pl.format` of polars 2.1 panics on an empty chunk."""
    return rows.filter(which).rechunk()


def orphaned(batches: pl.Series) -> pl.Expr:
    """Give a reason if the batch of a row is not a valid batch."""
    return pl.when(~pl.col("batch_id").is_in(batches.implode())).then(pl.lit(f"{NO_VALID_BATCH} name"))


def reject_repeated(
    rows: pl.DataFrame, source: pl.Expr, key: list[str], what: list[str], column: pl.Expr | str, value: pl.Expr
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside rows whose key occurs more than once.

    Of rows with equal values, the first one stays. Of rows with different values, none stays. Reasons are made for such rows
    only, because few of millions of rows are such.
    """
    twice = duplicated(rows, key)
    if not twice.any():
        return rows, empty(Quarantine)
    numbered = rows.with_row_index(_NUMBER)
    kept, records = reject(_where(numbered, twice), source, _repetition(key, what), column, value)
    return _where(numbered, ~twice | pl.col(_NUMBER).is_in(kept[_NUMBER].implode())).drop(_NUMBER), records


_NUMBER = "_number"
_WORDS = {"batch_id": "batch", "lot_id": "lot", "moment": "time"}


def _in_words(key: list[str]) -> str:
    """Names of the columns of a key, for a reason."""
    return " and ".join(_WORDS.get(name, name) for name in key)


def _repetition(key: list[str], what: list[str]) -> pl.Expr:
    """Reason for a row whose key occurs more than once: the row that it repeats or contradicts."""
    place = pl.format("row {} of {}", pl.col(ROW), pl.col(FILE))
    first = place.first().over(key)
    same = pl.struct(what).n_unique().over(key) == 1 if what else pl.lit(True)
    later = pl.int_range(pl.len()).over(key) > 0
    others = pl.when(later).then(first).otherwise(place.get(1, null_on_oob=True).over(key))
    return (
        pl.when(same)
        .then(pl.when(later).then(pl.format("repeats {}", first)))
        .otherwise(pl.format("contradicts {}: same {}, other values", others, pl.lit(_in_words(key))))
    )
