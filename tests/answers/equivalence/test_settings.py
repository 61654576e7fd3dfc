"""Only settings that are alike at both scales are adjusted for."""

import numpy as np
import pytest

from pipeline.answers.equivalence.settings import chosen_settings, standard
from tests.support.two_scales import Plan

RNG = np.random.default_rng(2)
BATCHES = Plan((12, 12), (12, 12)).batches(RNG)
NOISE = RNG.normal(size=48)
NAMES = ("noise", "alike", "apart", "fixed", "only at one scale", "of the product")
COLUMNS = np.column_stack(
    [
        NOISE,
        BATCHES.model.residuals(BATCHES.middle) + 0.1 * NOISE,
        NOISE + 3 * BATCHES.large,
        np.full(48, 7.0),
        NOISE * BATCHES.large,
        BATCHES.product,
    ]
)


def test_chosen_settings__vary_at_both_scales_and_are_alike() -> None:
    """A setting that follows the value comes first; one that differs by three deviations belongs to the effect of the scale."""
    found = [NAMES[one] for one in chosen_settings(BATCHES, COLUMNS, NAMES, 3)]
    assert found[0] == "alike"
    assert set(found) == {"alike", "noise"}


def test_chosen_settings__a_difference_between_products_does_not_hide_one_between_scales() -> None:
    """The setting differs by 3 between the scales, by 100 between the products, and by 1 within a product and scale."""
    moved = COLUMNS[:, [2]] + 100 * BATCHES.product[:, None]
    assert chosen_settings(BATCHES, moved, ("apart",), 3) == []


def test_chosen_settings__leave_degrees_of_freedom() -> None:
    few = Plan((3,), (3,)).batches(np.random.default_rng(1))
    assert chosen_settings(few, np.random.default_rng(1).normal(size=(6, 2)), ("a", "b"), 3) == []
    assert len(chosen_settings(BATCHES, COLUMNS, NAMES, 1)) == 1


def test_standard__deviations_from_the_mean() -> None:
    assert standard(np.array([[1e13], [3e13]])) == pytest.approx(np.array([[-1.0], [1.0]]))
