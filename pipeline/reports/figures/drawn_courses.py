"""Which expected courses have a panel in the picture. The page names the others."""

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.course import Course

COURSES = "courses"
"""Name of the picture."""
MOST = 12
"""Largest number of tags with a panel."""


def drawn(answer: Answer) -> tuple[Course, ...]:
    """Return the courses that are drawn."""
    return answer.courses[:MOST]


def not_drawn(answer: Answer) -> tuple[Course, ...]:
    """Return the courses that only result.json holds."""
    return answer.courses[MOST:]
