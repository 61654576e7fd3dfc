"""Past transfers: where a line of batches first reached a larger scale, another site or another device, and what was known then."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import polars as pl

from pipeline.domain.process.axes import Axes, Axis
from pipeline.extrapolation.availability import FIRST, LAST

NO_AXES = Axes()
"""The process definition states no axis."""


def scale_ups(rows: pl.DataFrame, axes: Axes = NO_AXES) -> pl.DataFrame:
    """Return the past transfers, oldest first: lineage, step, by, scale_level, site, equipment, started_at.

    rows: lineage, scale_level, site, started_at and, for the axis `device`, equipment of each batch. `step` is the axis: the
    first batch of a lineage at a scale above all its earlier scales (`scale`), at a new site (`site`), or on a device that
    the lineage never ran on (`device`). A batch that is several of these counts once, in this order. Where the scale is the
    number of devices in parallel, a larger one is a step along `device`. `by` is the column that changes. Only the axes that
    are searched are found.
    """
    ordered = rows.filter(pl.col("started_at").is_not_null()).sort("started_at", "batch_id")
    if "equipment" not in ordered.columns:
        ordered = ordered.with_columns(pl.lit(None, pl.String).alias("equipment"))
    before = pl.col("scale_level").cum_max().shift(1).over("lineage")
    on_devices = pl.col("equipment").is_not_null().cum_sum().shift(1).over("lineage") > 0
    found: dict[str, tuple[Axis, pl.Expr]] = {
        "scale_level": (axes.of_size, pl.col("scale_level") > before),
        "site": ("site", before.is_not_null() & _first("site")),
        "equipment": ("device", on_devices & _first("equipment")),
    }
    declared = {column: (axis, here) for column, (axis, here) in found.items() if axis in axes.searched}
    by = pl.coalesce(pl.when(here).then(pl.lit(column)) for column, (_, here) in declared.items())
    steps = ordered.with_columns(by.alias("by")).drop_nulls("by")
    step = pl.col("by").replace_strict({column: axis for column, (axis, _) in declared.items()}, return_dtype=pl.String)
    return steps.select("lineage", step.alias("step"), "by", "scale_level", "site", "equipment", "started_at")


def _first(column: str) -> pl.Expr:
    """Tell whether a batch is the first of its lineage with its value of a column."""
    return pl.col(column).is_first_distinct().over("lineage") & pl.col(column).is_not_null()


@dataclass(frozen=True)
class ScaleUp:
    """A row of `scale_ups`."""

    lineage: str
    step: Axis
    by: Literal["scale_level", "site", "equipment"]
    scale_level: float
    site: str | None
    equipment: str | None
    started_at: datetime

    @property
    def place(self) -> str | None:
        """The new site or device; None where the scale changes."""
        return {"scale_level": None, "site": self.site, "equipment": self.equipment}[self.by]

    def here(self) -> pl.Expr:
        """Tell whether a batch is of the lineage at the new scale, site or device, and not earlier than the transfer."""
        new = {"scale_level": self.scale_level, "site": self.site, "equipment": self.equipment}[self.by]
        place: pl.Expr = pl.col(self.by) == new
        return (pl.col("lineage") == self.lineage) & place & (pl.col("started_at") >= self.started_at)


def one_scale_up(rows: pl.DataFrame, scale_up: ScaleUp, given: int, least: int) -> pl.DataFrame | None:
    """Return the roles in one scale-up and the date of the question; None if too little was known or none is left to predict."""
    own, started = rows.filter(scale_up.here()), pl.col("started_at")
    before = rows.filter((started < scale_up.started_at) & (pl.col(FIRST) <= scale_up.started_at))
    as_of, train, test = scale_up.started_at, before, own
    if given:
        known = own[LAST].drop_nulls().sort()
        if known.len() < given:
            return None
        as_of = known[given - 1]
        train = rows.filter((started <= as_of) & (pl.col(FIRST) <= as_of))
        test = own.filter(started > as_of)
    if before.height < least or test.is_empty():
        return None
    return pl.concat(
        part.sort("started_at", "batch_id").select(
            "batch_id", pl.lit(role).alias("role"), pl.lit(as_of, pl.Datetime("us")).alias("as_of")
        )
        for role, part in (("train", train), ("test", test))
    )
