"""From residuals of many tags to one number per point: how unusual they are together, and the most unusual one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.monitoring.channels import Residuals
from pipeline.monitoring.courses import Courses
from pipeline.monitoring.grid import CourseGrid
from pipeline.monitoring.judgement import AGREEMENT, FAST, MIDDLE, SAMPLES, SLOW
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.tails import Tail, tail_of
from pipeline.monitoring.windows import newest, trailing_mean

SHRUNK = 0.1
"""Share of the unit matrix in the correlation of the tags, so that it can always be inverted."""
USUAL = 3.0
"""Normal scores beyond this say nothing about the usual correlation."""
SAMPLES_AVERAGED = {SAMPLES: 2, AGREEMENT: 2}
"""Channel of samples → number of samples in a window."""
TOGETHER, LARGEST = "together", "largest"
READ = {
    (FAST, 0): (TOGETHER,),
    (MIDDLE, 0): (TOGETHER, LARGEST),
    (MIDDLE, 1): (TOGETHER, LARGEST),
    (SLOW, 1): (TOGETHER, LARGEST),
    (SAMPLES, 0): (LARGEST,),
    (SAMPLES, 1): (LARGEST,),
    (AGREEMENT, 0): (LARGEST,),
    (AGREEMENT, 1): (LARGEST,),
}
"""Channel, and single points (0) or a window (1) → statistics that are read. Each further one raises the limit of all others, so
only those are read that find deviations which the others miss."""


@dataclass(frozen=True)
class Averaged:
    """Standardised residuals of one forecast, averaged over a window, at the points of the course."""

    channel: str
    window: int
    """0: single points; 1: a window."""
    values: FloatArray
    """(batches, points, tags)."""


def averaged(
    residuals: Sequence[Residuals], courses: Courses, grid: CourseGrid, config: MonitoringConfig
) -> Iterator[Averaged]:
    """Yield the residuals over each window. A sample counts from when it is known until the next one.

    A mean over a window counts where the tag has a value: after the last record it would rest on fewer and fewer values.
    """
    for one in residuals:
        for window in (0, 1):
            if (one.channel, window) not in READ:
                continue
            if one.channel in SAMPLES_AVERAGED:
                means = trailing_mean(one.standardised, SAMPLES_AVERAGED[one.channel] if window else 1)
                yield Averaged(one.channel, window, newest(_where_seen(means, one), courses.known, grid.points, grid.held))
            else:
                length = config.slow_window if one.channel == SLOW else config.window
                points = max(2, grid.share(length)) if window else 1
                yield Averaged(one.channel, window, _where_seen(trailing_mean(one.standardised, points), one))


def _where_seen(means: FloatArray, one: Residuals) -> FloatArray:
    """Return the means at the points at which the tag has a value."""
    return np.where(np.isnan(one.standardised), np.nan, means)


@dataclass(frozen=True)
class Statistic:
    """How to read the residuals of one forecast and window: the tail of each tag, and their correlation."""

    channel: str
    window: int
    tails: tuple[Tail, ...]
    inverse: FloatArray
    """Inverse of the correlation of the normal scores, (tags, tags)."""

    def scores(self, values: FloatArray) -> FloatArray:
        """Return the normal score of each residual, same shape."""
        return np.stack([tail.score(values[:, :, j]) for j, tail in enumerate(self.tails)], axis=2)

    def of_scores(self, scores: FloatArray) -> dict[str, FloatArray]:
        """Return T² of all tags or the largest square of one tag, or both, (batches, points) each; NaN where no tag has a value.

        T² is that of Hotelling (1947) with normal scores in place of values. A tag without a value counts as expected.
        """
        filled = np.nan_to_num(scores)
        none = np.isnan(scores).all(axis=2)
        together = np.einsum("btj,jk,btk->bt", filled, self.inverse, filled)
        both = {TOGETHER: together, LARGEST: (filled**2).max(axis=2)}
        return {name: np.where(none, np.nan, both[name]) for name in READ[self.channel, self.window]}


def fit_statistic(one: Averaged) -> tuple[Statistic, FloatArray]:
    """Learn how unusual residuals are from those of hidden normal batches. Return it with the normal scores of these batches."""
    tags = one.values.shape[2]
    tails = tuple(tail_of(one.values[:, :, j]) for j in range(tags))
    scores = Statistic(one.channel, one.window, tails, np.eye(tags)).scores(one.values)
    usual = _correlation(np.clip(scores.reshape(-1, tags), -USUAL, USUAL))
    return Statistic(one.channel, one.window, tails, np.asarray(np.linalg.inv(usual), dtype=np.float64)), scores


def _correlation(scores: FloatArray) -> FloatArray:
    """Return the shrunk correlation of columns with gaps."""
    seen, filled = (~np.isnan(scores)).astype(float), np.nan_to_num(scores)
    pairs = np.maximum(seen.T @ seen, 1.0)
    squares = np.maximum((filled**2).T @ seen, 1e-12)
    found = (filled.T @ filled) / pairs / np.sqrt(squares / pairs * (squares.T / pairs))
    np.fill_diagonal(found, 1.0)
    values, vectors = np.linalg.eigh((1 - SHRUNK) * found + SHRUNK * np.eye(len(found)))
    return np.asarray((vectors * np.maximum(values, SHRUNK / 2)) @ vectors.T)


def largest(values: FloatArray) -> FloatArray:
    """Return the largest value of each batch over its course, (batches,); 0 where it has none."""
    return np.asarray(np.nan_to_num(values, nan=0.0).max(axis=1)) if values.shape[1] else np.zeros(len(values))


def first_above(values: FloatArray, limit: float) -> IntArray:
    """Return the first point at which each batch is above a limit, (batches,); −1 where it never is."""
    above = np.nan_to_num(values, nan=0.0) > limit
    return np.where(above.any(axis=1), above.argmax(axis=1), -1)
