"""Every answer names the run and the models that gave it."""

from dataclasses import replace

from pipeline.reports.answered_by import answered_by, models_of
from pipeline.reports.html.page import page
from tests.support.trained_pot import answered

ANSWER = answered()


def test_answered_by__names_process_run_and_models() -> None:
    record = ANSWER.record
    named = replace(ANSWER, record=replace(record, hashes=replace(record.hashes, run="0123456789abcdef")))
    text = answered_by(named)
    assert text.startswith(f"Answered by run 0123456789abcdef, {record.data_card.process}; models: ")
    assert text.endswith("(titre).")
    assert "0123456789abcdef" in page(named)
    assert set(models_of(named)) == {"titre"}


def test_answered_by__an_answer_of_an_earlier_version_says_so() -> None:
    record = ANSWER.record
    old = replace(record, hashes=replace(record.hashes, run=""), model_card=replace(record.model_card, answered_by={}))
    text = answered_by(replace(ANSWER, record=old))
    assert text == f"Answered by a run that an earlier version did not record, {record.data_card.process}."


def test_answered_by__a_refused_attribute_has_no_model() -> None:
    blocked = answered({"There": {"copper": {"method": "missing", "note": "no assay"}}})
    assert models_of(blocked) == {}
