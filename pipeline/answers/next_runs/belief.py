"""The belief of a trained model about the process mean of one attribute, at places that may be run next.

The model that answers predicts the process mean at each place. A hierarchical model gives the covariance of the process means: it
answers alone, is part of the model that answers, or was fitted beside it. Past forecast errors (the calibration) give the size of
the errors.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.specification_limits import Ends
from pipeline.forecasting.calibrated_model import CalibratedModel, Forecast
from pipeline.forecasting.intervals import MAIN_LEVEL
from pipeline.models.hierarchical.model import FittedHierarchical

LEAST_FACTOR = 1e-12
"""Smallest ratio of a calibrated variance to that of the hierarchical model, so that no variance is zero."""


@dataclass(frozen=True)
class AttributeLimits:
    """Limits of one attribute, in standard deviations of one batch at the proposed place, counted from the prediction."""

    lower: float
    """-inf where there is none."""
    upper: float
    """inf where there is none."""


@dataclass(frozen=True)
class Belief:
    """Gaussian belief about one attribute at n places, in SI units. The first place is the proposed one."""

    predicted: FloatArray
    """Process mean at each place, (n,)."""
    covariance: FloatArray
    """Covariance of the process means, (n, n)."""
    noise: float
    """Variance of the result of one batch around the process mean."""
    forecast: Forecast
    """Forecast of one batch at the proposed place."""

    @property
    def deviation(self) -> float:
        """Standard deviation of the result of one batch at the proposed place."""
        return float(np.sqrt(self.covariance[0, 0] + self.noise))


def belief_of(final: CalibratedModel, part: FittedHierarchical, places: pl.DataFrame) -> Belief:
    """Return the belief of the model that answers, with the covariance of a hierarchical model, about the process mean at places.

    places: feature rows, the proposed one first. The variance of one batch there is the calibrated one.
    """
    proposed, predicted = places.head(1), final.predict(places)
    forecast = Forecast(predicted[:1], final.spread(proposed), final.kinds(proposed))
    noise = float(part.noise(proposed)[0])
    covariance, noise = scaled_to(calibrated_variance(final, forecast), part.covariance(places), noise)
    return Belief(predicted, covariance, noise, forecast)


def calibrated_variance(final: CalibratedModel, forecast: Forecast) -> float:
    """Return the variance of the result of one batch around its forecast (1 row), from the interval at `MAIN_LEVEL`."""
    from scipy.special import ndtri

    half = final.calibrations[forecast.kinds[0]].half_width(MAIN_LEVEL)
    return float((forecast.spread[0] * half / ndtri((1 + MAIN_LEVEL) / 2)) ** 2)


def scaled_to(total: float, covariance: FloatArray, noise: float) -> tuple[FloatArray, float]:
    """Scale covariance and noise, so that the variance of one batch at the first place is `total`.

    Repeat batches of history determine the noise, which is the same for every question. So if past errors were larger than the
    hierarchical model believes, all of the excess is error of the process mean. If they were smaller, both keep their shares.
    """
    factor = max(total / (covariance[0, 0] + noise), LEAST_FACTOR)
    if factor > 1:
        return (total - noise) / covariance[0, 0] * covariance, noise
    return factor * covariance, factor * noise


def chances_beyond(final: CalibratedModel, forecast: Forecast, ends: Ends) -> tuple[float, float]:
    """Return the chances that the result of one batch lies below the lower limit and above the upper one, as in the answer."""
    below, above = final.beyond(forecast, ends)
    return float(below[0]), float(above[0])


def limits_with(below: float, above: float) -> AttributeLimits:
    """Return the limits that a standard normal value is below and above with these chances.

    With them one batch has the same chances in the belief and in the answer, also where past errors were not normal. A limit is
    infinite only where there is none, or where no possible value lies beyond it.
    """
    from scipy.special import ndtri

    return AttributeLimits(float(ndtri(below)), float(-ndtri(above)))
