"""Shares of steps from deviations, where the truth is known."""

import numpy as np
import pytest

from pipeline.answers.steps.deviations import Deviations
from pipeline.answers.steps.shares import Shares, StepShare, shares_of_steps

STEPS = ("mixing", "pressing", "coating")


def _deviations(batches: int, slopes: tuple[float, float, float], noise: float, seed: int) -> Deviations:
    """One column per step; each acts with its slope."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((batches, 3))
    x -= x.mean(axis=0)
    y = x @ np.array(slopes) + noise * rng.standard_normal(batches)
    return Deviations(y - y.mean(), x, STEPS, np.arange(3, dtype=np.int64), 1)


def _of(shares: Shares) -> dict[str, float]:
    return {one.step: one.mean for one in shares.steps}


def test_shares__are_those_of_the_variance() -> None:
    found = shares_of_steps(_deviations(400, (2.0, 1.0, 0.0), 0.5, 1), STEPS)
    assert _of(found) == pytest.approx({"mixing": 0.8, "pressing": 0.2, "coating": 0.0}, abs=0.05)
    assert sum(_of(found).values()) == pytest.approx(1)
    assert found.explained == pytest.approx(5 / 5.25, abs=0.03)
    assert found.explained_range[0] < found.explained < found.explained_range[1]
    assert found.candidates == ("mixing",)


def test_step__without_a_column_has_no_share() -> None:
    found = shares_of_steps(_deviations(100, (1.0, 0.0, 0.0), 0.5, 1), (*STEPS, "packing"))
    assert found.steps[-1] == StepShare("packing", 0.0, 0.0, 0.0, 0.0)


@pytest.mark.long
def test_ranges__hold_the_truth_as_often_as_they_promise() -> None:
    """Two steps of which the first makes 70 %, in histories of 60 batches. Of 40 ranges 36 are expected to hold it."""
    slopes = (np.sqrt(0.7), np.sqrt(0.3), 0.0)
    held = 0
    for seed in range(40):
        given = _deviations(60, slopes, 1.0, seed)
        part = given.inputs * np.array(slopes)
        truth = part.var(axis=0)[0] / part.var(axis=0).sum()
        first = shares_of_steps(given, STEPS).steps[0]
        held += first.low <= truth <= first.high
    assert held >= 32


def test_nothing_that_varied__has_no_shares() -> None:
    empty = Deviations(np.zeros(5), np.zeros((5, 0)), (), np.zeros(0, dtype=np.int64), 1)
    assert _of(shares_of_steps(empty, STEPS)) == dict.fromkeys(STEPS, 0.0)
    assert shares_of_steps(empty, STEPS).candidates == ()


def test_batches__that_the_means_use_up_tell_nothing() -> None:
    given = _deviations(3, (1.0, 1.0, 1.0), 0.1, 1)
    used_up = Deviations(given.results, given.inputs, given.steps, given.groups, 3)
    assert shares_of_steps(used_up, STEPS).candidates == ()


@pytest.mark.parametrize(
    ("chances", "candidates"),
    [
        ((0.95, 0.05, 0.0), ("a",)),
        ((0.3, 0.7, 0.0), ("b", "a")),
        ((0.3, 0.3, 0.4), ("c", "a", "b")),
        ((0.0, 0.0, 0.0), ()),
    ],
)
def test_candidates__are_the_fewest_that_hold_the_largest_share(
    chances: tuple[float, ...], candidates: tuple[str, ...]
) -> None:
    steps = tuple(StepShare(name, 0.3, 0.1, 0.5, one) for name, one in zip("abc", chances, strict=True))
    assert Shares(10, 0.5, (0.4, 0.6), steps).candidates == candidates
