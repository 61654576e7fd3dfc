"""Two answers side by side."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from pipeline.answers.result.answer import Answer
from pipeline.domain.errors import ScalebridgeError
from pipeline.reports.comparison import comparison, comparison_page, show_comparison
from tests.support.example_result import NOISE, example
from tests.support.trained_pot import answered

ANSWER = example()


def slower() -> Answer:
    titre = ANSWER.attributes["titre"]
    assert titre.predicted is not None
    assert titre.predicted.chance is not None
    outcome = replace(titre.predicted, value=titre.predicted.value + 0.5, chance=titre.predicted.chance - 0.12)
    step = replace(ANSWER.step, attributes={**ANSWER.attributes, "titre": replace(titre, outcome=outcome)})
    return replace(ANSWER, steps=(step,), proposal=replace(ANSWER.proposal, name="slower"))


def test_comparison__two_answers_side_by_side() -> None:
    found = comparison(ANSWER, slower())
    rows = {row.what: row for row in found.rows}
    assert rows["titre"].difference == "+0.5"
    chances = next(row for row in found.rows if row.what.strip() == "chance")
    assert (chances.first, chances.second, chances.difference) == ("61 %", "49 %", "−12 points")
    console = Console(file=StringIO(), width=160)
    show_comparison(found, console)
    for text in (console.file.getvalue(), comparison_page(found)):  # type: ignore[attr-defined]
        assert "slower" in text
        assert "+0.5" in text


def test_comparison__an_attribute_that_is_not_answered_is_none() -> None:
    blocked = answered({"There": {"copper": {"method": "missing", "note": "no assay"}}})
    rows = {row.what: row for row in comparison(answered(), blocked).rows}
    assert (rows["titre"].second, rows["titre"].difference) == ("none", "")


def test_comparison__needs_a_common_attribute() -> None:
    step = replace(ANSWER.step, attributes={"assay": ANSWER.attributes["titre"]})
    with pytest.raises(ScalebridgeError, match="no attribute in common: titre, hmw and assay"):
        comparison(ANSWER, replace(ANSWER, steps=(step,)))


def test_comparison__has_the_noise_floor_where_one_answer_knows_it() -> None:
    known = replace(ANSWER, noise_floors={"titre": NOISE})
    (row,) = [row for row in comparison(known, slower()).rows if row.what.strip() == "noise floor"]
    assert (row.unit, row.first, row.second, row.difference) == ("g/L", "0.09 (from 34 replicates)", "–", "")
    assert not [row for row in comparison(ANSWER, slower()).rows if row.what.strip() == "noise floor"]
