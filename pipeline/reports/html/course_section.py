"""The section of expected courses: what sensors and samples should show, beside past batches of the product."""

from collections.abc import Mapping

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.course import CourseBasis
from pipeline.reports.figures.drawn_courses import COURSES, not_drawn
from pipeline.reports.html.section import Figure, Section

TITLE = "Expected course of the batch"
KEY = "courses"
CAPTION = (
    "Blue line and band: the proposed batch. Thin lines: median of the past batches of the product at each scale, without batches "
    "that deviated. A tag that differs more from the line of the nearest scale, in widths of the band, comes earlier. Tags whose "
    "set-point the plan states, and those that grow with the batch size, come last."
)
ALONE = "The product has no past batches to compare with."


def course_section(answer: Answer, pictures: Mapping[str, str]) -> Section | None:
    """Return the section; None where no courses were asked for. pictures: name → SVG."""
    found = answer.courses_from
    if found is None:
        return None
    if not isinstance(found, CourseBasis):
        return Section(KEY, TITLE, (f"No course is shown: {found.reason.rstrip('.')}.",), ())
    drawn = (Figure(pictures[COURSES], CAPTION),) if COURSES in pictures else ()
    return Section(KEY, TITLE, (found.sentence, *_notes(answer)), (), drawn)


def _notes(answer: Answer) -> list[str]:
    """Return what the picture does not show, one sentence each."""
    notes = [] if any(course.own for course in answer.courses) else [ALONE]
    rest = [answer.name(course.tag) for course in not_drawn(answer)]
    return [*notes, f"Not drawn, but in result.json: {', '.join(rest)}."] if rest else notes
