"""Limits of a ratio from the other batches."""

import numpy as np
import pytest

from pipeline.history.balances.limits import limits
from tests.support.balances import scattered


def test_limits__of_a_batch_do_not_depend_on_its_own_value() -> None:
    ratios = scattered(30)
    ratios[4] = 0.9 * np.exp(0.02)
    first = limits(ratios, np.zeros(30, int), None, 0.01)
    ratios[4] = 0.9 * np.exp(0.025)
    second = limits(ratios, np.zeros(30, int), None, 0.01)
    assert second.lower[4] == pytest.approx(first.lower[4])
    assert second.upper[4] == pytest.approx(first.upper[4])
    assert second.distance[4] > first.distance[4]


def test_limits__follow_product_and_scale() -> None:
    """Product 1 gives 5 % less. A tenfold scale loses a tenth of what a small one loses."""
    products, scales = np.tile([0, 1], 40), np.repeat([0.0, 1, 2, 3], 20)
    truth = np.exp(-0.05 * products - 0.1 * 10**-scales)
    found = limits(truth * scattered(80, middle=1, scatter=0.005), products, scales, 0.01)
    assert found.expected == pytest.approx(truth, rel=0.03)
    assert np.log(found.expected[0] / found.expected[1]) == pytest.approx(0.05, abs=0.005)


def test_limits__contain_what_is_rounding() -> None:
    ratios = np.full(20, 0.95)
    ratios[3] = 0.9505
    found = limits(ratios, np.zeros(20, int), None, 0.01)
    assert ((ratios >= found.lower) & (ratios <= found.upper)).all()


def test_limits__nothing_given_is_beyond_all_limits_and_changes_no_other() -> None:
    ratios = scattered(20)
    ratios[0] = 0.0
    found = limits(ratios, np.zeros(20, int), None, 0.01)
    assert found.lower[0] > 0.8
    assert found.distance[0] < -50
    assert found.lower[1] > 0.8


def test_limits__of_too_few_batches_are_none() -> None:
    found = limits(scattered(8), np.zeros(8, int), None, 0.01)
    assert (found.enough, found.judged.any()) == (False, False)
    assert not limits(np.array([]), np.array([], int), None, 0.01).enough
