"""The expected course of every tag, and the deviations from it."""

import numpy as np
import polars as pl
import pytest

from pipeline.forecasting.trained_model import task_of
from pipeline.monitoring.courses import Courses, courses_of
from pipeline.monitoring.expected import ExpectedCourses, fit_expected
from pipeline.monitoring.grid import course_grid
from tests.support.small_courses import POINTS, Fault, SmallCourses, course_process, small_courses


def _fitted(made: SmallCourses) -> tuple[ExpectedCourses, Courses]:
    grid = course_grid(made.process, made.records)
    courses = courses_of(made.process, grid, made.rows["batch_id"].to_list(), made.records)
    task = task_of(made.process, grid.sensors[0], "plan", made.rows)
    return fit_expected(made.process, grid, courses, made.rows, task), courses


def test_deviations__base_and_level_and_deviation_are_the_value() -> None:
    made = small_courses(24)
    expected, courses = _fitted(made)
    found = expected.deviations(courses, made.rows)
    assert np.nanmax(np.abs(found.base + found.sensor_level + found.sensors - courses.sensors)) < 1e-9
    seen = ~np.isnan(courses.samples)
    assert np.abs((found.sample_base + found.sample_level + found.samples - courses.samples)[seen]).max() < 1e-9


def test_deviations__of_a_tag_with_a_set_point_are_its_control_error() -> None:
    made = small_courses(24)
    expected, courses = _fitted(made)
    temperature = expected.deviations(courses, made.rows).sensors[:, :, expected.grid.sensors.index("temperature")]
    assert np.nanstd(temperature) < 0.12
    assert np.nanstd(courses.sensors[:, :, 2]) > 1


def test_deviations__follow_a_shift_of_the_plan_of_a_new_batch() -> None:
    made = small_courses(24)
    expected, _ = _fitted(made)
    late = made.rows[:1].with_columns(shift=pl.lit(40 * 3600.0))
    base = expected.base(late)[0, :, 2]
    assert base[38] == pytest.approx(310, abs=0.5)
    assert base[45] == pytest.approx(306, abs=0.5)


def test_level__follows_the_plan() -> None:
    """Oxygen rises with the air flow of the plan."""
    made = small_courses(40)
    expected, _ = _fitted(made)
    row = made.rows[:1]
    low, high = (expected.level(row.with_columns(air=pl.lit(air)))[0][0, :POINTS, 0].mean() for air in (0.8e-5, 1.2e-5))
    assert high - low == pytest.approx(0.08, abs=0.03)


def test_deviations__of_a_sample_are_from_the_probe_that_measures_the_same() -> None:
    made = small_courses(30, changed={"B003": Fault({"ph": 0.5, "ph_lab": 0.5}, 20)})
    expected, courses = _fitted(made)
    found = expected.deviations(courses, made.rows)
    assert np.nanmax(np.abs(found.samples[3])) < 0.1
    assert np.nanmax(found.sensors[3, :, 1]) > 0.3


def test_set_point__that_few_batches_state_is_not_used() -> None:
    made = small_courses(24)
    few = made.rows.with_columns(
        pl.when(pl.int_range(pl.len()) < 8).then(pl.col(name)).alias(name) for name in ("warm", "cool")
    )
    expected, _ = _fitted(SmallCourses(made.process, few, made.records))
    assert expected.responses == (None, None, None)
    assert (expected.base(few) == 0).all()


def test_reach__is_the_point_that_enough_batches_reached() -> None:
    assert _fitted(small_courses(40))[0].reach == POINTS + 1
    assert _fitted(small_courses(40, lengths=(40,) * 19 + (60,)))[0].reach == POINTS + 1
    assert _fitted(small_courses(40, lengths=(40,) * 39 + (60,)))[0].reach == 41


def test_expected__without_set_points_samples_or_partners_is_the_level() -> None:
    made = small_courses(16, process=course_process({}))
    bare = SmallCourses(made.process, made.rows, made.records.filter(pl.col("tag") != "ph_lab"))
    expected, courses = _fitted(bare)
    found = expected.deviations(courses, made.rows)
    assert (found.base == 0).all()
    assert found.samples.shape[2] == found.sample_level.shape[2] == 0


def test_level__of_flows_that_grow_with_the_vessel_is_compared_as_logarithms() -> None:
    made = small_courses(24, volumes=(0.01, 0.1, 1.0))
    scale = made.rows.select("batch_id", "scale")
    flow = made.records.join(scale, on="batch_id").with_columns(
        pl.when(pl.col("tag") == "oxygen").then(pl.col("value") * pl.col("scale")).otherwise("value").alias("value")
    )
    expected, courses = _fitted(SmallCourses(made.process, made.rows, flow.drop("scale")))
    assert expected.scales.logarithm == (True, False, False)
    oxygen = expected.deviations(courses, made.rows).sensors[:, :, 0]
    assert np.nanmax(np.abs(oxygen)) < 0.5
