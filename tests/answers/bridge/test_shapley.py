"""Fair shares against games whose answer is known."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.answers.bridge import shapley


def test_exact__glove_game() -> None:
    """One left glove (player 0), two right ones: shares 2/3, 1/6, 1/6 (Shapley 1953's textbook example)."""
    masks = shapley.all_masks(3)
    values = (masks[:, 0] & (masks[:, 1] | masks[:, 2])).astype(float)[:, None]
    assert shapley.exact(values)[:, 0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@given(st.integers(1, 6), st.integers(0, 99))
def test_exact__is_the_mean_over_all_orders_and_sums(players: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(2**players, 2))
    shares = shapley.exact(values)
    assert shares.sum(axis=0) == pytest.approx(values[-1] - values[0])
    if players <= 4:
        every = np.array(list(itertools.permutations(range(players))))
        bits = (shapley.masks_along(every) * 2 ** np.arange(players)).sum(axis=2)
        assert len(every) == math.factorial(players)
        assert shapley.along(every, values[bits]).mean(axis=0) == pytest.approx(shares)


def test_along__every_order_sums_exactly() -> None:
    order = shapley.orders(9, 5, seed=3)
    masks = shapley.masks_along(order)
    values = np.sin(masks @ np.arange(1.0, 10.0))[..., None] ** 2
    shares = shapley.along(order, values)
    assert shares.sum(axis=1) == pytest.approx(values[:, -1] - values[:, 0])
    assert (order[0::2] == order[1::2, ::-1]).all()


def test_error__of_an_additive_game_is_zero() -> None:
    order = shapley.orders(5, 4, seed=1)
    values = (shapley.masks_along(order) @ np.arange(5.0))[..., None]
    assert shapley.error_of_mean(shapley.along(order, values)) == pytest.approx(0)
