"""Several attributes together: exact conditioning, by brute force over all attributes and places."""

import numpy as np
import polars as pl
import pytest

from pipeline.answers.next_runs.belief import Belief
from pipeline.answers.next_runs.joint_belief import JointBelief
from pipeline.forecasting.calibrated_model import Forecast
from pipeline.forecasting.normal_probability import root_of

RNG = np.random.default_rng(4)
FORECAST = Forecast(np.zeros(1), np.ones(1), pl.Series(["new_scale"]))
PLACES, ATTRIBUTES = 5, 3
CORRELATION = np.array([[1.0, 0.6, -0.3], [0.6, 1.0, 0.1], [-0.3, 0.1, 1.0]])


def belief(scale: float) -> Belief:
    factor = RNG.normal(size=(PLACES, 2 * PLACES))
    return Belief(RNG.normal(size=PLACES), scale * factor @ factor.T, 4.0 * scale, FORECAST)


BELIEFS = [belief(scale) for scale in (1.0, 1e-6, 30.0)]
JOINT = JointBelief.of(BELIEFS, CORRELATION)


def whole() -> tuple[np.ndarray, np.ndarray]:
    """Covariance of all process means and of all noise: (attributes, places) flattened, in units of one batch."""
    roots = [np.linalg.cholesky(b.covariance / b.deviation**2) for b in BELIEFS]
    noises = [np.sqrt(b.noise) / b.deviation for b in BELIEFS]
    pairs = [(a, b) for a in range(ATTRIBUTES) for b in range(ATTRIBUTES)]
    means, noise = np.empty((2, ATTRIBUTES * PLACES, ATTRIBUTES * PLACES))
    for a, b in pairs:
        block = np.s_[a * PLACES : (a + 1) * PLACES, b * PLACES : (b + 1) * PLACES]
        means[block] = CORRELATION[a, b] * roots[a] @ roots[b].T
        noise[block] = CORRELATION[a, b] * noises[a] * noises[b] * np.eye(PLACES)
    return means, noise


def at(place: int) -> list[int]:
    return [a * PLACES + place for a in range(ATTRIBUTES)]


def conditioned(runs: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Gain matrix and posterior covariance once batches at these places have been made, each with noise of its own."""
    means, noise = whole()
    rows = [row for run in runs for row in at(run)]
    of_results = means[np.ix_(rows, rows)] + np.kron(np.eye(len(runs)), noise[np.ix_(at(0), at(0))])
    gain = means[:, rows] @ np.linalg.inv(of_results)
    return gain, means - gain @ means[rows]


def test_joint_belief__single_attributes_keep_their_covariance() -> None:
    for a, one in enumerate(BELIEFS):
        assert np.allclose(JOINT.spread[:, a, a], np.diag(one.covariance) / one.deviation**2, rtol=1e-6)


def test_joint_belief__one_batch_at_the_proposed_place_correlates_as_past_errors() -> None:
    deviations = np.sqrt(JOINT.noise)
    batch = JOINT.spread[0] + JOINT.correlation * np.outer(deviations, deviations)
    assert np.allclose(np.diag(batch), 1)
    means = JOINT.spread[0] / np.sqrt(np.outer(np.diag(JOINT.spread[0]), np.diag(JOINT.spread[0])))
    assert np.allclose(means, CORRELATION, atol=1e-5)


@pytest.mark.parametrize("run", range(PLACES))
def test_removed__is_what_brute_force_conditioning_removes(run: int) -> None:
    _, left = conditioned([run])
    expected = whole()[0][np.ix_(at(0), at(0))] - left[np.ix_(at(0), at(0))]
    assert np.allclose(JOINT.removed()[run], expected, atol=1e-5)


def test_after__two_runs_and_one_of_them_twice() -> None:
    runs, results = [2, 4, 2], RNG.normal(size=(3, ATTRIBUTES))
    held = JOINT
    for run, result in zip(runs, results, strict=True):
        held = held.after(run, result)
    gain, left = conditioned(runs)
    assert np.allclose(held.shift.ravel(), gain @ results.ravel(), atol=1e-5)
    for place in range(PLACES):
        assert np.allclose(held.spread[place], left[np.ix_(at(place), at(place))], atol=1e-5)
    _, more = conditioned([*runs, 1])
    expected = left[np.ix_(at(0), at(0))] - more[np.ix_(at(0), at(0))]
    assert np.allclose(held.removed()[1], expected, atol=1e-5)


def test_after__without_a_result_only_the_covariance_changes() -> None:
    assert (JOINT.after(3).shift == 0).all()
    assert np.allclose(JOINT.after(3).spread, JOINT.after(3, np.ones(ATTRIBUTES)).spread)


def test_joint_belief__independent_attributes_tell_nothing_of_each_other() -> None:
    apart = JointBelief.of(BELIEFS, np.eye(ATTRIBUTES)).removed()
    one = BELIEFS[0]
    expected = one.covariance[0] ** 2 / (np.diag(one.covariance) + one.noise) / one.deviation**2
    assert np.allclose(apart[:, 0, 0], expected, rtol=1e-6)
    assert np.allclose(apart[:, 0, 1], 0, atol=1e-12)


def test_root_of__takes_covariances_of_places_that_are_equal() -> None:
    equal = np.full((3, 3), 2.5e-10)
    assert np.allclose(root_of(equal) @ root_of(equal).T, equal, rtol=1e-6)
