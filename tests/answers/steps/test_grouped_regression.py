"""Draws of a grouped regression, where the posterior is known."""

import numpy as np
import pytest

from pipeline.answers.steps.grouped_regression import CHAINS, KEPT, draw
from pipeline.domain.arrays import FloatArray

GROUPS = np.array([0, 0, 1, 1], dtype=np.int64)


def _data(together: float = 0.0, batches: int = 200) -> tuple[FloatArray, FloatArray]:
    """Columns, and a result that is twice the first one plus noise of variance 0.25."""
    rng = np.random.default_rng(2)
    x = rng.standard_normal((batches, 4))
    x[:, 2] = together * x[:, 0] + np.sqrt(1 - together**2) * x[:, 2]
    x -= x.mean(axis=0)
    y = 2 * x[:, 0] + 0.5 * rng.standard_normal(batches)
    return x, y - y.mean()


def test_draws__agree_with_least_squares_where_batches_are_many() -> None:
    x, y = _data()
    found = draw(x, y, GROUPS, 1, 0)
    exact = np.linalg.lstsq(x, y, rcond=None)[0]
    assert found.coefficients.shape == (CHAINS * KEPT, 4)
    assert found.coefficients.mean(axis=0) == pytest.approx(exact, abs=0.05)
    assert found.coefficients[:, 0].std() == pytest.approx(0.5 / np.sqrt(200), rel=0.2)
    assert found.noise.mean() == pytest.approx(0.25, rel=0.2)


def test_draws__do_not_depend_on_units() -> None:
    x, y = _data()
    factors = np.array([1e6, 1e-3, 1.0, 40.0])
    first, second = draw(x, y, GROUPS, 1, 0), draw(x * factors, 1e3 * y, GROUPS, 1, 0)
    assert second.coefficients * factors / 1e3 == pytest.approx(first.coefficients, rel=1e-6, abs=1e-9)


def test_draws__are_the_same_each_time() -> None:
    x, y = _data()
    assert np.array_equal(draw(x, y, GROUPS, 1, 3).coefficients, draw(x, y, GROUPS, 1, 3).coefficients)


def test_draws__of_equal_columns_give_the_effect_now_to_one_now_to_the_other() -> None:
    """Their sum is known, and neither of them is."""
    x, y = _data(together=1.0)
    found = draw(x, y, GROUPS, 1, 0).coefficients
    assert (found[:, 0] + found[:, 2]).std() < 0.1
    assert np.quantile(found[:, 0], 0.1) < 0.3
    assert np.quantile(found[:, 0], 0.9) > 1.7


def test_draws__of_more_columns_than_batches_find_the_one_that_acts() -> None:
    rng = np.random.default_rng(4)
    x = rng.standard_normal((40, 60))
    x -= x.mean(axis=0)
    y = 3 * x[:, 7] + 0.3 * rng.standard_normal(40)
    found = draw(x, y - y.mean(), np.repeat(np.arange(3), 20).astype(np.int64), 1, 0).coefficients.mean(axis=0)
    assert int(np.abs(found).argmax()) == 7
    assert found[7] == pytest.approx(3, abs=0.3)
