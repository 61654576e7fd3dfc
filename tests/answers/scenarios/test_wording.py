"""The captions of the scenarios where the evidence is small."""

from dataclasses import replace

import pytest

from pipeline.answers.result.scenarios import Scenarios
from pipeline.answers.scenarios.wording import captions
from tests.answers.scenarios.test_scenarios import NAMES, played


@pytest.fixture(scope="module")
def few_errors() -> Scenarios:
    """The set-points reach 90 % by the model, and past errors can show 80 % at most."""
    return replace(played(lower=1.0), supported=0.8)


def test_reached__a_level_that_past_errors_cannot_show_is_an_extrapolation(few_errors: Scenarios) -> None:
    caption = captions(few_errors, 0.5, NAMES).reached
    assert caption.startswith("By the model, a joint chance of at least 90 % is reached at ")
    assert "Past errors cannot show a chance above 80 %, so this is an extrapolation." in caption


def test_change__from_a_text_to_the_same_text_is_none(few_errors: Scenarios) -> None:
    curves = tuple(replace(curve, chance=tuple(max(one, 0.9) for one in curve.chance)) for curve in few_errors.curves)
    found = captions(replace(few_errors, curves=curves), 0.5, NAMES)
    assert found.response_curves.startswith("The joint chance stays above 80 % over the explored range of each parameter.")
