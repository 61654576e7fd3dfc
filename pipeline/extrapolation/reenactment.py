"""Re-enactment: hide parts of history so that the hidden batches ask a given kind of question."""

from collections.abc import Iterator, Sequence

import polars as pl

from pipeline.extrapolation.kinds import (
    BEYOND_SCALE,
    KIND_COLUMN,
    NEW_LINEAGE,
    NEW_PRODUCT,
    NEW_SCALE,
    NEW_SOURCE,
    NEXT_BATCH,
)
from pipeline.extrapolation.protocols import (
    ForwardInTime,
    LargestScaleOut,
    LeaveProductOut,
    NotApplicableError,
    Protocol,
    assign,
    hold_out,
    roles,
)

NEAREST = {
    NEXT_BATCH: (NEXT_BATCH, NEW_PRODUCT, NEW_LINEAGE),
    NEW_PRODUCT: (NEW_PRODUCT, NEW_LINEAGE, NEXT_BATCH),
    NEW_LINEAGE: (NEW_LINEAGE, NEW_PRODUCT, NEXT_BATCH),
    NEW_SCALE: (NEW_SCALE, NEW_LINEAGE, NEW_PRODUCT, NEXT_BATCH),
    BEYOND_SCALE: (BEYOND_SCALE, NEW_SCALE, NEW_LINEAGE, NEW_PRODUCT, NEXT_BATCH),
    NEW_SOURCE: (NEW_SOURCE, NEW_LINEAGE, NEW_PRODUCT, NEXT_BATCH),
}
"""Kind of question → kinds to re-enact for it. The first one that the rows can show is used."""
LEAST_TRAINED = 2
"""Number of results from which a model is fitted in a re-enactment."""
LEAST_RESULTS = 3
"""Number of results from which an attribute is predicted: each can be hidden once, with `LEAST_TRAINED` left to learn from."""
THIRDS = "thirds"
"""Entry of the column `shift` where the rows can show none of these kinds. Then each third of the batches is hidden in turn."""


def reenact(rows: pl.DataFrame, kind: str, refuse: Sequence[str], folds: int) -> pl.DataFrame:
    """Return folds whose hidden batches ask the kind of question: shift, fold, batch_id, role.

    rows: at least `LEAST_RESULTS`.

    `shift` is the kind that was re-enacted: `kind` itself, the nearest kind that the rows can show, or `thirds`.
    """
    for attempt in NEAREST[kind]:
        try:
            table = _reenact(rows, attempt, refuse, folds)
        except NotApplicableError:
            continue
        if not _usable(table):
            continue
        return table.select(pl.lit(attempt).alias(KIND_COLUMN), "fold", "batch_id", "role")
    numbered = rows.select("batch_id", (pl.int_range(pl.len()) % 3).alias("third"))
    tests = [(third, numbered.filter(pl.col("third") == third)["batch_id"]) for third in range(3)]
    return roles(rows, tests).select(pl.lit(THIRDS).alias(KIND_COLUMN), "fold", "batch_id", "role")


def _usable(folds: pl.DataFrame) -> bool:
    """Tell whether `train_and_test` uses at least one of the folds."""
    counts = folds.group_by("fold").agg((pl.col("role") == role).sum().alias(role) for role in ("train", "test"))
    return bool(((counts["train"] >= LEAST_TRAINED) & (counts["test"] > 0)).any())


def _reenact(rows: pl.DataFrame, kind: str, refuse: Sequence[str], folds: int) -> pl.DataFrame:
    """Return folds for exactly this kind: fold, batch_id, role. Raises NotApplicableError."""
    if kind == BEYOND_SCALE:
        return _largest_scales_out(rows, folds)
    if kind == NEW_LINEAGE:
        return _groups_out(rows, "lineage", folds)
    if kind == NEW_SOURCE:
        return _stacked([_groups_out(rows, name, folds) for name in refuse])
    protocols: dict[str, Protocol] = {
        NEXT_BATCH: ForwardInTime("forward_in_time", folds),
        NEW_PRODUCT: LeaveProductOut("leave_product_out", folds),
        NEW_SCALE: LargestScaleOut("largest_scale_out", folds),
    }
    return assign(rows, protocols[kind])


def _groups_out(rows: pl.DataFrame, group: str, folds: int) -> pl.DataFrame:
    """Return folds that hide whole levels of a grouping."""
    known = rows.filter(pl.col(group).is_not_null())
    if known[group].n_unique() < 2:
        raise NotApplicableError(f"needs at least 2 levels of {group}")
    return hold_out(rows, known, group, folds)


def _largest_scales_out(rows: pl.DataFrame, folds: int) -> pl.DataFrame:
    """Return folds that train up to a scale and hide all batches above it.

    The scales are the largest ones that leave at least a quarter of the rows to train on.
    """
    levels = rows["scale_level"].unique().sort()
    limits = [level for level in levels[:-1] if 4 * (rows["scale_level"] <= level).sum() >= rows.height][-folds:]
    if not limits:
        raise NotApplicableError("no scale leaves enough batches below it")
    return _stacked([_one_fold(rows, pl.col("scale_level") <= limit) for limit in limits])


def _one_fold(rows: pl.DataFrame, train: pl.Expr) -> pl.DataFrame:
    role = pl.when(train).then(pl.lit("train")).otherwise(pl.lit("test"))
    return rows.select(pl.lit(0, pl.Int32).alias("fold"), "batch_id", role.alias("role"))


def _stacked(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the folds of all tables as one table, with fold numbers that do not repeat."""
    if not tables:
        raise NotApplicableError("no grouping refuses unknown levels")
    stacked = []
    first = 0
    for table in tables:
        stacked.append(table.with_columns((pl.col("fold") + first).cast(pl.Int32)))
        first += int(table["fold"].max()) + 1  # type: ignore[arg-type]
    return pl.concat(stacked)


def train_and_test(rows: pl.DataFrame, folds: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame, pl.DataFrame]]:
    """Yield of each fold its number, its training rows and its test rows.

    A fold without test rows, or with fewer than `LEAST_TRAINED` training rows, is left out.
    """
    for (fold,), part in folds.group_by("fold", maintain_order=True):
        train, test = (rows_of_role(rows, part, role) for role in ("train", "test"))
        if train.height >= LEAST_TRAINED and test.height:
            yield int(fold), train, test


def rows_of_role(rows: pl.DataFrame, fold: pl.DataFrame, role: str) -> pl.DataFrame:
    """Return the rows whose batch has the role in a fold."""
    return rows.filter(pl.col("batch_id").is_in(fold.filter(pl.col("role") == role)["batch_id"].implode()))
