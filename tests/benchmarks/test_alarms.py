"""Alarms of made-up statistics, counted by hand."""

import math

import numpy as np
import pytest
from alarms import first_alarm, largest, limit_at_false_alarms, restricted_mean_delay, share_with_alarm

NAN = math.nan
HOURS = np.array([1.0, 2.0, 3.0])
MADE = np.array([[0.2, 1.5, 0.3], [0.1, 0.9, NAN], [NAN, NAN, NAN], [2.0, 0.5, 1.1]])


def test_share_with_alarm__counts_batches_and_not_bins() -> None:
    assert share_with_alarm(MADE) == 0.5
    assert share_with_alarm(MADE, 1.6) == 0.25
    assert share_with_alarm(MADE, 2.0) == 0  # at the limit there is no alarm


def test_largest__of_a_batch_that_is_not_judged_is_below_every_limit() -> None:
    assert largest(MADE).tolist() == [1.5, 0.9, -math.inf, 2.0]


def test_first_alarm__is_the_hour_of_the_first_bin_above_the_limit() -> None:
    assert first_alarm(MADE, HOURS).tolist() == pytest.approx([2, NAN, NAN, 1], nan_ok=True)
    assert first_alarm(MADE, HOURS, 1.6).tolist() == pytest.approx([NAN, NAN, NAN, 1], nan_ok=True)


def test_first_alarm__before_the_onset_does_not_count() -> None:
    since = np.array([3.0, 0.0, 0.0, 2.0])
    assert first_alarm(MADE, HOURS, since=since).tolist() == pytest.approx([NAN, NAN, NAN, 3], nan_ok=True)


@pytest.mark.parametrize(("batches", "share", "rank"), [(19, 0.05, 19), (39, 0.05, 38), (99, 0.1, 90), (9, 0.1, 9)])
def test_limit__is_the_conformal_quantile_of_whole_batches(batches: int, share: float, rank: int) -> None:
    normal = np.zeros((batches, 4))
    normal[:, 2] = np.random.default_rng(1).permutation(batches) + 1
    assert limit_at_false_alarms(normal, share) == rank


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_limit__keeps_the_rate_on_average_over_exchangeable_batches(share: float) -> None:
    """A new batch exceeds the limit of n others in at most the promised share of cases, and in nearly that share."""
    drawn = np.random.default_rng(2).normal(size=(4000, 40, 3))
    above = [share_with_alarm(one[:1], limit_at_false_alarms(one[1:], share)) for one in drawn]
    assert np.mean(above) == pytest.approx(share, abs=0.015)


def test_limit__cannot_be_promised_from_too_few_batches() -> None:
    assert limit_at_false_alarms(MADE, 0.05) == math.inf


def test_restricted_mean_delay__counts_what_is_not_found_to_the_end() -> None:
    onset, end = np.full(4, 10.0), np.array([20.0, 20.0, 30.0, 20.0])
    first = np.array([11.0, NAN, 5.0, 25.0])  # found, not found, false before the onset, after the end
    assert restricted_mean_delay(first, onset, end) == (1 + 10 + 20 + 10) / 4


def test_restricted_mean_delay__falls_when_an_alarm_comes_earlier() -> None:
    onset, end = np.zeros(2), np.full(2, 8.0)
    late, early = (restricted_mean_delay(np.array([hour, 4.0]), onset, end) for hour in (6.0, 2.0))
    assert late - early == 2
