"""Weights of a blend: how far hidden batches move them from the prior weights, and which of them decide."""

import numpy as np
import polars as pl
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.models.blend.weights import BATCHES_OF_PRODUCT, HiddenForecasts, learned_weights, prior_weights
from pipeline.models.registry import AdditiveTable, CarryOver, GlobalMean, LightGBM, SuperLearner

SHORT = SuperLearner((GlobalMean(), CarryOver(), LightGBM()), caution=8.0, prior=(0.3, 0.4, 0.3))
DENSE = SuperLearner((GlobalMean(), CarryOver(), LightGBM(from_rows=500)), caution=8.0, prior=(0.3, 0.4, 0.3))

TWO = SuperLearner((GlobalMean(), AdditiveTable()), caution=8.0)
PRODUCTS, EACH = 4, 25


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
    return HiddenForecasts(rows, 10.0 + errors, {}, np.ones(count), fold, "new_scale")


def _weights(hidden: HiddenForecasts, blend: SuperLearner = DENSE) -> tuple[float, ...]:
    return learned_weights(blend, hidden, hidden.fold >= 0, "new_scale")


def _noise(scale: tuple[float, ...], count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 3)) * scale


def test_weights__of_a_dense_history_give_a_far_better_member_the_most_also_with_two_groups() -> None:
    hidden = _hidden(_noise((1.0, 1.0, 0.05), 200, 1), np.zeros(200))
    assert _weights(hidden)[2] > 0.9


def test_weights__of_a_dense_history_lean_on_the_prior_where_whole_groups_err_alike() -> None:
    """The third member is better by what its errors have in common in each of the two groups."""
    common = np.tile([1.0, -1.0], 100)[:, None] * np.array([1.2, 1.0, 0.8])
    alike, apart = common + _noise((0.01, 0.01, 0.01), 200, 6), _noise((1.2, 1.0, 0.8), 200, 6)
    prior = prior_weights(DENSE, 200 / BATCHES_OF_PRODUCT)
    distance = [np.abs(np.array(_weights(_hidden(one, np.zeros(200)))) - prior).max() for one in (alike, apart)]
    assert distance[0] < distance[1] / 2


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


def _of_two(errors: FloatArray) -> HiddenForecasts:
    """Return forecasts of products with these errors of the first member, (products, batches); the second has a tenth of them."""
    error = errors.ravel()
    products = np.repeat([f"P{i}" for i in range(errors.shape[0])], errors.shape[1])
    rows = pl.DataFrame({"product": products, "observed": np.zeros(error.size)}).with_columns(
        scale_level=pl.lit(1.0), censoring=pl.lit("none")
    )
    predicted = np.column_stack([error, 0.1 * error])
    return HiddenForecasts(rows, predicted, {}, np.ones(error.size), np.zeros(error.size), "new_scale")


def _weight_of_the_better(errors: FloatArray) -> float:
    hidden = _of_two(errors)
    return learned_weights(TWO, hidden, hidden.fold >= 0, "new_scale")[1]


def test_weights__errors_that_are_alike_within_products_count_as_one_each() -> None:
    """Repeats of the error of a product are no further evidence, so they do not change the weights."""
    drawn = np.random.default_rng(1).normal(size=(PRODUCTS, 1))
    alike = _weight_of_the_better(np.repeat(drawn, EACH, axis=1))
    assert alike == pytest.approx(_weight_of_the_better(drawn), rel=1e-6)


def test_weights__independent_errors_move_them_further_than_errors_that_are_alike() -> None:
    rng = np.random.default_rng(1)
    alike = np.repeat(rng.normal(size=(PRODUCTS, 1)), EACH, axis=1)
    independent = rng.normal(size=(PRODUCTS, EACH))
    assert 0.5 < _weight_of_the_better(alike) < _weight_of_the_better(independent) - 0.1
