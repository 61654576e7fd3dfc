"""The batches from which limits are made: those that the others do not contradict, so that a break does not hide a break."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.history.balances.fit import Peers, fit
from pipeline.history.balances.studentised import deleted

CUT = 2.5
"""A batch beyond this many standard deviations teaches nothing (Rousseeuw, Leroy 1987, chapter 5). With few batches the quantile of
Student's t with the same probability counts."""
MOST_SCATTER = 10.0
"""Largest scatter of a batch, as a multiple of that of a typical one; its inverse is the smallest."""
_TAIL = float(ndtr(-CUT))
_NARROWED = float(np.sqrt(1 - 2 * CUT * np.exp(-(CUT**2) / 2) / np.sqrt(2 * np.pi) / (1 - 2 * _TAIL)))
"""Standard deviation of a standard normal value that is cut at ±CUT."""
_NORMAL_MEDIAN = 0.6745
"""Median of the absolute value of a standard normal value."""
_LEAST_SQUARE = 0.5
_L1_STEPS, _STEPS = 10, 5


@dataclass(frozen=True)
class Kept:
    """The batches that teach, and how the scatter changes along the scale."""

    batches: BoolArray
    """Which batches teach, (draws, batches)."""
    scatters: FloatArray | None
    """Scatter of each batch as a multiple of that of a typical one, (draws, batches); None if it is the same for all."""


def kept(values: FloatArray, peers: Peers, floor: float = 0.0) -> Kept:
    """Say which batches teach. values: (draws, batches); floor: least scatter of one batch.

    The start is the fit of least absolute residuals, with the median of the residuals that are not zero by construction as scatter
    (Maronna, Martin, Yohai 2006, section 4.4). Then batches are kept by their distance from the other kept batches, until nothing
    changes.
    """
    residual = np.abs(values - _least_absolute(values, peers, floor))
    effects = peers.effects
    scatter = np.median(np.sort(residual, axis=1)[:, effects:], axis=1) / _NORMAL_MEDIAN
    free = np.full(len(values), values.shape[1] - effects - 1)
    chosen: BoolArray = residual <= _cut(free) * np.maximum(scatter, floor)[:, None]
    slope, scatters = np.zeros((len(values), 1)), None
    for _ in range(_STEPS):
        found = deleted(values, chosen, peers, floor, scatters)
        again = np.abs(found.distance) * _NARROWED <= _cut(found.free)
        if peers.spread is not None:
            steepest = np.log(MOST_SCATTER) / np.abs(peers.spread).max()
            slope = np.clip(slope + _more_scatter(found.distance, again, peers.spread), -steepest, steepest)
            scatters = np.exp(slope * peers.spread)
        elif (again == chosen).all():
            break
        chosen = again
    return Kept(chosen, scatters)


def _more_scatter(distance: FloatArray, chosen: BoolArray, spread: FloatArray) -> FloatArray:
    """Return the change of the logarithm of the scatter along the scale that the distances of kept batches show, (draws, 1).

    It is one step of Fisher scoring for a variance that is log-linear in the scale (Harvey 1976). The mean square of the distances
    is about 1. It is smaller where the scatter is rounding alone, and then no trend is seen.
    """
    squares = np.where(chosen, distance, 0.0) ** 2
    number = np.maximum(chosen.sum(axis=1, keepdims=True), 1)
    centred = np.where(chosen, spread - (chosen * spread).sum(axis=1, keepdims=True) / number, 0.0)
    excess = squares / np.maximum(squares.sum(axis=1, keepdims=True) / number, _LEAST_SQUARE) - 1
    width = np.maximum((centred**2).sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return np.asarray((excess * centred).sum(axis=1, keepdims=True) / (2 * width))


def _cut(free: IntArray) -> FloatArray:
    """Distance beyond which a batch does not teach, (draws, 1)."""
    limit: FloatArray = -stdtrit(np.maximum(free, 1), _TAIL)
    return limit[:, None]


def _least_absolute(values: FloatArray, peers: Peers, floor: float) -> FloatArray:
    """Return the fit of least absolute residuals, by iterated weights (Schlossmacher 1973)."""
    weights = np.ones_like(values)
    for _ in range(_L1_STEPS):
        residual = np.abs(values - fit(values, weights, peers).fitted)
        least = np.maximum(1e-3 * np.median(residual, axis=1, keepdims=True), max(floor, 1e-12))
        weights = 1 / np.maximum(residual, least)
    return fit(values, weights, peers).fitted
