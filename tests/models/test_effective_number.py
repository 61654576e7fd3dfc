"""Number of independent errors: the two known ends, and what lies between."""

import numpy as np
import pytest

from pipeline.models.effective_number import effective_number, weights_of


def _number(errors: list[float] | np.ndarray, group: list[int] | np.ndarray) -> float:
    numbers = np.array(group)
    return effective_number(np.array(errors, dtype=float), numbers, weights_of(numbers))


def test_weights_of__n_batches_of_one_product_have_the_weight_of_root_n() -> None:
    assert weights_of(np.array([0] * 9 + [1, 2, 3])) == pytest.approx([1 / 18] * 9 + [1 / 6] * 3)


def test_effective_number__is_the_number_of_groups_where_all_errors_of_a_group_are_equal() -> None:
    assert _number([1, 1, 1, -2, -2, -2, 0.5, 0.5, 0.5], [0, 0, 0, 1, 1, 1, 2, 2, 2]) == pytest.approx(3)


def test_effective_number__is_the_number_of_errors_where_groups_have_one_each() -> None:
    assert _number([1.0, -2.0, 0.5], [0, 1, 2]) == pytest.approx(3)


def test_effective_number__is_near_the_number_of_errors_where_groups_do_not_matter() -> None:
    rng = np.random.default_rng(1)
    found = [_number(rng.normal(size=300), np.repeat(np.arange(30), 10)) for _ in range(100)]
    assert 200 < np.mean(found) <= 300


def test_effective_number__agrees_with_the_variance_of_the_mean_square_it_is_defined_by() -> None:
    """Theory: the mean square of m independent normal errors has the variance 2/m (variance of χ²)."""
    rng = np.random.default_rng(2)
    errors = np.sqrt(0.6) * rng.normal(size=(4000, 12, 1)) + np.sqrt(0.4) * rng.normal(size=(4000, 12, 10))
    true = 2 / (errors**2).mean(axis=(1, 2)).var()
    found = np.median([_number(one.ravel(), np.repeat(np.arange(12), 10)) for one in errors[:300]])
    assert 0.6 * true < found <= 1.1 * true


def test_effective_number__falls_where_the_groups_differ_in_the_size_of_their_errors() -> None:
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(10), 20)
    errors = rng.normal(size=200)
    unequal = errors * np.repeat([0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 3.0, 4.0], 20)
    assert _number(unequal, group) < 0.25 * _number(errors, group)


@pytest.mark.parametrize("seed", range(20))
def test_effective_number__of_one_group_is_never_larger_than_of_two(seed: int) -> None:
    errors = np.random.default_rng(seed).normal(size=12)
    assert _number(errors, [0] * 12) <= _number(errors, [0] * 6 + [1] * 6)


def test_effective_number__of_errors_that_are_all_zero_is_the_number_of_groups() -> None:
    assert _number([0.0] * 6, [0, 0, 0, 1, 1, 1]) == pytest.approx(2)
