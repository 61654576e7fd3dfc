"""Means over the last points of courses, and earlier points. All arrays are (batches, points, tags)."""

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray


def trailing_mean(values: FloatArray, points: int) -> FloatArray:
    """Return the mean of the last `points` points, gaps left out; NaN where all of them are gaps."""
    if points <= 1:
        return values
    seen = ~np.isnan(values)
    total, count = (_before(np.cumsum(part, axis=1)) for part in (np.where(seen, values, 0.0), seen.astype(float)))
    upper = np.arange(1, values.shape[1] + 1)
    lower = np.maximum(upper - points, 0)
    number = count[:, upper] - count[:, lower]
    return np.where(number > 0, (total[:, upper] - total[:, lower]) / np.maximum(number, 1), np.nan)


def _before(sums: FloatArray) -> FloatArray:
    return np.concatenate([np.zeros_like(sums[:, :1]), sums], axis=1)


def earlier(values: FloatArray, points: int) -> FloatArray:
    """Return at each point the value `points` points before; NaN where the course had not begun."""
    if points <= 0:
        return values
    moved = np.full_like(values, np.nan)
    if points < values.shape[1]:
        moved[:, points:] = values[:, :-points]
    return moved


def newest(values: FloatArray, known: IntArray, points: int, longest: int) -> FloatArray:
    """Return at each point of the course the newest sample that is known there.

    values, known: (batches, sample points, samples), the point of the course from which each value is known or −1; points: number
    of points of the course; longest: a sample counts for this many points.
    """
    batches, _, tags = values.shape
    found, age = np.full((batches, points, tags), np.nan), np.full((batches, points, tags), -1, dtype=np.int64)
    b, m, k = np.nonzero((known >= 0) & (known < points) & ~np.isnan(values))
    at = known[b, m, k]
    order = np.argsort(at, kind="stable")
    found[b[order], at[order], k[order]] = values[b[order], m[order], k[order]]
    age[b, at, k] = at
    last = np.maximum.accumulate(age, axis=1)
    held = np.take_along_axis(found, np.maximum(last, 0), axis=1)
    fresh = (last >= 0) & (np.arange(points)[None, :, None] - last < longest)
    return np.where(fresh, held, np.nan)


def at_samples(values: FloatArray, sampled: IntArray) -> FloatArray:
    """Return the values of a course at the points at which samples were taken, (batches, sample points, tags)."""
    inside = np.clip(sampled, 0, values.shape[1] - 1)
    taken = np.take_along_axis(values, inside[:, :, None], axis=1)
    return np.where((sampled >= 0)[:, :, None], taken, np.nan)
