"""How unusual a residual is, as a normal score."""

import numpy as np
import pytest

from pipeline.monitoring.tails import LEAST, LONGEST, SHORTEST, Tail, tail_of


def _normal(seed: int = 1, batches: int = 200) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(batches, 100))


def test_scores__of_normal_numbers_are_normal() -> None:
    tail = tail_of(_normal())
    values = np.array([[0.1, 0.5, 1, 2, 3, 4, -2]])
    assert tail.score(values)[0] == pytest.approx(values[0], abs=0.25)
    scores = tail.score(_normal(seed=2))
    assert scores.std() == pytest.approx(1, abs=0.03)
    assert np.mean(np.abs(scores) > 3) == pytest.approx(0.0027, abs=0.001)


def test_scores__of_numbers_with_heavy_tails_are_normal_too() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.standard_t(3, size=(2, 400, 100))
    tail = tail_of(first)
    assert tail.exponent < SHORTEST
    scores = tail.score(second)
    assert np.mean(np.abs(second) > 4) > 0.02
    assert np.mean(np.abs(scores) > 4) < 0.001
    assert np.mean(np.abs(scores) > 2) == pytest.approx(0.0455, abs=0.01)


def test_scores__rise_with_the_residual_and_have_its_sign() -> None:
    sizes = np.linspace(-50, 50, 401)[None, :]
    scores = tail_of(_normal()).score(sizes)[0]
    assert (np.diff(scores) >= 0).all()
    assert np.sign(scores[[0, -1]]).tolist() == [-1, 1]
    assert np.isfinite(scores).all()


def test_scores__of_gaps_are_gaps() -> None:
    residuals = _normal()
    residuals[:, ::3] = np.nan
    scores = tail_of(residuals).score(residuals)
    assert np.array_equal(np.isnan(scores), np.isnan(residuals))


def test_tail__does_not_grow_with_a_few_strange_batches() -> None:
    strange = _normal()
    strange[:4] *= 30
    value = np.array([[5.0]])
    assert tail_of(strange).score(value).item() == pytest.approx(tail_of(_normal()).score(value).item(), abs=0.5)


def test_tail__of_few_or_no_values_takes_residuals_as_normal() -> None:
    value = np.array([[2.5, -7.0]])
    for few in (np.full((10, 20), np.nan), np.random.default_rng(1).normal(size=(1, LEAST - 1))):
        assert tail_of(few) == Tail((), SHORTEST)
        assert tail_of(few).score(value).tolist() == value.tolist()


def test_tail__of_a_tag_that_hardly_ever_changes_is_finite() -> None:
    still = np.zeros((50, 40))
    still[0, 0] = 3.0
    tail = tail_of(still)
    assert LONGEST <= tail.exponent <= SHORTEST
    scores = tail.score(np.array([[0.0, 3.0, 1e6]]))
    assert not np.isnan(scores).any()
    assert np.isfinite(scores).all()
