"""Courses that differ most from the product's own come first."""

import math

from pipeline.answers.course.order import difference, ordered
from pipeline.answers.result.course import Course, CoursePoint, OwnCourse


def _course(tag: str, apart: float, half: float = 1.0, own: bool = True) -> Course:
    points = tuple(CoursePoint(hours, 5.0, 5.0 - half, 5.0 + half) for hours in (0.0, 1.0, 2.0))
    return Course(tag, "g/L", points, (OwnCourse(1.0, "L", 3, (5 - apart, 5 + apart, None)),) if own else ())


def test_difference__is_the_mean_distance_in_half_widths() -> None:
    assert difference(_course("a", 3.0, 2.0)) == 1.5
    assert difference(_course("a", 3.0, own=False)) == 0
    assert difference(_course("a", 0.0, 0.0)) == 0
    assert difference(_course("a", 1.0, 0.0)) == math.inf


def test_ordered__puts_what_the_plan_says_last() -> None:
    given = [_course("a", 1), _course("plan", 9), _course("b", 2), _course("new", 9, own=False)]
    assert [course.tag for course in ordered(given, ("plan",))] == ["b", "a", "new", "plan"]
