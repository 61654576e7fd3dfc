"""The texts of the first page."""

from dataclasses import replace
from datetime import date

from pipeline.answers.result.prediction import Refused
from pipeline.reports.html.first_page import foot, models_in_words, refusals
from pipeline.reports.html.page import page
from tests.support.example_result import example
from tests.support.trained_pot import answered

ANSWER = example()


def test_models__have_their_own_scores_and_say_what_the_folds_chose() -> None:
    """The carry-over answers for HMW and was not scored; other kinds were chosen in the folds of titre."""
    assert models_in_words(ANSWER) == {
        "titre": "ridge; folds chose carry over, ridge; skill 0.21; 91 % inside; accepted",
        "hmw": "carry over; not accepted",
    }


def test_refusals__a_reason_stands_once() -> None:
    refused = {name: replace(one, outcome=Refused("the vessel was never seen")) for name, one in ANSWER.attributes.items()}
    answer = replace(ANSWER, steps=(replace(ANSWER.step, attributes=refused),), joint=None)
    assert refusals(answer) == {"titre": "the vessel was never seen", "hmw": "for the same reason"}
    assert page(answer).partition('class="appendix"')[0].count("the vessel was never seen") == 1


def test_foot__names_run_model_data_version_and_day() -> None:
    hashes = replace(ANSWER.record.hashes, run="0123456789abcdef")
    text = foot(replace(ANSWER, record=replace(ANSWER.record, hashes=hashes, tool="1.2")), date(2026, 11, 28))
    assert text.startswith("Run 0123456789abcdef; model m; 4 batches; Scalebridge 1.2; asked on 2026-11-28. ")
    assert "not met for HMW: do not base a decision on these predictions alone." in text
    assert "asked on" not in foot(ANSWER, None)


def test_page__the_first_page_has_verdict_history_action_and_record() -> None:
    text = page(answered(depth="whole", limits={"agitation": ["30 rpm", "90 rpm"]}), {}).partition('class="appendix"')[0]
    for words in ("P at 100 L ", "batch size [L]", "<strong>Recommended:</strong>", "batches up to 2024-", "Scalebridge "):
        assert words in text
