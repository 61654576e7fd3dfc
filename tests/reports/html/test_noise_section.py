"""The section of the noise floor has a line per attribute, and says what it means also where none is known."""

from dataclasses import replace

from pipeline.answers.result.answer import Answer
from pipeline.reports.html.noise_section import MEANING, NONE, UNKNOWN, noise_section
from pipeline.reports.html.page import page
from tests.support.example_result import NOISE, example

ANSWER = example()


def _known() -> Answer:
    return replace(ANSWER, noise_floors={"titre": NOISE})


def test_noise_section__has_error_and_noise_floor_side_by_side_with_the_source() -> None:
    section = noise_section(_known())
    (table,) = section.tables
    titre, other = table.rows
    assert titre == ("titre", "g/L", 0.2, 0.1, "0.08 – 0.14", "from 34 replicates", 0.09, NONE, 0.09)
    assert other[2:] == (NONE,) * 7
    assert section.summary == (MEANING, NOISE.sentence)


def test_noise_section__of_what_is_stated_has_no_interval() -> None:
    stated = replace(NOISE, source="stated", stated="2 %", estimated=None, hidden_low=None, hidden_high=None, deviation=None)
    (table,) = noise_section(replace(ANSWER, noise_floors={"titre": stated})).tables
    assert table.rows[0][2:] == (0.2, 0.1, NONE, "stated", NONE, "2 %", NONE)


def test_noise_section__without_any_says_what_is_missing() -> None:
    section = noise_section(ANSWER)
    assert (section.summary, section.tables) == ((UNKNOWN,), ())


def test_page__has_the_section() -> None:
    text = page(_known())
    assert '<section id="noise">' in text
    assert "from 34 replicates" in text
