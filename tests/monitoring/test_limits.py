"""Limits that keep a promised rate of false alarms per whole batch."""

import numpy as np
import pytest

from pipeline.monitoring.limits import (
    LEAST_GROUPS,
    NORMAL_SUSPECTS,
    conformal_limit,
    largest_true_rate,
    new_group_factor,
    promised,
    suspected,
    tail_limit,
)


@pytest.mark.parametrize(
    ("batches", "rate", "place"),
    [(19, 0.05, 19), (20, 0.05, 20), (39, 0.05, 38), (99, 0.05, 95), (9, 0.1, 9), (99, 0.1, 90)],
)
def test_conformal_limit__is_a_stated_one_of_the_largest_statistics(batches: int, rate: float, place: int) -> None:
    values = np.random.default_rng(1).permutation(np.arange(1.0, batches + 1))
    assert conformal_limit(values, rate) == place


def test_conformal_limit__from_too_few_batches_is_the_largest() -> None:
    assert conformal_limit(np.arange(1.0, 6.0), 0.05) == 5
    assert promised(5, 0.05) == pytest.approx(1 / 6)
    assert promised(19, 0.05) == 0.05


@pytest.mark.parametrize(("batches", "rate"), [(19, 0.05), (40, 0.05), (12, 1 / 13), (60, 0.1)])
def test_conformal_limit__keeps_the_promised_rate(batches: int, rate: float) -> None:
    rng = np.random.default_rng(3)
    values = rng.lognormal(size=(4000, batches + 1))
    exceeded = [one[-1] > conformal_limit(one[:-1], rate) for one in values]
    assert np.mean(exceeded) == pytest.approx(rate, abs=0.012)
    assert np.mean(exceeded) <= rate + 0.008


@pytest.mark.parametrize("batches", [19, 60])
def test_true_rate__is_below_the_bound_with_the_stated_confidence(batches: int) -> None:
    rng = np.random.default_rng(4)
    limits = np.array([conformal_limit(one, 0.05) for one in rng.uniform(size=(4000, batches))])
    assert np.mean(1 - limits <= largest_true_rate(batches, 0.05)) == pytest.approx(0.9, abs=0.02)
    assert largest_true_rate(10 * batches, 0.05) < largest_true_rate(batches, 0.05)


def test_tail_limit__is_the_quantile_of_a_lognormal_tail() -> None:
    values = np.random.default_rng(1).lognormal(0.5, 0.3, size=20_000)
    assert tail_limit(values, 0.01) == pytest.approx(np.exp(0.5 + 0.3 * 2.326), rel=0.03)
    assert tail_limit(np.full(5, 2.0), 0.01) == pytest.approx(2.0, rel=1e-4)
    assert tail_limit(np.zeros(5), 0.01) >= 0


def _grouped(spread: float, groups: int = 8, each: int = 15, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    own = np.exp(spread * rng.normal(size=(groups, 1)) + 0.1 * rng.normal(size=(groups, each)))
    return own.ravel(), np.repeat([f"P{i}" for i in range(groups)], each)


def test_new_group_factor__is_one_where_groups_are_alike() -> None:
    values, groups = _grouped(0.0, each=100)
    assert new_group_factor(values, groups, 0.05) < 1.1


def test_new_group_factor__widens_the_limit_where_groups_differ() -> None:
    alike, differ = (
        np.mean([new_group_factor(*_grouped(spread, seed=seed), 0.05) for seed in range(20)]) for spread in (0.0, 0.5)
    )
    assert differ > 1.1 * alike


def test_new_group_factor__keeps_the_mean_rate_of_new_groups() -> None:
    with_factor, without = [], []
    for seed in range(60):
        values, groups = _grouped(0.4, groups=9, seed=seed)
        known = groups != "P8"
        limit = conformal_limit(values[known], 0.05)
        new = values[~known]
        without.append(np.mean(new > limit))
        with_factor.append(np.mean(new > limit * new_group_factor(values[known], groups[known], 0.05)))
    assert np.mean(without) > 0.07
    assert np.mean(with_factor) <= 0.75 * np.mean(without)


def test_new_group_factor__of_few_groups_or_of_none_is_one() -> None:
    values, groups = _grouped(0.5, groups=LEAST_GROUPS - 1)
    assert new_group_factor(values, groups, 0.05) == 1
    assert new_group_factor(values, np.empty(0, dtype=str), 0.05) == 1


def test_new_group_factor__where_no_batch_has_a_score_is_one() -> None:
    _, groups = _grouped(0.5)
    assert new_group_factor(np.zeros(len(groups)), groups, 0.05) == 1


def test_suspected__are_batches_far_beyond_all_others() -> None:
    sizes = np.random.default_rng(1).lognormal(1, 0.2, size=(60, 8))
    sizes[7, 3] *= 20
    assert np.flatnonzero(suspected(sizes)).tolist() == [7]


def test_suspected__are_few_among_normal_batches_however_many_tags() -> None:
    rng = np.random.default_rng(2)
    for tags in (2, 40):
        found = [suspected(np.abs(rng.normal(size=(80, 50, tags))).max(axis=1)).mean() for _ in range(40)]
        assert np.mean(found) <= NORMAL_SUSPECTS


def test_suspected__is_none_where_all_are_equal_or_nothing_is_seen() -> None:
    assert not suspected(np.zeros((20, 3))).any()
    assert not suspected(np.full((20, 3), 2.0)).any()
