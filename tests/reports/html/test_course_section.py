"""The section of expected courses says what the band is, what is not drawn, or why there is no course."""

from dataclasses import replace

from pipeline.answers.result.course import CourseBasis
from pipeline.answers.result.scenarios import Withheld
from pipeline.reports.figures.courses import course_pictures
from pipeline.reports.html.course_section import ALONE, TITLE, course_section
from pipeline.reports.html.page import page
from tests.support.watched_pot import watched_answer

ANSWER = watched_answer()
PICTURES = course_pictures(ANSWER)


def test_section__begins_with_what_the_band_is() -> None:
    section = course_section(ANSWER, PICTURES)
    assert section is not None
    assert isinstance(ANSWER.courses_from, CourseBasis)
    assert section.summary == (ANSWER.courses_from.sentence,)
    assert section.figures[0].svg == PICTURES["courses"]


def test_section__names_the_tags_that_are_not_drawn() -> None:
    many = tuple(replace(ANSWER.courses[0], tag=f"tag{n}") for n in range(14))
    section = course_section(replace(ANSWER, courses=many), PICTURES)
    assert section is not None
    assert section.summary[1:] == ("Not drawn, but in result.json: tag12, tag13.",)


def test_section__says_that_the_product_has_no_batches() -> None:
    section = course_section(replace(ANSWER, courses=tuple(replace(one, own=()) for one in ANSWER.courses)), PICTURES)
    assert section is not None
    assert section.summary[1:] == (ALONE,)


def test_section__gives_the_reason_where_there_is_no_course() -> None:
    section = course_section(replace(ANSWER, courses=(), courses_from=Withheld("there are no records.")), {})
    assert section is not None
    assert section.summary == ("No course is shown: there are no records.",)
    assert section.figures == ()
    assert course_section(replace(ANSWER, courses=(), courses_from=None), {}) is None


def test_page__has_the_section_only_where_courses_were_asked_for() -> None:
    text = page(ANSWER, PICTURES)
    assert f"<h2>{TITLE}</h2>" in text
    assert '<a href="#courses">' in text
    assert (
        text.index('<section id="domain">')
        < text.index('<section id="courses">')
        < text.index('<section id="transfer-map">')
    )
    assert "#courses" not in page(replace(ANSWER, courses=(), courses_from=None))
