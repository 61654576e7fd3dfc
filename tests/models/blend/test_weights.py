"""Weights of a blend: how far hidden batches move them from the prior weights."""

import numpy as np
import polars as pl
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.models.blend.weights import HiddenForecasts, learned_weights
from pipeline.models.registry import AdditiveTable, GlobalMean, SuperLearner

BLEND = SuperLearner((GlobalMean(), AdditiveTable()), caution=8.0)
PRODUCTS, EACH = 4, 25


def _hidden(errors: FloatArray) -> HiddenForecasts:
    """Return forecasts of products with these errors of the first member, (products, batches); the second has a tenth of them."""
    error = errors.ravel()
    products = np.repeat([f"P{i}" for i in range(errors.shape[0])], errors.shape[1])
    rows = pl.DataFrame({"product": products, "observed": np.zeros(error.size)}).with_columns(
        scale_level=pl.lit(1.0), censoring=pl.lit("none")
    )
    predicted = np.column_stack([error, 0.1 * error])
    return HiddenForecasts(rows, predicted, np.ones_like(predicted), np.ones(error.size), np.zeros(error.size), "new_scale")


def _weight_of_the_better(errors: FloatArray) -> float:
    hidden = _hidden(errors)
    return learned_weights(BLEND, hidden, hidden.fold >= 0, "new_scale")[1]


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
