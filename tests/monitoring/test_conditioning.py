"""What is seen of a course updates the rest."""

import numpy as np
import pytest

from pipeline.monitoring.conditioning import band_factors, covariance_of


def _levels(batches: int = 200, nodes: int = 12, own: float = 0.2, seed: int = 1) -> np.ndarray:
    """Return deviations that keep one level over the whole course, with a part of each node."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(size=(batches, 1)) + own * rng.normal(size=(batches, nodes)))


def test_update__without_records_is_the_plan() -> None:
    covariance = covariance_of(_levels())
    mean, size = covariance.updated(np.full(12, np.nan))
    assert (mean == 0).all()
    assert size == pytest.approx(covariance.sizes, rel=0.25)


def test_update__moves_the_rest_towards_what_is_seen_and_narrows_it() -> None:
    covariance = covariance_of(_levels())
    seen = np.full(12, np.nan)
    seen[:4] = 1.5
    mean, size = covariance.updated(seen)
    _, before = covariance.updated(np.full(12, np.nan))
    assert (mean[4:] > 0.8).all()
    assert (mean[4:] <= 1.6).all()
    assert (size[4:] < 0.8 * before[4:]).all()


def test_update__forecasts_new_courses_better_than_the_mean() -> None:
    covariance, new = covariance_of(_levels()), _levels(100, seed=2)
    seen = np.where(np.arange(12) < 5, new, np.nan)
    found = np.stack([covariance.updated(one)[0] for one in seen])
    assert np.abs(new - found)[:, 5:].mean() < 0.6 * np.abs(new)[:, 5:].mean()


def test_update__of_unrelated_nodes_says_nothing_about_the_rest() -> None:
    covariance = covariance_of(np.random.default_rng(1).normal(size=(300, 12)))
    mean, _ = covariance.updated(np.array([2.0] * 3 + [np.nan] * 9))
    assert np.abs(mean[3:]).max() < 0.5


def test_covariance__of_nodes_without_a_value_is_finite() -> None:
    deviations = _levels(20)
    deviations[:, 3] = np.nan
    deviations[:, 4] = 0.0
    mean, size = covariance_of(deviations).updated(np.full(12, 0.5))
    assert np.isfinite(mean).all()
    assert (size > 0).all()


def test_band_factors__cover_the_stated_share_of_past_courses() -> None:
    deviations = 2.0 * np.random.default_rng(1).normal(size=(500, 6))
    factors = band_factors(deviations, np.full(6, 2.0), 0.9)
    assert factors == pytest.approx(np.full(6, 1.645), abs=0.12)


def test_band_factors__where_nothing_is_seen_are_the_largest_of_the_others() -> None:
    deviations = np.random.default_rng(1).normal(size=(50, 6))
    deviations[:, 4:] = np.nan
    factors = band_factors(deviations, np.ones(6), 0.9)
    assert factors[5] == factors[:5].max()
    assert (band_factors(np.full((3, 2), np.nan), np.ones(2), 0.9) == 1.645).all()
