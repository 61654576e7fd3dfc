"""Alarms of a monitor: share of batches with one, first one, limit for a wanted rate of false alarms, and mean delay.

A statistic has one row per batch and one column per bin of process time. An alarm is a value above the limit. NaN stands where
nothing is judged: after the end of the batch, or where the monitor has no limit.
"""

import math

import numpy as np

from pipeline.domain.arrays import FloatArray


def largest(statistic: FloatArray) -> FloatArray:
    """Return the largest value of each batch; minus infinity where nothing is judged.

    >>> largest(np.array([[0.5, 2.0], [np.nan, np.nan]])).tolist()
    [2.0, -inf]
    """
    found: FloatArray = np.max(statistic, axis=1, initial=-np.inf, where=~np.isnan(statistic))
    return found


def share_with_alarm(statistic: FloatArray, limit: float = 1.0) -> float:
    """Return the share of batches with a value above the limit at any time.

    >>> share_with_alarm(np.array([[0.5, 2.0], [0.5, np.nan], [1.0, 1.0], [3.0, 3.0]]))
    0.5
    """
    return float(np.mean(largest(statistic) > limit))


def first_alarm(statistic: FloatArray, hours: FloatArray, limit: float = 1.0, since: FloatArray | None = None) -> FloatArray:
    """Return the hour of the first alarm of each batch; NaN where there is none.

    statistic: batches by bins; hours: of each bin; since: hour per batch before which an alarm does not count, such as the onset
    of a deviation.

    >>> first_alarm(np.array([[2.0, 0.0, 2.0], [0.0, 0.0, np.nan]]), np.array([1.0, 2.0, 3.0]), since=np.array([2.0, 2.0])).tolist()
    [3.0, nan]
    """
    alarm = np.nan_to_num(statistic, nan=-np.inf) > limit
    if since is not None:
        alarm &= hours >= since[:, None]
    return np.where(alarm.any(axis=1), hours[alarm.argmax(axis=1)], np.nan)


def limit_at_false_alarms(statistic_of_normal: FloatArray, share: float) -> float:
    """Return the limit that a new normal batch exceeds at any time with a probability of at most `share`.

    It is the conformal quantile of the largest values of whole normal batches that the monitor did not learn from: of n values the
    one of rank ⌈(1 − share)(n + 1)⌉. It is infinite where n is below 1/share − 1, because then no limit can be promised.

    >>> limit_at_false_alarms(np.arange(1.0, 20.0)[:, None], 0.05), limit_at_false_alarms(np.ones((18, 1)), 0.05)
    (19.0, inf)
    """
    values = np.sort(largest(statistic_of_normal))
    rank = math.ceil(round((1 - share) * (len(values) + 1), 9))
    return float(values[rank - 1]) if rank <= len(values) else math.inf


def restricted_mean_delay(first: FloatArray, onset: FloatArray, end: FloatArray) -> float:
    """Return the mean time from onset to alarm in hours; a deviation that is not found counts to the end of its batch.

    first: hour of the first alarm per batch, NaN without one; onset, end: hours per batch. An alarm before the onset is false, so
    the deviation counts as not found: take `first_alarm` with `since` the onset to let a later alarm count. An alarm after the end
    counts as the end.

    >>> restricted_mean_delay(np.array([12.0, np.nan, 4.0]), np.array([10.0, 10.0, 5.0]), np.array([20.0, 30.0, 15.0]))
    10.666666666666666
    """
    found = np.where(np.isnan(first) | (first < onset), end, first)
    return float(np.mean(np.minimum(found, end) - onset))
