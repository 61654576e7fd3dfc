"""Set rows aside: every noun of history that refuses a row says so in the same form."""

import polars as pl

from pipeline.history.read import FILE, ROW

WHY = "_why"


def reject(
    rows: pl.DataFrame, source: pl.Expr, why: pl.Expr, column: str | None = None, value: pl.Expr | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows into those that stay and quarantine records of those for which `why` gives a reason."""
    marked = rows.with_columns(why.cast(pl.String).alias(WHY))
    bad = marked.filter(pl.col(WHY).is_not_null())
    records = bad.select(
        source.cast(pl.String).alias("source"),
        pl.col(FILE).alias("file"),
        pl.col(ROW).alias("row"),
        pl.lit(column, dtype=pl.String).alias("column"),
        (pl.lit(None) if value is None else value).cast(pl.String).alias("value"),
        pl.col(WHY).alias("reason"),
    )
    return marked.filter(pl.col(WHY).is_null()).drop(WHY), records


def orphaned(batches: pl.Series) -> pl.Expr:
    """Say so where a row is about a batch that is not among the valid ones."""
    return pl.when(~pl.col("batch_id").is_in(batches.implode())).then(pl.lit("no valid batch of this name"))


def repeated(rows: pl.DataFrame, key: list[str], what: list[str]) -> pl.Expr:
    """Say why a row is a repetition: an exact one stays once, rows that contradict each other are all set aside."""
    place = pl.format("row {} of {}", pl.col(ROW), pl.col(FILE))
    first = place.first().over(key)
    same = pl.struct(what).n_unique().over(key) == 1 if what else pl.lit(True)
    later = pl.int_range(pl.len()).over(key) > 0
    others = pl.when(later).then(first).otherwise(place.get(1, null_on_oob=True).over(key))
    return (
        pl.when(pl.len().over(key) == 1)
        .then(None)
        .when(same)
        .then(pl.when(later).then(pl.format("repeats {}", first)))
        .otherwise(pl.format("contradicts {}: same {}, other values", others, pl.lit(" and ".join(key))))
    )
