"""Checks of what a definition says about the course of a batch."""

from collections.abc import Iterator

from pipeline.domain.batch_columns import batch_attributes, trajectory_tags
from pipeline.domain.errors import listed
from pipeline.domain.process.course import Phase
from pipeline.domain.process.definition import Definition
from pipeline.domain.times.lag import lag
from pipeline.domain.units import unit


def course_references(process: Definition) -> dict[str, tuple[str, ...]]:
    """Place in the definition → names of attributes that the course uses."""
    course = process.course
    named = {
        "course.events": course.events,
        "course.set_points": tuple(course.set_points),
        "course.same": (*course.same, *course.same.values()),
        **{
            f"course.set_points.{tag}": tuple(phase.value for phase in phases if isinstance(phase.value, str))
            for tag, phases in course.set_points.items()
        },
    }
    running = None if course.running is None else course.running.attribute
    single: dict[str, str | None] = {"course.indicator": course.indicator, "course.running": running}
    return named | {place: (name,) for place, name in single.items() if name is not None}


def course_problems(process: Definition) -> list[str]:
    """List what is wrong with the course, one sentence each. Unknown names are reported elsewhere."""
    return [*_tag_problems(process), *_time_problems(process), *_value_problems(process), *_running_problems(process)]


def _tag_problems(process: Definition) -> Iterator[str]:
    tags, course = sorted(trajectory_tags(process)), process.course
    wanted = {
        "course.set_points": tuple(course.set_points),
        "course.same": (*course.same, *course.same.values()),
        "course.indicator": () if course.indicator is None else (course.indicator,),
    }
    for place, names in wanted.items():
        for name in names:
            if name in process.attributes and name not in tags:
                yield f"{place} names '{name}', which is not recorded over time; tags are {listed(tags, 12)}"
    for tag, other in course.same.items():
        if tag == other:
            yield f"course.same compares '{tag}' with itself; name the other tag that measures the same quantity"
        elif not {tag, other} - set(tags) and not _same_dimension(process, tag, other):
            first, second = (process.attributes[name].unit for name in (tag, other))
            yield f"course.same compares '{tag}' [{first}] with '{other}' [{second}], which have different dimensions"


def _same_dimension(process: Definition, first: str, second: str) -> bool:
    return unit(process.attributes[first].unit).dimension == unit(process.attributes[second].unit).dimension


def _time_problems(process: Definition) -> Iterator[str]:
    course = process.course
    timed = course.events or any(phase.after for phases in course.set_points.values() for phase in phases)
    if course.indicator is not None and timed:
        yield (
            f"course.indicator '{course.indicator}' replaces the time, so no event and no phase can have a time; leave out "
            "`indicator`, or `events` and `after`"
        )
    for place, name in _times(process):
        attribute = process.attributes.get(name)
        if attribute is None:
            yield from _unreadable(place, name)
        elif attribute.kind != "number" or unit(attribute.unit).dimension != unit("s").dimension:
            yield f"{place} names '{name}', which is no time since the start of the batch; its unit must be a time, such as h"
        elif name not in batch_attributes(process) or attribute.horizon != "plan":
            yield f"{place} names '{name}', which is not known before the batch; a planned time has the horizon 'plan'"


def _times(process: Definition) -> Iterator[tuple[str, str]]:
    """Place in the definition, and the attribute or the text that is a time there."""
    for name in process.course.events:
        if name in process.attributes:  # an unknown name is reported elsewhere
            yield "course.events", name
    for tag, phases in process.course.set_points.items():
        for phase in phases:
            if phase.after is not None:
                yield f"course.set_points.{tag}", phase.after


def _unreadable(place: str, text: str) -> Iterator[str]:
    try:
        lag(text)
    except ValueError:
        yield f"{place} begins a phase after '{text}', which is neither an attribute nor a time such as '72 h'"


def _value_problems(process: Definition) -> Iterator[str]:
    for tag, phases in process.course.set_points.items():
        place = f"course.set_points.{tag}"
        if not phases or phases[0].after is not None:
            yield f"{place} must begin with a phase without `after`, the set-point from the start of the batch"
        if phases and phases[0].shape == "ramp":
            yield f"{place} begins with a ramp; the first phase has nothing to rise from, so it must be a step"
        for phase in phases:
            yield from _set_point_problems(process, place, tag, phase)


def _set_point_problems(process: Definition, place: str, tag: str, phase: Phase) -> Iterator[str]:
    attribute, of_tag = process.attributes.get(str(phase.value)), process.attributes.get(tag)
    if isinstance(phase.value, str) and attribute is not None and of_tag is not None:
        if attribute.kind != "number" or attribute.horizon != "plan" or phase.value not in batch_attributes(process):
            yield f"{place} names '{phase.value}', which is no number that is known before the batch"
        elif unit(attribute.unit).dimension != unit(of_tag.unit).dimension:
            yield f"{place} has the set-point '{phase.value}' [{attribute.unit}]; its dimension is not that of [{of_tag.unit}]"


def _running_problems(process: Definition) -> Iterator[str]:
    running = process.course.running
    attribute = process.attributes.get(running.attribute) if running else None
    if (
        running
        and attribute is not None
        and (attribute.kind != "text" or running.attribute not in batch_attributes(process))
    ):
        yield f"course.running names '{running.attribute}', which is no text of the batch records"
