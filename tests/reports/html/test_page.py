"""The page says what result.json says, in every section that the result has."""

import json
import re
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from pipeline.answers.wording import sentences
from pipeline.domain.errors import ScalebridgeError
from pipeline.reports.comparison import comparison, comparison_page, show_comparison
from pipeline.reports.html.page import SIMULATED, page
from pipeline.reports.terminal.decision import show_decision
from tests.support.example_result import example

RESULT = example()
SECTIONS = ("answer", "bridge", "scale", "domain", "explanations", "equivalence", "record")


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


def test_page__shows_only_numbers_of_the_result() -> None:
    parser = Numbers()
    parser.feed(page(RESULT))
    assert len(parser.found) > 100
    assert set(parser.found) <= numbers_in(json.loads(json.dumps(RESULT)))


def test_page__is_self_contained_and_escaped() -> None:
    text = page(RESULT)
    assert not re.search(r"<script|<link[^>]+http|src=|@import|url\((?!#)", text)
    assert "P to &lt;2,000&gt; L" in text
    assert "<2,000>" not in text


def test_page__a_section_appears_with_its_key() -> None:
    text = page(RESULT)
    assert [
        key
        for key in ("answer", "bridge", "scale", "domain", "explanations", "equivalence", "record")
        if f'<section id="{key}">' not in text
    ] == []
    assert not any(f'<section id="{place}">' in text for _, place in SIMULATED.values())


def test_page__says_why_nothing_was_played() -> None:
    text = page(RESULT | {"scenarios": None, "next_runs": None})
    assert "Not played: the transfer map names gaps that the prediction depends on." in text
    assert '<a href="#next-runs">What to run next</a>' in text


def test_page__says_what_the_sections_conclude() -> None:
    text = page(RESULT)
    for words in (
        "Sign reversed between the two for 1 of the main features: blend time on titre",
        "5 → 2,000 L, each product that ran at both scales: same: titre",
        "Result: not met by hmw",
        "not by itself a system under 21 CFR Part 11",
    ):
        assert words in text


def test_page__counts_specifications_and_names_what_a_vessel_keeps() -> None:
    joint = RESULT["joint_probability_within_specification"]
    alone = page(RESULT | {"joint_probability_within_specification": joint | {"of": ["titre"]}})
    assert "meets the one specification given, that of titre" in alone
    assert f"meets all {len(joint['of'])} specifications" in page(RESULT)
    kept = RESULT["bridge"] | {"carried": {"gas_flow": "gas_flow_per_volume"}}
    assert "exchanged at equal gas flow per volume, so that the bars of gas flow show" in page(RESULT | {"bridge": kept})
    assert "exchanged at equal" not in page(RESULT | {"bridge": RESULT["bridge"] | {"carried": {}}})


def test_page__a_refused_attribute_has_its_reason_and_no_number() -> None:
    refused = RESULT["attributes"]["titre"] | {"refused_because": "the source was never seen"}
    result = RESULT | {"attributes": RESULT["attributes"] | {"titre": refused}}
    said = sentences(result)
    text = page(result | {"sentences": said})
    assert said[0] == {
        "attribute": "titre",
        "state": "not answered",
        "sentence": "titre is not answered at 2,000 L: the source was never seen.",
    }
    assert '<span class="mark bad">not answered</span> the source was never seen' in text


def test_page__without_reference_has_no_bridge() -> None:
    bare = {key: value for key, value in RESULT.items() if key not in ("bridge", "scale_comparison")}
    text = page(bare)
    assert '<section id="bridge">' not in text
    assert '<section id="answer">' in text


def test_sentences__name_the_cause_of_a_risk() -> None:
    first = RESULT["sentences"][0]
    assert first["state"] == "at risk"
    assert "P(in spec) 0.61" in first["sentence"]


def test_terminal__prints_the_changes_of_the_page() -> None:
    console = Console(file=StringIO(), width=200)
    show_decision(RESULT, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert RESULT["sentences"][0]["sentence"] in text.replace("\n", " ")
    assert "Holding tip speed constant needs agitation" in text


def test_compare__two_answers_side_by_side() -> None:
    other = json.loads(json.dumps(RESULT))
    other["proposal"]["name"] = "slower"
    other["attributes"]["titre"]["predicted"] += 0.5
    table = comparison(RESULT, other)
    titre = next(row for row in table["rows"] if row[0] == "titre")
    assert titre[-1] == "+0.5"
    console = Console(file=StringIO(), width=160)
    show_comparison(table, console)
    for text in (console.file.getvalue(), comparison_page(table)):  # type: ignore[attr-defined]
        assert "slower" in text
        assert "+0.5" in text


def test_compare__needs_a_common_attribute() -> None:
    with pytest.raises(ScalebridgeError, match="no attribute in common: titre, hmw and assay"):
        comparison(RESULT, RESULT | {"attributes": {"assay": {}}})
