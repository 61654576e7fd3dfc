"""Set rows aside: every noun of history that refuses a row says so in the same form."""

import polars as pl

from pipeline.domain.tables import Quarantine, empty
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.sorting import duplicated

WHY = "_why"


def reject(
    rows: pl.DataFrame, source: pl.Expr, why: pl.Expr, column: str | None = None, value: pl.Expr | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows into those that stay and quarantine records of those for which `why` gives a reason."""
    marked = rows.with_columns(why.cast(pl.String).alias(WHY))
    if marked[WHY].null_count() == marked.height:  # usual, and millions of rows need no copy
        return rows, empty(Quarantine)
    bad = _where(marked, pl.col(WHY).is_not_null())
    records = bad.select(
        source.cast(pl.String).alias("source"),
        pl.col(FILE).alias("file"),
        pl.col(ROW).alias("row"),
        pl.lit(column, dtype=pl.String).alias("column"),
        (pl.lit(None) if value is None else value).cast(pl.String).alias("value"),
        pl.col(WHY).alias("reason"),
    )
    return _where(marked, pl.col(WHY).is_null()).drop(WHY), records


def _where(rows: pl.DataFrame, which: pl.Expr | pl.Series) -> pl.DataFrame:
    """Filter without leaving a chunk empty, at which `pl.format` of polars 2.1 panics."""
    return rows.filter(which).rechunk()


def orphaned(batches: pl.Series) -> pl.Expr:
    """Say so where a row is about a batch that is not among the valid ones."""
    return pl.when(~pl.col("batch_id").is_in(batches.implode())).then(pl.lit("no valid batch of this name"))


def reject_repeated(
    rows: pl.DataFrame, source: pl.Expr, key: list[str], what: list[str], column: str, value: pl.Expr
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside repetitions of a key: an exact one stays once, rows that contradict each other do not stay at all.

    The words are made for the rows of doubled keys alone, since hardly any row of millions is one.
    """
    twice = duplicated(rows, key)
    if not twice.any():
        return rows, empty(Quarantine)
    numbered = rows.with_row_index(_NUMBER)
    kept, records = reject(_where(numbered, twice), source, _repetition(key, what), column, value)
    return _where(numbered, ~twice | pl.col(_NUMBER).is_in(kept[_NUMBER].implode())).drop(_NUMBER), records


_NUMBER = "_number"


def _repetition(key: list[str], what: list[str]) -> pl.Expr:
    """Say which other row a row of a doubled key repeats or contradicts."""
    place = pl.format("row {} of {}", pl.col(ROW), pl.col(FILE))
    first = place.first().over(key)
    same = pl.struct(what).n_unique().over(key) == 1 if what else pl.lit(True)
    later = pl.int_range(pl.len()).over(key) > 0
    others = pl.when(later).then(first).otherwise(place.get(1, null_on_oob=True).over(key))
    return (
        pl.when(same)
        .then(pl.when(later).then(pl.format("repeats {}", first)))
        .otherwise(pl.format("contradicts {}: same {}, other values", others, pl.lit(" and ".join(key))))
    )
