"""How models are fitted to censored results, which are only known to lie below (or above) a limit."""

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray


def working_results(y: FloatArray, censoring: pl.Series, predicted: FloatArray) -> FloatArray:
    """Return the results to fit a model to, shape (n,): a censored result becomes the prediction or its limit.

    y: results, censored ones at their limit, shape (n,); censoring: "none", "left" (below the limit) or "right" (above it).
    A prediction on the side of the limit where the result lies takes its place. Otherwise the limit stays.

    Fitting to these results repeatedly minimises the error by which forecasts are scored: a forecast below a limit of
    detection has no error, and one above it has its distance from the limit (iterative majorisation: Lange, Hunter, Yang
    2000, J. Comput. Graph. Stat. 9, 1). No distribution below the limit is assumed. Two alternatives were tried: the
    expectation under a normal distribution (Tobin 1958) and half of the limit. Both gave forecasts lower than what
    laboratories report.

    >>> import numpy as np, polars as pl
    >>> working_results(np.array([1.0, 1.0, 1.0]), pl.Series(["left", "left", "none"]), np.array([0.4, 1.5, 0.4])).tolist()
    [0.4, 1.0, 1.0]
    """
    left, right = (censoring == "left").to_numpy(), (censoring == "right").to_numpy()
    return np.asarray(np.where(left, np.minimum(y, predicted), np.where(right, np.maximum(y, predicted), y)))
