"""The distance beyond which a balance is reported, so that the declared rate of false alarms holds for the batches at hand."""

import math

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.history.balances.fit import Peers
from pipeline.history.balances.kept import kept
from pipeline.history.balances.studentised import deleted

DRAWN = 200_000
"""Number of distances that are simulated. With 1 % of false alarms 2,000 of them lie beyond the limit: the rate is known to 3 %."""
_AT_ONCE = 30_000
"""Number of values that one call handles."""
_SEED = 20261128
"""Seed of the simulation, so that one history always has the same limits."""


def critical(peers: Peers, rate: float) -> float:
    """Return the distance that a batch without a fault exceeds with the given probability, on average over the batches.

    It is the quantile of distances that are simulated for these very batches: the same products, scales and number of batches,
    and normal scatter. Distances do not depend on the size of the scatter, so the quantile is exact but for the error of the
    simulation. Robust estimates need such a correction with few batches (Pison, Van Aelst, Willems 2002).
    """
    rng = np.random.default_rng(_SEED)
    batches = len(peers.product)
    draws, at_once = math.ceil(DRAWN / batches), max(1, _AT_ONCE // batches)
    parts = [
        _distances(rng.standard_normal((min(at_once, draws - done), batches)), peers) for done in range(0, draws, at_once)
    ]
    return float(np.quantile(np.concatenate(parts), 1 - rate))


def _distances(values: FloatArray, peers: Peers) -> FloatArray:
    """Sizes of the distances of all batches that can be judged, (any,)."""
    teaching = kept(values, peers)
    distance = np.abs(deleted(values, teaching.batches, peers, scatters=teaching.scatters).distance)
    return distance[np.isfinite(distance)]
