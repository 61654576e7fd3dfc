"""The band of a sample that is compared with a sensor, before and after the records."""

import numpy as np

from pipeline.monitoring.courses import courses_of
from pipeline.monitoring.expected_path import POINTS, expected_paths, planned_paths
from pipeline.monitoring.judgement import TagCourse
from pipeline.monitoring.monitor import Monitor
from tests.support.watched_pot import records, watched_run

RUN = watched_run()
ROW = RUN.rows.filter(RUN.rows["scale"] > 0.01)[:1]


def _monitor() -> Monitor:
    assert RUN.monitor is not None
    assert isinstance(RUN.monitor.found, Monitor)
    return RUN.monitor.found


def _updated(hours: float, faster: float = 1.0) -> dict[str, TagCourse]:
    """Return the courses of a batch of which the records up to some hours are known, and whose values are larger by a factor."""
    own = records(ROW).filter(records(ROW)["time"] <= 3600 * hours)
    own = own.with_columns(value=own["value"] * faster)
    monitor = _monitor()
    courses = courses_of(monitor.process, monitor.forecasts.expected.grid, ROW["batch_id"].to_list(), own)
    return {
        one.tag: one
        for one in expected_paths(monitor, monitor.forecasts.expected.deviations(courses, ROW), courses, "new_scale")
    }


def _planned() -> dict[str, TagCourse]:
    return {one.tag: one for one in planned_paths(_monitor(), ROW, "new_scale")}


def _width(course: TagCourse, hours: float) -> float:
    return float(np.interp(hours, course.hours, course.upper - course.lower))


def test_planned_paths__have_sixty_points_at_most() -> None:
    assert all(len(course.hours) <= POINTS for course in _planned().values())


def test_planned_paths__a_sample_is_at_least_as_uncertain_as_the_sensor_that_measures_the_same() -> None:
    plan = _planned()
    for hours in (24.0, 72.0):
        assert _width(plan["sample"], hours) >= _width(plan["probe"], hours)


def test_expected_paths__where_the_sensor_was_seen_only_the_difference_is_uncertain() -> None:
    plan, now = _planned(), _updated(50)
    assert _width(now["sample"], 24) < _width(plan["sample"], 24)
    assert _width(now["sample"], 96) >= _width(now["probe"], 96)


def test_expected_paths__a_sample_follows_the_updated_course_of_the_sensor() -> None:
    """After a start above the plan both are expected above it. The sample does not go back to the plan."""
    now = _updated(50, 1.05)
    probe, sample = (float(np.interp(72, now[tag].hours, now[tag].median)) for tag in ("probe", "sample"))
    planned = float(np.interp(72, _planned()["probe"].hours, _planned()["probe"].median))
    assert probe > planned + 0.03
    assert sample > planned + 0.03
