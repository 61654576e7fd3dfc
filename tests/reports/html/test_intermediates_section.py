"""The section of intermediates shows forecasts, causes, effects and weights, and stands on the page only where there are any."""

from dataclasses import replace

from pipeline.answers.result.intermediates import Intermediates
from pipeline.domain.display import signed
from pipeline.reports.html.intermediates_section import MEANING, NAMED, TITLE, intermediates_section
from pipeline.reports.html.page import page
from pipeline.reports.html.section import Section
from tests.support.example_result import example
from tests.support.foaming_pot import foaming_answer

ANSWER = foaming_answer()


def _found() -> Intermediates:
    assert ANSWER.intermediates is not None
    return ANSWER.intermediates


def _section(found: Intermediates) -> Section:
    section = intermediates_section(replace(ANSWER, intermediates=found))
    assert section is not None
    return section


def test_section__has_a_line_per_intermediate_with_its_causes() -> None:
    forecasts, _ = _section(_found()).tables
    foam = _found().expected["foam"]
    (line,) = forecasts.rows
    assert line[:6] == ("foam", "mm", foam.measured, foam.reference, foam.proposed, foam.change)
    assert isinstance(line[6], str)
    assert line[6].startswith(f"agitation {signed(foam.causes[0].change)}, ")


def test_section__has_the_effect_on_each_attribute_with_the_change_by_its_own_model() -> None:
    _, effects = _section(_found()).tables
    found = _found().expected["foam"].effects
    assert effects.rows == tuple(
        (name, "foam", found[name].change, "mm", found[name].effect, "g/L") for name in ("titre", "haze")
    )


def test_section__names_the_attribute_once_and_its_largest_effect_first() -> None:
    foam = _found().expected["foam"]
    small = replace(foam, effects={name: replace(one, effect=one.effect / 2) for name, one in foam.effects.items()})
    _, effects = _section(Intermediates(_found().weights, {"small": small, "foam": foam})).tables
    assert [row[:2] for row in effects.rows] == [("titre", "foam"), ("", "small"), ("haze", "foam"), ("", "small")]


def test_section__says_the_weight_and_what_is_expected() -> None:
    summary = _section(_found()).summary
    assert summary[0] == MEANING
    assert summary[1].startswith("Weight of this part in the prediction: titre 25 %, haze 25 %. The other models")
    assert _found().expected["foam"].sentence in summary


def test_section__has_sentences_of_the_largest_effects_and_lines_of_all() -> None:
    foam = _found().expected["foam"]
    many = {f"foam{i}": replace(foam, sentence=f"Sentence {i}.") for i in range(NAMED + 2)}
    section = _section(Intermediates(_found().weights, many))
    assert [text for text in section.summary if text.startswith("Sentence")] == [f"Sentence {i}." for i in range(NAMED)]
    assert len(section.tables[0].rows) == NAMED + 2


def test_section__of_what_was_not_measured_has_a_dash() -> None:
    unmeasured = replace(_found().expected["foam"], measured=None)
    assert _section(Intermediates(_found().weights, {"foam": unmeasured})).tables[0].rows[0][2] == "–"


def test_page__has_the_section_after_the_domain_where_there_are_intermediates() -> None:
    text = page(ANSWER)
    places = [text.index(f'<section id="{key}">') for key in ("bridge", "domain", "intermediates", "transfer-map")]
    assert places == sorted(places)
    assert f"<h2>{TITLE}</h2>" in text
    assert '<a href="#intermediates">' in text
    assert "#intermediates" not in page(example())
    assert TITLE not in page(example())
