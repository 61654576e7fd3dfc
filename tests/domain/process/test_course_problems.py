"""What is wrong with the course in a definition is one clear sentence each."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.small_courses import COURSE, course_definition


def _set_points(*phases: PlainData) -> PlainData:
    return {"set_points": {"temperature": list(phases)}}


WARM: PlainData = {"value": "warm"}
TAGS = "which is not recorded over time; tags are oxygen, ph, ph_lab, temperature"
BAD: dict[str, tuple[PlainData, str]] = {
    "set-point of no tag": ({"set_points": {"air": [WARM]}}, f"course.set_points names 'air', {TAGS}"),
    "same of no tag": ({"same": {"ph_lab": "warm"}}, f"course.same names 'warm', {TAGS}"),
    "indicator of no tag": ({"indicator": "air"}, f"course.indicator names 'air', {TAGS}"),
    "same as itself": ({"same": {"ph": "ph"}}, "course.same compares 'ph' with itself; name the other tag"),
    "same of two dimensions": (
        {"same": {"ph_lab": "temperature"}},
        r"course.same compares 'ph_lab' \[\] with 'temperature' \[degC\], which have different dimensions",
    ),
    "indicator and event": (
        {"indicator": "oxygen", "events": ["shift"]},
        "course.indicator 'oxygen' replaces the time, so no event and no phase can have a time; leave out `indicator`",
    ),
    "indicator and phase": (
        {"indicator": "oxygen", **_set_points(WARM, {"value": "cool", "after": "5 h"})},
        "course.indicator 'oxygen' replaces the time",
    ),
    "event that is no time": (
        {"events": ["warm"]},
        "course.events names 'warm', which is no time since the start of the batch; its unit must be a time, such as h",
    ),
    "event that is text": ({"events": ["product"]}, "course.events names 'product', which is no time since the start"),
    "event that is not planned": (
        {"events": ["fed"]},
        "course.events names 'fed', which is not known before the batch; a planned time has the horizon 'plan'",
    ),
    "phase that is no time": (
        _set_points(WARM, {"value": "cool", "after": "later"}),
        "course.set_points.temperature begins a phase after 'later', which is neither an attribute nor a time such as '72 h'",
    ),
    "phase after a temperature": (
        _set_points(WARM, {"value": "cool", "after": "cool"}),
        "course.set_points.temperature names 'cool', which is no time since the start",
    ),
    "no first phase": (
        _set_points({"value": "warm", "after": "shift"}),
        "course.set_points.temperature must begin with a phase without `after`, the set-point from the start of the batch",
    ),
    "no phase": (_set_points(), "course.set_points.temperature must begin with a phase without `after`"),
    "first phase is a ramp": (
        _set_points({"value": "warm", "shape": "ramp"}),
        "course.set_points.temperature begins with a ramp; the first phase has nothing to rise from, so it must be a step",
    ),
    "set-point that is text": (
        _set_points({"value": "product"}),
        "course.set_points.temperature names 'product', which is no number that is known before the batch",
    ),
    "set-point that is a tag": (
        _set_points({"value": "temperature"}),
        "course.set_points.temperature names 'temperature', which is no number that is known before the batch",
    ),
    "set-point of another dimension": (
        _set_points({"value": "air"}),
        r"course.set_points.temperature has the set-point 'air' \[L/min\]; its dimension is not that of \[degC\]",
    ),
    "state that is a number": (
        {"running": {"attribute": "warm", "are": ["runs"]}},
        "course.running names 'warm', which is no text of the batch records",
    ),
    "unknown event": ({"events": ["nothing"]}, "course.events.*nothing"),
    "unknown tag": ({"set_points": {"nothing": [WARM]}}, "course.set_points.*nothing"),
    "unknown set-point": (_set_points({"value": "nothing"}), "course.set_points.temperature.*nothing"),
    "unknown partner": ({"same": {"ph_lab": "nothing"}}, "course.same.*nothing"),
    "unknown indicator": ({"indicator": "nothing"}, "course.indicator.*nothing"),
    "unknown state": ({"running": {"attribute": "nothing", "are": ["runs"]}}, "course.running.*nothing"),
}


def _definition(course: PlainData) -> PlainData:
    made = course_definition(course)
    time = {"role": "CPP", "horizon": "harvest", "description": "x", "unit": "h", "column": "batches.fed"}
    made["attributes"]["fed"] = time
    return made


@pytest.mark.parametrize("name", BAD)
def test_course__that_cannot_be_read_is_refused(name: str) -> None:
    course, said = BAD[name]
    with pytest.raises(ScalebridgeError, match=said):
        process_of(_definition(course))


@pytest.mark.parametrize(
    "course",
    [
        {},
        COURSE,
        {"indicator": "oxygen", "same": {"ph_lab": "ph"}, "set_points": {"temperature": [WARM]}},
        _set_points({"value": 37.0}, {"value": "cool", "after": "72 h", "shape": "ramp"}),
        {"running": {"attribute": "product", "are": ["runs"]}, "step": "30 min"},
    ],
)
def test_course__that_can_be_read_is_accepted(course: PlainData) -> None:
    process_of(_definition(course))
