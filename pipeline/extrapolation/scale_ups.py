"""Past scale-ups: where a line of batches first reached a larger scale or another site, and what was known then."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import polars as pl

from pipeline.extrapolation.availability import FIRST, LAST


def scale_ups(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the past scale-ups, oldest first: lineage, step, scale_level, site, started_at.

    A scale-up is the first batch of a lineage at a scale above all its earlier scales (`step` is `scale`), or at a new site
    (`step` is `site`).
    """
    ordered = rows.filter(pl.col("started_at").is_not_null()).sort("started_at", "batch_id")
    before = pl.col("scale_level").cum_max().shift(1).over("lineage")
    steps = ordered.with_columns(
        pl.when(pl.col("scale_level") > before).then(pl.lit("scale"))
        .when(before.is_not_null() & pl.col("site").is_first_distinct().over("lineage") & pl.col("site").is_not_null())
        .then(pl.lit("site"))
        .alias("step")
    )  # fmt: skip
    return steps.drop_nulls("step").select("lineage", "step", "scale_level", "site", "started_at")


@dataclass(frozen=True)
class ScaleUp:
    """A row of `scale_ups`."""

    lineage: str
    step: Literal["scale", "site"]
    scale_level: float
    site: str | None
    started_at: datetime

    def here(self) -> pl.Expr:
        """Tell whether a batch is of the lineage at the new scale or site, and not earlier than the scale-up."""
        place = pl.col("scale_level") == self.scale_level if self.step == "scale" else pl.col("site") == self.site
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
