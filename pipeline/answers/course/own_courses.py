"""The courses of the product itself: the median course of each tag at each scale that the product ran."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.result.course import OwnCourse
from pipeline.domain.arrays import FloatArray
from pipeline.domain.scale import scale_levels
from pipeline.domain.units import Unit
from pipeline.monitoring.courses import Courses, courses_of
from pipeline.monitoring.grid import CourseGrid
from pipeline.monitoring.monitor import Monitor

SCALES = 4
"""Number of scales at most: those nearest to the proposed scale."""
LEAST_SHARE = 0.5
"""Share of the batches that must have a record at a point. Else the median would jump where batches end."""


@dataclass(frozen=True)
class ScaleCourses:
    """The courses of the product at one scale."""

    scale: float
    """SI."""
    courses: Courses


def courses_by_scale(
    monitor: Monitor, row: pl.DataFrame, rows: pl.DataFrame, trajectories: pl.DataFrame
) -> tuple[ScaleCourses, ...]:
    """Return the courses of the lineage of a proposed batch, the scale nearest to the proposed one first.

    row: feature row of the proposed batch; rows: those of history; trajectories: batch_id, tag, time [s], value. Only complete
    batches count that have no deviation in the log and look like none.
    """
    normal = set(monitor.trained_on) - set(monitor.suspected)
    own = rows.filter((pl.col("lineage") == row["lineage"][0]) & pl.col("batch_id").is_in(list(normal)))
    level = scale_levels(own["scale"], monitor.process.scale.tolerance)
    records = trajectories.filter(pl.col("batch_id").is_in(own["batch_id"].implode()))
    proposed, grid = float(row["scale"][0]), monitor.forecasts.expected.grid
    nearest = sorted(level.unique().sort(), key=lambda scale: abs(math.log(scale / proposed)))[:SCALES]
    return tuple(
        ScaleCourses(scale, courses_of(monitor.process, grid, own.filter(level == scale)["batch_id"].to_list(), records))
        for scale in nearest
    )


def usual_end(found: Sequence[ScaleCourses], grid: CourseGrid) -> float:
    """Return where batches of the product usually end, on the axis of the grid: the latest of all scales."""
    last = [one.courses.last[one.courses.last >= 0] for one in found]
    ends = [float(np.median(own)) for own in last if len(own)]
    return grid.step * max(ends, default=float(grid.usual))


def own_courses(
    found: Sequence[ScaleCourses], grid: CourseGrid, tag: str, positions: FloatArray, unit: Unit, scale: Unit
) -> tuple[OwnCourse, ...]:
    """Return the median courses of one tag at each scale; without those of which no batch records the tag.

    positions: points of the expected course on the axis of the grid; unit: display unit of the tag; scale: that of the scale.
    """
    made = []
    for one in found:
        values = _values(one.courses, grid, tag, positions)
        recorded = values[~np.isnan(values).all(axis=1)]
        if len(recorded) and not np.isnan(middle := _medians(recorded)).all():
            medians = tuple(unit.from_si(float(value)) for value in middle)
            made.append(OwnCourse(scale.from_si(one.scale), scale.label, len(recorded), medians))
    return tuple(made)


def _values(courses: Courses, grid: CourseGrid, tag: str, positions: FloatArray) -> FloatArray:
    """Return the records of a tag at some positions, (batches, positions)."""
    if tag in grid.samples:
        values, step = courses.samples[:, :, grid.samples.index(tag)], grid.sample_step
    else:
        values, step = courses.sensors[:, :, grid.sensors.index(tag)], grid.step
    at = np.minimum(np.round(positions / step).astype(int), values.shape[1] - 1)
    return values[:, at]


def _medians(values: FloatArray) -> FloatArray:
    """Return the median of each column, (positions,); NaN where too few batches have a value."""
    enough = (~np.isnan(values)).mean(axis=0) >= LEAST_SHARE
    out = np.full(values.shape[1], np.nan)
    out[enough] = np.nanmedian(values[:, enough], axis=0)
    return out
