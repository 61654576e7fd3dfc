"""The expected courses of a proposal: numbers in display units, kinds of question, and reasons where there are none."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.course.expected_courses import NO_MONITOR, expected_courses
from pipeline.answers.monitor_of_run import OLDER, MonitorOfRun
from pipeline.answers.result.course import CourseBasis
from pipeline.answers.result.scenarios import Withheld
from tests.support.pot import proposal
from tests.support.trained_pot import answered, trained_run
from tests.support.watched_pot import HOURS, watched_answer, watched_case, watched_run

ANSWER = watched_answer()
COURSES = {course.tag: course for course in ANSWER.courses}


def _reason(folder: Path) -> str:
    run = replace(trained_run(), monitor=MonitorOfRun(folder, trained_run().process))
    courses, found = expected_courses(make_case(proposal(), run), run, {})
    assert courses == ()
    assert isinstance(found, Withheld)
    return found.reason


def test_courses__of_each_tag_are_in_the_units_of_the_user() -> None:
    assert set(COURSES) == {"probe", "sample", "flow", "warmth"}
    assert COURSES["probe"].unit == "g/L"
    first, last = COURSES["probe"].points[0], COURSES["probe"].points[-1]
    assert (first.hours, last.hours) == (0, HOURS)
    assert last.median == pytest.approx(3.0, abs=0.1)
    assert last.lower < last.median < last.upper
    assert COURSES["warmth"].points[20].median == pytest.approx(36.85, abs=0.1)
    assert [point.hours for point in COURSES["sample"].points] == [0, 24, 48, 72, 96]
    assert all(len(course.points) <= 60 for course in ANSWER.courses)


def test_courses__stand_beside_those_of_the_product_itself() -> None:
    """Product P ran at 1 L alone, where the probe rises half as much."""
    (own,) = COURSES["probe"].own
    assert (own.scale, own.unit, own.batches) == (1, "L", 16)
    assert len(own.medians) == len(COURSES["probe"].points)
    assert own.medians[-1] == pytest.approx(2.0, abs=0.1)


def test_courses__what_differs_most_comes_first_and_what_the_plan_says_last() -> None:
    assert [course.tag for course in ANSWER.courses] == ["probe", "sample", "flow", "warmth"]
    assert isinstance(ANSWER.courses_from, CourseBasis)
    assert ANSWER.courses_from.set_by_plan == ("flow", "warmth")


def test_courses__say_what_the_band_is() -> None:
    found = ANSWER.courses_from
    assert isinstance(found, CourseBasis)
    assert (found.level, found.kind, found.rehearsed_as) == (0.9, "new_scale", "new_scale")
    assert "questions of the kind 'new scale'" in found.sentence
    assert "At each time 90 % of them lay" in found.sentence
    assert "stands for it" not in found.sentence


def test_courses__say_which_kind_stands_for_another() -> None:
    case = watched_case(scale="1000 L", equipment=None)
    _, found = expected_courses(case, watched_run(), {})
    assert isinstance(found, CourseBasis)
    assert (found.kind, found.rehearsed_as) == ("beyond_scale", "new_scale")
    assert "The proposal is a question of the kind 'beyond scale'; the kind 'new scale' stands for it." in found.sentence


def test_courses__a_tag_whose_set_point_is_not_stated_is_named() -> None:
    case = watched_case()
    unknown = replace(case, row=case.row.with_columns(pl.lit(None, pl.Float64).alias("temperature")))
    courses, found = expected_courses(unknown, watched_run(), {})
    assert isinstance(found, CourseBasis)
    assert "warmth" not in {course.tag for course in courses}
    assert found.unknown == ("warmth",)
    assert "does not state the set-point of warmth." in found.sentence


def test_courses__are_only_a_part_of_whole_answers() -> None:
    plain = answer(watched_case(), watched_run())
    assert (plain.courses, plain.courses_from) == ((), None)


def test_courses__without_any_answered_attribute_are_withheld() -> None:
    courses, found = expected_courses(watched_case(), watched_run(), {"titre": "too far"})
    assert courses == ()
    assert isinstance(found, Withheld)
    assert "too far" in found.reason


def test_courses__without_a_monitor_have_the_reason(tmp_path: Path) -> None:
    assert answered(depth="whole").courses_from == Withheld(NO_MONITOR)
    assert _reason(tmp_path / "monitor") == OLDER
    (tmp_path / "about.json").write_text('{"reason": "Process \'pot\' has no values over time"}', encoding="utf-8")
    assert _reason(tmp_path) == "No batch can be watched: Process 'pot' has no values over time"
