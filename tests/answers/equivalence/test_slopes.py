"""Equal slopes are called unequal in 5 % of cases, also if the scale acts on products differently."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.answers.equivalence.batches import Batches
from pipeline.answers.equivalence.slopes import slopes
from tests.support.two_scales import Plan


def settled(plan: Plan, rng: np.random.Generator, slope: float = 0.0) -> Batches:
    """Batches with two settings; products run at different levels of both, the first acts by `slope` more at the large scale."""
    batches = plan.batches(rng)
    levels = rng.normal(size=(batches.products, 2))[batches.product.astype(int)]
    settings = levels + rng.normal(size=(len(batches.product), 2))
    value = batches.lowest + slope * settings[:, 0] * batches.large
    return replace(batches, lowest=value, highest=value, settings=settings)


def test_slopes__products_that_respond_differently_are_no_slope() -> None:
    """Products run at different settings, so product × scale looks like setting × scale: 46 % with product levels alone."""
    rng = np.random.default_rng(3)
    found = [slopes(settled(Plan((8,) * 4, (8,) * 4, between=2.0), rng)) for _ in range(1000)]
    assert np.mean([one is not None and one.p < 0.05 for one in found]) < 0.05 + 3 * (0.05 * 0.95 / 1000) ** 0.5


def test_slopes__a_slope_at_one_scale_is_found_with_its_size() -> None:
    found = slopes(settled(Plan((30,) * 2, (30,) * 2), np.random.default_rng(4), slope=2.0))
    assert found is not None
    assert (found.p < 0.001, found.setting) == (True, 0)
    assert found.effect == pytest.approx(2.0 * 1.645 * np.sqrt(2), rel=0.4)


def test_slopes__censored_results_leave_the_largest_p() -> None:
    batches = settled(Plan((8,) * 2, (8,) * 2), np.random.default_rng(5), slope=2.0)
    hidden = replace(batches, lowest=np.where(np.arange(32) % 3 == 0, batches.lowest - 3, batches.lowest))
    known, found = slopes(batches), slopes(hidden)
    assert known is not None
    assert found is not None
    assert known.p < found.p


def test_slopes__without_settings_or_with_few_batches_none() -> None:
    assert slopes(Plan((8,), (8,)).batches(np.random.default_rng(1))) is None
    assert slopes(settled(Plan((2, 2), (2, 2)), np.random.default_rng(1))) is None
