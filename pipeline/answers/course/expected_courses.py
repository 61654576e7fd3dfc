"""The expected course of each tag of the proposed batch, with its band, beside the courses of the product itself."""

from collections.abc import Mapping
from typing import cast

import numpy as np

from pipeline.answers.case.case import Case
from pipeline.answers.course.order import ordered
from pipeline.answers.course.own_courses import ScaleCourses, courses_by_scale, own_courses, usual_end
from pipeline.answers.result.course import Course, CourseBasis, CoursePoint
from pipeline.answers.result.prediction import Kind
from pipeline.answers.result.scenarios import Withheld
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.display import in_words, percent
from pipeline.domain.errors import listed
from pipeline.monitoring.expected_path import planned_paths
from pipeline.monitoring.judgement import TagCourse
from pipeline.monitoring.judging import kind_of
from pipeline.monitoring.monitor import Monitor

NO_MONITOR = "the run has no monitor"
HOUR = 3600.0
"""Seconds of an hour."""
CourseParts = tuple[tuple[Course, ...], CourseBasis | Withheld]
"""The courses, and where they come from or why there is none."""


def expected_courses(case: Case, run: TrainedRun, refused: Mapping[str, str]) -> CourseParts:
    """Return the courses that the plan lets expect, in display units, and what their bands are.

    refused: quality attribute → why it is not answered. If none is answered, no model says anything about the batch.
    """
    if refused and len(refused) >= len(run.process.targets):
        return (), Withheld(f"no attribute is answered, and the first reason is: {next(iter(refused.values()))}")
    monitor = Withheld(NO_MONITOR) if run.monitor is None else run.monitor.found
    if isinstance(monitor, Withheld):
        return (), monitor
    kind = kind_of(monitor, case.row)
    near, _ = monitor.scoring_of(kind)
    found = courses_by_scale(monitor, case.row, run.rows, run.history.trajectories)
    paths, end = planned_paths(monitor, case.row, near), usual_end(found, monitor.forecasts.expected.grid)
    courses = [course for path in paths if (course := _course(monitor, path, found, end)).points]
    shown = {course.tag for course in courses}
    planned = tuple(tag for tag in _set_by_plan(monitor) if tag in shown)
    unknown = tuple(path.tag for path in paths if path.tag not in shown)
    return ordered(courses, planned), _basis(monitor, kind, near, planned, unknown)


def _set_by_plan(monitor: Monitor) -> list[str]:
    """Return the tags that say little beyond the plan: it states their set-point, or they grow with the batch size."""
    expected = monitor.forecasts.expected
    tags = [*expected.grid.sensors, *expected.grid.samples]
    grows = [*expected.scales.logarithm, *expected.sample_scales.logarithm]
    stated = monitor.process.course.set_points
    return [tag for tag, with_size in zip(tags, grows, strict=True) if with_size or tag in stated]


def _course(monitor: Monitor, path: TagCourse, found: tuple[ScaleCourses, ...], end: float) -> Course:
    """Return one course up to its end in display units. Times at which it is not known are left out.

    end: on the axis of the grid.
    """
    process, grid = monitor.process, monitor.forecasts.expected.grid
    unit, scale = process.attributes[path.tag].si, process.attributes[process.scale.attribute].si
    values = np.column_stack([path.median, path.lower, path.upper])
    positions = path.hours * (HOUR if process.course.indicator is None else 1.0)
    kept = np.isfinite(values).all(axis=1) & (positions <= end)
    points = (
        CoursePoint(_axis_value(monitor, float(hours)), *(unit.from_si(float(value)) for value in line))
        for hours, line in zip(path.hours[kept], values[kept], strict=True)
    )
    return Course(path.tag, unit.label, tuple(points), own_courses(found, grid, path.tag, positions[kept], unit, scale))


def _axis_value(monitor: Monitor, position: float) -> float:
    """Return hours as they are, and the value of an indicator in its display unit."""
    indicator = monitor.process.course.indicator
    return position if indicator is None else monitor.process.attributes[indicator].si.from_si(position)


def _basis(monitor: Monitor, kind: str, near: str, planned: tuple[str, ...], unknown: tuple[str, ...]) -> CourseBasis:
    indicator = monitor.process.course.indicator
    return CourseBasis(
        level=monitor.config.level,
        kind=cast(Kind, kind),
        rehearsed_as=cast(Kind, near),
        indicator=indicator,
        indicator_unit="" if indicator is None else monitor.process.attributes[indicator].si.label,
        set_by_plan=planned,
        unknown=unknown,
        sentence=_sentence(monitor, kind, near, unknown),
    )


def _sentence(monitor: Monitor, kind: str, near: str, unknown: tuple[str, ...]) -> str:
    """Say what the band is, for which kind of question, and of which tags no course is expected."""
    share, names = percent(monitor.config.level), monitor.process.display_name
    parts = [
        f"Past batches were hidden as in questions of the kind '{in_words(near)}', and their courses were forecast from the "
        f"others. At each time {share} of them lay within a band as wide as the one shown."
    ]
    if near != kind:
        parts.append(
            f"The proposal is a question of the kind '{in_words(kind)}'; the kind '{in_words(near)}' stands for it."
        )
    if unknown:
        parts.append(f"The proposal does not state the set-point of {listed([names(tag) for tag in unknown], 8)}.")
    return " ".join(parts)
