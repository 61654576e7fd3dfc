"""Two answers side by side."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from pipeline.answers.result.answer import Answer
from pipeline.domain.errors import ScalebridgeError
from pipeline.reports.comparison import Comparison, comparison, comparison_page, show_comparison
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


def _of(answer: Answer, process: str, run: str, models: dict[str, str]) -> Answer:
    """The answer as another run of another process would have given it."""
    record = answer.record
    card = replace(record.model_card, answered_by=models)
    data, hashes = replace(record.data_card, process=process), replace(record.hashes, run=run)
    return replace(answer, record=replace(record, model_card=card, data_card=data, hashes=hashes))


def _printed(found: Comparison) -> str:
    console = Console(file=StringIO(), width=160)
    show_comparison(found, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_comparison__names_file_process_run_and_model_of_each() -> None:
    first = _of(ANSWER, "A culture", "aaaa", {"titre": "super_learner"})
    second = _of(slower(), "A culture", "bbbb", {"titre": "carry_over"})
    found = comparison(first, second, ("a/result.json", "b/result.json"))
    rows = {row.what.strip(): (row.first, row.second) for row in found.rows}
    assert rows["file"] == ("a/result.json", "b/result.json")
    assert rows["process"] == ("A culture", "A culture")
    assert rows["run"] == ("aaaa", "bbbb")
    assert rows["model"] == ("super learner", "carry over")
    assert found.notes == ()


def test_comparison__of_two_processes_says_what_differs() -> None:
    titre = replace(ANSWER.attributes["titre"], unit="mg/mL")
    step = replace(ANSWER.step, attributes={"titre": titre, "assay": titre})
    second = _of(replace(ANSWER, steps=(step,)), "B culture", "bbbb", {})
    found = comparison(_of(ANSWER, "A culture", "aaaa", {}), second)
    assert found.notes == (
        "The answers are about two processes: A culture and B culture.",
        "Only the first answer is about HMW.",
        "Only the second answer is about assay.",
        "titre is in g/L in the first answer and in mg/mL in the second one, so no difference is given.",
    )
    row = next(row for row in found.rows if row.what == "titre")
    assert (row.unit, row.difference) == ("g/L | mg/mL", "")
    for note in found.notes:
        assert note in _printed(found)
        assert note in comparison_page(found)


def test_comparison__an_answer_of_an_earlier_version_has_no_run() -> None:
    found = comparison(_of(ANSWER, "A", "", {}), ANSWER)
    assert next(row.first for row in found.rows if row.what == "run") == "not recorded"


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
