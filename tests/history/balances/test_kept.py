"""Which batches teach: breaks do not, however many there are, and they do not hide each other."""

import numpy as np
import pytest

from pipeline.history.balances.fit import Peers
from pipeline.history.balances.kept import kept

ONE = Peers(np.zeros(40, int), np.array([0]), None)


def test_kept__breaks_do_not_hide_each_other() -> None:
    """Ten of forty values are off to the same side: mean and standard deviation of all would hide them."""
    values = np.random.default_rng(1).normal(size=(200, 40))
    values[:, :10] += 8
    found = kept(values, ONE).batches
    assert found[:, :10].mean() < 0.05
    assert found[:, 10:].mean() > 0.95


def test_kept__nearly_all_batches_without_a_fault_teach() -> None:
    found = kept(np.random.default_rng(2).normal(size=(500, 40)), ONE).batches
    assert found.mean() == pytest.approx(0.985, abs=0.01)


def test_kept__finds_how_the_scatter_changes_along_the_scale() -> None:
    position = np.tile([-1.5, -0.5, 0.5, 1.5], 50)
    peers = Peers(np.zeros(200, int), np.array([0]), position[:, None], position)
    values = np.random.default_rng(3).normal(size=(100, 200)) * np.exp(-0.4 * position)
    scatters = kept(values, peers).scatters
    assert scatters is not None
    slopes = np.log(scatters[:, 3] / scatters[:, 0]) / 3
    assert slopes.mean() == pytest.approx(-0.4, abs=0.05)
    assert slopes.std() < 0.1
