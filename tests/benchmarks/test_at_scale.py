"""What the benchmark of interactions counts as agreement."""

import numpy as np
import pytest
from at_scale import agreement, always, changes, dealt

TRUTH = np.array([3.0, -2.0, 1.0, -0.5, 0.1, 0.0])


def test_changes__of_the_effect_and_of_its_size() -> None:
    found = changes(np.array([1.0, -1.0]), np.array([2.0, 3.0]))
    assert found["effect"].tolist() == [1.0, 4.0]
    assert found["size"].tolist() == [1.0, 2.0]


def test_agreement__is_full_for_the_truth_and_reversed_for_its_opposite() -> None:
    assert agreement(2 * TRUTH, TRUTH) == pytest.approx((1.0, 1.0))
    assert agreement(-TRUTH, TRUTH) == pytest.approx((-1.0, 0.0))


def test_agreement__a_model_without_interactions_has_none() -> None:
    assert agreement(np.zeros(6), TRUTH) == (0.0, 0.0)


def test_dealt__at_random_there_is_no_correlation() -> None:
    rank, sign = dealt(TRUTH, TRUTH, 1)
    assert abs(rank) < 0.1
    assert 0.3 < sign < 0.7


def test_always__one_claim_for_all() -> None:
    assert (always(TRUTH, 1), always(TRUTH, -1)) == (0.6, 0.4)
