"""The courses of a past batch, with and without the band of good batches."""

from pathlib import Path

import pytest

from pipeline.answers.watch.look import post_of
from pipeline.answers.watch.past_courses import courses_without_bands, past_courses
from pipeline.domain.errors import ScalebridgeError
from pipeline.publication.runs import current_run
from tests.support.watched_project import ThermometerJudge, watched_project


def test_past_courses__have_the_band_of_the_plan(tmp_path: Path) -> None:
    bundle = current_run(watched_project(tmp_path))
    found = past_courses(post_of(bundle, ThermometerJudge()), "B1")
    (course,) = found.courses
    assert (course.tag, found.names[course.tag], found.run) == ("temperature_series", "temperature series", bundle.run)
    assert course.planned is not None
    assert course.planned.points[0].upper == pytest.approx(36.6)
    assert "as expected" in found.sentence


def test_courses_without_bands__say_why(tmp_path: Path) -> None:
    found = courses_without_bands(current_run(watched_project(tmp_path)), "B1", "there is no monitor")
    assert {one.tag for one in found.courses} == {"temperature_series", "cells"}
    assert all(one.planned is None and one.observed for one in found.courses)
    assert found.sentence == "there is no monitor"


def test_past_courses__an_unknown_batch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match="not in the history"):
        courses_without_bands(current_run(watched_project(tmp_path)), "B9", "")
