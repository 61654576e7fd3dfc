"""What a definition says about the course of a batch."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.course import CourseRules, Phase
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.small_courses import course_definition


def test_course__says_nothing_by_default() -> None:
    made = course_definition()
    del made["course"]
    assert process_of(made).course == CourseRules()


def test_course__phases_are_steps_unless_they_are_ramps() -> None:
    phases = [{"value": "warm"}, {"value": 33.0, "after": "shift", "shape": "ramp"}]
    found = process_of(course_definition({"set_points": {"temperature": phases}})).course.set_points["temperature"]
    assert found == (Phase("warm"), Phase(33.0, "shift", "ramp"))
    assert found[0].shape == "step"


@pytest.mark.parametrize(
    "course",
    [
        {"stepp": "1 h"},
        {"step": "soon"},
        {"set_points": {"temperature": [{"value": "warm", "shape": "curve"}]}},
        {"running": {"attribute": "product", "are": []}},
    ],
)
def test_course__of_another_form_is_refused(course: PlainData) -> None:
    with pytest.raises(ScalebridgeError, match="course"):
        process_of(course_definition(course))
