"""Picture of the expected courses of a batch beside those of past batches of its product, as SVG text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullFormatter

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.course import Course, CourseBasis, OwnCourse
from pipeline.domain.display import digits, noun, percent, size, with_unit
from pipeline.reports.figures.drawn_courses import COURSES, drawn
from pipeline.reports.figures.panels import Drawing, drawing_of, labelled
from pipeline.reports.figures.svg import ACCENT, GREY, INK

Style = str | tuple[float, tuple[float, ...]]
BAND = "#b5cfe8"
WIDTH = 11.1
"""Width of all panels of a row [inch]."""
STYLES: tuple[tuple[Style, str], ...] = (("-", INK), ("--", INK), ("-.", GREY), (":", GREY))
"""Style and colour of the own course at each scale, the scale nearest to the proposed one first."""
FAR = 20.0
"""Where the largest values of two courses differ by this factor, the vertical axis is logarithmic."""
DEPTH = 30.0
"""A logarithmic axis begins at the largest value of the lowest course divided by this."""
TIMES = ((72.0, "d", 1 / 24), (2.0, "h", 1.0), (1 / 30, "min", 60.0), (0.0, "s", 3600.0))
"""Duration [h] from which on a unit of time is used, the unit, and how many of it are in an hour."""


@dataclass(frozen=True)
class Look:
    """How the own courses at one scale are drawn."""

    style: Style
    colour: str
    name: str


def course_pictures(answer: Answer) -> dict[str, str]:
    """Return name → SVG of the expected courses; empty where there are none."""
    found = answer.courses_from
    if not isinstance(found, CourseBasis) or not answer.courses:
        return {}
    return {COURSES: _courses(drawn(answer), found, answer)}


def _courses(shown: Sequence[Course], basis: CourseBasis, answer: Answer) -> str:
    end = max(point.hours for course in shown for point in course.points)
    label, factor = _axis(basis, end, answer)
    looks = _looks(shown, answer)
    columns = min(3, len(shown))
    with drawing_of(COURSES, len(shown), columns, WIDTH / columns, 2.1) as drawing:
        for axes, course in zip(drawing.panels, shown, strict=False):
            _panel(axes, course, basis.level, factor, looks)
            axes.set(xlim=(0, factor * end), xlabel=label)
            axes.set_title(answer.name(course.tag), loc="left", fontsize=9)
        _legend(drawing)
    return drawing.svg


def _looks(shown: Sequence[Course], answer: Answer) -> dict[float, Look]:
    """Return scale → how its courses are drawn. The number of batches is that of the tag that most of them record."""
    every = [own for course in shown for own in course.own]
    scales = dict.fromkeys(own.scale for own in every)
    return {
        scale: Look(style, colour, _name([own for own in every if own.scale == scale], answer))
        for scale, (style, colour) in zip(scales, STYLES, strict=False)
    }


def _name(courses: Sequence[OwnCourse], answer: Answer) -> str:
    batches = max(own.batches for own in courses)
    where = with_unit(size(courses[0].scale), courses[0].unit) if answer.scale.stated else "past batches"
    return f"{where} ({batches} {noun(batches, 'batch')})"


def _axis(basis: CourseBasis, end: float, answer: Answer) -> tuple[str, float]:
    """Return the label of the horizontal axis, and the number of its units in a unit of the answer."""
    if basis.indicator is not None:
        return labelled(answer.name(basis.indicator), basis.indicator_unit), 1.0
    unit, factor = next((unit, factor) for least, unit, factor in TIMES if end >= least)
    return labelled("time since the start", unit), factor


def _panel(axes: Axes, course: Course, level: float, factor: float, looks: Mapping[float, Look]) -> None:
    """Draw the expected course with its band, and the own courses above it."""
    times, median = [factor * point.hours for point in course.points], [point.median for point in course.points]
    lower, upper = [point.lower for point in course.points], [point.upper for point in course.points]
    axes.fill_between(times, lower, upper, color=BAND, linewidth=0, label=f"proposed batch, {percent(level)} band")
    axes.plot(times, median, color=ACCENT, linewidth=2.2, label="proposed batch, median")
    for own in course.own:
        values = [float("nan") if value is None else value for value in own.medians]
        look = looks[own.scale]
        axes.plot(times, values, color=look.colour, linewidth=1.1, linestyle=look.style, label=look.name)
    axes.set_ylabel(f"[{course.unit or '–'}]")
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 3, 5, 10]))
    _vertical(axes, course)


def _vertical(axes: Axes, course: Course) -> None:
    """Set the vertical axis. It is logarithmic where courses differ by orders of magnitude, and ends below their smallest value."""
    curves = [[point.median for point in course.points], *(_known(own) for own in course.own)]
    largest = [max(curve) for curve in curves]
    if all(_is_away_from_zero(curve) for curve in curves) and max(largest) > FAR * min(largest):
        axes.set_yscale("log")
        axes.set_ylim(bottom=max(min(largest) / DEPTH, 0.7 * min(value for curve in curves for value in curve if value > 0)))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(lambda value, _: digits(value, 4))


def _is_away_from_zero(curve: Sequence[float]) -> bool:
    """Tell whether a course is mostly positive, and not noise around zero."""
    return min(curve) >= 0 and median_low(curve) > max(curve) / DEPTH


def _known(own: OwnCourse) -> list[float]:
    return [value for value in own.medians if value is not None]


def _legend(drawing: Drawing) -> None:
    """Draw one legend for all panels."""
    found: dict[str, object] = {}
    for axes in drawing.panels:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    drawing.figure.legend(found.values(), found.keys(), loc="outside lower center", ncols=4, frameon=False)  # type: ignore[arg-type]
