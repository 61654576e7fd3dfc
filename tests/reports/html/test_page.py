"""The page says what result.json says, in every section that the answer has."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.files import as_text
from pipeline.answers.result.prediction import JointChance, Refused
from pipeline.answers.result.scenarios import Withheld
from pipeline.answers.wording import sentences
from pipeline.domain.left_out import LeftOutBatch
from pipeline.reports.figures.scenarios import pictures_of
from pipeline.reports.html.page import PARTS, page
from tests.support.example_result import NEXT_RUNS, example
from tests.support.trained_pot import answered

ANSWER = example()
SECTIONS = ("answer", "bridge", "scale", "domain", "drivers", "equivalence", "record", "transfer-map")


class Numbers(HTMLParser):
    """Collects the values behind the numbers of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[float] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "data":
            self.found.append(float(str(dict(attrs)["value"])))


def numbers_in(data: Any) -> set[float]:
    if isinstance(data, dict):
        return set().union(*(numbers_in(value) for value in data.values()))
    if isinstance(data, list):
        return set().union(*(numbers_in(value) for value in data))
    return {float(data)} if isinstance(data, int | float) and not isinstance(data, bool) else set()


@pytest.mark.parametrize("answer", [ANSWER, answered(depth="whole")], ids=["example", "pot with scenarios"])
def test_page__shows_only_numbers_of_the_answer(answer: Answer) -> None:
    parser = Numbers()
    parser.feed(page(answer, pictures_of(answer)))
    assert len(parser.found) > 50
    assert set(parser.found) <= numbers_in(json.loads(as_text(answer)))


def test_page__is_self_contained_and_escaped() -> None:
    text = page(ANSWER)
    assert not re.search(r"<script|<link[^>]+http|src=|@import|url\((?!#)", text)
    assert "P to &lt;2,000&gt; L" in text
    assert "<2,000>" not in text


def test_page__names_the_batches_that_were_left_out_on_purpose() -> None:
    gone = LeftOutBatch("B7", "J. <Meier>", date(2024, 3, 1), "engineering run")
    card = replace(ANSWER.record.data_card, left_out=(gone,))
    text = page(replace(ANSWER, record=replace(ANSWER.record, data_card=card)))
    for words in ("Batches left out on purpose: 1.", "B7", "J. &lt;Meier&gt;", "2024-03-01", "engineering run"):
        assert words in text
    assert "left out on purpose" not in page(ANSWER)


def test_page__holds_each_limit_against_a_named_lower_bound_and_says_why_it_is_not_met() -> None:
    """Titre of the example meets both limits by its lower bounds; HMW was not scored."""
    text = page(ANSWER).partition('<section id="record">')[2]
    assert "lower end of the 95 % bootstrap interval over products" in text
    assert "<td>carry over, ridge</td>" in text
    for value in ("0.213", "0.102", "0.912", "0.861"):
        assert value in text
    assert "no: can&#39;t be judged: no scores under this protocol" in text
    assert "The models that answer are titre: ridge; HMW: carry over." in text


def test_page__a_section_appears_with_its_part() -> None:
    text = page(ANSWER)
    assert [key for key in SECTIONS if f'<section id="{key}">' not in text] == []
    assert not any(f'<section id="{PARTS[key][1]}">' in text for key in ("scenarios", "next_runs"))


def test_page__says_why_nothing_was_computed() -> None:
    text = page(replace(ANSWER, scenarios=Withheld("a gap of copper"), next_runs=Withheld("a gap of copper")))
    assert "No scenarios are computed: a gap of copper." in text
    assert "No run is proposed, for the same reason." in text
    other = page(replace(ANSWER, scenarios=Withheld("a gap of copper"), next_runs=Withheld("no hierarchical model")))
    assert "No run is proposed: no hierarchical model." in other
    assert '<a href="#next-runs">What to run next</a>' in text


def test_page__says_what_the_sections_conclude() -> None:
    text = page(ANSWER)
    for words in (
        "The direction is reversed between the two for 1 of the main features: blend time on titre",
        "5 → 2,000 L, each product that ran at both scales: same: titre",
        "Result: not met by",
        "not by itself a system under 21 CFR Part 11",
    ):
        assert words in text


