"""Distances of batches from what the other batches lead to expect: residuals that leave the batch itself out."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.history.balances.fit import Peers, fit


@dataclass(frozen=True)
class Deleted:
    """Each batch against the kept batches other than itself. All arrays: (draws, batches), but `free`: (draws,)."""

    expected: FloatArray
    """Value that the other kept batches lead to expect; NaN where none of its product is left."""
    error: FloatArray
    """Standard deviation of a further batch around the expected value: scatter of the others and error of the fit."""
    distance: FloatArray
    """(value − expected) / error."""
    free: IntArray
    """Degrees of freedom of the scatter of a kept batch."""


def deleted(
    values: FloatArray, kept: BoolArray, peers: Peers, floor: float = 0.0, scatters: FloatArray | None = None
) -> Deleted:
    """Compare each batch with the kept batches other than itself.

    floor: least scatter of one batch, in the unit of the values. scatters: scatter of each batch as a multiple of that of a typical
    one, (draws, batches); None if it is the same for all. Without a floor the distance is the externally studentised residual,
    which follows Student's t with n − p − 1 degrees of freedom if the kept batches were chosen by chance (Cook, Weisberg 1982,
    section 2.2.1). They are chosen by their values, which `critical` corrects for.
    """
    ratio = np.ones_like(values) if scatters is None else scatters
    weights = kept / ratio**2
    found = fit(values, weights, peers)
    residual = values - found.fitted
    free = kept.sum(axis=1) - found.effects
    squares = (weights * residual**2).sum(axis=1)[:, None]
    rest = np.maximum(1 - found.leverage / ratio**2, 1e-12)
    with np.errstate(invalid="ignore", over="ignore"):
        inside = (squares - weights * residual**2 / rest) / np.maximum(free - 1, 1)[:, None]
        scatter = np.sqrt(np.maximum(np.where(kept, inside, squares / np.maximum(free, 1)[:, None]), floor**2))
        error = scatter * np.where(kept, ratio / np.sqrt(rest), np.sqrt(ratio**2 + found.leverage))
        own = values - np.where(kept, residual / rest, residual)
        expected = np.where(np.isfinite(error), own, np.nan)
        distance = (values - expected) / np.where(error > 0, error, np.finfo(float).tiny)
    return Deleted(expected, error, distance, free - 1)
