"""Courses in display units; a dense series keeps its excursions."""

import numpy as np
import polars as pl

from pipeline.answers.watch.courses import MOST, thinned, watched_courses
from pipeline.monitoring.judgement import TagCourse
from tests.support.watched_project import process


def series(values: list[float]) -> pl.DataFrame:
    times = [60.0 * n for n in range(len(values))]
    return pl.DataFrame({"batch_id": "B", "tag": "temperature_series", "time": times, "value": values})


def test_thinned__keeps_few_records_as_they_are() -> None:
    given = series([1.0, 2.0, 3.0])
    assert thinned(given).rows() == given.select("time", "value").rows()


def test_thinned__keeps_one_record_that_is_far_away() -> None:
    values = [300.0] * 20_000
    values[12_345] = 320.0
    found = thinned(series(values))
    assert found.height <= 2 * MOST + 2
    assert (60.0 * 12_345, 320.0) in found.rows()


def test_thinned__leaves_out_what_is_no_number() -> None:
    assert thinned(series([1.0, float("nan"), 2.0]))["value"].to_list() == [1.0, 2.0]


def test_thinned__of_no_record_is_empty() -> None:
    assert thinned(series([1.0]).clear()).is_empty()


def test_watched_courses__leave_out_times_that_are_not_known() -> None:
    grid = np.array([0.0, 1.0, 2.0])
    middle = np.array([309.65, np.nan, 310.65])
    course = TagCourse("temperature_series", grid, middle, middle - 1, middle + 1)
    (found,) = watched_courses(process(), series([309.65]), (), (course,), ())
    assert found.planned is None
    assert found.expected is not None
    assert [(one.hours, one.median, one.lower) for one in found.expected.points] == [(0.0, 36.5, 35.5), (2.0, 37.5, 36.5)]


def test_watched_courses__begin_with_the_tags_that_are_asked_for() -> None:
    found = watched_courses(process(), series([309.65]), (), (), ("cells", "torque"))
    assert [(one.tag, one.unit, len(one.observed)) for one in found] == [("cells", "Mcell/mL", 0), ("torque", "", 0)]
