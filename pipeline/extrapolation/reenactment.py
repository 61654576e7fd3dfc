"""Hide parts of history so that what is hidden asks a given kind of question."""

from collections.abc import Iterator, Sequence

import polars as pl

from pipeline.extrapolation.kinds import BEYOND_SCALE, NEW_LINEAGE, NEW_PRODUCT, NEW_SCALE, NEW_SOURCE, NEXT_BATCH
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
"""What to re-enact for a kind of question, and what instead where the training rows cannot show it."""


def reenact(rows: pl.DataFrame, shift: str, refuse: Sequence[str], folds: int) -> pl.DataFrame:
    """Hide parts of training rows so that they ask one kind of question: shift, fold, batch_id, role.

    `shift` names what was re-enacted in the end: where the rows cannot show the kind that is asked, the nearest that they
    can; with nothing to hide by, thirds of the batches.
    """
    for attempt in NEAREST[shift]:
        try:
            found = _reenact(rows, attempt, refuse, folds)
        except NotApplicableError:
            continue
        return found.select(pl.lit(attempt).alias("shift"), "fold", "batch_id", "role")
    thirds = rows.select("batch_id", (pl.int_range(pl.len()) % 3).alias("third"))
    tests = [(third, thirds.filter(pl.col("third") == third)["batch_id"]) for third in range(3)]
    return roles(rows, tests).select(pl.lit("thirds").alias("shift"), "fold", "batch_id", "role")


def _reenact(rows: pl.DataFrame, shift: str, refuse: Sequence[str], folds: int) -> pl.DataFrame:
    if shift == BEYOND_SCALE:
        return _beyond(rows, folds)
    if shift == NEW_LINEAGE:
        return _groups_out(rows, "lineage", folds)
    if shift == NEW_SOURCE:
        return _numbered([_groups_out(rows, name, folds) for name in refuse])
    protocols: dict[str, Protocol] = {
        NEXT_BATCH: ForwardInTime("forward_in_time", folds),
        NEW_PRODUCT: LeaveProductOut("leave_product_out", folds),
        NEW_SCALE: LargestScaleOut("largest_scale_out", folds),
    }
    return assign(rows, protocols[shift])


def _groups_out(rows: pl.DataFrame, group: str, folds: int) -> pl.DataFrame:
    known = rows.filter(pl.col(group).is_not_null())
    if known[group].n_unique() < 2:
        raise NotApplicableError(f"needs at least 2 levels of {group}")
    return hold_out(rows, known, group, folds)


def _beyond(rows: pl.DataFrame, folds: int) -> pl.DataFrame:
    """Learn up to a scale and predict what lies above it, for the largest scales that leave a quarter of the rows to learn from."""
    levels = rows["scale_level"].unique().sort()
    cuts = [c for c in levels[:-1] if 4 * (rows["scale_level"] <= c).sum() >= rows.height][-folds:]
    if not cuts:
        raise NotApplicableError("no scale leaves enough batches below it")
    level = pl.col("scale_level")
    return _numbered([_up_to(rows, level <= cut) for cut in cuts])


def _up_to(rows: pl.DataFrame, known: pl.Expr) -> pl.DataFrame:
    role = pl.when(known).then(pl.lit("train")).otherwise(pl.lit("test"))
    return rows.select(pl.lit(0, pl.Int32).alias("fold"), "batch_id", role.alias("role"))


def _numbered(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Stack tables of folds and number the folds through."""
    if not tables:
        raise NotApplicableError("nothing to hide")
    parts = []
    start = 0
    for table in tables:
        parts.append(table.with_columns((pl.col("fold") + start).cast(pl.Int32)))
        start += int(table["fold"].max()) + 1  # type: ignore[arg-type]
    return pl.concat(parts)


def parts(rows: pl.DataFrame, folds: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame, pl.DataFrame]]:
    """Each fold's number, the rows to learn from and the rows to predict; folds without either are left out."""
    for (fold,), part in folds.group_by("fold", maintain_order=True):
        train, test = (part.filter(pl.col("role") == role)["batch_id"].implode() for role in ("train", "test"))
        known, hidden = rows.filter(pl.col("batch_id").is_in(train)), rows.filter(pl.col("batch_id").is_in(test))
        if known.height > 1 and hidden.height:
            yield int(fold), known, hidden
