"""The whole answer: a gap that a site states stops the answer of what reads it, and of nothing else."""

import json
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from pipeline.answers.answer import decide
from pipeline.reports.comparison import comparison
from pipeline.reports.html.page import page
from pipeline.reports.terminal.answer import show
from pipeline.reports.terminal.decision import show_decision
from tests.support.pot import proposal
from tests.support.trained_pot import basis

REASON = "its model reads copper, method missing at There: no assay"


@pytest.fixture(scope="module")
def answered() -> dict[str, Any]:
    return decide(proposal(), basis())


@pytest.fixture(scope="module")
def blocked() -> dict[str, Any]:
    return decide(proposal(), basis({"There": {"copper": {"method": "missing", "note": "no assay"}}}))


def printed(result: dict[str, Any]) -> str:
    console = Console(file=StringIO(), width=200)
    show(result, console)
    show_decision(result, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_decide__is_plain_data_with_every_part(answered: dict[str, Any]) -> None:
    assert json.loads(json.dumps(answered)) == answered
    parts = {"bridge", "scale_comparison", "explanations", "equivalence", "sentences", "record", "transfer_map"}
    assert parts <= set(answered)
    assert answered["attributes"]["titre"]["answered"]
    assert answered["joint_probability_within_specification"] is not None


def test_decide__a_stated_gap_leaves_no_number_of_the_model(blocked: dict[str, Any]) -> None:
    titre = blocked["attributes"]["titre"]
    assert (titre["answered"], titre["refused_because"]) == (False, REASON)
    assert (titre["predicted"], titre["intervals"], titre["probability_within_specification"]) == (None, {}, None)
    assert blocked["joint_probability_within_specification"] is None
    assert "bridge" not in blocked
    assert "explanations" not in blocked


def test_decide__a_stated_gap_is_shown_with_its_reason(blocked: dict[str, Any]) -> None:
    text, html = printed(blocked), page(blocked)
    assert f"titre is not answered: {REASON}" in text
    assert "No chance that one batch meets all of them is given" in text
    assert f'<span class="mark bad">not answered</span> {REASON}' in html
    assert "copper blocks titre" in html


def test_decide__a_gap_that_no_model_reads_stops_nothing(answered: dict[str, Any]) -> None:
    other = decide(proposal(), basis({"There": {"zinc": {"method": "missing", "note": "no assay"}}}))
    assert other["attributes"] == answered["attributes"]


def test_compare__an_attribute_that_is_not_answered_is_none(answered: dict[str, Any], blocked: dict[str, Any]) -> None:
    rows = {row[0]: row[2:] for row in comparison(answered, blocked)["rows"]}
    assert rows["titre"][1:] == ("none", "")


def test_decide__beyond_the_reach_of_the_model_is_refused_by_name() -> None:
    far = decide(proposal(scale="20000 L", equipment=None), basis())
    assert not far["attributes"]["titre"]["answered"]
    assert far["domain"]["status"] == "refused"
    refused = [line for line in far["domain"]["variables"] if line["status"] == "refused"]
    assert [(line["variable"], line["proposed"], line["unit"]) for line in refused] == [("scale", 20000.0, "L")]
    assert "too far outside" in refused[0]["why"]
    assert far["domain"]["sentence"] in " ".join(printed(far).split())
    assert '<span class="mark bad">refused</span>' in page(far)


def test_decide__beyond_the_largest_scale_within_reach_is_the_edge() -> None:
    larger = decide(proposal(scale="200 L", equipment=None), basis())
    assert larger["attributes"]["titre"]["answered"]
    assert larger["domain"]["status"] == "edge"
