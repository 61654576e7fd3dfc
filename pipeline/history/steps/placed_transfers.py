"""The steps of a transfer: found by the names of the two batches, where the source does not state them."""

from collections.abc import Sequence

import polars as pl

from pipeline.domain.sources import TransferRows

INDEX, NAME = "_index", "_name"
"""Columns of the names of batches: the place of their step in the order of manufacture, and the name."""
GAVE, TOOK = "_gave", "_took"
"""Columns with the place of the step that gave and of the step that took; null where no place fits, or several do. The step that
took is also known where the source states it."""
WHERE = "_where"
"""Column with the steps between which a transfer may lie, where there are several."""
_NUMBER, _DISTANCE, _WAYS = "_number", "_distance", "_ways"

NOWHERE = pl.coalesce(
    pl.when(pl.col(WHERE).is_not_null()).then(
        pl.format(
            "'{}' and '{}' are batches of several steps: the transfer may lie between {}; declare `from_step` and `to_step`",
            "from_batch",
            "to_batch",
            WHERE,
        )
    ),
    pl.when(pl.col(GAVE).is_null()).then(
        pl.format("'{}' is no batch of a step before that of '{}'", "from_batch", "to_batch")
    ),
)
"""Why a transfer between two known batches has no place; null where it has one."""


def with_steps(rows: pl.DataFrame, names: pl.DataFrame, source: TransferRows, steps: Sequence[str]) -> pl.DataFrame:
    """Add the steps of both batches of a transfer, null where no step has such a batch, or none before that of the other.

    names: `NAME` and `INDEX` of the batches of all steps. Several steps may have batches of one name. The two steps that are
    nearest to each other count. If several are equally near, the transfer has no place; but a batch that keeps its name went from
    the first of them.
    """
    gave, took = (_of_step(names, step, steps) for step in (source.from_step, source.to_step))
    numbered = rows.with_row_index(_NUMBER)
    pairs = (
        numbered.select(_NUMBER, "from_batch", "to_batch")
        .join(gave.select(pl.col(NAME).alias("from_batch"), pl.col(INDEX).alias(GAVE)), on="from_batch")
        .join(took.select(pl.col(NAME).alias("to_batch"), pl.col(INDEX).alias(TOOK)), on="to_batch")
        .filter(pl.col(GAVE) < pl.col(TOOK))
        .with_columns((pl.col(TOOK) - pl.col(GAVE)).alias(_DISTANCE))
    )
    nearest = pairs.filter(pl.col(_DISTANCE) == pl.col(_DISTANCE).min().over(_NUMBER)).sort(_NUMBER, TOOK)
    one = nearest.group_by(_NUMBER, maintain_order=True).agg(
        pl.col(GAVE).first(),
        pl.col(TOOK).first(),
        pl.len().alias(_WAYS),
        pl.format("{} and {}", _step(GAVE, steps), _step(TOOK, steps)).str.join(", or ").alias(WHERE),
    )
    placed = numbered.join(one, on=_NUMBER, how="left", maintain_order="left")
    unclear = (pl.col(_WAYS) > 1).fill_null(False) & (pl.col("from_batch") != pl.col("to_batch"))
    stated = pl.lit(None if source.to_step is None else steps.index(source.to_step), pl.Int32)
    return placed.with_columns(
        pl.when(~unclear).then(pl.col(GAVE)).alias(GAVE),
        pl.coalesce(stated, pl.when(~unclear).then(pl.col(TOOK))).alias(TOOK),
        pl.when(unclear).then(pl.col(WHERE)).alias(WHERE),
        pl.col("from_batch").is_in(gave[NAME].implode()).alias("_known_from_batch"),
        pl.col("to_batch").is_in(took[NAME].implode()).alias("_known_to_batch"),
    ).drop(_NUMBER, _WAYS)


def _of_step(names: pl.DataFrame, step: str | None, steps: Sequence[str]) -> pl.DataFrame:
    return names if step is None else names.filter(pl.col(INDEX) == steps.index(step))


def _step(column: str, steps: Sequence[str]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(steps)), return_dtype=pl.String)
