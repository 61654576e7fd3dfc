"""The points at which courses are compared, and which tags are sensors or samples."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.times.lag import lag
from pipeline.monitoring.known import HOUR
from pipeline.monitoring.position import positions

MOST_POINTS = 400
"""Number of points of a batch of usual length, at most."""
RARER = 6.0
"""A tag with this many times the usual time between two records is a sample, not a sensor."""
LONGEST = 1.5
"""The courses end here, as a multiple of the usual length."""
LEAST_SHARE = 0.3
"""Share of the batches that record a tag, from which on it is watched."""


@dataclass(frozen=True)
class CourseGrid:
    """Points of the course of a batch. A point holds the mean of the records since the point before."""

    sensors: tuple[str, ...]
    """Tags that are recorded often."""
    samples: tuple[str, ...]
    """Tags of samples."""
    step: float
    """Distance of two points: seconds, or the unit of the indicator."""
    points: int
    usual: int
    """Number of points of a batch of usual length."""
    sample_step: float
    """Usual distance of two samples."""
    sample_points: int
    left_out: tuple[str, ...] = ()
    """Tags that too few batches record, or whose values never change."""

    @property
    def held(self) -> int:
        """Number of points for which the newest sample counts: until the next one is late by half."""
        return max(1, round(1.5 * self.sample_step / self.step))

    def share(self, part: float) -> int:
        """Return a share of the usual length in points, at least one."""
        return max(1, round(part * self.usual))


def course_grid(process: Process, trajectories: pl.DataFrame) -> CourseGrid:
    """Return the points for the courses of past batches.

    trajectories: batch_id, tag, time [s], value. Raises ScalebridgeError if there is none.
    """
    placed = positions(process, trajectories)
    if placed.is_empty():
        raise ScalebridgeError(
            f"Process '{process.name}' has no values over time, so no course of a batch can be learned; declare a source "
            "with `gives: trajectories`, or check why its rows were set aside"
        )
    of_tag = _of_tags(placed)
    batches = placed["batch_id"].n_unique()
    watched = of_tag.filter((pl.col("batches") >= LEAST_SHARE * batches) & pl.col("changes"))
    if watched.is_empty():
        raise ScalebridgeError(
            f"No tag of process '{process.name}' changes and is recorded in at least {LEAST_SHARE:.0%} of its {batches} batches, "
            f"so no course can be learned; tags are {', '.join(of_tag['tag'])}"
        )
    length = float(placed.group_by("batch_id").agg(pl.col("position").max())["position"].median())  # type: ignore[arg-type]
    if length <= 0:
        raise ScalebridgeError(
            f"At least half of the {batches} batches of process '{process.name}' have no record after their start, so no course "
            "can be learned; check the times of their records"
        )
    finest = float(watched["between"].min())  # type: ignore[arg-type]
    rare = watched.filter(pl.col("between") >= RARER * max(finest, length / MOST_POINTS))
    if rare.height == watched.height:
        rare = rare.clear()
    sensors = watched.filter(~pl.col("tag").is_in(rare["tag"].implode()))
    step = _step(process, float(sensors["between"].median()), length)  # type: ignore[arg-type]
    usual = max(2, round(length / step))
    sample_step = float(rare["between"].median()) if rare.height else length  # type: ignore[arg-type]
    unused = of_tag.filter(~pl.col("tag").is_in(watched["tag"].implode()))["tag"]
    return CourseGrid(
        tuple(sensors["tag"]),
        tuple(rare["tag"]),
        step,
        int(np.ceil(LONGEST * usual)),
        usual,
        sample_step,
        int(np.ceil(LONGEST * length / sample_step)) + 1,
        tuple(unused),
    )


def _of_tags(placed: pl.DataFrame) -> pl.DataFrame:
    """Return tag, between (usual distance of two records), batches that record it, and whether it changes."""
    gaps = placed.with_columns(pl.col("position").diff().over("batch_id", "tag").alias("gap"))
    return (
        gaps.group_by("tag")
        .agg(
            pl.col("gap").filter(pl.col("gap") > 0).median().fill_null(float("inf")).alias("between"),
            pl.col("batch_id").n_unique().alias("batches"),
            (pl.col("value").n_unique() > 1).alias("changes"),
        )
        .sort("tag")
    )


def _step(process: Process, between: float, length: float) -> float:
    """Return the distance of two points: as declared, or a whole multiple of the time between two records."""
    if process.course.step is not None and process.course.indicator is None:
        return lag(process.course.step).total_seconds()
    if not np.isfinite(between):
        return length
    return between * max(1, int(np.ceil(length / MOST_POINTS / between - 1e-9)))


def hours_of(process: Process, grid: CourseGrid) -> FloatArray:
    """Return the hours since the start of the batch at each point, (points,). With an indicator, return its values instead."""
    return axis_at(process, grid, np.arange(grid.points, dtype=np.float64))


def axis_at(process: Process, grid: CourseGrid, points: FloatArray) -> FloatArray:
    """Return the hours since the start of the batch at some points. With an indicator, return its values [SI] instead."""
    return np.asarray(points * grid.step / (HOUR if process.course.indicator is None else 1.0), dtype=np.float64)


def hour_at(process: Process, grid: CourseGrid, recorded: FloatArray, point: int) -> float:
    """Return the hour of a batch at a point. recorded: hours of its records at each point, (points,), with gaps.

    With an indicator, it is the hour of the newest record up to the point.
    """
    return point * grid.step / HOUR if process.course.indicator is None else float(np.nanmax(recorded[: point + 1]))
