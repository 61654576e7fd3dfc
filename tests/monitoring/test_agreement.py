"""Whether a sample agrees with the probe that measures the same quantity."""

import numpy as np
import pytest

from pipeline.monitoring.agreement import LEAST, Agreement, agreements_of, expected_values, standardised
from pipeline.monitoring.courses import courses_of
from pipeline.monitoring.grid import course_grid
from tests.support.small_courses import Fault, SmallCourses, course_process, small_courses


def _agreements(made: SmallCourses) -> tuple[tuple[Agreement | None, ...], np.ndarray]:
    grid = course_grid(made.process, made.records)
    courses = courses_of(made.process, grid, made.rows["batch_id"].to_list(), made.records)
    found = agreements_of(made.process, grid, courses)
    return found, standardised(found, courses)[:, :, 0]


def test_agreement__of_a_sample_and_its_probe_scatters_as_the_sample_does() -> None:
    (found,), values = _agreements(small_courses(30))
    assert found is not None
    assert found.relative
    assert found.size * 7 == pytest.approx(0.01, rel=0.25)
    assert np.nanstd(values) == pytest.approx(1, abs=0.15)


def test_agreement__a_drift_of_the_probe_that_the_sample_shows_is_far_beyond_it() -> None:
    _, values = _agreements(small_courses(30, changed={"B003": Fault({"ph_lab": 0.2}, 30)}))
    assert np.nanmin(values[3, 6:]) > 4
    assert np.nanmax(np.abs(values[3, :4])) < 4
    assert np.nanmax(np.abs(values[4])) < 4.5


def test_agreement__expects_the_value_of_the_probe() -> None:
    made = small_courses(30)
    grid = course_grid(made.process, made.records)
    courses = courses_of(made.process, grid, made.rows["batch_id"].to_list(), made.records)
    found = expected_values(agreements_of(made.process, grid, courses), courses)
    assert np.nanmax(np.abs(found - courses.samples)) < 0.06


def test_agreement__is_a_difference_where_values_may_be_negative() -> None:
    made = small_courses(30)
    shifted = made.records.with_columns(value=made.records["value"] - 7.0)
    (found,), values = _agreements(SmallCourses(made.process, made.rows, shifted))
    assert found is not None
    assert not found.relative
    assert found.size == pytest.approx(0.01, rel=0.25)
    assert np.isfinite(np.nanmax(values))


def test_agreement__of_few_values_is_not_known_and_judges_nothing() -> None:
    few = small_courses(2, lengths=(6 * (LEAST // 2 - 1),))
    found, values = _agreements(few)
    assert found == (None,)
    assert np.isnan(values).all()


def test_agreement__without_a_declared_pair_is_none() -> None:
    assert _agreements(small_courses(12, process=course_process({})))[0] == ()
