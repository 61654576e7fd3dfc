"""Which batches of a step are compared with each other: those of one product, along a trend of the scale."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.history.balances.fit import Peers, fit

LEVEL = 1.5
"""Scales below this multiple of the smallest scale of a level count as the same level when the terms of the trend are chosen."""
MOST_TERMS = 2
"""Most terms of the trend: log10 of the scale, and its square."""
BATCHES_PER_TERM = 10
"""Batches, beyond one per product, that each term of the trend needs."""
LEAST_FOR_SPREAD = 40
"""From this number of batches on, the scatter may change along the scale as well."""
LARGEST_LEVERAGE = 0.35
"""A batch is judged if its own weight in its expected value is at most this. Three batches of a product have 1/3 each."""
LEAST_FREE = 8
"""Batches that are compared beyond the number of fitted effects: fewer do not show how far a yield scatters."""


@dataclass(frozen=True)
class Compared:
    """The batches that can be judged, and what is fitted to them."""

    rows: IntArray
    """Place of each batch in the table from which they come, sorted by product."""
    peers: Peers

    @property
    def enough(self) -> bool:
        """Whether the batches show how far a yield scatters."""
        return len(self.rows) - self.peers.effects >= LEAST_FREE


def compared(products: IntArray, log10_scales: FloatArray | None) -> Compared:
    """Choose the batches that have enough like them, by product and scale.

    products: number of the product of each batch, (batches,). log10_scales: log10 of the scale of each batch, (batches,); NaN where
    it is not known; None if the step has no scale. The terms of the trend follow from the scales that ran and never from the
    yields, so they do not change the rate of false alarms.
    """
    rows = np.argsort(products, kind="stable")
    if log10_scales is not None:
        rows = rows[np.isfinite(log10_scales[rows])]
    while True:
        peers = _peers(products[rows], None if log10_scales is None else log10_scales[rows])
        if not len(rows):
            return Compared(rows, peers)
        everything = np.ones((1, len(rows)))
        alone = fit(everything, everything, peers).leverage[0] > LARGEST_LEVERAGE
        if not alone.any():
            return Compared(rows, peers)
        rows = rows[~alone]


def _peers(products: IntArray, log10_scales: FloatArray | None) -> Peers:
    names, numbers = np.unique(products, return_inverse=True)
    starts = np.searchsorted(numbers, np.arange(len(names)))
    terms = (
        0
        if log10_scales is None
        else min(MOST_TERMS, max(_levels(log10_scales) - 1, 0), (len(products) - len(names)) // BATCHES_PER_TERM)
    )
    centred = np.zeros(len(products)) if not terms or log10_scales is None else log10_scales - log10_scales.mean()
    trend = np.stack([centred**power for power in range(1, terms + 1)], axis=1) if terms else None
    return Peers(numbers, starts, trend, centred if terms and len(products) >= LEAST_FOR_SPREAD else None)


def _levels(log10_scales: FloatArray) -> int:
    """Count the scales that differ by more than `LEVEL`."""
    found, above = 0, -np.inf
    for value in np.unique(log10_scales):
        if value >= above:
            found, above = found + 1, value + np.log10(LEVEL)
    return found
