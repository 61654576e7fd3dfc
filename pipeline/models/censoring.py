"""Results that are known only to lie under (or over) a limit."""

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray


def agreeing(y: FloatArray, censoring: pl.Series, said: FloatArray) -> FloatArray:
    """Results to learn from, all shapes (n,): a censored one is what the model says where that agrees, else its limit.

    Fitting to these again and again minimises the error that counts a forecast under a limit of detection as right and one
    above it by its distance from the limit, just as forecasts are judged (iterative majorisation: Lange, Hunter, Yang 2000,
    J. Comput. Graph. Stat. 9, 1). Nothing is assumed of how far under the limit a result lies. The expectation under
    a normal distribution (Tobin 1958) and halves of the limit were tried: both draw forecasts below what laboratories report.

    >>> import numpy as np, polars as pl
    >>> agreeing(np.array([1.0, 1.0, 1.0]), pl.Series(["left", "left", "none"]), np.array([0.4, 1.5, 0.4])).tolist()
    [0.4, 1.0, 1.0]
    """
    left, right = (censoring == "left").to_numpy(), (censoring == "right").to_numpy()
    return np.asarray(np.where(left, np.minimum(y, said), np.where(right, np.maximum(y, said), y)))
