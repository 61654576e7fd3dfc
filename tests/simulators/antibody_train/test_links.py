"""Pooling and splitting by hand: two batches give to two, one of them to both."""

import numpy as np
import pytest

from pipeline.simulators.antibody_train.links import Links

LINKS = Links(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([0.25, 0.75, 1.0]), 2)
GIVEN = np.array([100.0, 25.0])


def test_links__amounts_are_shares_of_what_is_given() -> None:
    assert LINKS.amounts(GIVEN).tolist() == [25.0, 75.0, 25.0]
    assert LINKS.taken(GIVEN).tolist() == [25.0, 100.0]


def test_links__pooled_is_the_mean_weighted_by_mass() -> None:
    assert LINKS.pooled({"hmw": np.array([1.0, 3.0])}, GIVEN)["hmw"].tolist() == [1.0, pytest.approx(1.5)]


def test_links__weights_of_a_taking_batch_sum_to_one() -> None:
    assert LINKS.weights(GIVEN).tolist() == [[1.0, 0.0], [0.75, 0.25]]
