"""Components of courses of which some end early."""

import numpy as np

from pipeline.monitoring.components import components_of


def _courses(early: slice) -> np.ndarray:
    """Courses of 40 batches in vessels of very different size, on a logarithmic scale. Some have no last two nodes."""
    rng = np.random.default_rng(1)
    sizes = np.repeat([0.0, 2.0, 4.0, 8.0], 10)
    courses = sizes[:, None] + 0.01 * np.arange(6) + 0.001 * rng.normal(size=(40, 6))
    courses[early, 4:] = np.nan
    return np.asarray(courses)


def test_components__the_mean_does_not_jump_where_small_batches_end_early() -> None:
    """The mean of what is seen would be 4.7 there: the batches of the smallest vessel are missing."""
    found, scores = components_of(_courses(slice(0, 10)))
    assert np.abs(np.diff(found.mean)).max() < 0.02
    course = found.course(scores)
    np.testing.assert_allclose(course[:, 5] - course[:, 0], 0.05, atol=0.02)


def test_components__of_whole_courses_have_their_mean() -> None:
    courses = _courses(slice(0, 0))
    found, scores = components_of(courses)
    np.testing.assert_allclose(found.mean, courses.mean(axis=0))
    np.testing.assert_allclose(found.course(scores), courses, atol=0.05)


def test_components__of_courses_that_are_all_the_same_are_none() -> None:
    found, scores = components_of(np.full((5, 4), 2.0))
    assert found.shapes.shape == (0, 4)
    assert scores.shape == (5, 0)
    np.testing.assert_allclose(found.mean, 2.0)
