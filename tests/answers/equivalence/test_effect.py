"""The interval of the scale effect: products, slopes of settings, censored results."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.stats import t

from pipeline.answers.equivalence.batches import Batches
from pipeline.answers.equivalence.effect import Effect, largest_variance, scale_effect
from tests.support.two_scales import Plan

FREE = Effect(np.array([1.0, 2.0, 6.0]), np.zeros(3), 0.0, 30)


def test_effect__products_are_the_evidence() -> None:
    expected = t.interval(0.9, 2, 3.0, FREE.differences.std(ddof=1) / 3**0.5)
    assert FREE.ends(0.05) == pytest.approx(expected)
    assert FREE.half_width(0.05) == pytest.approx((expected[1] - expected[0]) / 2)


def test_effect__the_error_of_slopes_is_added_with_its_own_quantile() -> None:
    alone, both = FREE.half_width(0.05), replace(FREE, shared=4.0).half_width(0.05)
    assert both == pytest.approx(np.hypot(alone, 2 * t.ppf(0.95, 30)))


def test_effect__ends_cover_every_value_of_the_censored_results() -> None:
    """All points of a grid in the box lie inside; the ends are reached."""
    found = replace(FREE, reaches=np.array([1.0, 0.0, 2.0]))
    inside = [
        replace(FREE, differences=FREE.differences + np.array(moved) * found.reaches).ends(0.05)
        for moved in product(np.linspace(-1, 1, 9), repeat=3)
    ]
    assert found.ends(0.05) == pytest.approx((min(low for low, _ in inside), max(high for _, high in inside)))
    assert found.range == pytest.approx((2.0, 4.0))


def test_effect__with_many_censored_products_the_bound_is_wider_than_all_corners() -> None:
    rng = np.random.default_rng(1)
    many = Effect(rng.normal(size=12), rng.uniform(0.1, 1, size=12), 0.0, 50)
    corners = [
        replace(many, differences=many.differences + many.reaches * rng.choice([-1.0, 1.0], 12), reaches=np.zeros(12)).ends(
            0.05
        )
        for _ in range(3000)
    ]
    low, high = many.ends(0.05)
    assert low < min(one for one, _ in corners)
    assert high > max(one for _, one in corners)


def test_scale_effect__the_difference_of_a_setting_is_corrected_for() -> None:
    """The value is 2 per unit of the setting, and the setting is higher at the large scale: no effect of the scale remains."""
    batches = Plan((6, 6), (6, 6)).batches(np.random.default_rng(3))
    setting = np.random.default_rng(4).normal(size=24) + 0.5 * batches.large
    value = 2 * setting + batches.product
    found = scale_effect(replace(batches, lowest=value, highest=value, settings=setting[:, None]))
    assert found.differences == pytest.approx(np.zeros(2), abs=1e-9)


def test_scale_effect__of_one_product_pays_for_the_settings_among_which_it_chose() -> None:
    """The residuals after a choice among 9 settings are too small: the interval is as wide as without settings, not narrower."""
    batches, rng = Plan((8,), (8,)).batches(np.random.default_rng(6)), np.random.default_rng(7)
    noise = batches.model.residuals(rng.normal(size=16))
    setting = (batches.model.residuals(batches.middle) + noise)[:, None]
    fitted = replace(batches, settings=setting)
    free, paid = scale_effect(fitted), scale_effect(replace(fitted, candidates=9))
    assert scale_effect(replace(fitted, candidates=1)).shared == free.shared
    assert free.shared < 0.8 * paid.shared
    assert paid.shared == pytest.approx(min(free.shared * 13 / 5, scale_effect(batches).shared))


def test_scale_effect__the_error_of_the_mean_is_that_of_least_squares() -> None:
    """Slopes move all products together: variance of the mean without variation between products, by simulation of the noise."""
    plan, rng = Plan((8, 8), (8, 8), difference=0.0), np.random.default_rng(5)
    setting = rng.normal(size=32)[:, None] + plan.batches(rng).large[:, None]
    drawn = [scale_effect(replace(plan.batches(rng), settings=setting)) for _ in range(800)]
    shared, between = (np.mean([one(found) for found in drawn]) for one in (_shared, _between))
    assert np.var([found.mean for found in drawn]) == pytest.approx(shared + between, rel=0.2)
    assert shared > 0.01


def _shared(found: Effect) -> float:
    return found.shared


def _between(found: Effect) -> float:
    return float(found.differences.var(ddof=1)) / 2


def test_largest_variance__is_above_that_of_every_value() -> None:
    rng = np.random.default_rng(2)
    batches = Plan((6,), (6,), difference=0.5, limit=0.0).batches(rng)
    for _ in range(200):
        value = rng.uniform(batches.lowest, batches.highest)
        residuals = batches.model.residuals(value)
        assert residuals @ residuals / batches.model.freedom <= largest_variance(batches)


def test_largest_variance__nothing_is_known_without_repeats() -> None:
    one = Batches(np.zeros(2), np.array([0.0, 1.0]), np.array([1.0, 2.0]), np.array([1.0, 2.0]), np.empty((2, 0)))
    assert largest_variance(one) == 0.0
