"""The expected course of every tag, and the deviations of batches from it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.process.process import Process
from pipeline.models.base import Task
from pipeline.monitoring.courses import Courses
from pipeline.monitoring.grid import CourseGrid, hours_of
from pipeline.monitoring.level import NODES, TagLevel, between_nodes, fit_level, level_task, nodes_of
from pipeline.monitoring.set_points import Response, changes_of, learned_response, partners, set_points
from pipeline.monitoring.tag_scale import TagScales, tag_scales
from pipeline.monitoring.windows import at_samples

LEAST_STATED = 0.5
"""Share of past batches that must state a set-point, so that the tag is compared with it."""
LEAST_RUNNING = 0.05
"""Courses are judged up to the point that this share of past batches reaches."""


@dataclass(frozen=True)
class PlannedCourses:
    """What the plan of batches lets expect, on the scale on which courses are compared."""

    base: FloatArray
    """(batches, points, sensors): set-point as the tag follows it; 0 where there is none."""
    sensor_level: FloatArray
    """(batches, points, sensors): level of history beside the set-point."""
    sample_level: FloatArray
    """(batches, sample points, samples)."""


@dataclass(frozen=True)
class Deviations(PlannedCourses):
    """Courses on the scale on which they are compared, and the parts that explain them: value = base + level + deviation."""

    sensors: FloatArray
    """Deviation from base and level, (batches, points, sensors)."""
    sample_base: FloatArray
    """(batches, sample points, samples): the tag that measures the same quantity; 0 where there is none."""
    samples: FloatArray
    """Deviation, (batches, sample points, samples)."""


@dataclass(frozen=True)
class ExpectedCourses:
    """What the plan lets expect of each tag, learned from past batches."""

    process: Process
    grid: CourseGrid
    scales: TagScales
    sample_scales: TagScales
    responses: tuple[Response | None, ...]
    """Of each sensor; None where it has no set-point."""
    levels: tuple[TagLevel, ...]
    sample_levels: tuple[TagLevel, ...]
    reach: int
    """Number of points that enough past batches reached."""

    @property
    def node_points(self) -> int:
        """Number of points per node of a sensor."""
        return -(-self.grid.points // NODES)

    @property
    def hours(self) -> FloatArray:
        """Hours since the start at each point, or the values of the indicator."""
        return hours_of(self.process, self.grid)

    def base(self, rows: pl.DataFrame) -> FloatArray:
        """Return the set-point of each sensor as the tag follows it, on the scale of comparison, (batches, points, sensors)."""
        out = np.zeros((rows.height, self.grid.points, len(self.grid.sensors)))
        for j, (tag, response) in enumerate(zip(self.grid.sensors, self.responses, strict=True)):
            if response is not None:
                profile = _profile(self.process, self.grid, self.scales, j, rows)
                out[:, :, j] = response.followed(profile, self.hours, changes_of(self.process, tag, rows))
        return out

    def level(self, rows: pl.DataFrame) -> tuple[FloatArray, FloatArray]:
        """Return the levels of the sensors at all points, and of the samples at all sample points."""
        length, points = self.grid.points, self.node_points
        sensors = [between_nodes(level.course(rows), points, length) for level in self.levels]
        samples = [level.course(rows) for level in self.sample_levels]
        empty = np.zeros((rows.height, self.grid.sample_points, 0))
        return np.stack(sensors, axis=2), np.stack(samples, axis=2) if samples else empty

    def planned(self, rows: pl.DataFrame) -> PlannedCourses:
        """Return what the plan of batches lets expect. rows: their feature rows."""
        return PlannedCourses(self.base(rows), *self.level(rows))

    def deviations(self, courses: Courses, rows: pl.DataFrame) -> Deviations:
        """Return the deviations of batches. rows: their feature rows, in the same order."""
        plan = self.planned(rows)
        values, samples = self.scales.compared(courses.sensors), self.sample_scales.compared(courses.samples)
        sample_base = _sample_base(self.process, self.grid, values, courses.sampled)
        return Deviations(
            plan.base,
            plan.sensor_level,
            plan.sample_level,
            values - plan.base - plan.sensor_level,
            np.nan_to_num(sample_base),
            samples - sample_base - plan.sample_level,
        )


def _profile(process: Process, grid: CourseGrid, scales: TagScales, sensor: int, rows: pl.DataFrame) -> FloatArray:
    """Return the set-point of a sensor on its scale of comparison, (batches, points)."""
    profile = set_points(process, grid.sensors[sensor], rows, hours_of(process, grid))
    return scales.of(sensor).compared(profile[:, :, None])[:, :, 0]


def _sample_base(process: Process, grid: CourseGrid, values: FloatArray, sampled: IntArray) -> FloatArray:
    """Return the value of the sensor that measures the same as each sample, when it was taken; 0 where there is no such sensor."""
    partner = partners(process, grid, grid.samples)
    taken = at_samples(values, sampled)
    columns = [np.zeros(sampled.shape) if j < 0 else taken[:, :, j] for j in partner]
    return np.stack(columns, axis=2) if columns else np.zeros((*sampled.shape, 0))


def fit_expected(process: Process, grid: CourseGrid, courses: Courses, rows: pl.DataFrame, task: Task) -> ExpectedCourses:
    """Learn the expected courses from past batches. rows: their feature rows; task: the features that a plan has."""
    size = rows["scale"].to_numpy()
    scales = tag_scales(courses.sensors, size)
    sample_scales = _with_partners(process, grid, scales, tag_scales(courses.samples, size))
    values = scales.compared(courses.sensors)
    responses: list[Response | None] = []
    for j, tag in enumerate(grid.sensors):
        responses.append(_response(process, grid, scales, j, tag, values[:, :, j], rows))
    reach = _reach(courses)
    bare = ExpectedCourses(process, grid, scales, sample_scales, tuple(responses), (), (), reach)
    nodes = nodes_of(values - bare.base(rows), bare.node_points)
    samples = sample_scales.compared(courses.samples) - _sample_base(process, grid, values, courses.sampled)
    levels = [fit_level(nodes[:, :, j], rows, level_task(task, tag)) for j, tag in enumerate(grid.sensors)]
    of_samples = [fit_level(samples[:, :, j], rows, level_task(task, tag)) for j, tag in enumerate(grid.samples)]
    return ExpectedCourses(process, grid, scales, sample_scales, tuple(responses), tuple(levels), tuple(of_samples), reach)


def _with_partners(process: Process, grid: CourseGrid, sensors: TagScales, samples: TagScales) -> TagScales:
    """Return the scales of the samples. One that is compared with a sensor has the scale of that sensor."""
    pairs = [
        (samples.logarithm[k], samples.floor[k]) if j < 0 else (sensors.logarithm[j], sensors.floor[j])
        for k, j in enumerate(partners(process, grid, grid.samples))
    ]
    return TagScales(tuple(log for log, _ in pairs), tuple(floor for _, floor in pairs))


def _response(
    process: Process, grid: CourseGrid, scales: TagScales, sensor: int, tag: str, values: FloatArray, rows: pl.DataFrame
) -> Response | None:
    """Return how a sensor follows its set-point; None where it has none, or few batches state it."""
    if tag not in process.course.set_points:
        return None
    profile = _profile(process, grid, scales, sensor, rows)
    if (~np.isnan(profile)).any(axis=1).mean() < LEAST_STATED:
        return None
    return learned_response(values, profile, hours_of(process, grid), changes_of(process, tag, rows))


def _reach(courses: Courses) -> int:
    """Return the number of points that enough batches reach."""
    last = np.sort(courses.last)[::-1]
    return int(last[max(int(LEAST_RUNNING * len(last)) - 1, 0)]) + 1
