"""The expected course of each tag with its band: from the plan alone, and updated by what was seen so far."""

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.monitoring.conditioning import band_factors, covariance_of
from pipeline.monitoring.courses import Courses
from pipeline.monitoring.expected import Deviations, ExpectedCourses, PlannedCourses
from pipeline.monitoring.judgement import TagCourse
from pipeline.monitoring.level import nodes_of
from pipeline.monitoring.monitor import Bands, Monitor
from pipeline.monitoring.set_points import partners
from pipeline.monitoring.tag_scale import TagScales

POINTS = 60
"""Points of a course that is shown, at most."""


def planned_paths(monitor: Monitor, row: pl.DataFrame, kind: str) -> tuple[TagCourse, ...]:
    """Return the courses that the plan alone lets expect. row: feature row of one batch; kind: rehearsed kind of question."""
    return paths_of_plan(monitor, monitor.forecasts.expected.planned(row), kind)


def paths_of_plan(monitor: Monitor, planned: PlannedCourses, kind: str) -> tuple[TagCourse, ...]:
    """Return the courses that a plan lets expect. planned: of one batch; kind: rehearsed kind of question."""
    bands = monitor.bands[kind]
    nodes = len(bands.covariance.sizes)
    return _paths(monitor, planned, np.zeros(nodes), bands.factors * bands.covariance.sizes, None)


def expected_paths(monitor: Monitor, found: Deviations, courses: Courses, kind: str) -> tuple[TagCourse, ...]:
    """Return the courses that the plan and the records so far let expect. found: the deviations of one batch so far."""
    expected, bands = monitor.forecasts.expected, monitor.bands[kind]
    shift, size = bands.covariance.updated(flat_nodes(expected, found.sensors, found.samples)[0])
    return _paths(monitor, found, shift, bands.factors * size, courses)


def flat_nodes(expected: ExpectedCourses, sensors: FloatArray, samples: FloatArray) -> FloatArray:
    """Return deviations at the nodes of all tags, (batches, nodes): one sensor after the other, then one sample after the other."""
    reached = np.arange(sensors.shape[1]) < expected.reach
    nodes = nodes_of(np.where(reached[None, :, None], sensors, np.nan), expected.node_points)
    return np.concatenate([part.transpose(0, 2, 1).reshape(len(part), -1) for part in (nodes, samples)], axis=1)


def _paths(
    monitor: Monitor, planned: PlannedCourses, shift: FloatArray, width: FloatArray, courses: Courses | None
) -> tuple[TagCourse, ...]:
    expected, grid = monitor.forecasts.expected, monitor.forecasts.expected.grid
    base = planned.base[0] + planned.sensor_level[0]
    of_sensor = -(-grid.points // expected.node_points)
    every = max(1, expected.reach // POINTS)
    points = np.arange(0, expected.reach, every, dtype=np.float64)
    out = []
    for j, tag in enumerate(grid.sensors):
        own = slice(j * of_sensor, (j + 1) * of_sensor)
        moved, half = (_at(part[own], expected.node_points, points) for part in (shift, width))
        out.append(
            _course(
                monitor, tag, _hours(monitor, points), base[points.astype(int), j] + moved, half, _one(expected.scales, j)
            )
        )
    begin = of_sensor * len(grid.sensors)
    taken = np.asarray(np.arange(grid.sample_points) * grid.sample_step / grid.step, dtype=np.float64)
    inside = taken < expected.reach
    partner = _partner_values(expected, base, courses, taken)
    for k, tag in enumerate(grid.samples):
        own = slice(begin + k * grid.sample_points, begin + (k + 1) * grid.sample_points)
        middle = (partner[:, k] + planned.sample_level[0, :, k] + shift[own])[inside]
        hours = _hours(monitor, taken[inside])
        out.append(_course(monitor, tag, hours, middle, width[own][inside], _one(expected.sample_scales, k)))
    return tuple(out)


def _partner_values(expected: ExpectedCourses, base: FloatArray, courses: Courses | None, taken: FloatArray) -> FloatArray:
    """Return the expected value of the sensor that measures the same as each sample; 0 where there is none.

    Before the end of the records it is the value that was seen.
    """
    grid = expected.grid
    at = np.clip(np.round(taken).astype(int), 0, grid.points - 1)
    values = base[at]
    if courses is not None:
        seen = expected.scales.compared(courses.sensors)[0][at]
        values = np.where(np.isnan(seen), values, seen)
    columns = [np.zeros(len(at)) if j < 0 else values[:, j] for j in partners(expected.process, grid, grid.samples)]
    return np.stack(columns, axis=1) if columns else np.zeros((len(at), 0))


def _one(scales: TagScales, tag: int) -> TagScales:
    return TagScales((scales.logarithm[tag],), (scales.floor[tag],))


def _at(nodes: FloatArray, points_per_node: int, points: FloatArray) -> FloatArray:
    centres = np.arange(len(nodes)) * points_per_node + (points_per_node - 1) / 2
    return np.asarray(np.interp(points, centres, nodes))


def _hours(monitor: Monitor, points: FloatArray) -> FloatArray:
    """Return hours since the start, or the value of the indicator where the process has one."""
    step = monitor.forecasts.expected.grid.step
    return np.asarray(points * step / (3600 if monitor.process.course.indicator is None else 1), dtype=np.float64)


def _course(
    monitor: Monitor, tag: str, hours: FloatArray, middle: FloatArray, half: FloatArray, scale: TagScales
) -> TagCourse:
    ends = [scale.recorded(part[:, None])[:, 0] for part in (middle, middle - half, middle + half)]
    possible = monitor.process.attributes[tag].possible
    median, lower, upper = ends if possible is None else (np.clip(part, *possible) for part in ends)
    return TagCourse(tag, hours, median, lower, upper)


def bands_of(nodes: FloatArray, level: float) -> Bands:
    """Return the bands from the deviations of hidden batches at the nodes of all tags, (batches, nodes)."""
    covariance = covariance_of(nodes)
    return Bands(covariance, band_factors(nodes, covariance.sizes, level))
