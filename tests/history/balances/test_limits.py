"""Limits of a ratio from the other batches."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.history.balances.limits import limits
from tests.support.balances import scattered


def test_limits__of_a_batch_do_not_depend_on_its_own_value() -> None:
    ratios = scattered(30)
    ratios[4] = 0.9 * np.exp(0.02)
    first = limits(ratios, np.zeros(30, int), None, 0.01)
    ratios[4] = 0.9 * np.exp(0.025)
    second = limits(ratios, np.zeros(30, int), None, 0.01)
    assert second.lower[4] == pytest.approx(first.lower[4])
    assert second.upper[4] == pytest.approx(first.upper[4])
    assert second.distance[4] > first.distance[4]


def test_limits__follow_product_and_scale() -> None:
    """Product 1 gives 5 % less. A tenfold scale loses a tenth of what a small one loses."""
    products, scales = np.tile([0, 1], 40), np.repeat([0.0, 1, 2, 3], 20)
    truth = np.exp(-0.05 * products - 0.1 * 10**-scales)
    found = limits(truth * scattered(80, middle=1, scatter=0.005), products, scales, 0.01)
    assert found.expected == pytest.approx(truth, rel=0.03)
    assert np.log(found.expected[0] / found.expected[1]) == pytest.approx(0.05, abs=0.005)


def test_limits__contain_what_is_rounding() -> None:
    ratios = np.full(20, 0.95)
    ratios[3] = 0.9505
    found = limits(ratios, np.zeros(20, int), None, 0.01)
    assert ((ratios >= found.lower) & (ratios <= found.upper)).all()


def test_limits__nothing_given_is_beyond_all_limits_and_changes_no_other() -> None:
    ratios = scattered(20)
    ratios[0] = 0.0
    found = limits(ratios, np.zeros(20, int), None, 0.01)
    assert found.lower[0] > 0.8
    assert found.distance[0] < -50
    assert found.lower[1] > 0.8


def test_limits__of_too_few_batches_are_none() -> None:
    found = limits(scattered(8), np.zeros(8, int), None, 0.01)
    assert (found.enough, found.judged.any()) == (False, False)
    assert not limits(np.array([]), np.array([], int), None, 0.01).enough


def _ratios(kind: str, number: int, rng: np.random.Generator) -> FloatArray:
    """Ratios as no good process has them."""
    usual = scattered(number, seed=int(rng.integers(1000)))
    return {
        "equal": np.full(number, 0.95),
        "mostly equal": np.where(rng.random(number) < 0.8, 1.0, usual),
        "half of them nothing": np.where(rng.random(number) < 0.5, 0.0, usual),
        "without bounds": np.exp(5 * rng.standard_cauchy(number).clip(-60, 60)),
        "another unit in a third": usual * np.where(rng.random(number) < 0.3, 1000, 1),
        "rounded": usual.round(2),
    }[kind]


@pytest.mark.parametrize(
    "kind", ["equal", "mostly equal", "half of them nothing", "without bounds", "another unit in a third", "rounded"]
)
def test_limits__of_odd_ratios_exist_and_are_ordered(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.history.balances.critical.DRAWN", 1000)
    rng = np.random.default_rng(4)
    for number in rng.integers(0, 120, 30):
        products = rng.integers(0, rng.integers(1, 6), number)
        scales = [None, rng.choice([0.0, 1, 2], number), rng.normal(size=number)][rng.integers(3)]
        found = limits(_ratios(kind, int(number), rng), products, scales, 0.01)
        judged = found.judged
        parts = [getattr(found, name)[judged] for name in ("lower", "expected", "upper", "reach", "distance")]
        assert all(np.isfinite(part).all() for part in parts)
        assert (parts[0] <= parts[1]).all()
        assert (parts[1] <= parts[2]).all()
        assert (parts[3] >= 1).all()
