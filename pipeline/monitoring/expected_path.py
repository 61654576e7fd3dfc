"""The expected course of each tag with its band: from the plan alone, and updated by what was seen so far."""

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.monitoring.conditioning import band_factors, covariance_of
from pipeline.monitoring.courses import Courses
from pipeline.monitoring.expected import Deviations, ExpectedCourses, PlannedCourses
from pipeline.monitoring.grid import axis_at
from pipeline.monitoring.judgement import TagCourse
from pipeline.monitoring.level import between_nodes, nodes_of
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
    of_sensor = -(-grid.points // expected.node_points)
    begin = of_sensor * len(grid.sensors)
    moved, half = (_at_points(part[:begin], of_sensor, expected.node_points, grid.points) for part in (shift, width))
    middle = planned.base[0] + planned.sensor_level[0] + moved
    points = np.arange(0, expected.reach, max(1, -(-expected.reach // POINTS)))
    out = [
        _course(monitor, tag, points.astype(np.float64), middle[points, j], half[points, j], expected.scales.of(j))
        for j, tag in enumerate(grid.sensors)
    ]
    taken = np.asarray(np.arange(grid.sample_points) * grid.sample_step / grid.step, dtype=np.float64)
    inside = taken < expected.reach
    partner, of_partner = _partners_at(expected, middle, half, courses, taken)
    for k, tag in enumerate(grid.samples):
        own = slice(begin + k * grid.sample_points, begin + (k + 1) * grid.sample_points)
        value = (partner[:, k] + planned.sample_level[0, :, k] + shift[own])[inside]
        ends = np.hypot(of_partner[:, k], width[own])[inside]
        out.append(_course(monitor, tag, taken[inside], value, ends, expected.sample_scales.of(k)))
    return tuple(out)


def _at_points(nodes: FloatArray, of_sensor: int, points_per_node: int, points: int) -> FloatArray:
    """Return values at all points, (points, sensors), from those at the nodes of one sensor after the other."""
    return between_nodes(nodes.reshape(-1, of_sensor), points_per_node, points).T


def _partners_at(
    expected: ExpectedCourses, middle: FloatArray, half: FloatArray, courses: Courses | None, taken: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the value of the sensor that measures the same as each sample, and its half width; 0 where there is none.

    Before the end of the records it is the value that was seen, without any width. After it, it is the expected one: a sample is
    then as uncertain as the sensor and the difference of the two together.
    """
    grid = expected.grid
    at = np.clip(np.round(taken).astype(int), 0, grid.points - 1)
    values, widths = middle[at], half[at]
    if courses is not None:
        seen = expected.scales.compared(courses.sensors)[0][at]
        values, widths = np.where(np.isnan(seen), values, seen), np.where(np.isnan(seen), widths, 0.0)
    sensors = partners(expected.process, grid, grid.samples)
    none = np.zeros((len(at), 1))
    pairs = [(none, none) if j < 0 else (values[:, j : j + 1], widths[:, j : j + 1]) for j in sensors]
    empty = np.zeros((len(at), 0))
    return np.hstack([empty, *(value for value, _ in pairs)]), np.hstack([empty, *(wide for _, wide in pairs)])


def _course(
    monitor: Monitor, tag: str, points: FloatArray, middle: FloatArray, half: FloatArray, scale: TagScales
) -> TagCourse:
    hours = axis_at(monitor.process, monitor.forecasts.expected.grid, points)
    ends = [scale.recorded(part[:, None])[:, 0] for part in (middle, middle - half, middle + half)]
    possible = monitor.process.attributes[tag].possible
    median, lower, upper = ends if possible is None else (np.clip(part, *possible) for part in ends)
    return TagCourse(tag, hours, median, lower, upper)


def bands_of(nodes: FloatArray, level: float) -> Bands:
    """Return the bands from the deviations of hidden batches at the nodes of all tags, (batches, nodes)."""
    covariance = covariance_of(nodes)
    return Bands(covariance, band_factors(nodes, covariance.sizes, level))
