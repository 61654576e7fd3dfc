"""Courses of the tags of a running batch in display units: what was recorded, what was planned, what is expected."""

from collections.abc import Mapping, Sequence
from math import isfinite

import polars as pl

from pipeline.answers.result.course import Course, CoursePoint
from pipeline.answers.result.watch import Observation, WatchedCourse
from pipeline.domain.process.definition import Definition
from pipeline.domain.units import Unit
from pipeline.monitoring.judgement import TagCourse
from pipeline.monitoring.known import HOUR

MOST = 150
"""Largest number of pieces of time of which a dense series keeps the smallest and the largest record."""


def watched_courses(
    process: Definition,
    records: pl.DataFrame,
    planned: Sequence[TagCourse],
    expected: Sequence[TagCourse],
    first: Sequence[str],
) -> tuple[WatchedCourse, ...]:
    """Return the courses of all tags with an expected or planned course, and of `first`, which come first.

    records: batch_id, tag, time [s] and value [SI].
    """
    plan, ahead = ({one.tag: one for one in courses} for courses in (planned, expected))
    tags = dict.fromkeys((*first, *ahead, *plan))
    seen = {tag: thinned(records.filter(pl.col("tag").cast(pl.String) == tag)) for tag in tags}
    return tuple(_watched(process, tag, seen[tag], plan, ahead) for tag in tags)


def unit_of(process: Definition, tag: str) -> Unit | None:
    """Return the unit of a tag; None where the process does not define it."""
    attribute = process.attributes.get(tag)
    return attribute.si if attribute is not None and attribute.kind == "number" else None


def in_unit(value: float, unit: Unit | None) -> float:
    """Return a value in SI in its display unit."""
    return value if unit is None else unit.from_si(value)


def thinned(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records of one tag; of more than twice `MOST`, the smallest and the largest of each piece of time.

    A short excursion therefore stays visible.
    """
    finite = records.filter(pl.col("value").is_finite()).sort("time")
    if finite.height <= 2 * MOST:
        return finite.select("time", "value")
    piece = (pl.col("time") * (MOST / float(finite["time"].max() or 1.0))).floor()  # type: ignore[arg-type]
    ends = (pl.col("time", "value").get(pl.col("value").arg_min()), pl.col("time", "value").get(pl.col("value").arg_max()))
    grouped = [finite.group_by(piece.alias("piece")).agg(end) for end in ends]
    return pl.concat(grouped).select("time", "value").unique().sort("time")


def _watched(
    process: Definition, tag: str, seen: pl.DataFrame, plan: Mapping[str, TagCourse], ahead: Mapping[str, TagCourse]
) -> WatchedCourse:
    unit = unit_of(process, tag)
    observed = tuple(Observation(time / HOUR, in_unit(value, unit)) for time, value in seen.iter_rows())
    label = "" if unit is None else unit.label
    return WatchedCourse(tag, label, observed, _course(plan.get(tag), unit), _course(ahead.get(tag), unit))


def _course(given: TagCourse | None, unit: Unit | None) -> Course | None:
    """A course in display units. Times at which it is not known are left out."""
    if given is None:
        return None
    rows = zip(given.hours, given.median, given.lower, given.upper, strict=True)
    points = (tuple(float(value) for value in row) for row in rows)
    finite = [
        (hours, *(in_unit(value, unit) for value in values)) for hours, *values in points if all(map(isfinite, values))
    ]
    return Course(given.tag, "" if unit is None else unit.label, tuple(CoursePoint(*row) for row in finite))
