"""The chance that all attributes are within their limits, against known correlations."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import multivariate_normal, norm

from pipeline.domain.display import with_error
from pipeline.forecasting.joint_chance import (
    FEWEST_POINTS,
    LEAST_BATCHES,
    ROW_ERROR,
    JointErrors,
    chance_of_batch,
    chance_together,
    mean_chance,
    rank_correlation,
)
from tests.forecasting.test_normal_probability import correlation, exact, loadings


def correlated(r: float) -> np.ndarray:
    return np.array([[1.0, r], [r, 1.0]])


def drawn(r: float, count: int = 4000) -> pl.DataFrame:
    errors = np.random.default_rng(1).multivariate_normal([0, 0], correlated(r), count)
    return pl.DataFrame({"titre": errors[:, 0], "hmw": np.exp(errors[:, 1])})  # the exponential does not change ranks


@pytest.mark.parametrize("r", [-0.6, 0.0, 0.8])
def test_rank_correlation__finds_the_correlation_of_the_underlying_normals(r: float) -> None:
    assert rank_correlation(drawn(r))[0, 1] == pytest.approx(r, abs=0.04)


@pytest.mark.parametrize("r", [-0.6, 0.3, 0.9])
def test_chance__equals_that_of_the_bivariate_normal(r: float) -> None:
    edges = np.array([[0.5, 1.0], [-0.3, 0.7], [2.0, 0.0]])
    above = norm.sf(edges)
    expected = [multivariate_normal.cdf(edge, mean=[0, 0], cov=correlated(r)) for edge in edges]
    assert chance_together(np.zeros_like(above), above, correlated(r)) == pytest.approx(expected, abs=1e-4)


def test_chance__uses_both_limits_of_two_sided_specifications() -> None:
    below, above = np.full((1, 2), norm.sf(1.0)), np.full((1, 2), norm.sf(1.5))
    draws = np.random.default_rng(2).multivariate_normal([0, 0], correlated(0.7), 400_000)
    expected = ((draws > -1.0) & (draws < 1.5)).all(axis=1).mean()
    assert chance_together(below, above, correlated(0.7)) == pytest.approx(expected, abs=0.01)


def many_rows(k: int, rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Chances beyond the limits of rows around one proposal, some attributes with two limits."""
    rng = np.random.default_rng(seed)
    below = rng.uniform(0, 0.05, (rows, k)) * rng.integers(0, 2, k)
    return below, np.clip(rng.uniform(0.0, 0.4, k) + rng.uniform(-0.1, 0.1, (rows, k)), 0.001, 1)


@pytest.mark.parametrize("k", [2, 3, 4, 6])
@pytest.mark.parametrize("strength", [0.5, 0.8, 0.9])
def test_chance__of_many_rows_and_their_mean_have_the_stated_error(k: int, strength: float) -> None:
    """With as many rows as give each row the fewest points; the exact values are those of 40 of them."""
    below, above = many_rows(k, 2**18 // FEWEST_POINTS, k)
    found = chance_together(below, above, correlation(loadings(k, strength)))[:40]
    limits = zip(norm.ppf(below[:40]), norm.isf(above[:40]), strict=True)
    misses = found - [exact(low, high, loadings(k, strength)) for low, high in limits]
    assert np.sqrt((misses**2).mean()) < ROW_ERROR
    assert abs(misses.mean()) < ROW_ERROR


@pytest.mark.parametrize("k", [2, 4, 6])
def test_chance_of_batch__is_exact_to_the_digits_that_its_error_leaves(k: int) -> None:
    loading = loadings(k, 0.8)
    below, above = (side[0] for side in many_rows(k, 1, k))
    found = chance_of_batch(below, above, correlation(loading))
    expected = exact(norm.ppf(below), norm.isf(above), loading)
    printed = with_error(found.value, found.error)
    place = 10.0 ** -len(f"{printed:.6f}".rstrip("0").partition(".")[2])
    assert 0 < found.error < 3e-4
    assert place >= found.error or place == 1e-6
    assert printed == pytest.approx(expected, abs=found.error + place / 2)


@pytest.mark.parametrize("r", [-0.9, 0.9, 0.99])
def test_chance_of_batch__has_the_stated_error_where_failures_are_too_rare_for_the_points(r: float) -> None:
    """Both attributes fail in up to 1 % of batches: what happens in the corner of the cube decides."""
    rng = np.random.default_rng(1)
    for failing in 10 ** rng.uniform(-6, -2, size=(40, 2)):
        found = chance_of_batch(np.zeros(2), failing, correlated(r))
        expected = float(multivariate_normal.cdf(norm.isf(failing), mean=[0, 0], cov=correlated(r)))
        assert found.value == pytest.approx(expected, abs=found.error + 1e-9)


def test_chance_of_batch__without_correlation_is_exact() -> None:
    found = chance_of_batch(np.array([0.1, 0.0]), np.array([0.0, 0.2]), np.eye(2))
    assert found.value == pytest.approx(0.72)
    assert found.error == 0.0


def test_chance_of_batch__and_one_of_many_rows_are_the_same_chance() -> None:
    below, above = many_rows(4, 1, 5)
    tied = correlation(loadings(4, 0.8))
    assert chance_of_batch(below[0], above[0], tied).value == pytest.approx(
        chance_together(below, above, tied)[0], abs=ROW_ERROR
    )


def test_chance__of_independent_errors_is_the_exact_product() -> None:
    above = np.random.default_rng(3).uniform(size=(50, 3))
    assert chance_together(np.zeros_like(above), above, np.eye(3)) == pytest.approx(np.prod(1 - above, axis=1))


def test_chance__stays_within_the_bounds_of_frechet() -> None:
    above = np.random.default_rng(4).uniform(size=(200, 2))
    for r in (-0.95, 0.95):
        found = chance_together(np.zeros_like(above), above, correlated(r))
        assert (found <= (1 - above).min(axis=1) + 1e-12).all()
        assert (found >= np.maximum((1 - above).sum(axis=1) - 1, 0) - 1e-12).all()


def test_joint__describes_its_batches_and_is_independent_for_few_batches() -> None:
    errors = drawn(0.8, 60).with_columns(product=pl.lit("P"))
    found = JointErrors.of(errors, ["titre", "hmw"])
    assert (found.batches, found.products) == (60, 1)
    assert "go together as in past forecasts of 60 batches" in found.description
    few = JointErrors.of(errors.head(LEAST_BATCHES - 1), ["titre", "hmw"])
    assert np.array_equal(few.correlation, np.eye(2))
    assert "independent" in few.description


def test_rank_correlation__of_a_constant_is_zero() -> None:
    errors = drawn(0.8, 60).with_columns(flat=pl.lit(1.0))
    found = rank_correlation(errors)
    assert found[2, :2] == pytest.approx([0, 0], abs=1e-6)
    assert np.diag(found) == pytest.approx([1, 1, 1])


def test_mean_chance__of_equally_likely_rows_is_the_mean_of_their_chances() -> None:
    above = norm.sf(np.array([[0.5, 1.0], [-0.3, 0.7]]))
    none = np.zeros_like(above)
    each = [chance_of_batch(none[row], above[row], correlated(0.6)).value for row in range(2)]
    found = mean_chance(none, above, correlated(0.6))
    assert found.value == pytest.approx(np.mean(each), abs=3 * ROW_ERROR)
    assert found.error == ROW_ERROR
    assert mean_chance(none, above, np.eye(2)).error == 0
    assert mean_chance(none[:1], above[:1], correlated(0.6)) == chance_of_batch(none[0], above[0], correlated(0.6))
