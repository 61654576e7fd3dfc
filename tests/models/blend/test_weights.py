"""Weights of a blend: what a fold in which every member errs, and a member far better than the prior, do to them."""

import numpy as np
import polars as pl
import pytest

from pipeline.models.blend.weights import HiddenForecasts, learned_weights
from pipeline.models.registry import CarryOver, GlobalMean, Hierarchical, SuperLearner

BLEND = SuperLearner((GlobalMean(), CarryOver(), Hierarchical()), caution=8.0, prior=(0.3, 0.4, 0.3))


def _hidden(errors: np.ndarray, fold: np.ndarray) -> HiddenForecasts:
    """Hidden batches of two products with the result 10, and forecasts with these errors, (rows, members)."""
    count = len(fold)
    rows = pl.DataFrame(
        {
            "product": [f"P{i % 2}" for i in range(count)],
            "scale_level": np.ones(count),
            "observed": np.full(count, 10.0),
            "censoring": ["none"] * count,
        }
    )
    return HiddenForecasts(rows, 10.0 + errors, np.ones_like(errors), np.ones(count), fold, "new_scale")


def _weights(hidden: HiddenForecasts) -> tuple[float, ...]:
    return learned_weights(BLEND, hidden, hidden.fold >= 0, "new_scale")


def _noise(scale: tuple[float, ...], count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 3)) * scale


def test_weights__give_a_member_far_better_than_the_prior_the_most_also_with_two_groups() -> None:
    weights = _weights(_hidden(_noise((1.0, 1.0, 0.05), 200, 1), np.zeros(200)))
    assert weights[2] > 0.9


def test_weights__stay_near_the_prior_where_all_members_are_equally_good() -> None:
    weights = _weights(_hidden(_noise((1.0, 1.0, 1.0), 200, 2), np.zeros(200)))
    assert weights == pytest.approx((0.3, 0.4, 0.3), abs=0.05)


def test_weights__are_not_decided_by_a_fold_in_which_every_member_errs() -> None:
    """In the first fold all members err by about 100; in the second one member is right."""
    far, near = 100 + _noise((5.0, 5.0, 5.0), 200, 3), _noise((1.0, 1.0, 0.05), 200, 4)
    weights = _weights(_hidden(np.vstack([far, near]), np.repeat([0.0, 1.0], 200)))
    assert weights[2] > 0.9


def test_weights__do_not_depend_on_the_unit_of_the_results() -> None:
    hidden = _hidden(_noise((1.0, 2.0, 0.5), 100, 5), np.repeat([0.0, 1.0], 50))
    small = HiddenForecasts(
        hidden.rows.with_columns(pl.col("observed") * 1e-3),
        hidden.predicted * 1e-3,
        hidden.spreads,
        hidden.spread,
        hidden.fold,
        hidden.reenacted_kind,
    )
    assert _weights(small) == pytest.approx(_weights(hidden))
