"""The picture of the expected courses: one panel per tag, axes with units, and one legend."""

from dataclasses import replace

import pytest

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.course import Course, CourseBasis, CoursePoint
from pipeline.answers.result.scenarios import Withheld
from pipeline.reports.figures.courses import course_pictures
from pipeline.reports.figures.drawn_courses import COURSES, MOST, drawn, not_drawn
from tests.support.svg import texts
from tests.support.watched_pot import watched_answer

ANSWER = watched_answer()


def _words(answer: Answer) -> list[str]:
    return texts(course_pictures(answer)[COURSES])


def _lasting(hours: float) -> Answer:
    points = tuple(CoursePoint(part * hours, 5.0, 4.0, 6.0) for part in (0.0, 0.5, 1.0))
    return replace(ANSWER, courses=(Course("probe", "g/L", points),))


def test_picture__has_a_panel_per_tag_with_units_and_one_legend() -> None:
    found = _words(ANSWER)
    for course in ANSWER.courses:
        assert ANSWER.name(course.tag) in found
    assert found.count("[g/L]") == 3
    assert found.count("[°C]") == 1
    assert found.count("time since the start [d]") == 4
    for words in ("proposed batch, 90 % band", "proposed batch, median", "1 L (16 batches)"):
        assert found.count(words) == 1


def test_picture__is_the_same_each_time() -> None:
    assert course_pictures(ANSWER) == course_pictures(ANSWER)


@pytest.mark.parametrize(("hours", "unit"), [(336.0, "d"), (30.0, "h"), (0.5, "min"), (0.01, "s")])
def test_picture__has_the_unit_of_time_that_suits_the_length(hours: float, unit: str) -> None:
    assert f"time since the start [{unit}]" in _words(_lasting(hours))


def test_picture__over_an_indicator_has_its_name_and_unit() -> None:
    assert isinstance(ANSWER.courses_from, CourseBasis)
    answer = replace(ANSWER, courses_from=replace(ANSWER.courses_from, indicator="flow", indicator_unit="kg"))
    assert "flow [kg]" in _words(answer)


def test_picture__of_a_tag_without_a_unit_has_a_dash() -> None:
    assert "[–]" in _words(replace(ANSWER, courses=(replace(ANSWER.courses[0], unit=""),)))


def test_picture__draws_courses_of_very_different_size_on_a_logarithmic_axis() -> None:
    (flow,) = [course for course in ANSWER.courses if course.tag == "flow"]
    assert {"10", "100"} <= set(_words(replace(ANSWER, courses=(flow,))))
    near = replace(flow, own=tuple(replace(one, medians=(90.0,) * len(one.medians)) for one in flow.own))
    assert "10" not in _words(replace(ANSWER, courses=(near,)))
    noise = replace(flow, own=tuple(replace(one, medians=(-0.1, *one.medians[1:])) for one in flow.own))
    assert "10" not in _words(replace(ANSWER, courses=(noise,)))


def test_picture__has_no_more_than_twelve_panels() -> None:
    many = tuple(replace(ANSWER.courses[0], tag=f"tag{n}") for n in range(MOST + 2))
    answer = replace(ANSWER, courses=many)
    assert [course.tag for course in not_drawn(answer)] == ["tag12", "tag13"]
    assert len(drawn(answer)) == MOST
    assert sum(text.startswith("tag") for text in _words(answer)) == MOST


def test_picture__is_not_there_without_courses() -> None:
    assert course_pictures(replace(ANSWER, courses=(), courses_from=Withheld("no records"))) == {}
    assert course_pictures(replace(ANSWER, courses=())) == {}
