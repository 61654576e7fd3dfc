"""Distances leave the batch itself out."""

import numpy as np
import pytest

from pipeline.history.balances.fit import Peers
from pipeline.history.balances.studentised import deleted

PEERS = Peers(np.array([0] * 6 + [1] * 6), np.array([0, 6]), np.linspace(-1, 1, 12)[:, None])
DESIGN = np.hstack([np.eye(2)[PEERS.product], np.linspace(-1, 1, 12)[:, None]])


def _without(values: np.ndarray, kept: np.ndarray, scatters: np.ndarray, batch: int) -> tuple[float, float]:
    """Expected value and error of a batch from the other kept batches, by fitting them again."""
    others = kept.copy()
    others[batch] = False
    rows, weights = DESIGN[others], 1 / scatters[others] ** 2
    gram = np.linalg.inv(rows.T @ (weights[:, None] * rows))
    slopes = gram @ rows.T @ (weights * values[others])
    squares = (weights * (values[others] - rows @ slopes) ** 2).sum() / (others.sum() - 3)
    own = DESIGN[batch]
    return float(own @ slopes), float(np.sqrt(squares * (scatters[batch] ** 2 + own @ gram @ own)))


@pytest.mark.parametrize("scale", [0.0, 0.8])
def test_deleted__is_a_fit_to_the_other_kept_batches(scale: float) -> None:
    rng = np.random.default_rng(2)
    values, kept = rng.normal(size=12), np.array([True] * 5 + [False] + [True] * 6)
    scatters = np.exp(scale * DESIGN[:, 2])
    found = deleted(values[None], kept[None], PEERS, scatters=scatters[None])
    for batch in range(12):
        expected, error = _without(values, kept, scatters, batch)
        assert found.expected[0, batch] == pytest.approx(expected)
        assert found.error[0, batch] == pytest.approx(error)
        assert found.distance[0, batch] == pytest.approx((values[batch] - expected) / error)


def test_deleted__equal_values_have_the_least_scatter() -> None:
    values = np.full((1, 12), 0.3)
    values[0, 4] += 1e-4
    found = deleted(values, np.ones((1, 12), bool), PEERS, floor=5e-4)
    assert np.abs(found.distance).max() < 0.3


def test_deleted__a_product_of_which_no_batch_is_kept_has_no_expected_value() -> None:
    kept = np.array([[True] * 6 + [False] * 6])
    found = deleted(np.random.default_rng(3).normal(size=(1, 12)), kept, Peers(PEERS.product, PEERS.starts, None))
    assert np.isnan(found.expected[0, 6:]).all()
    assert np.isfinite(found.expected[0, :6]).all()
