"""How unusual a standardised residual is: its normal score, with a tail that past batches show."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri_exp

from pipeline.domain.arrays import FloatArray

TAIL = 0.02
"""Share of the values that count as the tail."""
DROPPED = 0.02
"""Share of the tail that is left out of its fit: a few unlogged deviations would make the tail of all batches long."""
CAUTION = 1.15
"""Factor on the length of the tail, for the values that were left out."""
KNOTS = 200
LEAST = 50
"""Values from which a tail is fitted. With fewer, residuals are taken as normal."""


@dataclass(frozen=True)
class Tail:
    """Sizes of the residuals of one tag on past batches: quantiles of the body, and a power law for the tail.

    Hill (1975), Ann. Stat. 3, 1163.
    """

    sizes: tuple[float, ...]
    """Sizes at equal steps of probability from 0 to 1 − `TAIL`."""
    index: float
    """Mean logarithm of the excess over the beginning of the tail."""

    def score(self, residuals: FloatArray) -> FloatArray:
        """Return the normal score of each residual, with its sign: a standard normal number is as unusual in size.

        Beyond the tail's beginning u, the probability of a larger size x is TAIL · (x/u)^(−1/index).
        """
        size = np.abs(residuals)
        if not self.sizes:
            return residuals
        begins = max(self.sizes[-1], 1e-300)
        body = np.interp(size, self.sizes, np.linspace(0, 1 - TAIL, len(self.sizes)))
        with np.errstate(divide="ignore"):
            log_p = np.where(
                size > begins,
                np.log(TAIL) - np.log(np.maximum(size, begins) / begins) / self.index,
                np.log1p(-np.minimum(body, 1 - TAIL)),
            )
        return np.where(np.isnan(residuals), np.nan, np.sign(residuals) * -ndtri_exp(np.minimum(log_p, -1e-12) - np.log(2)))


def tail_of(residuals: FloatArray) -> Tail:
    """Return the sizes of the residuals of one tag on past batches, any shape."""
    sizes = np.sort(np.abs(residuals[~np.isnan(residuals)]).ravel())
    if len(sizes) < LEAST:
        return Tail((), 0.0)
    number = max(int(TAIL * len(sizes)), 5)
    begins = max(float(sizes[-number - 1]), 1e-300)
    tail = sizes[-number:]
    kept = tail[: max(int((1 - DROPPED) * number), 3)]
    index = CAUTION * float(np.log(np.maximum(kept, begins) / begins).mean())
    knots = np.quantile(sizes, np.linspace(0, 1 - TAIL, KNOTS))
    knots[-1] = begins
    return Tail(tuple(knots.tolist()), max(index, 0.02))
