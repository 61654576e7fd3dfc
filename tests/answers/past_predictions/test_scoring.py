"""Answers that were given earlier are scored by results that came later, each batch once."""

from dataclasses import replace

import polars as pl

from pipeline.answers.past_predictions.on_record import AnswerOnRecord, AskedBefore, FoundOnRecord, PredictionOnRecord
from pipeline.answers.past_predictions.scoring import past_predictions
from pipeline.answers.result.past_predictions import PastPredictions
from tests.support.pot import history, pot, proposal

HISTORY = history()
LARGE = HISTORY.batches.filter((pl.col("product") == "Q") & (pl.col("equipment") == "B"))["batch_id"].to_list()
TOLERANT = {"tolerances": {"agitation": "60 rpm", "temperature": "60 delta_degC"}}
HIT, MISS = PredictionOnRecord("g/L", 1.0, -10.0, 10.0), PredictionOnRecord("g/L", 90.0, 89.0, 91.0)


def asked(name: str, predicted: PredictionOnRecord | None, known: list[str], **changes: object) -> AskedBefore:
    own = proposal(product="Q", **{**TOLERANT, **changes})
    given = AnswerOnRecord(
        id=name, asked=f"2026-01-01T00:00:0{name[-1]}Z", by="me", process="pot", run="r", name=own.name, form="json",
        proposal="{}", known=tuple(known), predicted={} if predicted is None else {"titre": predicted},
    )  # fmt: skip
    return AskedBefore(given, own)


def record(*given: AskedBefore) -> PastPredictions:
    ordered = tuple(sorted(given, key=lambda one: one.given.asked))
    return past_predictions(FoundOnRecord(ordered, ()), pot(), HISTORY, 0.1)


def test_record__counts_results_inside_the_interval_that_was_given() -> None:
    found = record(asked("a1", HIT, LARGE[1:]))
    assert [(one.batch, one.inside) for one in found.scored] == [(LARGE[0], True)]
    assert found.sentence == "Of 1 prediction given before the batch was run, 1 was inside the 90 % interval."
    assert not record(asked("a1", MISS, LARGE[1:])).scored[0].inside


def test_record__a_batch_scores_the_last_answer_that_did_not_know_it() -> None:
    first, again = asked("a1", HIT, LARGE[2:]), asked("a2", MISS, LARGE[1:])
    found = record(again, first)
    assert [(one.answer, one.batch, one.inside) for one in found.scored] == [("a1", LARGE[1], True), ("a2", LARGE[0], False)]
    both = record(asked("a1", HIT, LARGE[1:]), again)
    assert [one.state for one in both.unscored] == ["asked again"]


def test_record__says_why_an_answer_is_not_scored() -> None:
    found = record(
        asked("a1", HIT, LARGE),
        asked("a2", HIT, LARGE[1:], tolerances={"agitation": "0.001 rpm"}),
        asked("a3", None, LARGE),
    )
    assert [one.state for one in found.unscored] == ["waiting", "run differently", "not answered"]
    assert "instead of 60 rpm" in found.unscored[1].reason
    assert found.sentence == "3 answers on record; none can be compared with a result yet."


def test_record__a_result_that_has_not_arrived_or_is_censored_waits() -> None:
    censored = replace(HISTORY, results=HISTORY.results.with_columns(censoring=pl.lit("left")))
    for later in (replace(HISTORY, results=HISTORY.results.clear()), censored):
        found = past_predictions(FoundOnRecord((asked("a1", HIT, LARGE[1:]),), ()), pot(), later, 0.1)
        assert found.scored == ()
        assert found.unscored[0].reason == f"the results of {LARGE[0]} have not arrived"


def test_record__without_answers_says_so() -> None:
    assert record().sentence == "No earlier answer is on record."
