"""The order of expected courses: what differs most from the product's own course comes first."""

from collections.abc import Collection, Sequence

from pipeline.answers.result.course import Course


def ordered(courses: Sequence[Course], set_by_plan: Collection[str]) -> tuple[Course, ...]:
    """Return courses, those that differ most from the own course at the nearest scale first.

    set_by_plan: tags that say little beyond the plan. They come last.
    """
    return tuple(sorted(courses, key=lambda course: (course.tag in set_by_plan, -difference(course))))


def difference(course: Course) -> float:
    """Return the mean distance of the expected course from the own course at the nearest scale, in half widths of the band.

    0 without an own course. A band without any width makes every distance count as one that cannot be larger.
    """
    if not course.own:
        return 0.0
    pairs = [(one, own) for one, own in zip(course.points, course.own[0].medians, strict=True) if own is not None]
    apart = sum(abs(one.median - own) for one, own in pairs)
    width = sum((one.upper - one.lower) / 2 for one, _ in pairs)
    if apart == 0:
        return 0.0
    return apart / width if width > 0 else float("inf")
