"""Pictures of a running batch as SVG: its score, the courses of its tags, and its chances to meet the specifications."""

from collections.abc import Sequence

from pipeline.answers.result.course import Course
from pipeline.answers.result.watch import QualityAhead, ScoreAt, Watch, WatchedCourse
from pipeline.domain.display import TIMES, chance, moment, time_unit
from pipeline.reports.figures.axes import Panel, around, band, curve, frame
from pipeline.reports.figures.svg import ACCENT, GREY, INK, PALE, dot, line, picture, words

ALERT = "#a40000"
"""Colour of what lies above the limit. A heavy line or a full circle says the same in a black-and-white print."""
MOST_SCORE = 5.0
"""A score above this is drawn at the upper edge, so that the limit stays visible."""
_WIDTH, _LEFT, _RIGHT = 720.0, 56.0, 700.0


def score_figure(watch: Watch) -> str:
    """Draw the score over the hours, with its limit at 1."""
    scores = [one for one in watch.scores if one.hours >= 0]
    high = min(max([1.25, *(1.08 * one.score for one in scores)]), MOST_SCORE)
    panel = _panel(watch, _RIGHT, 0.0, high)
    parts = frame(panel, _along(panel), "score [times the limit]")
    parts.append(line(panel.left, panel.y(1), panel.right, panel.y(1), dash="6 3", width=1.6))
    parts.append(words(panel.right, panel.y(1) - 5, "limit", anchor="end", bold=True))
    parts.append(curve(panel, [(one.hours, one.score) for one in scores], colour=ACCENT, width=1.6))
    for piece in _above(scores):
        parts.append(curve(panel, [(one.hours, one.score) for one in piece], colour=ALERT, width=3.2))
    if watch.since is not None:
        x = panel.x(watch.since)
        parts.append(line(x, panel.top, x, panel.bottom, colour=ALERT, width=1.4))
        parts.append(words(x, panel.top - 2, f"since {moment(watch.since)}", anchor="middle", bold=True, colour=ALERT))
    parts += _now(panel, watch)
    return picture(_WIDTH, 234, parts, f"score of batch {watch.batch} over the hours, with its limit")


def course_figure(watch: Watch, course: WatchedCourse) -> str:
    """Draw the course of one tag: records, expected course with its 90 % band, and the course of the plan."""
    drawn = [one for one in (course.planned, course.expected) if one is not None]
    values = [one.value for one in course.observed]
    values += [value for one in drawn for point in one.points for value in (point.lower, point.upper)]
    if not values:
        return ""
    panel = _panel(watch, _RIGHT, *around(values))
    unit = f" [{course.unit}]" if course.unit else ""
    parts = frame(panel, _along(panel), f"{watch.name(course.tag)}{unit}")
    if course.expected is not None:
        parts += _expected(panel, course.expected)
    if course.planned is not None and course.planned.points:
        middle = [(point.hours, point.median) for point in course.planned.points]
        parts.append(curve(panel, middle, colour=GREY, dash="5 3"))
    parts += _records(panel, course)
    if watch.since is not None and watch.tags:
        parts.append(line(panel.x(watch.since), panel.top, panel.x(watch.since), panel.bottom, colour=ALERT, width=1.4))
    parts += _now(panel, watch)
    return picture(_WIDTH, 234, parts, f"course of {watch.name(course.tag)}: records, expected and planned")


def chance_figure(watch: Watch) -> str:
    """Draw the chance to meet each specification over the decision points."""
    lines = [one for one in watch.quality if len(one.chances) > 1]
    if not lines:
        return ""
    panel = _panel(watch, 560, 0.0, 100.0)
    parts = frame(panel, _along(panel), "chance [%]")
    ends = _apart([panel.y(100 * one.chances[-1].chance) for one in lines], 14, panel.top + 4, panel.bottom)
    for nth, (one, end) in enumerate(zip(lines, ends, strict=True)):
        parts += _chances(panel, watch, one, end, ("", "6 3", "2 3", "9 3 2 3")[nth % 4])
    return picture(_WIDTH, 234, parts, "chance to meet each specification over the hours")


def _chances(panel: Panel, watch: Watch, one: QualityAhead, end: float, dash: str) -> list[str]:
    points = [(point.hours, 100 * point.chance) for point in one.chances]
    x, y = panel.x(points[-1][0]), panel.y(points[-1][1])
    label = f"{watch.name(one.attribute)} {chance(one.chances[-1].chance)}"
    return [
        curve(panel, points, dash=dash, width=1.6),
        *(dot(panel.x(hours), panel.y(value), 3, fill=INK) for hours, value in points),
        line(x, y, panel.right + 4, end, colour=PALE),
        words(panel.right + 8, end + 4, label),
    ]


def _apart(places: Sequence[float], least: float, top: float, bottom: float) -> list[float]:
    """Move places of labels apart, so that they do not cover each other."""
    order = sorted(range(len(places)), key=lambda nth: places[nth])
    found = dict.fromkeys(order, 0.0)
    before = top - least
    for nth in order:
        before = found[nth] = max(places[nth], before + least)
    over = max(before - bottom, 0.0)
    return [found[nth] - over for nth in range(len(places))]


def _expected(panel: Panel, given: Course) -> list[str]:
    if not given.points:
        return []
    middle = [(point.hours, point.median) for point in given.points]
    return [
        band(panel, [(point.hours, point.lower, point.upper) for point in given.points], fill=PALE),
        curve(panel, middle, colour=GREY, width=1.4),
    ]


def _records(panel: Panel, course: WatchedCourse) -> list[str]:
    points = [(one.hours, one.value) for one in course.observed]
    if len(points) <= 40:
        return [
            curve(panel, points, colour=ACCENT),
            *(dot(panel.x(x), panel.y(y), 2.6, fill=ACCENT, stroke=ACCENT) for x, y in points),
        ]
    return [curve(panel, points, colour=ACCENT, width=1.6)]


def _now(panel: Panel, watch: Watch) -> list[str]:
    x = panel.x(watch.as_of.hours)
    return [
        line(x, panel.top, x, panel.bottom, colour=GREY, dash="2 3"),
        words(x + 4, panel.bottom - 5, "now", colour=GREY),
    ]


def _above(scores: Sequence[ScoreAt]) -> list[list[ScoreAt]]:
    """Pieces of the score above its limit."""
    pieces: list[list[ScoreAt]] = [[]]
    for one in scores:
        if one.score > 1:
            pieces[-1].append(one)
        elif pieces[-1]:
            pieces.append([])
    return [piece if len(piece) > 1 else [piece[0], piece[0]] for piece in pieces if piece]


def _panel(watch: Watch, right: float, low: float, high: float) -> Panel:
    """A panel over the time of the batch."""
    last = _last(watch)
    return Panel(_LEFT, right, 28, 194, 0.0, last, low, high, TIMES[time_unit(last)][1])


def _along(panel: Panel) -> str:
    return f"time since the start of the batch [{time_unit(panel.last)}]"


def _last(watch: Watch) -> float:
    """The last hour of the time axis: that of the courses, or the newest record."""
    courses = [
        one for course in watch.courses for one in (course.planned, course.expected) if one is not None and one.points
    ]
    return max([one.points[-1].hours for one in courses] + [1.02 * watch.as_of.hours, 1e-6])
