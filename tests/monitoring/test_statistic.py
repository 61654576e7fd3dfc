"""From residuals of many tags to one number per point."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.monitoring.channels import Residuals
from pipeline.monitoring.courses import Courses
from pipeline.monitoring.grid import CourseGrid
from pipeline.monitoring.judgement import AGREEMENT, FAST, MIDDLE, SAMPLES, SLOW
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.monitoring.statistic import (
    LARGEST,
    READ,
    TOGETHER,
    Averaged,
    averaged,
    first_above,
    fit_statistic,
    largest,
)

GRID = CourseGrid(("a", "b"), ("s",), 3600.0, 15, 10, 3 * 3600.0, 6)


def _residuals(batches: int = 100, tags: int = 3, together: float = 0.0, seed: int = 1) -> FloatArray:
    rng = np.random.default_rng(seed)
    own, common = rng.normal(size=(batches, 60, tags)), rng.normal(size=(batches, 60, 1))
    return np.asarray(np.sqrt(1 - together) * own + np.sqrt(together) * common)


def test_statistic__together_is_chi_squared_for_normal_residuals() -> None:
    statistic, _ = fit_statistic(Averaged(MIDDLE, 0, _residuals()))
    found = statistic.of_scores(statistic.scores(_residuals(seed=2)))
    assert set(found) == {TOGETHER, LARGEST}
    assert found[TOGETHER].mean() == pytest.approx(3, abs=0.2)
    assert found[LARGEST].mean() < found[TOGETHER].mean()


def test_statistic__a_broken_correlation_is_more_unusual_than_a_kept_one() -> None:
    statistic, _ = fit_statistic(Averaged(MIDDLE, 0, _residuals(tags=2, together=0.9)))
    kept, broken = (np.array([[[2.0, second]]]) for second in (2.0, -2.0))
    found = [statistic.of_scores(statistic.scores(one))[TOGETHER].item() for one in (kept, broken)]
    assert found[1] > 3 * found[0]


def test_statistic__a_tag_without_a_value_counts_as_expected() -> None:
    statistic, _ = fit_statistic(Averaged(MIDDLE, 0, _residuals(tags=2)))
    found = statistic.of_scores(np.array([[[3.0, np.nan], [3.0, 0.0], [np.nan, np.nan]]]))
    assert found[TOGETHER][0, 0] == found[TOGETHER][0, 1]
    assert found[LARGEST][0, :2].tolist() == [9, 9]
    assert np.isnan(found[TOGETHER][0, 2])


def test_statistic__learns_with_a_tag_that_is_never_or_seldom_recorded() -> None:
    residuals = _residuals()
    residuals[:, :, 1] = np.nan
    residuals[:, ::2, 2] = np.nan
    statistic, _ = fit_statistic(Averaged(SLOW, 1, residuals))
    found = statistic.of_scores(statistic.scores(residuals))
    assert np.isfinite(statistic.inverse).all()
    assert (found[TOGETHER] >= 0).all()


@pytest.mark.parametrize(
    ("channel", "window", "read"),
    [(FAST, 0, {TOGETHER}), (MIDDLE, 1, {TOGETHER, LARGEST}), (SAMPLES, 0, {LARGEST}), (AGREEMENT, 1, {LARGEST})],
)
def test_statistic__gives_what_is_read_of_each_channel(channel: str, window: int, read: set[str]) -> None:
    statistic, _ = fit_statistic(Averaged(channel, window, _residuals()))
    assert set(statistic.of_scores(statistic.scores(_residuals()))) == read


def _courses(last: int = 9) -> Courses:
    """Return one batch with a sample every third point, known one point later."""
    hours = np.where(np.arange(15) <= last, np.arange(15.0), np.nan)[None, :]
    taken = np.array([[0, 3, 6, 9, -1, -1]])
    known = np.where(taken < 0, -1, taken + 1)[:, :, None]
    return Courses(("A",), np.zeros((1, 15, 2)), hours, np.zeros((1, 6, 1)), taken, known)


def _found(values: FloatArray, channel: str) -> dict[int, FloatArray]:
    residuals = Residuals(channel, values, values, values)
    config = MonitoringConfig(window=0.3)
    return {one.window: one.values[0, :, 0] for one in averaged([residuals], _courses(), GRID, config)}


def test_averaged__sensors_as_single_points_and_over_a_window() -> None:
    values = np.full((1, 15, 1), np.nan)
    values[0, :10, 0] = np.arange(10)
    found = _found(values, MIDDLE)
    assert found[0][:10].tolist() == list(range(10))
    assert found[1][:10].tolist() == [0, 0.5, *range(1, 9)]


def test_averaged__a_window_has_no_value_after_the_last_record() -> None:
    """A mean of ever fewer values would scatter more than the limit allows, whenever the batch stands there."""
    values = np.full((1, 15, 1), np.nan)
    values[0, :10, 0] = 1.0
    assert np.isnan(_found(values, SLOW)[1][10:]).all()


def test_averaged__reads_the_windows_of_each_channel() -> None:
    values = np.ones((1, 15, 2))
    assert {channel: list(_found(values, channel)) for channel in (FAST, MIDDLE, SLOW)} == {
        FAST: [0],
        MIDDLE: [0, 1],
        SLOW: [1],
    }
    assert set(READ.values()) == {(TOGETHER,), (LARGEST,), (TOGETHER, LARGEST)}


def test_averaged__a_sample_counts_from_when_it_is_known() -> None:
    values = np.array([[1.0, 5.0, 9.0, 13.0, np.nan, np.nan]])[:, :, None]
    found = _found(values, SAMPLES)
    assert found[0][1:13].tolist() == [1, 1, 1, 5, 5, 5, 9, 9, 9, 13, 13, 13]
    assert np.isnan(found[0][0])
    assert found[1][[1, 4, 7]].tolist() == [1, 3, 7]


def test_largest_and_first_above__leave_out_gaps() -> None:
    values = np.array([[np.nan, 1, 3, 2], [np.nan] * 4])
    assert largest(values).tolist() == [3, 0]
    assert largest(values[:, :0]).tolist() == [0, 0]
    assert first_above(values, 1.5).tolist() == [2, -1]
