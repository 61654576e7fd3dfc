"""Answers that were given earlier are scored by results that came later, each batch once."""

from dataclasses import replace

import polars as pl

from pipeline.answers.past_predictions.asked_before import AskedBefore
from pipeline.answers.past_predictions.scoring import past_predictions
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.past_predictions import PastPredictions
from pipeline.answers.result.prediction import Predicted, Refused
from tests.support.pot import history, pot, proposal
from tests.support.trained_pot import answered

HISTORY = history()
LARGE = HISTORY.batches.filter((pl.col("product") == "Q") & (pl.col("equipment") == "B"))["batch_id"].to_list()
ANSWER = answered()
TOLERANT = {"tolerances": {"agitation": "60 rpm", "temperature": "60 delta_degC"}}


def predicting(low: float, high: float) -> Answer:
    """The answer with an interval of 90 % that is given by hand."""
    titre = ANSWER.attributes["titre"]
    assert isinstance(titre.outcome, Predicted)
    intervals = tuple(replace(one, lower=low, upper=high) for one in titre.outcome.intervals if one.level == 90)
    changed = replace(titre, outcome=replace(titre.outcome, intervals=intervals))
    return replace(ANSWER, steps=(replace(ANSWER.step, attributes={"titre": changed}),))


def asked(name: str, answer: Answer, known: list[str], **changes: object) -> AskedBefore:
    return AskedBefore(
        name, f"2026-01-01T00:00:0{name[-1]}Z", proposal(product="Q", **{**TOLERANT, **changes}), answer, frozenset(known)
    )


def record(*given: AskedBefore) -> PastPredictions:
    return past_predictions(given, pot(), HISTORY, 0.1)


def test_record__counts_results_inside_the_interval_that_was_given() -> None:
    found = record(asked("a1", predicting(-10, 10), LARGE[1:]))
    assert [(one.batch, one.inside) for one in found.scored] == [(LARGE[0], True)]
    assert found.sentence == "Of 1 prediction given before the batch was run, 1 was inside the 90 % interval."
    assert not record(asked("a1", predicting(90, 91), LARGE[1:])).scored[0].inside


def test_record__a_batch_scores_the_last_answer_that_did_not_know_it() -> None:
    first, again = asked("a1", predicting(-10, 10), LARGE[2:]), asked("a2", predicting(90, 91), LARGE[1:])
    found = record(again, first)
    assert [(one.answer, one.batch, one.inside) for one in found.scored] == [("a1", LARGE[1], True), ("a2", LARGE[0], False)]
    both = record(asked("a1", predicting(-10, 10), LARGE[1:]), again)
    assert [one.state for one in both.unscored] == ["asked again"]


def test_record__says_why_an_answer_is_not_scored() -> None:
    refused = replace(ANSWER.attributes["titre"], outcome=Refused("never seen"))
    nothing = replace(ANSWER, steps=(replace(ANSWER.step, attributes={"titre": refused}),))
    found = record(
        asked("a1", predicting(-10, 10), LARGE),
        asked("a2", predicting(-10, 10), LARGE[1:], tolerances={"agitation": "0.001 rpm"}),
        asked("a3", nothing, LARGE),
    )
    assert [one.state for one in found.unscored] == ["waiting", "run differently", "not answered"]
    assert "instead of 60 rpm" in found.unscored[1].reason
    assert found.sentence == "3 answers on record; none can be compared with a result yet."


def test_record__a_result_that_has_not_arrived_or_is_censored_waits() -> None:
    censored = replace(HISTORY, results=HISTORY.results.with_columns(censoring=pl.lit("left")))
    for later in (replace(HISTORY, results=HISTORY.results.clear()), censored):
        found = past_predictions([asked("a1", predicting(-10, 10), LARGE[1:])], pot(), later, 0.1)
        assert found.scored == ()
        assert found.unscored[0].reason == f"the results of {LARGE[0]} have not arrived"


def test_record__without_answers_says_so() -> None:
    assert record().sentence == "No earlier answer is on record."
