"""What the trained model of one attribute believes of the process mean at places that may be run next.

The model that answers predicts the mean at each place. The hierarchical model, which answers alone or is a member of the blend that
answers, says how the errors of these means go together. The size of the errors is that of past forecasts (the calibration).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.specification_limits import Ends
from pipeline.forecasting.forecaster import CalibratedModel, Forecast
from pipeline.models.base import FittedModel
from pipeline.models.blend.model import FittedSuperLearner
from pipeline.models.hierarchical.model import FittedHierarchical
from pipeline.models.residual_boosting import FittedBoosted

LEAST_FACTOR = 1e-12
"""Smallest factor between a calibrated variance and that of the hierarchical model, so that no variance is zero."""


@dataclass(frozen=True)
class AttributeLimits:
    """Limits of one attribute in standard deviations of one batch at the proposed place, counted from the prediction."""

    lower: float
    """-inf where there is none"""
    upper: float
    """inf where there is none"""


@dataclass(frozen=True)
class Belief:
    """Gaussian belief about one attribute at n places, in SI units. The first place is the proposed one."""

    predicted: FloatArray
    """Process mean at each place, (n,)."""
    covariance: FloatArray
    """Covariance of the process means, (n, n)."""
    noise: float
    """Variance of the result of one batch around the process mean."""
    said: Forecast
    """Forecast of one batch at the proposed place."""

    @property
    def deviation(self) -> float:
        """Standard deviation of the result of one batch at the proposed place."""
        return float(np.sqrt(self.covariance[0, 0] + self.noise))


def hierarchical_member(model: FittedModel) -> FittedHierarchical | None:
    """The hierarchical model in a trained model, or None where it has none."""
    match model:
        case FittedHierarchical():
            return model
        case FittedSuperLearner():
            return model.gauge
        case FittedBoosted():
            return model.base
        case _:
            return None


def believe(final: CalibratedModel, member: FittedHierarchical, places: pl.DataFrame) -> Belief:
    """Take the belief about the process mean at places from the model that answers and from its hierarchical member.

    `places` are feature rows, the proposed one first. One batch there varies as past forecasts of the same kind of question erred.
    """
    proposed = places.head(1)
    predicted = final.predict(places)
    said = Forecast(predicted[:1], final.spread(proposed), final.shifts(proposed))
    noise = member.deviation**2 * member.variances.noise
    covariance, noise = scaled_to(calibrated_variance(final, said), member.covariance(places), noise)
    return Belief(predicted, covariance, noise, said)


def calibrated_variance(final: CalibratedModel, said: Forecast) -> float:
    """Variance of the result of one batch around its prediction, from past forecast errors."""
    calibration = final.calibrations[said.shifts[0]]
    return float(said.spread[0] ** 2 * (calibration.weights @ calibration.sizes**2))


def scaled_to(total: float, covariance: FloatArray, noise: float) -> tuple[FloatArray, float]:
    """Multiply covariance and noise by one factor, so that the variance of one batch at the first place is `total`.

    Past errors are those of single batches. They do not say which part of the variance is that of the process mean, which further
    runs reduce, and which part is noise. So the shares of the two stay those of the hierarchical model.
    """
    factor = max(total / (covariance[0, 0] + noise), LEAST_FACTOR)
    return factor * covariance, factor * noise


def chances_beyond(final: CalibratedModel, said: Forecast, ends: Ends) -> tuple[float, float]:
    """Chances that the result of one batch at the proposed place is under the lower limit and over the upper one."""
    below, above = final.calibrations[said.shifts[0]].beyond(said.predicted, *ends, said.spread)
    return float(below[0]), float(above[0])


def scores_of(below: float, above: float) -> AttributeLimits:
    """Limits of which a standard normal value is under the lower one and over the upper one with these chances.

    So one batch has the same chances in the belief and in the answer, also where past errors were not normal. A limit that no past
    error reaches is infinite.
    """
    from scipy.special import ndtri

    return AttributeLimits(float(ndtri(below)), float(-ndtri(above)))
