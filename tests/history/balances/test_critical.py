"""The critical distance keeps the declared rate of false alarms."""

import numpy as np
import pytest
from scipy.stats import t

from pipeline.history.balances.critical import critical
from pipeline.history.balances.kept import kept
from pipeline.history.balances.peers import compared
from pipeline.history.balances.studentised import deleted


@pytest.mark.parametrize(("batches", "products"), [(15, 1), (100, 5)])
def test_critical__is_exceeded_by_the_declared_share_of_batches_without_a_fault(batches: int, products: int) -> None:
    scales = np.log10(np.tile([5.0, 50, 500, 2000], batches))[:batches]
    chosen = compared(np.arange(batches) % products, scales)
    values = np.random.default_rng(7).normal(size=(60_000 // batches, len(chosen.rows)))
    teaching = kept(values, chosen.peers)
    distance = np.abs(deleted(values, teaching.batches, chosen.peers, scatters=teaching.scatters).distance)
    assert (distance > critical(chosen.peers, 0.05)).mean() == pytest.approx(0.05, abs=0.005)


def test_critical__lies_above_students_t_and_is_the_same_each_time() -> None:
    """Student's t is right if the kept batches are chosen by chance. Their choice by value narrows the scatter."""
    peers = compared(np.zeros(15, int), None).peers
    found = critical(peers, 0.01)
    assert t.isf(0.005, 13) < found < 1.3 * t.isf(0.005, 13)
    assert critical(peers, 0.01) == found
