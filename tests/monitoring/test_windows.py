"""Means over the last points, earlier points, and the newest sample."""

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.monitoring.windows import at_samples, earlier, newest, trailing_mean

GAP = np.nan


def _course(*values: float) -> FloatArray:
    return np.array(values, dtype=float)[None, :, None]


def test_trailing_mean__is_over_the_last_points_without_gaps() -> None:
    found = trailing_mean(_course(1, 3, GAP, 8, GAP, GAP), 2)
    assert np.array_equal(found, _course(1, 2, 3, 8, 8, GAP), equal_nan=True)


def test_trailing_mean__of_one_point_is_the_value() -> None:
    assert np.array_equal(trailing_mean(_course(1, GAP, 3), 1), _course(1, GAP, 3), equal_nan=True)


def test_trailing_mean__does_not_read_later_points() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(2, 20, 3))
    changed = np.where(np.arange(20)[None, :, None] > 9, 99.0, values)
    assert np.array_equal(trailing_mean(values, 4)[:, :10], trailing_mean(changed, 4)[:, :10])


def test_earlier__moves_values_to_later_points() -> None:
    assert np.array_equal(earlier(_course(1, 2, 3), 2), _course(GAP, GAP, 1), equal_nan=True)
    assert np.array_equal(earlier(_course(1, 2, 3), 0), _course(1, 2, 3))
    assert np.isnan(earlier(_course(1, 2, 3), 3)).all()


def test_newest__is_the_latest_sample_that_is_known_for_a_while() -> None:
    known = np.array([[[1], [4], [-1]]])
    found = newest(_course(10, 20, 30), known, 9, 2)
    assert np.array_equal(found, _course(GAP, 10, 10, GAP, 20, 20, GAP, GAP, GAP), equal_nan=True)


def test_newest__a_result_that_comes_after_the_course_is_not_known() -> None:
    assert np.isnan(newest(_course(10.0), np.array([[[7]]]), 5, 9)).all()


def test_newest__a_missing_value_hides_no_earlier_one() -> None:
    found = newest(_course(10, GAP), np.array([[[1], [2]]]), 4, 9)
    assert np.array_equal(found, _course(GAP, 10, 10, 10), equal_nan=True)


def test_at_samples__are_the_values_when_samples_were_taken() -> None:
    found = at_samples(_course(1, 2, 3), np.array([[2, -1, 0]]))
    assert np.array_equal(found, _course(3, GAP, 1), equal_nan=True)
