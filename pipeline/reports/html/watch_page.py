"""A running batch as one self-contained, printable page. It shows the content of a watch and computes no result."""

from dataclasses import dataclass

from markupsafe import Markup

from pipeline.answers.result.watch import Watch, WatchedCourse
from pipeline.answers.watch.feed_state import STOPPED
from pipeline.answers.watch.wording import cause_in_words, header_of
from pipeline.domain.display import in_words, moment
from pipeline.reports.figures.watch import chance_figure, course_figure, score_figure
from pipeline.reports.html.page import template

SHOWN = 6
"""Largest number of courses that are open on the page."""
STATES = {"as_expected": ("as expected", "fine"), "deviating": ("deviating", "alert"), "not_judged": ("not judged", "open")}
"""Status → its words and its class on the page."""


@dataclass(frozen=True)
class DrawnCourse:
    """The picture of the course of one tag."""

    name: str
    svg: Markup


def watch_page(watch: Watch) -> str:
    """Return a watch as HTML."""
    deviating = {one.tag for one in watch.tags}
    first = [one for one in watch.courses if one.tag in deviating]
    others = [one for one in watch.courses if one.tag not in deviating]
    if not first:
        first, others = others[:SHOWN], others[SHOWN:]
    return template("watch.html.j2").render(
        watch=watch,
        name=watch.name,
        header=header_of(watch),
        state=STATES[watch.status],
        causes=[(cause_in_words(one.cause), one.probability) for one in watch.causes],
        words=in_words,
        stopped=STOPPED,
        moment=moment,
        score=Markup(score_figure(watch)) if watch.scores else None,
        courses=_drawn(watch, first),
        further=_drawn(watch, others),
        chances=Markup(chance_figure(watch)),
    )


def _drawn(watch: Watch, courses: list[WatchedCourse]) -> list[DrawnCourse]:
    drawn = ((one, course_figure(watch, one)) for one in courses)
    return [DrawnCourse(watch.name(one.tag), Markup(svg)) for one, svg in drawn if svg]
