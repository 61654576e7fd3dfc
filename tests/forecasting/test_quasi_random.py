"""Points that fill space evenly: moments, and errors that fall faster than those of random points."""

import numpy as np
import pytest

from pipeline.forecasting.quasi_random import cube, normal


def test_cube__integrates_a_smooth_function_far_better_than_random_points() -> None:
    """The error of random points falls by 4 from 256 to 4096 points; that of a transformed lattice by about 4 squared, or more."""
    errors = [
        np.sqrt(np.mean([(np.exp(cube(3, n, seed)).prod(axis=1).mean() - (np.e - 1) ** 3) ** 2 for seed in range(20)]))
        for n in (256, 4096)
    ]
    random = np.sqrt(((np.e**2 - 1) / 2) ** 3 - (np.e - 1) ** 6) / np.sqrt(4096)
    assert errors[1] < errors[0] / 16
    assert errors[1] < random / 50


def test_normal__has_mean_0_and_variance_1() -> None:
    drawn = normal(4, 512, 3)
    assert drawn.mean(axis=0) == pytest.approx(np.zeros(4), abs=0.01)
    assert drawn.std(axis=0) == pytest.approx(np.ones(4), abs=0.02)
    assert (drawn == normal(4, 512, 3)).all()
