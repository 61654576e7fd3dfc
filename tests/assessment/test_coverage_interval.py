"""Confidence limits of a coverage: against published and hand-computed values, and by simulation."""

import numpy as np
import pytest

from pipeline.assessment.coverage_interval import coverage_interval


@pytest.mark.parametrize(
    ("inside", "results", "limits"),
    [(81, 263, (0.2527, 0.3676)), (15, 148, (0.0578, 0.1617)), (0, 20, (0.0, 0.1684)), (1, 29, (0.0009, 0.1776))],
)
def test_coverage_interval__of_single_results_is_the_published_one(
    inside: int, results: int, limits: tuple[float, float]
) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 857: the exact method of Clopper and Pearson."""
    found = coverage_interval([1] * inside + [0] * (results - inside), [1] * results)
    assert found == pytest.approx(limits, abs=2e-3)


def test_coverage_interval__of_groups_that_are_all_inside_counts_the_groups() -> None:
    assert coverage_interval([50, 50], [50, 50]) == pytest.approx((0.025**0.5, 1.0))
    assert coverage_interval([0, 0, 0], [9, 9, 9]) == pytest.approx((0.0, 1 - 0.025 ** (1 / 3)))


def test_coverage_interval__of_groups_inside_or_outside_as_a_whole_counts_the_groups() -> None:
    assert coverage_interval([20, 20, 20, 0], [20] * 4) == pytest.approx(coverage_interval([1, 1, 1, 0], [1] * 4))


def test_coverage_interval__a_group_with_most_results_makes_it_wider() -> None:
    even, uneven = coverage_interval([3] * 6, [3] * 6), coverage_interval([1] * 5 + [13], [1] * 5 + [13])
    assert even is not None
    assert uneven is not None
    assert uneven[0] < even[0]


def test_coverage_interval__groups_that_are_equal_count_all_results() -> None:
    assert coverage_interval([9, 9], [10, 10]) == pytest.approx(coverage_interval([1] * 18 + [0] * 2, [1] * 20))


def test_coverage_interval__of_one_group_is_not_known() -> None:
    assert coverage_interval([9], [10]) is None
    assert coverage_interval([], []) is None


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.75, 0.95])
@pytest.mark.parametrize("sizes", [(3, 8, 24, 5, 2, 10), (5, 10, 6), (6,) * 9])
def test_coverage_interval__holds_the_true_coverage_whatever_the_batches_share(
    sizes: tuple[int, ...], correlation: float
) -> None:
    rng, of_group = np.random.default_rng(1), np.repeat(np.arange(len(sizes)), sizes)
    held = []
    for _ in range(400):
        shared, own = rng.standard_normal(len(sizes))[of_group], rng.standard_normal(len(of_group))
        error = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
        inside = np.bincount(of_group, np.abs(error) < 1.6448536).astype(int)
        low, high = coverage_interval(inside.tolist(), list(sizes)) or (1.0, 0.0)
        held.append(low <= 0.9 <= high)
    assert np.mean(held) >= 0.92
