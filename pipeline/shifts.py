"""What kind of question a batch asks of a model: how far it lies from what the training batches know.

A model is judged, its members are weighed and its intervals are calibrated on past batches that asked the same kind of
question: `reenact` hides parts of the training rows so that what is hidden asks it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.folds import (
    ForwardInTime,
    LargestScaleOut,
    LeaveProductOut,
    NotApplicableError,
    Protocol,
    assign,
    hold_out,
    roles,
)

NEXT_BATCH = "next_batch"
NEW_PRODUCT = "new_product"
NEW_LINEAGE = "new_lineage"
NEW_SCALE = "new_scale"
BEYOND_SCALE = "beyond_scale"
NEW_SOURCE = "new_source"
SHIFTS = (NEXT_BATCH, NEW_PRODUCT, NEW_LINEAGE, NEW_SCALE, BEYOND_SCALE, NEW_SOURCE)
"""A known product at a known scale; an unknown product of a known line; an unknown line; a known line above its largest
scale, where others ran; above the largest scale of all; with a level never seen of a group that matters."""
SAME_SCALE = 0.1
"""Scales that differ by less than this share are one."""
NEAREST = {
    NEXT_BATCH: (NEXT_BATCH, NEW_PRODUCT, NEW_LINEAGE),
    NEW_PRODUCT: (NEW_PRODUCT, NEW_LINEAGE, NEXT_BATCH),
    NEW_LINEAGE: (NEW_LINEAGE, NEW_PRODUCT, NEXT_BATCH),
    NEW_SCALE: (NEW_SCALE, NEW_LINEAGE, NEW_PRODUCT, NEXT_BATCH),
    BEYOND_SCALE: (BEYOND_SCALE, NEW_SCALE, NEW_LINEAGE, NEW_PRODUCT, NEXT_BATCH),
    NEW_SOURCE: (NEW_SOURCE, NEW_LINEAGE, NEW_PRODUCT, NEXT_BATCH),
}
"""What to re-enact for a kind of question, and what instead where the training rows cannot show it."""


@dataclass(frozen=True)
class Known:
    """What training batches know, as far as it decides the kind of a question."""

    products: tuple[str, ...]
    lineages: dict[str, float]
    """Line of batches → its largest scale."""
    largest: float
    levels: dict[str, tuple[str, ...]]
    """Group of which an unseen level is refused → its known levels."""
    ranges: dict[str, tuple[float, float]]
    """Comparable quantity that spans decades → its smallest and largest value."""

    @classmethod
    def of(cls, rows: pl.DataFrame, refuse: Sequence[str] = (), comparable: Sequence[str] = ()) -> "Known":
        """Take what matters from training rows."""
        top = rows.group_by("lineage").agg(pl.col("scale").max()).sort("lineage")
        levels = {name: tuple(rows[name].drop_nulls().unique().sort()) for name in refuse}
        ranges = {name: found for name in comparable if (found := _decades(rows[name])) is not None}
        products = tuple(rows["product"].unique().sort())
        return cls(products, dict(top.iter_rows()), float(rows["scale"].max()), levels, ranges)  # type: ignore[arg-type]

    def shift(self) -> pl.Expr:
        """Kind of question of each row, from the columns product, lineage, scale and the groups that may refuse."""
        room = 1 + SAME_SCALE
        own = pl.col("lineage").replace_strict(self.lineages, default=None, return_dtype=pl.Float64)
        unseen = [self.unseen(name) for name in self.levels]
        return (
            pl.when(pl.any_horizontal(unseen) if unseen else pl.lit(False)).then(pl.lit(NEW_SOURCE))
            .when(pl.col("scale") > self.largest * room).then(pl.lit(BEYOND_SCALE))
            .when(pl.col("scale") > own * room).then(pl.lit(NEW_SCALE))
            .when(own.is_null()).then(pl.lit(NEW_LINEAGE))
            .when(~pl.col("product").is_in(list(self.products))).then(pl.lit(NEW_PRODUCT))
            .otherwise(pl.lit(NEXT_BATCH))
            .alias("shift")
        )  # fmt: skip

    def unseen(self, name: str) -> pl.Expr:
        """Tell whether the level of a group is stated and not among the known."""
        return pl.col(name).is_not_null() & ~pl.col(name).is_in(list(self.levels[name]))

    def reasons(self) -> pl.Expr:
        """Why a row cannot be answered for, or null: a level never seen of a group that matters, or far beyond all experience.

        A quantity may lie as many decades outside its range as the range is wide, as in the linear part of the models.
        """
        new = [
            pl.when(self.unseen(name)).then(
                pl.format(f"no batch was made with {name} '{{}}'; history holds {', '.join(levels[:5])}", pl.col(name))
            )
            for name, levels in self.levels.items()
        ]
        far = [
            pl.when((pl.col(name) > high * high / low) | (pl.col(name) < low * low / high)).then(
                pl.format(
                    f"{name} = {{}} is too far outside {low:.3g} to {high:.3g}, all that history holds (SI)", pl.col(name)
                )
            )
            for name, (low, high) in self.ranges.items()
        ]
        return pl.coalesce(*new, *far, pl.lit(None, dtype=pl.String)).alias("reason")

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "products": list(self.products),
            "lineages": self.lineages,
            "largest": self.largest,
            "levels": {name: list(levels) for name, levels in self.levels.items()},
            "ranges": {name: list(ends) for name, ends in self.ranges.items()},
        }

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Known":
        """Read what `to_dict` gave."""
        levels = {name: tuple(given) for name, given in saved["levels"].items()}
        ranges = {name: (low, high) for name, (low, high) in saved["ranges"].items()}
        return cls(tuple(saved["products"]), saved["lineages"], saved["largest"], levels, ranges)


def _decades(values: pl.Series) -> tuple[float, float] | None:
    """Smallest and largest value where a positive quantity spans a decade or more."""
    known = values.drop_nulls()
    low, high = (float(known.min()), float(known.max())) if known.len() else (0.0, 0.0)  # type: ignore[arg-type]
    return (low, high) if low > 0 and high >= 10 * low else None


def asked(rows: pl.DataFrame, known: Known) -> list[str]:
    """Kinds of question that rows ask."""
    return rows.select(known.shift()).to_series().unique().sort().to_list()


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
