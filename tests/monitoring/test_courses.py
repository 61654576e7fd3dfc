"""Records of batches as arrays: points, gaps, and the time from which a sample is known."""

import numpy as np
import polars as pl

from pipeline.domain.process.process import Process
from pipeline.monitoring.courses import Courses, courses_of
from pipeline.monitoring.grid import CourseGrid
from tests.support.small_courses import course_process

HOUR = 3600.0
GRID = CourseGrid(("oxygen", "ph"), ("ph_lab",), HOUR, 15, 10, 4 * HOUR, 5)


def _records(*rows: tuple[str, str, float, float]) -> pl.DataFrame:
    """Return records from batch, tag, hour and value."""
    table = pl.DataFrame(rows, schema=["batch_id", "tag", "time", "value"], orient="row")
    return table.with_columns(pl.col("time") * HOUR).sort("batch_id", "tag", "time")


def _courses(*rows: tuple[str, str, float, float], process: Process | None = None, grid: CourseGrid = GRID) -> Courses:
    return courses_of(process or course_process(), grid, ["A", "B"], _records(*rows))


def test_courses__a_point_holds_the_mean_of_the_records_since_the_point_before() -> None:
    found = _courses(("A", "oxygen", 0, 1), ("A", "oxygen", 1.2, 2), ("A", "oxygen", 2.0, 4), ("A", "oxygen", 2.1, 8))
    assert found.sensors[0, [0, 2, 3], 0].tolist() == [1, 3, 8]
    assert np.isnan(found.sensors[0, 1, 0])


def test_courses__a_tag_without_a_record_is_a_gap() -> None:
    found = _courses(("A", "oxygen", 1, 1), ("B", "ph", 1, 7))
    assert np.isnan(found.sensors[0, :, 1]).all()
    assert np.isnan(found.sensors[1, :, 0]).all()
    assert found.sensors[1, 1, 1] == 7


def test_courses__hours_and_last_end_with_the_newest_record() -> None:
    found = _courses(("A", "oxygen", 1, 1), ("A", "ph", 3.5, 7))
    assert found.hours[0, [1, 4]].tolist() == [1, 3.5]
    assert found.last.tolist() == [4, -1]


def test_courses__records_after_the_last_point_are_left_out() -> None:
    found = _courses(("A", "oxygen", 2, 1), ("A", "oxygen", 100, 5))
    assert found.last[0] == 2
    assert np.nanmax(found.sensors) == 1


def test_courses__other_batches_and_other_tags_are_left_out() -> None:
    found = _courses(("A", "oxygen", 2, 1), ("C", "oxygen", 2, 5), ("A", "temperature", 9, 300))
    assert np.nansum(found.sensors) == 1
    assert found.last[0] == 2


def test_courses__a_sample_is_known_after_the_lag_of_its_result() -> None:
    """The lag is 4 h: a sample of hour 4.5 is known at 8.5 h, which is before point 9."""
    found = _courses(("A", "ph_lab", 4.5, 7.1))
    assert found.samples[0, 1, 0] == 7.1
    assert found.sampled[0].tolist() == [-1, 5, -1, -1, -1]
    assert found.known[0, :, 0].tolist() == [-1, 9, -1, -1, -1]


def test_courses__a_sample_without_a_lag_is_known_at_once() -> None:
    found = _courses(("A", "ph_lab", 4.0, 7.1), process=course_process(lag=None))
    assert found.known[0, 1, 0] == found.sampled[0, 1] == 4


def test_courses__something_new_is_known_after_the_last_record_where_a_result_comes_late() -> None:
    found = _courses(("A", "oxygen", 5, 1), ("A", "ph_lab", 4.0, 7.1), ("B", "oxygen", 5, 1))
    assert found.last.tolist() == [5, 5]
    assert found.told.tolist() == [8, 5]


def test_courses__with_an_indicator_are_compared_at_its_values() -> None:
    process = course_process({"indicator": "oxygen"})
    grid = CourseGrid(("oxygen", "ph"), ("ph_lab",), 1.0, 8, 6, 4.0, 3)
    rows = [("A", "oxygen", h, v) for h, v in ((0, 0), (10, 2), (20, 4), (30, 3), (40, 5))]
    found = _courses(*rows, ("A", "ph", 12, 7.0), ("A", "ph", 25, 7.2), ("A", "ph_lab", 20, 6.9), process=process, grid=grid)
    assert found.sensors[0, [2, 4], 1].tolist() == [7.0, 7.2]
    assert found.hours[0, [2, 4, 5]].tolist() == [12, 30, 40]
    assert found.sampled[0, 1] == 4
    assert found.known[0, 1, 0] == 4


def test_courses__before_the_first_value_of_the_indicator_are_at_that_value() -> None:
    process = course_process({"indicator": "oxygen"})
    grid = CourseGrid(("oxygen", "ph"), (), 1.0, 8, 6, 6.0, 2)
    found = _courses(("A", "oxygen", 5, 1), ("A", "oxygen", 9, 3), ("A", "ph", 2, 7), process=process, grid=grid)
    assert found.sensors[0, 1, 1] == 7


def test_take__returns_some_batches_in_the_given_order() -> None:
    found = _courses(("A", "oxygen", 1, 1), ("B", "oxygen", 1, 2)).take(np.array([1]))
    assert (found.batches, len(found), found.sensors[0, 1, 0]) == (("B",), 1, 2)
