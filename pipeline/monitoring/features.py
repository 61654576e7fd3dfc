"""What a forecast of a deviation reads: earlier deviations, samples, set-points, events, the time and quantities of the plan."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.monitoring.courses import Courses
from pipeline.monitoring.expected import Deviations, ExpectedCourses
from pipeline.monitoring.past import OWN, frame, named
from pipeline.monitoring.set_points import events_of
from pipeline.monitoring.windows import at_samples, earlier, newest, trailing_mean

LAGS = (1, 2, 4)
"""Earlier deviations that a forecast reads, as multiples of how far ahead it is made."""
CHANGES = (1, 2, 4)
"""Points over which changes of the set-points are read."""
EVENT_BEFORE, EVENT_AFTER = 24, 48
"""Points before and after an event beyond which its distance is not told."""
SAMPLE_LAGS = 3
"""Number of earlier samples that a forecast of a sample reads."""


@dataclass(frozen=True)
class BatchInputs:
    """Batches as the forecasts read them."""

    courses: Courses
    deviations: Deviations
    rows: pl.DataFrame
    events: FloatArray
    """(batches, events): point at which each event is planned."""
    plan: dict[str, FloatArray]
    """Quantity of the plan → (batches,)."""


def inputs_of(expected: ExpectedCourses, courses: Courses, rows: pl.DataFrame, quantities: tuple[str, ...]) -> BatchInputs:
    """Return batches as the forecasts read them. rows: feature rows in the order of the courses."""
    timed = expected.process.course.indicator is None
    events = events_of(expected.process, rows) * 3600 / expected.grid.step if timed else np.empty((rows.height, 0))
    plan = {name: np.asarray(rows[name].cast(pl.Float64).to_numpy(), dtype=np.float64) for name in quantities}
    return BatchInputs(courses, expected.deviations(courses, rows), rows, events, plan)


def sensor_columns(inputs: BatchInputs, expected: ExpectedCourses, ahead: int | None) -> dict[str, FloatArray]:
    """Return what all forecasts of sensors read, name → (batches, points). ahead: points; None reads nothing of the past."""
    grid, found = expected.grid, inputs.deviations
    shape = found.sensors.shape[:2]
    columns = _plan_columns(inputs, shape, np.broadcast_to(np.arange(shape[1]), shape))
    for j, tag in enumerate(grid.sensors):
        if expected.responses[j] is not None and tag in expected.process.course.set_points:
            base = found.base[:, :, j : j + 1]
            for points in CHANGES:
                columns[f"change{points}.{tag}"] = (base - earlier(base, points))[:, :, 0]
    if ahead is None:
        return columns
    means = trailing_mean(found.sensors, max(1, ahead // 2))
    for lag in LAGS:
        columns |= named(f"before{lag}", earlier(means, lag * ahead), grid.sensors)
    samples = newest(found.samples, inputs.courses.known, shape[1], grid.held)
    return columns | named("sample", earlier(samples, ahead), grid.samples)


def own_columns(inputs: BatchInputs, sensor: int, ahead: int | None) -> dict[str, FloatArray]:
    """Return what the forecast of one sensor reads besides: its level, and its value and roughness before."""
    found = inputs.deviations
    level = found.sensor_level[:, :, sensor : sensor + 1]
    columns = {"level": level[:, :, 0]}
    if ahead is None:
        return columns
    own = found.sensors[:, :, sensor : sensor + 1]
    window = max(2, ahead)
    mean = trailing_mean(own, window)
    rough = trailing_mean(np.abs(own - mean), 2 * window)
    with np.errstate(divide="ignore"):
        columns["roughness"] = np.log(earlier(rough, ahead))[:, :, 0]
    columns["value"] = earlier(trailing_mean(own + level, max(1, ahead // 2)), ahead)[:, :, 0]
    columns[OWN] = earlier(trailing_mean(own, max(1, ahead // 2)), ahead)[:, :, 0]
    return {name: np.where(np.isfinite(values), values, np.nan) for name, values in columns.items()}


def own_sample_columns(inputs: BatchInputs, sample: int, back: int | None) -> dict[str, FloatArray]:
    """Return what the forecast of one sample reads besides: its level, and its own deviation before."""
    found = inputs.deviations
    columns = {"level": found.sample_level[:, :, sample]}
    if back is not None:
        columns[OWN] = earlier(found.samples[:, :, sample : sample + 1], back)[:, :, 0]
    return columns


def sample_columns(inputs: BatchInputs, expected: ExpectedCourses, back: int | None) -> dict[str, FloatArray]:
    """Return what all forecasts of samples read, name → (batches, sample points). back: the newest sample that is read;
    None reads none."""
    grid, found, sampled = expected.grid, inputs.deviations, inputs.courses.sampled
    columns = _plan_columns(inputs, sampled.shape, np.where(sampled < 0, np.nan, sampled))
    values = found.samples + found.sample_level
    for lag in () if back is None else range(back, SAMPLE_LAGS + 1):
        columns |= named(f"before{lag}", earlier(found.samples, lag), grid.samples)
        columns |= named(f"value{lag}", earlier(values, lag), grid.samples)
    window = max(1, round(0.5 * grid.sample_step / grid.step))
    sensors = at_samples(trailing_mean(found.sensors, window), sampled)
    return columns | named("sensor", sensors, grid.sensors)


def _plan_columns(inputs: BatchInputs, shape: tuple[int, ...], at: FloatArray) -> dict[str, FloatArray]:
    """Return time, distance from events and quantities of the plan."""
    columns = {"time": np.asarray(at, dtype=np.float64)}
    for i in range(inputs.events.shape[1]):
        since = at - inputs.events[:, i][:, None]
        columns[f"event{i}"] = np.clip(since, -EVENT_BEFORE, EVENT_AFTER)
    return columns | {f"plan.{name}": np.broadcast_to(values[:, None], shape) for name, values in inputs.plan.items()}


def rows_at(common: dict[str, FloatArray], own: dict[str, FloatArray], at: tuple[IntArray, IntArray]) -> pl.DataFrame:
    """Return features as rows, at some batches and points."""
    return frame(common | own, at)
