"""Weights of a blend: what a fold in which every member errs, and a member far better than the prior, do to them."""

import numpy as np
import polars as pl
import pytest

from pipeline.models.blend.weights import HiddenForecasts, learned_weights
from pipeline.models.registry import CarryOver, GlobalMean, LightGBM, SuperLearner

SHORT = SuperLearner((GlobalMean(), CarryOver(), LightGBM()), caution=8.0, prior=(0.3, 0.4, 0.3))
DENSE = SuperLearner((GlobalMean(), CarryOver(), LightGBM(from_rows=500)), caution=8.0, prior=(0.3, 0.4, 0.3))


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


def _weights(hidden: HiddenForecasts, blend: SuperLearner = DENSE) -> tuple[float, ...]:
    return learned_weights(blend, hidden, hidden.fold >= 0, "new_scale")


def _noise(scale: tuple[float, ...], count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 3)) * scale


def test_weights__of_a_dense_history_give_a_far_better_member_the_most_also_with_two_groups() -> None:
    hidden = _hidden(_noise((1.0, 1.0, 0.05), 200, 1), np.zeros(200))
    assert _weights(hidden)[2] > 0.9
    assert _weights(hidden, SHORT)[2] < 0.6  # two groups are two pieces of evidence there


def test_weights__of_a_dense_history_lean_on_the_prior_where_whole_groups_err_alike() -> None:
    """The second member is better by what its errors have in common in each of the two groups."""
    common = np.tile([1.0, -1.0], 100)[:, None] * np.array([1.0, 0.8, 1.2])
    alike, apart = common + _noise((0.01, 0.01, 0.01), 200, 6), _noise((1.0, 0.8, 1.2), 200, 6)
    distance = [np.abs(np.array(_weights(_hidden(one, np.zeros(200)))) - DENSE.prior).max() for one in (alike, apart)]
    assert distance[0] < 0.1 < distance[1]


def test_weights__stay_near_the_prior_where_all_members_are_equally_good() -> None:
    weights = _weights(_hidden(_noise((1.0, 1.0, 1.0), 200, 2), np.zeros(200)))
    assert weights == pytest.approx((0.3, 0.4, 0.3), abs=0.1)


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
