"""The main shapes in which courses differ."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.monitoring.components import LEAST_SEEN, MOST, components_of, scores_of

TIME = np.linspace(0, 1, 20)


def _courses(batches: int = 40, noise: float = 0.01, seed: int = 1) -> tuple[FloatArray, FloatArray]:
    """Return courses that differ in their level and slope alone, and these two."""
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(batches, 2))
    courses = 5 + TIME + own[:, :1] + own[:, 1:] * (TIME - 0.5)
    return courses + noise * rng.normal(size=courses.shape), own


def test_components__describe_courses_that_differ_in_two_ways_by_two_shapes() -> None:
    courses, _ = _courses()
    found, scores = components_of(courses)
    assert len(found.shapes) <= 2
    assert np.abs(found.course(scores) - courses).max() < 0.3
    assert np.linalg.norm(found.shapes, axis=1) == pytest.approx(np.ones(len(found.shapes)))


def test_components__fill_gaps_from_what_is_seen() -> None:
    courses, _ = _courses(noise=0.001)
    rng = np.random.default_rng(2)
    gaps = np.where(rng.uniform(size=courses.shape) < 0.1, np.nan, courses)
    found, scores = components_of(gaps)
    hidden = np.isnan(gaps)
    assert np.abs(found.course(scores) - courses)[hidden].mean() < 0.2 * np.abs(courses - courses.mean(axis=0)).mean()


def test_components__are_few_where_courses_are_noise() -> None:
    found, scores = components_of(np.random.default_rng(1).normal(size=(50, 20)))
    assert found.shapes.shape == (MOST, 20)
    assert scores.shape == (50, MOST)


def test_components__of_equal_courses_are_none() -> None:
    found, scores = components_of(np.tile(TIME, (5, 1)))
    assert found.shapes.shape == (0, 20)
    assert np.allclose(found.course(scores), TIME)


def test_components__after_the_last_node_that_enough_batches_reach_are_held() -> None:
    courses, _ = _courses()
    courses[int(LEAST_SEEN * 40) - 1 :, 15:] = np.nan
    found, _ = components_of(courses)
    assert (found.mean[15:] == found.mean[14]).all()
    assert (found.shapes[:, 15:] == found.shapes[:, 14:15]).all()


def test_components__of_a_tag_without_any_value_are_none() -> None:
    found, scores = components_of(np.full((6, 20), np.nan))
    assert (found.shapes.shape, scores.shape) == ((0, 20), (6, 0))


def test_scores__of_a_course_without_a_value_are_zero_the_mean_course() -> None:
    courses, _ = _courses()
    found, _ = components_of(courses)
    nothing = scores_of(found, np.full((1, 20), np.nan))
    assert (nothing == 0).all()
    assert np.allclose(found.course(nothing), found.mean)


def _ending_early(early: slice) -> np.ndarray:
    """Courses of 40 batches in vessels of very different size, on a logarithmic scale. Some have no last two nodes."""
    rng = np.random.default_rng(1)
    sizes = np.repeat([0.0, 2.0, 4.0, 8.0], 10)
    courses = sizes[:, None] + 0.01 * np.arange(6) + 0.001 * rng.normal(size=(40, 6))
    courses[early, 4:] = np.nan
    return np.asarray(courses)


def test_components__the_mean_does_not_jump_where_small_batches_end_early() -> None:
    """The mean of what is seen would be 4.7 there: the batches of the smallest vessel are missing."""
    found, scores = components_of(_ending_early(slice(0, 10)))
    assert np.abs(np.diff(found.mean)).max() < 0.02
    course = found.course(scores)
    np.testing.assert_allclose(course[:, 5] - course[:, 0], 0.05, atol=0.02)


def test_components__of_whole_courses_have_their_mean() -> None:
    courses = _ending_early(slice(0, 0))
    found, scores = components_of(courses)
    np.testing.assert_allclose(found.mean, courses.mean(axis=0))
    np.testing.assert_allclose(found.course(scores), courses, atol=0.05)


def test_components__of_courses_that_are_all_the_same_are_none() -> None:
    found, scores = components_of(np.full((5, 4), 2.0))
    assert found.shapes.shape == (0, 4)
    assert scores.shape == (5, 0)
    np.testing.assert_allclose(found.mean, 2.0)
