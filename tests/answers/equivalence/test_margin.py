"""The margin of equivalence, and the allowance for its error."""

import numpy as np
import pytest
from scipy.stats import chi2

from pipeline.answers.equivalence.margin import margin, shrinkage, smallest_variance
from pipeline.answers.limits import EquivalenceConfig
from tests.support.two_scales import Plan

CONFIG = EquivalenceConfig()
BATCHES = Plan((6, 6), (6, 6)).batches(np.random.default_rng(1))


def test_margin__of_two_limits_is_known() -> None:
    assert margin(BATCHES, (10.0, 30.0), CONFIG, 5.0) == pytest.approx(3.0)


def test_margin__in_deviations_lies_between_its_lower_limit_and_its_estimate() -> None:
    """If the difference is known exactly, the whole error of the deviation counts; if it is poorly known, none."""
    estimate = 1.5 * float(np.sqrt(smallest_variance(BATCHES)))
    assert margin(BATCHES, (None, 30.0), CONFIG, 0.0) == pytest.approx(estimate * shrinkage(20, 0.05))
    assert margin(BATCHES, (None, 30.0), CONFIG, 1e6) == pytest.approx(estimate, rel=1e-5)


def test_shrinkage__is_the_lower_limit_of_a_standard_deviation() -> None:
    drawn = np.sqrt(chi2.rvs(8, size=20_000, random_state=3) / 8)
    assert (drawn * shrinkage(8, 0.05) < 1).mean() == pytest.approx(0.95, abs=0.005)


def test_smallest_variance__is_below_that_of_every_value() -> None:
    rng = np.random.default_rng(2)
    batches = Plan((6,), (6,), difference=0.5, limit=0.0).batches(rng)
    smallest = smallest_variance(batches)
    for _ in range(200):
        residuals = batches.model.residuals(rng.uniform(batches.lowest, batches.highest))
        assert residuals @ residuals / batches.model.freedom >= smallest


def test_margin__without_repeats_deviations_are_not_known() -> None:
    assert margin(Plan((1, 1), (1, 1)).batches(np.random.default_rng(1)), (None, None), CONFIG, 1.0) is None
