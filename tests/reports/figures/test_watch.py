"""Pictures of a running batch: what is drawn, and what is left out where nothing is known."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from pipeline.answers.result.watch import AsOf, Observation, ScoreAt, Watch, WatchedCourse
from pipeline.reports.figures.watch import ALERT, chance_figure, course_figure, score_figure
from tests.support import example_watch

EXAMPLES = ("deviating", "normal", "first_at_scale", "not_judged")


@pytest.mark.parametrize("name", EXAMPLES)
def test_pictures__are_svg_without_numbers_that_are_none(name: str) -> None:
    watch: Watch = getattr(example_watch, name)()
    drawn = [score_figure(watch), chance_figure(watch), *(course_figure(watch, one) for one in watch.courses)]
    for svg in filter(None, drawn):
        ElementTree.fromstring(svg)
        assert "nan" not in svg
        assert "inf" not in svg


def test_score_figure__marks_what_lies_above_the_limit() -> None:
    deviating, normal = (score_figure(getattr(example_watch, name)()) for name in ("deviating", "normal"))
    assert "since hour 94" in deviating
    assert f'stroke="{ALERT}" stroke-width="3.2"' in deviating
    assert ALERT not in normal
    assert "limit" in normal


def test_score_figure__one_score_above_the_limit_is_drawn() -> None:
    watch = replace(
        example_watch.normal(), scores=(ScoreAt(1.0, 0.5, "fast"), ScoreAt(2.0, 1.5, "fast"), ScoreAt(3.0, 0.5, "fast"))
    )
    assert f'stroke="{ALERT}" stroke-width="3.2"' in score_figure(watch)


@pytest.mark.parametrize(
    ("hours", "unit", "tick"), [(150.0, "[h]", ">100<"), (0.5, "[min]", ">10<"), (0.03, "[s]", ">100<")]
)
def test_score_figure__axis_has_the_unit_that_fits_the_batch(hours: float, unit: str, tick: str) -> None:
    scores = (ScoreAt(0.0, 0.5, "fast"), ScoreAt(hours, 0.6, "fast"))
    watch = replace(example_watch.normal(), scores=scores, courses=(), as_of=AsOf(hours, None))
    assert unit in score_figure(watch)
    assert tick in score_figure(watch)


def test_course_figure__has_band_records_and_plan() -> None:
    watch = example_watch.deviating()
    svg = course_figure(watch, watch.courses[0])
    assert svg.count("<polygon") == 1
    assert svg.count("<polyline") == 3
    assert "dissolved oxygen over time [%]" in svg


def test_course_figure__of_samples_shows_each_record() -> None:
    watch = example_watch.deviating()
    course = next(one for one in watch.courses if one.tag == "vcd_series")
    assert course_figure(watch, course).count("<circle") == len(course.observed) == 7


def test_course_figure__of_a_constant_tag_has_an_axis() -> None:
    watch = example_watch.normal()
    flat = WatchedCourse("ph_series", "", tuple(Observation(float(h), 7.0) for h in range(5)), None, None)
    assert "<polyline" in course_figure(watch, flat)
    assert course_figure(watch, replace(flat, observed=())) == ""


def test_chance_figure__needs_a_decision_point() -> None:
    assert chance_figure(example_watch.first_at_scale()) == ""
    assert chance_figure(example_watch.deviating()).count("<polyline") == 4
