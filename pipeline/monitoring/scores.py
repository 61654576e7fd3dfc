"""Scores of whole batches: many at once, each with the limit of the kind of question that it asks."""

from collections.abc import Iterator

import polars as pl

from pipeline.extrapolation.kinds import KIND_COLUMN, KINDS
from pipeline.monitoring.courses import Courses, courses_of
from pipeline.monitoring.monitor import Monitor, nearest
from pipeline.monitoring.scoring import Scored
from pipeline.monitoring.statistic import averaged

TOGETHER = 200
"""Batches that are scored at once, so that memory does not grow with their number."""


def scored_batches(
    monitor: Monitor, rows: pl.DataFrame, trajectories: pl.DataFrame
) -> Iterator[tuple[pl.DataFrame, Courses, Scored]]:
    """Yield batches of one kind of question with their courses and scores. rows: feature rows of the batches.

    The kind is a column of the yielded rows. The forecasts read the rows as given: an attribute may have the name of that column.
    """
    stands_for = {kind: nearest(kind, tuple(monitor.scorings)) for kind in KINDS}
    kinds = rows.with_columns(monitor.extent.kind()).with_columns(
        pl.col(KIND_COLUMN).replace_strict(stands_for, return_dtype=pl.String).alias("_near")
    )
    grid = monitor.forecasts.expected.grid
    for (near,), own in kinds.group_by("_near", maintain_order=True):
        for begin in range(0, own.height, TOGETHER):
            part = own[begin : begin + TOGETHER].drop("_near")
            courses = courses_of(monitor.process, grid, part["batch_id"].to_list(), trajectories)
            plans = part.select("batch_id").join(rows, on="batch_id", how="left", maintain_order="left")
            residuals = monitor.forecasts.residuals(courses, plans)
            yield part, courses, monitor.scorings[str(near)].scored(list(averaged(residuals, courses, grid, monitor.config)))
