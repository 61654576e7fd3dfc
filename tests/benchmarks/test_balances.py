"""The benchmark of the balances asks the functions of the program, and its breaks have the size that it states."""

import balances
import numpy as np
import pytest
from balances import DEVIATION, SCALES, World, reported, shewhart

from tests.support.balances import amounts_of, judged


def _step(batches: int) -> balances.Step:
    return balances._step(batches, np.random.default_rng(3))


def test_reported__is_what_the_table_of_balances_says() -> None:
    step = _step(100)
    values, _ = balances._draws(step, World(0.05), np.random.default_rng(4))
    alarms = reported(values[:1], step.chosen, step.limits[0.01])[0]
    rows = amounts_of(np.exp(values[0]), product=step.products.astype(str), scale=10**step.log10_scales)
    table = judged(rows)
    assert (table["verdict"].cast(str).is_in(["too low", "too high", "impossible"])).to_list() == alarms.tolist()
    assert alarms.any()


@pytest.mark.parametrize("own_noise", [True, False])
def test_breaks__have_the_stated_size(own_noise: bool) -> None:
    step = _step(1000)
    values, broken = balances._draws(step, World(0.05, 4.0, own_noise), np.random.default_rng(5))
    assert (broken.sum(axis=1) == 50).all()
    distances = (values - step.effects) / DEVIATION
    assert distances[~broken].std() == pytest.approx(1, abs=0.02)
    assert np.abs(distances[broken]).mean() == pytest.approx(4, abs=0.15)
    assert np.abs(distances[broken]).std() == pytest.approx(1 if own_noise else 0, abs=0.1)


def test_scatter__at_the_smallest_scale_can_be_larger() -> None:
    step = _step(1000)
    values, _ = balances._draws(step, World(small_scales=2), np.random.default_rng(6))
    small = step.log10_scales < np.log10(2 * SCALES[0])
    assert np.hypot(0.04, 0.01 * 2**0.5) == pytest.approx((values - step.effects)[:, small].std(), rel=0.05)


def test_shewhart__is_mean_and_deviation_of_the_batches_of_the_product() -> None:
    values = np.array([[0.0, 1, 2, 3, 30, 5, 5.1, 5.2]])
    assert shewhart(values, np.array([0] * 5 + [1] * 3), 0.1).tolist() == [[False] * 4 + [True] + [False] * 3]
