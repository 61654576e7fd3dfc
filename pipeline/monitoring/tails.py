"""How unusual a standardised residual is: its normal score, with a tail that past batches show."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri_exp

from pipeline.domain.arrays import FloatArray

TAIL = 0.02
"""Share of the values that count as the tail."""
FAR = 0.001
"""Share of the values beyond the second quantile that shapes the tail."""
LEFT_OUT = 0.03
"""Share of the batches, those with the largest residual of the tag, that do not shape the tail: a few unlogged deviations would
make it so long that no deviation is unusual. They do count for the limits."""
SHORTEST, LONGEST = 2.0, 0.15
"""Exponents of the shortest tail, that of normal numbers, and of the longest one."""
KNOTS = 200
SMALLEST = 1e-9
"""The tail begins at this size at least, so that a tag that hardly ever leaves its forecast has finite scores."""
LEAST = 50
"""Values from which a tail is fitted. With fewer, residuals are taken as normal."""


@dataclass(frozen=True)
class Tail:
    """Sizes of the residuals of one tag on past batches: quantiles of the body, and a Weibull tail beyond.

    Weibull (1951), J. Appl. Mech. 18, 293. The chance of a size above x is TAIL^((x/u)^exponent), where u begins the tail.
    """

    sizes: tuple[float, ...]
    """Sizes at equal steps of probability from 0 to 1 − `TAIL`."""
    exponent: float

    def score(self, residuals: FloatArray) -> FloatArray:
        """Return the normal score of each residual, with its sign: a standard normal number is as unusual in size."""
        if not self.sizes:
            return residuals
        size, begins = np.abs(residuals), max(self.sizes[-1], SMALLEST)
        body = np.interp(size, self.sizes, np.linspace(0, 1 - TAIL, len(self.sizes)))
        beyond = np.log(TAIL) * (np.maximum(size, begins) / begins) ** self.exponent
        log_chance = np.where(size > begins, beyond, np.log1p(-np.minimum(body, 1 - TAIL)))
        return np.where(
            np.isnan(residuals), np.nan, np.sign(residuals) * -ndtri_exp(np.minimum(log_chance, -1e-12) - np.log(2))
        )


def tail_of(residuals: FloatArray) -> Tail:
    """Return the sizes of the residuals of one tag on past batches, (batches, points)."""
    largest = np.nan_to_num(np.abs(residuals), nan=0.0).max(axis=1)
    kept = residuals[np.argsort(largest, kind="stable")[: len(largest) - int(LEFT_OUT * len(largest))]]
    sizes = np.abs(kept[~np.isnan(kept)])
    if len(sizes) < LEAST:
        return Tail((), SHORTEST)
    knots = np.quantile(sizes, np.linspace(0, 1 - TAIL, KNOTS))
    ratio = float(np.quantile(sizes, 1 - FAR)) / max(float(knots[-1]), SMALLEST)
    shape = np.log(np.log(FAR) / np.log(TAIL)) / np.log(max(ratio, 1.01))
    return Tail(tuple(knots.tolist()), float(np.clip(shape, LONGEST, SHORTEST)))
