"""Reasons name the evidence, the finding and what is missing."""

import numpy as np

from pipeline.answers.equivalence.effect import Effect
from pipeline.answers.equivalence.judgement import SAME, UNKNOWN, Judgement
from pipeline.answers.equivalence.reasons import not_bounded, reason
from pipeline.answers.equivalence.words import Words

WORDS = Words("strength", "strengths")
EFFECT = Effect(np.array([0.1, 0.2, 0.6]), np.zeros(3), 0.0, 20)
OPEN = Judgement(UNKNOWN, EFFECT, -0.1, 0.7, 0.5, None, 9, censored_decide=False)


def test_reason__products_and_their_variation_and_what_is_missing() -> None:
    assert reason(OPEN, (0, 0), WORDS) == (
        "3 strengths differ between the scales by 0.1 to 0.6 (standard deviation 0.26); "
        "the interval of the mean difference extends beyond the margin, and a difference from zero is not shown; "
        "about 9 strengths at both scales that vary like these would decide in 80 % of cases; slopes could not be compared"
    )


def test_reason__of_one_product_does_not_speak_of_others() -> None:
    alone = Judgement(
        SAME, Effect(np.array([0.1]), np.zeros(1), 0.01, 10), -0.1, 0.3, 0.5, None, None, censored_decide=False
    )
    assert reason(alone, (0, 0), WORDS).startswith(
        "one strength: its batches are the evidence, and they say nothing about another strength; the interval"
    )


def test_reason__names_censored_results_that_decide() -> None:
    effect = Effect(EFFECT.differences, np.full(3, 0.3), 0.0, 20)
    found = reason(Judgement(UNKNOWN, effect, -0.4, 1.0, 0.5, None, None, censored_decide=True), (3, 1), WORDS)
    assert "censored results: 3 at the smaller and 1 at the larger scale" in found
    assert "the mean difference is 0 or 0.6, and this is why the data can't tell" in found
    assert "would decide" not in found


def test_reason__never_gives_a_number_that_is_not_known() -> None:
    assert "more than 1000 strengths" in reason(
        Judgement(UNKNOWN, EFFECT, -0.1, 0.7, 0.5, None, None, censored_decide=False), (0, 0), WORDS
    )


def test_not_bounded__says_what_to_declare() -> None:
    assert not_bounded((2, 0)).endswith("the process definition must state `between` for the attribute to bound them")
