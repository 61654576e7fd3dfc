"""Forecasts of each tag from what was seen some time before, and how far a batch usually is from its forecast.

Deviations are values minus the level that the plan lets expect. Trees learn how deviations go on, and how large the rest is: it
differs between scales, times and states by more than a factor of ten, so that one limit for all would see nothing in quiet times.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.base import Task
from pipeline.models.trees.lightgbm import FittedLightGBM, LightGBM, fit_lightgbm

CLIPPED = 6.0
"""Residuals count up to this many robust deviations when a forecast learns, so that a deviating batch draws it little."""
ROBUST = 1.4826
"""Standard deviation of normal numbers over their median size."""
MEAN_LOG_SIZE = 0.53
"""Factor from the exponential of the mean logarithm of the size of normal numbers to their standard deviation: exp(−0.635)."""
SMALLEST = 0.02
"""Smallest size of a residual that counts, as a share of the usual one. The logarithm of 0 does not exist."""
ROWS_PER_LEAF = 30


@dataclass(frozen=True)
class TagForecast:
    """The forecast of the deviation of one tag, and the usual size of its error."""

    mean: FittedLightGBM
    log_size: FittedLightGBM
    unit: float
    """Usual deviation. The trees work in this unit."""

    def standardised(self, features: pl.DataFrame, deviations: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the residuals in units of their usual size, the expected deviations and the usual sizes, (n,) each."""
        expected = self.unit * self.mean.predict(features)
        size = self.unit * np.exp(self.log_size.predict(features)) / MEAN_LOG_SIZE
        return (deviations - expected) / size, expected, size


def fit_tag_forecast(features: pl.DataFrame, deviations: FloatArray, trees: int, seed: int) -> TagForecast | None:
    """Learn to forecast a deviation. features: (n) rows; deviations: (n,) with gaps. None with too few values."""
    seen = ~np.isnan(deviations)
    if seen.sum() < 4 * ROWS_PER_LEAF:
        return None
    rows, y = features.filter(seen), deviations[seen]
    unit = ROBUST * float(np.median(np.abs(y))) or float(np.abs(y).mean()) or 1.0
    scaled = np.clip(y / unit, -CLIPPED, CLIPPED)
    task = Task("deviation", tuple(features.columns), ())
    config = LightGBM(
        rounds=trees, learning_rate=0.1, leaves=15, min_rows_per_leaf=ROWS_PER_LEAF, feature_fraction=0.4, words=False
    )
    mean = fit_lightgbm(config, rows, scaled, task, seed)
    left = np.abs(y / unit - mean.predict(rows))
    usual = float(np.median(left)) or 1e-9
    sizes = np.log(np.maximum(left, SMALLEST * usual))
    spread = LightGBM(
        rounds=max(2 * trees // 3, 1),
        learning_rate=0.1,
        leaves=12,
        min_rows_per_leaf=2 * ROWS_PER_LEAF,
        feature_fraction=0.4,
        words=False,
    )
    return TagForecast(mean, fit_lightgbm(spread, rows, sizes, task, seed), unit)


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
