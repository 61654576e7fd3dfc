"""Sentences on the step that decides an attribute."""

from pipeline.answers.result.steps import StepEffect
from pipeline.answers.steps.wording import InHistory, decided_at

RECORDED = "The records explain a part of how it varies from batch to batch (60 %, 50 to 70 %)."


def _step(name: str, share: float, low: float, high: float, spread: float = 1.0) -> StepEffect:
    return StepEffect(name, share, (low, high), 0.5, spread, None, None)


def _said(*steps: StepEffect, candidates: tuple[str, ...], low: float = 0.5) -> str:
    return decided_at("HMW", steps, InHistory(candidates, 0.6, (low, 0.7)))


def test_decided__names_one_step_and_further_ones() -> None:
    steps = (_step("granulation", 0.7, 0.6, 0.8, 2.0), _step("blending", 0.25, 0.15, 0.3), _step("coating", 0.05, 0, 0.1))
    assert _said(*steps, candidates=("granulation",)) == (
        f"HMW is decided at granulation (70 %, 60 to 80 %), then at blending (25 %, 15 to 30 %). {RECORDED}"
    )


def test_decided__names_both_where_both_act() -> None:
    steps = (_step("capture", 0.5, 0.35, 0.6), _step("polishing", 0.45, 0.3, 0.6), _step("fill", 0.05, 0, 0.1, 0.1))
    assert _said(*steps, candidates=("capture", "polishing")) == (
        "HMW is decided at capture (50 %, 35 to 60 %) and polishing (45 %, 30 to 60 %). "
        f"History cannot tell which of them decides more. {RECORDED}"
    )


def test_decided__says_or_where_one_may_do_nothing() -> None:
    steps = (_step("drying", 0.5, 0.0, 1.0), _step("granulation", 0.5, 0.0, 1.0))
    assert _said(*steps, candidates=("drying", "granulation")) == (
        f"HMW is decided at drying (50 %, 0 to 100 %) or granulation (50 %, 0 to 100 %). History cannot tell them apart. {RECORDED}"
    )


def test_decided__is_open_where_all_steps_may_decide() -> None:
    steps = tuple(_step(name, 1 / 3, 0.0, 0.9) for name in ("drying", "milling", "coating"))
    assert _said(*steps, candidates=("drying", "milling", "coating")) == (
        f"HMW: history does not tell at which step it is decided. {RECORDED}"
    )


def test_decided__is_open_where_the_records_may_explain_nothing() -> None:
    steps = (_step("drying", 0.9, 0.8, 1.0), _step("milling", 0.1, 0.0, 0.2), _step("coating", 0.0, 0.0, 0.1))
    assert _said(*steps, candidates=("drying",), low=0.02).startswith("HMW: history does not tell")


def test_decided__of_the_only_step_has_no_range() -> None:
    assert _said(_step("culture", 1.0, 1.0, 1.0), candidates=("culture",), low=0.02).startswith(
        "HMW is decided at culture (100 %). "
    )


def test_decided__names_the_step_of_the_model_where_it_is_another() -> None:
    steps = (_step("drying", 0.9, 0.8, 1.0), _step("coating", 0.1, 0.0, 0.2, spread=3.0))
    assert _said(*steps, candidates=("drying",)).endswith(
        "History and model do not agree: in the model, the proposed batch varies most with coating."
    )