def test_page__counts_specifications_and_names_what_a_vessel_keeps() -> None:
    assert ANSWER.joint is not None
    assert ANSWER.bridge is not None
    kept = replace(ANSWER.bridge, carried={"gas_flow": "bioreactor.gas_flow_per_volume"})
    assert "exchanged at equal gas flow per volume, so that the bars of gas flow show" in page(replace(ANSWER, bridge=kept))
    assert "exchanged at equal" not in page(replace(ANSWER, bridge=replace(ANSWER.bridge, carried={})))


def test_page__a_refused_attribute_has_its_reason_and_no_number() -> None:
    refused = replace(ANSWER.attributes["titre"], outcome=Refused("the source was never seen"))
    step = replace(ANSWER.step, attributes={**ANSWER.attributes, "titre": refused})
    texts = sentences(step, ANSWER.bridge, 0.9, ANSWER.names)
    text = page(replace(ANSWER, steps=(step,), sentences=texts, joint=None))
    assert (texts[0].attribute, texts[0].state) == ("titre", "not answered")
    assert texts[0].text == "titre is not answered at 2,000 L: the source was never seen."
    assert '<span class="mark bad">not answered</span> the source was never seen' in text


def test_page__without_reference_has_no_bridge() -> None:
    text = page(replace(ANSWER, bridge=None))
    assert '<section id="bridge">' not in text
    assert '<section id="answer">' in text


def test_page__states_the_numerical_error_of_the_chance_of_one_batch() -> None:
    assert '<data value="0.0012">0.12 points</data>' in page(ANSWER)
    assert "numerical error" not in page(replace(ANSWER, joint=JointChance(0.42, ("titre", "hmw"), 0, 0, 0.0)))


def test_page__explains_both_chances_among_its_words() -> None:
    assert "<dt>Chance that one batch meets all specifications</dt>" in page(ANSWER)
    assert "<dt>Chance that the process mean meets all specifications</dt>" in page(ANSWER)


def test_page__shows_the_next_runs_with_settings_and_cost() -> None:
    text = page(replace(ANSWER, next_runs=NEXT_RUNS))
    assert "One run at 500 L is expected to reduce this risk to 31 %." in text
    assert "V-500" in text
    assert "cost [bench runs]" in text


def test_page__says_which_quantities_are_left_out_of_the_comparison() -> None:
    text = page(ANSWER)
    assert len(ANSWER.scale_comparison.left_out) == 2
    for sentence in ANSWER.scale_comparison.left_out:
        assert f'<p class="small">{sentence}</p>' in text
    matched = text.split("Matched: ")[1].split("Quantities outside")[0]
    assert "gassed power" not in matched


def test_page__says_why_the_data_cannot_tell_and_lists_each_product() -> None:
    """The reason of an attribute without a verdict, and of one with censored results; the difference of each product."""
    step = ANSWER.equivalence[0]
    known = next(iter(step.attributes.values()))
    attributes = {
        "titre": replace(
            known, verdict="the data can't tell", reason="4 products differ", differences={"P": -0.5, "Q": 1.5}
        ),
        "hmw": replace(known, verdict="same", reason="2 results are censored", censored=(2, 0)),
        "hcp": replace(known, verdict="same", reason="not to be shown"),
    }
    text = page(replace(ANSWER, equivalence=(replace(step, attributes=attributes),)))
    assert "4 products differ" in text
    assert "2 results are censored" in text
    assert "not to be shown" not in text
    assert "P −0.5, Q +1.5" in text


def test_page__attributes_with_the_same_gap_stand_in_one_line() -> None:
    sites = {"There": {name: {"method": "missing", "note": "no such method"} for name in ("agitation", "temperature")}}
    table = page(answered(sites)).partition("Gaps at the receiving site.")[2].partition("</table>")[0]
    assert table.count("no such method") == 1
    assert "<td>agitation, temperature</td>" in table
