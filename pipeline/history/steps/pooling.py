"""What a batch of the last step inherits from the batches of earlier steps that went into it.

A number is the mean weighted by share. This assumes that it mixes linearly by amount: this holds for contents and settings, and
approximately for properties such as a particle size. A number is null unless it is known for all of the material. A text is the one
of most of the material, and null if it is not known for more of it than that. A date is the earliest.
"""

from collections.abc import Collection

import polars as pl

from pipeline.domain.batch_columns import AVAILABLE
from pipeline.domain.process.parts import LABORATORY
from pipeline.history.joined_rows import PLACE
from pipeline.history.typed_rows import CENSORING

WHOLE = 1e-6
"""Shares that sum to 1 within this tolerance are the whole material."""
_SHARE = "__share"
"""Ending of the column with the share of the material that has the text of a row."""


def pooled_rows(
    rows: pl.DataFrame, shares: pl.DataFrame, step_batch: str, batch: str, alike: Collection[str]
) -> pl.DataFrame:
    """Return the attributes of one step for each batch of the last step, which is named in the column `batch`.

    rows: one row per batch of the step, which is named in the column `step_batch`; shares: batch_id, step_batch, share; alike:
    texts that are null where they differ between the pooled batches, such as the product.
    """
    signs = [name for name in rows.columns if name.endswith(CENSORING)]
    names = [name for name in rows.columns if name not in (*signs, step_batch)]
    joined = shares.join(rows, left_on="step_batch", right_on=step_batch, how="inner").sort(
        "batch_id", "share", "step_batch", descending=[False, True, False]
    )
    limits = {name.removesuffix(CENSORING) for name in signs}
    texts = [name for name in names if rows.schema[name] == pl.String and name not in alike]
    joined = joined.with_columns(pl.col("share").sum().over("batch_id", name).alias(name + _SHARE) for name in texts)
    made = joined.group_by("batch_id", maintain_order=True).agg(
        pl.col("step_batch").str.join(" + ").alias(step_batch),
        *(_alike(name) if name in alike else _pooled(name, rows.schema[name], name in limits) for name in names),
        *(_sign(pl.col(name)).alias(name) for name in signs),
    )
    return made.rename({"batch_id": batch})


def pooled_results(results: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """Return results of batches of one step as results of the batches of the last step."""
    joined = shares.join(results, left_on="step_batch", right_on="batch_id", how="inner").sort(
        "batch_id", "attribute", "share", "step_batch", descending=[False, False, True, False]
    )
    one = pl.col(LABORATORY).n_unique() == 1
    pooled = joined.group_by("batch_id", "attribute", maintain_order=True).agg(
        _mean("value", limits=True),
        _sign(pl.col("censoring")).alias("censoring"),
        pl.col(AVAILABLE).max(),
        pl.col(PLACE).first(),
        pl.when(one).then(pl.col(LABORATORY).first()).alias(LABORATORY),
    )
    return pooled.drop_nulls("value")


def pooled_uses(uses: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """Return the shares of lots in batches of one step as shares in the batches of the last step.

    uses: batch_id, material, lot_id, fraction. A material is left out of a batch unless its lots are known for all of the batch.
    """
    joined = shares.join(uses, left_on="step_batch", right_on="batch_id", how="inner")
    part = joined.group_by("batch_id", "material", "lot_id").agg(
        (pl.col("share") * pl.col("fraction")).sum().alias("fraction")
    )
    total = pl.col("fraction").sum().over("batch_id", "material")
    known = part.filter((total - 1).abs() < WHOLE)
    return known.with_columns(pl.col("fraction") / total).sort("batch_id", "material", "lot_id")


def _pooled(name: str, dtype: pl.DataType, limits: bool) -> pl.Expr:
    if dtype.is_numeric():
        return _mean(name, limits=limits)
    if dtype == pl.String:
        return _most(name)
    return pl.col(name).drop_nulls().min() if dtype.is_temporal() else pl.col(name).drop_nulls().first()


def _most(name: str) -> pl.Expr:
    """The text with the largest share of the material; null if the share of which no text is known is larger."""
    share, text = pl.col(name + _SHARE), pl.col(name)
    first = text.drop_nulls().sort_by(-share.filter(text.is_not_null()), maintain_order=True).first()
    known = pl.col("share").filter(text.is_not_null()).sum()
    largest = share.filter(text.is_not_null()).max()
    return pl.when(largest >= 1 - known - WHOLE).then(first).alias(name)


def _alike(name: str) -> pl.Expr:
    return pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first()).alias(name)


def _mean(name: str, *, limits: bool) -> pl.Expr:
    """The mean weighted by share; null unless known for all of the material, or if some results are < and others > a limit."""
    share, value = pl.col("share"), pl.col(name)
    known = ((share * value.is_not_null()).sum() - 1).abs() < WHOLE
    if limits:
        sign = pl.col(name + CENSORING) if name != "value" else pl.col("censoring")
        known = known & ~((sign == "left").any() & (sign == "right").any())
    return pl.when(known).then((share * value).sum() / share.sum()).alias(name)


def _sign(sign: pl.Expr) -> pl.Expr:
    """Whether a pooled result is a limit: it lies below the mean of the written numbers if one of them is an upper limit."""
    return (
        pl.when((sign == "left").any()).then(pl.lit("left"))
        .when((sign == "right").any()).then(pl.lit("right"))
        .otherwise(pl.lit("none"))
    )  # fmt: skip
