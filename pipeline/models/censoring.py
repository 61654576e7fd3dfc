"""Results that are known only to lie under (or over) a limit."""

import numpy as np
import polars as pl
from scipy.stats import norm

from pipeline.models.task import FloatArray


def imputed(y: FloatArray, censoring: pl.Series, expected: FloatArray, spread: FloatArray) -> FloatArray:
    """Put the expected value of each censored result in the place of its limit, all shapes (n,).

    For a normal variable with mean μ and deviation σ below the limit L: μ − σ φ(a)/Φ(a), a = (L − μ)/σ (Tobin 1958,
    Econometrica 26, 24); above it the mirror image. One step of expectation, as in EM without the correction of the variance.

    >>> import numpy as np, polars as pl
    >>> imputed(np.array([0.0]), pl.Series(["left"]), np.array([0.0]), np.array([1.0])).round(3).tolist()
    [-0.798]
    """
    place = (y - expected) / spread
    below = expected - spread * np.exp(norm.logpdf(place) - norm.logcdf(place))
    above = expected + spread * np.exp(norm.logpdf(place) - norm.logsf(place))
    left, right = (censoring == "left").to_numpy(), (censoring == "right").to_numpy()
    return np.asarray(np.where(left, below, np.where(right, above, y)))
