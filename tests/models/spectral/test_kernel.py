"""The height of a smooth surface is divided among quantities: shares sum to it, and a quantity that does nothing has none."""

import numpy as np
import pytest

from pipeline.models.spectral.kernel import divided, smooth, squared_distances, typical_square


def test_divided__sums_to_the_height_over_the_origin() -> None:
    rng = np.random.default_rng(1)
    points, known, alpha = rng.normal(size=(7, 3)), rng.normal(size=(20, 3)), rng.normal(size=20)
    height = smooth(points, known, 2.0) @ alpha - smooth(np.zeros((1, 3)), known, 2.0) @ alpha
    assert divided(points, known, 2.0, alpha).sum(axis=1) == pytest.approx(height)


def test_divided__gives_nothing_to_a_quantity_at_its_origin() -> None:
    rng = np.random.default_rng(2)
    points = rng.normal(size=(5, 2)) * [1, 0]
    assert divided(points, rng.normal(size=(9, 2)), 1.0, rng.normal(size=9))[:, 1] == pytest.approx(0)


def test_squared_distances__are_those_of_pairs() -> None:
    a, b = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0]])
    assert squared_distances(a, b).tolist() == [[0.0], [25.0]]
    assert typical_square(a) == 25.0
    assert typical_square(np.zeros((4, 2))) == 1.0
