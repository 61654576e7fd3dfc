"""Whether a sample and a probe that measure the same quantity agree.

A controller that follows a drifting probe hides the drift. The sample shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.monitoring.courses import Courses
from pipeline.monitoring.grid import CourseGrid
from pipeline.monitoring.robust import robust_deviation
from pipeline.monitoring.set_points import partners
from pipeline.monitoring.windows import at_samples

LEAST = 20
"""Pairs of values from which the usual difference is known."""


@dataclass(frozen=True)
class Agreement:
    """The usual difference of a sample and its sensor, and how it scatters."""

    sample: int
    """Index of the sample."""
    sensor: int
    relative: bool
    """Whether the difference is that of the logarithms."""
    middle: float
    size: float
    """Robust standard deviation."""

    def difference(self, courses: Courses) -> FloatArray:
        """Return the difference of each sample and its sensor, (batches, sample points)."""
        return _difference(courses.samples[:, :, self.sample], _taken(courses, self.sensor), self.relative)


def agreements_of(process: Process, grid: CourseGrid, courses: Courses) -> tuple[Agreement | None, ...]:
    """Learn how pairs of tags that measure the same quantity usually agree. None for a pair with few values."""
    return tuple(_agreement(courses, k, int(j)) for k, j in enumerate(partners(process, grid, grid.samples)) if j >= 0)


def _agreement(courses: Courses, sample: int, sensor: int) -> Agreement | None:
    values, taken = courses.samples[:, :, sample], _taken(courses, sensor)
    both = ~np.isnan(values) & ~np.isnan(taken)
    relative = bool((values[both] > 0).all() and (taken[both] > 0).all())
    known = _difference(values, taken, relative)[both]
    if len(known) < LEAST:
        return None
    middle = float(np.median(known))
    size = robust_deviation(known - middle)
    return Agreement(sample, sensor, relative, middle, size) if size > 0 else None


def _taken(courses: Courses, sensor: int) -> FloatArray:
    """Return the value of a sensor when each sample was taken, (batches, sample points)."""
    return at_samples(courses.sensors[:, :, sensor : sensor + 1], courses.sampled)[:, :, 0]


def _difference(values: FloatArray, taken: FloatArray, relative: bool) -> FloatArray:
    if not relative:
        return values - taken
    usable = (values > 0) & (taken > 0)
    return np.where(usable, np.log(np.where(usable, values, 1.0)) - np.log(np.where(usable, taken, 1.0)), np.nan)


def standardised(agreements: Sequence[Agreement | None], courses: Courses) -> FloatArray:
    """Return the differences in units of their scatter, (batches, sample points, samples); NaN for samples without a partner."""
    out = np.full(courses.samples.shape, np.nan)
    for one in (pair for pair in agreements if pair is not None):
        out[:, :, one.sample] = (one.difference(courses) - one.middle) / one.size
    return out


def expected_values(agreements: Sequence[Agreement | None], courses: Courses) -> FloatArray:
    """Return the values that samples should have by their sensors, SI, (batches, sample points, samples)."""
    out = np.full(courses.samples.shape, np.nan)
    for one in (pair for pair in agreements if pair is not None):
        taken = _taken(courses, one.sensor)
        out[:, :, one.sample] = taken * np.exp(one.middle) if one.relative else taken + one.middle
    return out
