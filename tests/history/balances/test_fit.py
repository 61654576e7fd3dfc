"""The fit by products and trend is ordinary weighted least squares."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.history.balances.fit import Peers, fit


def _peers(products: list[int], trend: FloatArray | None) -> Peers:
    numbers = np.array(products)
    return Peers(numbers, np.searchsorted(numbers, np.arange(numbers.max() + 1)), trend)


def test_fit__is_weighted_least_squares_with_an_effect_per_product() -> None:
    rng = np.random.default_rng(1)
    peers = _peers([0] * 5 + [1] * 7 + [2] * 4, rng.normal(size=(16, 2)))
    values, weights = rng.normal(size=(3, 16)), rng.uniform(0.1, 2, (3, 16))
    found = fit(values, weights, peers)
    assert peers.trend is not None
    design = np.hstack([np.eye(3)[peers.product], peers.trend])
    for draw in range(3):
        root = np.sqrt(weights[draw])[:, None]
        slopes = np.linalg.lstsq(root * design, root[:, 0] * values[draw], rcond=None)[0]
        assert found.fitted[draw] == pytest.approx(design @ slopes)
        covariance = np.linalg.inv(design.T @ (weights[draw][:, None] * design))
        assert found.leverage[draw] == pytest.approx(np.einsum("bi,ij,bj->b", design, covariance, design))
    assert found.effects.tolist() == [5, 5, 5]


def test_fit__a_trend_that_the_products_determine_adds_no_effect() -> None:
    """Each product ran at one scale."""
    peers = _peers([0, 0, 0, 1, 1, 1], np.array([[0.0], [0], [0], [1], [1], [1]]))
    found = fit(np.arange(6.0)[None], np.ones((1, 6)), peers)
    assert (peers.effects, found.effects[0]) == (2, 2)
    assert found.fitted[0] == pytest.approx([1, 1, 1, 4, 4, 4])


def test_fit__a_product_without_weight_has_no_expected_value() -> None:
    peers = _peers([0, 0, 1, 1], None)
    found = fit(np.ones((1, 4)), np.array([[1.0, 1, 0, 0]]), peers)
    assert found.leverage[0].tolist() == [0.5, 0.5, np.inf, np.inf]
    assert found.effects[0] == 1
