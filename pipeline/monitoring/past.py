"""Forecasts of each tag from what was seen some time before, and how far a batch usually is from its forecast.

Deviations are values minus the level that the plan lets expect. Trees learn how deviations go on, and how large the rest is: it
differs between scales, times and states by more than a factor of ten, so that one limit for all would see nothing in quiet times.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.trees.lightgbm import BinnedRows, FittedLightGBM, LightGBM, binned
from pipeline.monitoring.robust import usual_size

CLIPPED = 6.0
"""Residuals count up to this many robust deviations when a forecast learns, so that a deviating batch draws it little."""
MEAN_LOG_SIZE = 0.53
"""Factor from the exponential of the mean logarithm of the size of normal numbers to their standard deviation: exp(−0.635)."""
SMALLEST = 0.02
"""Smallest size of a residual that counts, as a share of the usual one. The logarithm of 0 does not exist."""
ROWS_PER_LEAF = 30
MEAN = LightGBM(learning_rate=0.1, leaves=15, min_rows_per_leaf=ROWS_PER_LEAF, feature_fraction=0.4, words=False)
SIZE = LightGBM(learning_rate=0.1, leaves=12, min_rows_per_leaf=2 * ROWS_PER_LEAF, feature_fraction=0.4, words=False)
PILOT = LightGBM(rounds=15, learning_rate=0.3, leaves=8, min_rows_per_leaf=ROWS_PER_LEAF, feature_fraction=0.6, words=False)
PILOT_ROWS = 4_000
LEAST_GAIN = 0.01
"""Share of the squared error that a pilot must explain on rows that it was not fitted to. Half of the tags of a vessel are
set-points with noise around them, and trees for these would take half of the time."""
OWN = "own"
"""Feature: the tag's own deviation before."""


@dataclass(frozen=True)
class TagForecast:
    """The forecast of the deviation of one tag, and the usual size of its error."""

    mean: FittedLightGBM | None
    """What trees add to the deviation that lasts. None where a pilot finds nothing: the rest is noise."""
    log_size: FittedLightGBM | None
    """Mean logarithm of the size of the error. None where it is the same everywhere."""
    unit: float
    """Usual deviation. The trees work in this unit."""
    usual_log: float
    """Mean logarithm of the size of the error where `log_size` is None."""
    carried: float = 0.0
    """Share of the tag's own deviation before that is expected to last. Trees alone cannot go on beyond what they have seen."""

    def standardised(self, features: pl.DataFrame, deviations: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the residuals in units of their usual size, the expected deviations and the usual sizes, (n,) each."""
        expected = self.carried * own_before(features)
        if self.mean is not None:
            expected = expected + self.unit * self.mean.predict(features)
        logs = np.full(features.height, self.usual_log) if self.log_size is None else self.log_size.predict(features)
        size = self.unit * np.exp(logs) / MEAN_LOG_SIZE
        return (deviations - expected) / size, expected, size


def fit_tag_forecast(features: pl.DataFrame, deviations: FloatArray, trees: int, seed: int) -> TagForecast | None:
    """Learn to forecast a deviation. features: (n) rows; deviations: (n,) with gaps. None with too few values."""
    seen = ~np.isnan(deviations)
    if seen.sum() < 4 * ROWS_PER_LEAF:
        return None
    rows = features.filter(seen)
    carried = _lasting(own_before(rows), deviations[seen])
    y = deviations[seen] - carried * own_before(rows)
    unit = usual_size(y)
    sorted_rows = binned(rows, "deviation")
    mean = _fitted(MEAN, sorted_rows, rows, np.clip(y / unit, -CLIPPED, CLIPPED), trees, seed)
    left = np.abs(y / unit - (0.0 if mean is None else mean.predict(rows)))
    usual = float(np.median(left)) or 1e-9
    sizes = np.log(np.maximum(left, SMALLEST * usual))
    log_size = _fitted(SIZE, sorted_rows, rows, sizes, max(2 * trees // 3, 1), seed)
    return TagForecast(mean, log_size, unit, float(sizes.mean()), carried)


def _fitted(
    config: LightGBM, sorted_rows: BinnedRows, rows: pl.DataFrame, y: FloatArray, trees: int, seed: int
) -> FittedLightGBM | None:
    """Fit trees; None where a pilot of few trees, fitted to half of a part of the rows, says nothing about the other half."""
    part = np.arange(0, len(y), max(1, len(y) // PILOT_ROWS))
    learned, tried = part[::2], part[1::2]
    if len(tried) >= 4 * ROWS_PER_LEAF:
        pilot = sorted_rows.part(learned).fitted(PILOT, y[learned], seed)
        left = y[tried] - pilot.predict(rows[tried])
        if (left**2).mean() > (1 - LEAST_GAIN) * ((y[tried] - y[learned].mean()) ** 2).mean():
            return None
    return sorted_rows.fitted(replace(config, rounds=trees), y, seed)


def own_before(features: pl.DataFrame) -> FloatArray:
    """Return the tag's own deviation before, (n,); 0 where it is not read or not known."""
    if OWN not in features.columns:
        return np.zeros(features.height)
    return np.asarray(np.nan_to_num(features[OWN].to_numpy()))


def _lasting(before: FloatArray, now: FloatArray) -> float:
    """Return the share of a deviation that lasts: the slope through the origin, by least squares on clipped values, from 0 to 1."""
    size = usual_size(now)
    first, second = (np.clip(part / size, -CLIPPED, CLIPPED) for part in (before, now))
    total = float(first @ first)
    return float(np.clip(first @ second / total, 0.0, 1.0)) if total > 0 else 0.0


def frame(columns: dict[str, FloatArray], at: tuple[IntArray, IntArray]) -> pl.DataFrame:
    """Return features as rows: name → (batches, points) arrays, taken at some batches and points."""
    return pl.DataFrame({name: np.ascontiguousarray(values[at], dtype=np.float64) for name, values in columns.items()})


def spread_points(last: IntArray, every: int, begins: int) -> tuple[IntArray, IntArray]:
    """Return batches and points to learn from: every few points of each batch, beginning at another point in each batch."""
    batches, points = [], []
    for number, end in enumerate(last):
        at = np.arange(begins + number % every, end + 1, every)
        batches.append(np.full(len(at), number))
        points.append(at)
    if not batches:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate(batches).astype(np.int64), np.concatenate(points).astype(np.int64)


def named(prefix: str, values: FloatArray, names: Sequence[str]) -> dict[str, FloatArray]:
    """Return the tags of an array as features: name → (batches, points)."""
    return {f"{prefix}.{name}": values[:, :, j] for j, name in enumerate(names)}
