"""The channels: how far each tag is from its forecast, in units of the usual error, over the course of batches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.monitoring.agreement import Agreement, agreements_of, expected_values, standardised
from pipeline.monitoring.courses import Courses
from pipeline.monitoring.expected import ExpectedCourses
from pipeline.monitoring.features import (
    BatchInputs,
    inputs_of,
    own_columns,
    own_sample_columns,
    rows_at,
    sample_columns,
    sensor_columns,
)
from pipeline.monitoring.grid import CourseGrid
from pipeline.monitoring.judgement import AGREEMENT, MIDDLE, SAMPLES, SLOW
from pipeline.monitoring.past import TagForecast, fit_tag_forecast, spread_points
from pipeline.monitoring.set_points import partners
from pipeline.monitoring.settings import MonitoringConfig

BACKS = (1, None)
"""A sample is compared with forecasts from the samples before it, and from the plan and the sensors alone: a slow drift is not seen
from one sample to the next."""


@dataclass(frozen=True)
class Residuals:
    """Standardised residuals of one forecast of all its tags."""

    channel: str
    standardised: FloatArray
    """(batches, points, sensors), or (batches, sample points, samples) for samples."""
    expected: FloatArray
    """The expected values on the scale of comparison, same shape."""
    sizes: FloatArray
    """The usual sizes of the residuals on the scale of comparison, same shape."""


@dataclass(frozen=True)
class ChannelForecasts:
    """The forecasts of all channels, and the expected courses that their deviations refer to."""

    expected: ExpectedCourses
    quantities: tuple[str, ...]
    """Quantities of the plan that the forecasts read."""
    sensors: Mapping[str, tuple[TagForecast | None, ...]]
    """Channel → forecast of each sensor."""
    ahead: Mapping[str, int | None]
    """Channel → points ahead; None for the level of history."""
    samples: tuple[tuple[TagForecast | None, ...], ...]
    """For each of `BACKS`, the forecast of each sample. Empty where the channel is not watched."""
    agreements: tuple[Agreement | None, ...] = ()
    """Of each pair of a sample and a sensor that measure the same quantity; None for a pair with few values."""

    def residuals(self, courses: Courses, rows: pl.DataFrame) -> list[Residuals]:
        """Return the residuals of batches in every channel. rows: their feature rows, in the same order."""
        return self.residuals_of(self.inputs(courses, rows))

    def inputs(self, courses: Courses, rows: pl.DataFrame) -> BatchInputs:
        """Return batches as the forecasts read them. rows: their feature rows, in the same order."""
        return inputs_of(self.expected, courses, rows, self.quantities)

    def residuals_of(self, inputs: BatchInputs) -> list[Residuals]:
        """Return the residuals of batches in every channel."""
        return [*self._of_sensors(inputs), *self._of_samples(inputs), *self._of_agreements(inputs.courses)]

    def _of_agreements(self, courses: Courses) -> Iterator[Residuals]:
        if self.agreements:
            scales = self.expected.sample_scales
            found = scales.compared(expected_values(self.agreements, courses))
            sizes = np.full(found.shape, np.nan)
            late = (courses.sampled >= self.expected.reach)[:, :, None]
            yield Residuals(AGREEMENT, np.where(late, np.nan, standardised(self.agreements, courses)), found, sizes)

    def _of_sensors(self, inputs: BatchInputs) -> Iterator[Residuals]:
        last = np.minimum(inputs.courses.last, self.expected.reach - 1)
        found = inputs.deviations
        for channel, forecasts in self.sensors.items():
            ahead = self.ahead[channel]
            at = spread_points(last, 1, 0 if ahead is None else 2 * ahead)
            common = sensor_columns(inputs, self.expected, ahead)
            own = [own_columns(inputs, j, ahead) for j in range(len(forecasts))]
            values = _compared(found.sensors, forecasts, own, common, at)
            yield Residuals(channel, values[0], values[1] + found.base + found.sensor_level, values[2])

    def _of_samples(self, inputs: BatchInputs) -> Iterator[Residuals]:
        found = inputs.deviations
        b, m = np.nonzero((inputs.courses.sampled >= 0) & (inputs.courses.sampled < self.expected.reach))
        for back, forecasts in zip(BACKS, self.samples, strict=False):
            common = sample_columns(inputs, self.expected, back)
            own = [own_sample_columns(inputs, j, back) for j in range(len(forecasts))]
            values = _compared(found.samples, forecasts, own, common, (b, m))
            yield Residuals(SAMPLES, values[0], values[1] + found.sample_base + found.sample_level, values[2])


def _compared(
    deviations: FloatArray,
    forecasts: Sequence[TagForecast | None],
    own: Sequence[dict[str, FloatArray]],
    common: dict[str, FloatArray],
    at: tuple[IntArray, IntArray],
) -> list[FloatArray]:
    """Return standardised residuals, expected deviations and usual sizes, each of the shape of the deviations."""
    out = [np.full(deviations.shape, np.nan) for _ in range(3)]
    if not len(at[0]):
        return out
    shared = rows_at(common, {}, at)
    for j, forecast in enumerate(forecasts):
        if forecast is None:
            continue
        features = shared.hstack(rows_at(own[j], {}, at))
        for target, values in zip(out, forecast.standardised(features, deviations[:, :, j][at]), strict=True):
            target[at[0], at[1], j] = values
    return out


def check_channels(process: Process, grid: CourseGrid, config: MonitoringConfig) -> None:
    """Raise ScalebridgeError if the process records nothing that one of the channels reads."""
    pairs = (partners(process, grid, grid.samples) >= 0).any()
    reads = {SAMPLES: bool(grid.samples), AGREEMENT: bool(pairs)}
    if not any(reads.get(channel, True) for channel in config.channels):
        raise ScalebridgeError(
            f"The channels {', '.join(config.channels)} read samples, and process '{process.name}' records none of them, or no "
            f"pair of `course.same`; sensors are {listed(grid.sensors, 8)}; add the channel '{MIDDLE}'"
        )


def fit_channels(
    expected: ExpectedCourses,
    courses: Courses,
    rows: pl.DataFrame,
    quantities: tuple[str, ...],
    config: MonitoringConfig,
    seed: int,
) -> ChannelForecasts:
    """Learn the forecasts of all channels from past batches. rows: their feature rows, in the order of the courses."""
    inputs, grid = inputs_of(expected, courses, rows, quantities), expected.grid
    last = np.minimum(courses.last, expected.reach - 1)
    ahead = {c: None if c == SLOW else grid.share(config.ahead[c]) for c in config.channels if c not in (SAMPLES, AGREEMENT)}
    sensors = {}
    for channel, points in ahead.items():
        part = _with_effort(config, channel)
        every = max(1, -(-int(last.sum()) // part.points))
        at = spread_points(last, every, 0 if points is None else 2 * points)
        shared = rows_at(sensor_columns(inputs, expected, points), {}, at)
        own = [own_columns(inputs, j, points) for j in range(len(grid.sensors))]
        sensors[channel] = _fitted(inputs.deviations.sensors, shared, own, at, part, seed)
    agreements = agreements_of(expected.process, grid, courses) if AGREEMENT in config.channels else ()
    samples = _sample_forecasts(inputs, expected, config, seed)
    return ChannelForecasts(expected, quantities, sensors, ahead, samples, agreements)


def _with_effort(config: MonitoringConfig, channel: str) -> MonitoringConfig:
    """Return the settings with the share of trees and points that a channel uses."""
    share = config.effort.get(channel, 1.0)
    return replace(config, trees=max(1, round(share * config.trees)), points=max(500, round(share * config.points)))


def _sample_forecasts(
    inputs: BatchInputs, expected: ExpectedCourses, config: MonitoringConfig, seed: int
) -> tuple[tuple[TagForecast | None, ...], ...]:
    if SAMPLES not in config.channels or not expected.grid.samples:
        return ()
    b, m = np.nonzero((inputs.courses.sampled >= 0) & (inputs.courses.sampled < expected.reach))
    found = []
    for back in BACKS:
        own = [own_sample_columns(inputs, j, back) for j in range(len(expected.grid.samples))]
        shared = rows_at(sample_columns(inputs, expected, back), {}, (b, m))
        found.append(_fitted(inputs.deviations.samples, shared, own, (b, m), config, seed))
    return tuple(found)


def _fitted(
    deviations: FloatArray,
    shared: pl.DataFrame,
    own: list[dict[str, FloatArray]],
    at: tuple[IntArray, IntArray],
    config: MonitoringConfig,
    seed: int,
) -> tuple[TagForecast | None, ...]:
    """Return the forecast of each tag."""
    return tuple(
        fit_tag_forecast(shared.hstack(rows_at(columns, {}, at)), deviations[:, :, j][at], config.trees, seed)
        for j, columns in enumerate(own)
    )
