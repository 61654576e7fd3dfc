"""What kind of question a batch asks of a model: how far it lies from what the training batches know.

A model is judged, its members are weighed and its intervals are calibrated on past batches that asked the same kind of
question: `reenact` hides parts of the training rows so that what is hidden asks it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

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


@dataclass(frozen=True)
class TrainingExtent:
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
    def of(cls, rows: pl.DataFrame, refuse: Sequence[str] = (), comparable: Sequence[str] = ()) -> "TrainingExtent":
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
    def from_dict(cls, saved: dict[str, Any]) -> "TrainingExtent":
        """Read what `to_dict` gave."""
        levels = {name: tuple(given) for name, given in saved["levels"].items()}
        ranges = {name: (low, high) for name, (low, high) in saved["ranges"].items()}
        return cls(tuple(saved["products"]), saved["lineages"], saved["largest"], levels, ranges)


def _decades(values: pl.Series) -> tuple[float, float] | None:
    """Smallest and largest value where a positive quantity spans a decade or more."""
    known = values.drop_nulls()
    low, high = (float(known.min()), float(known.max())) if known.len() else (0.0, 0.0)  # type: ignore[arg-type]
    return (low, high) if low > 0 and high >= 10 * low else None


def asked(rows: pl.DataFrame, known: TrainingExtent) -> list[str]:
    """Kinds of question that rows ask."""
    return rows.select(known.shift()).to_series().unique().sort().to_list()
