"""Forecasts of a batch of which something is not known: the mixture of the calibrated distributions of all that it may be.

The rows of a forecast stand in blocks of one size. Each block is one mixture, whose rows are equally likely. The distribution of a
mixture is the mean of those of its rows. With one row per block, the results are exactly those of the row.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.specification_limits import Ends
from pipeline.forecasting.calibrated_model import CalibratedModel, Forecast

HALVINGS = 34
"""Number of times that the range in which an end of an interval lies is halved, so that its error is below 1e-10 of this range."""


def mixture_of_sample(final: CalibratedModel, rows: pl.DataFrame, size: int, sample: int) -> Forecast:
    """Return the forecast of rows whose blocks of `size` stand for all that a batch may be, of which `sample` cases are known.

    A sample shows less scatter than there is. The variance of m values around their own mean is (m - 1)/(m + 1) times that of
    the next value around this mean (the prediction interval of one value: Hahn, Meeker 1991, Statistical Intervals). So the
    distances of the predictions from the mean of their block are multiplied by √((m + 1)/(m - 1)). Predictions stay within the
    possible range. One row per block is left as it is.
    """
    forecast = final.forecast(rows)
    if size == 1:
        return forecast
    mean = np.repeat(mixed(forecast.predicted, size), size)
    wider = mean + np.sqrt((sample + 1) / (sample - 1)) * (forecast.predicted - mean)
    return replace(forecast, predicted=final.task.clipped(wider))


def mixed(values: FloatArray, size: int) -> FloatArray:
    """Return the mean of each block of `size` values: (blocks × size,) → (blocks,)."""
    return np.asarray(values.reshape(-1, size).mean(axis=1))


def mixed_intervals(
    final: CalibratedModel, forecast: Forecast, levels: Sequence[float], size: int
) -> list[tuple[FloatArray, FloatArray]]:
    """Return for each level the lower and the upper end of the interval of each block, shape (blocks,), in SI.

    The chance of a result below the lower end is (1 - level)/2, and that above the upper end is the same. An end lies between the
    smallest and the largest of the same ends of the rows.
    """
    return [
        (_end(final, forecast, low, (1 - level) / 2, size), _end(final, forecast, high, (1 + level) / 2, size))
        for level, (low, high) in zip(levels, final.intervals(forecast, levels), strict=True)
    ]


def mixed_beyond(final: CalibratedModel, forecast: Forecast, ends: Ends, size: int) -> tuple[FloatArray, FloatArray]:
    """Return the chances of a result below the lower and above the upper limit of each block, shape (blocks,) each."""
    below, above = final.beyond(forecast, ends)
    return mixed(below, size), mixed(above, size)


def _end(final: CalibratedModel, forecast: Forecast, of_rows: FloatArray, chance: float, size: int) -> FloatArray:
    """Return the value of each block below which a result lies with a chance, shape (blocks,). of_rows: the values of the rows."""
    blocks = of_rows.reshape(-1, size)
    low, high = blocks.min(axis=1), blocks.max(axis=1)
    if not (low < high).any():
        return np.asarray(low)

    def short(limit: FloatArray) -> FloatArray:
        return np.asarray(mixed(final.below(forecast, np.repeat(limit, size)), size) < chance)

    high, low = np.where(short(low), high, low), np.where(short(high), high, low)  # an end of the possible range
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = short(middle)
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)
