"""The chance that one batch meets all specifications, from the correlation of past forecast errors.

Each attribute keeps its own distribution. A Gaussian copula with the rank correlation of past errors of the same batches
ties the attributes together (Iman, Conover 1982, Commun. Stat. B 11, 311).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.normal_probability import (
    POINTS,
    SHIFTS,
    Probability,
    estimate_between,
    most_restrictive_first,
    probability_between,
    root_of,
)
from pipeline.forecasting.quasi_random import cube

SEED = 20241101
MOST_POINTS, FEWEST_POINTS = 2048, 96
"""Number of points for one of many rows."""
EFFORT = 2**18
"""Number of points for all rows together, as long as each row has between `FEWEST_POINTS` and `MOST_POINTS`."""
ROW_ERROR = 0.002
"""Numerical error of the chance of one of many rows (root mean square), and bound of the error of the mean of many rows.

Measured with `FEWEST_POINTS` against exact values for two to six attributes and correlations up to 0.8.
"""
RESOLUTION = 1 / (SHIFTS * POINTS)
"""Least numerical error of one chance: the weight of one point. What happens between points does not show in their scatter."""
BLOCK = 1024
"""Rows that are computed at once, which keeps their arrays in the cache of the processor."""
LEAST_BATCHES = 20
"""Number of batches with errors of all attributes from which a correlation is learned."""


@dataclass(frozen=True)
class JointErrors:
    """The correlation of errors of several attributes, and the batches that it was learned from."""

    targets: tuple[str, ...]
    correlation: FloatArray
    """(targets, targets): correlation of the normal variables of the copula."""
    batches: int
    """Number of batches that it was learned from, or 0 where errors are taken as independent."""
    products: int

    @classmethod
    def independent(cls, targets: Sequence[str]) -> "JointErrors":
        """Return errors without correlation."""
        return cls(tuple(targets), np.eye(len(targets)), 0, 0)

    @classmethod
    def of(cls, errors: pl.DataFrame, targets: Sequence[str]) -> "JointErrors":
        """Learn the correlation from past errors: one row per batch, with product and an error per target.

        Rows with gaps are left out. Too few rows give errors without correlation.
        """
        known = errors.drop_nulls(list(targets))
        if known.height < LEAST_BATCHES or len(targets) < 2:
            return cls.independent(targets)
        return cls(tuple(targets), rank_correlation(known.select(targets)), known.height, known["product"].n_unique())

    @property
    def description(self) -> str:
        """The correlation in words, for captions."""
        if len(self.targets) < 2:
            return "one specification alone"
        if not self.batches:
            return (
                f"errors of the attributes taken as independent: fewer than {LEAST_BATCHES} past batches have errors of all"
            )
        return f"errors of the attributes go together as in past forecasts of {self.batches} batches of {self.products} products"


def rank_correlation(errors: pl.DataFrame) -> FloatArray:
    """Return the correlation of normal variables that have the rank correlation of the columns, (columns, columns).

    errors: n rows without gaps. The correlation is r = 2 sin(π ρ / 6) (Pearson 1907), made a valid correlation matrix. A
    constant column has the correlation 0.
    """
    ranks = errors.select(pl.all().rank("average")).to_numpy()
    centred = ranks - ranks.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    unit = centred / np.where(size > 0, size, 1)
    latent = 2 * np.sin(np.pi / 6 * (unit.T @ unit))
    values, vectors = np.linalg.eigh(latent)
    valid = vectors @ np.diag(np.maximum(values, 1e-9)) @ vectors.T + np.diag(np.where(size > 0, 0.0, 1.0))
    scale = np.sqrt(np.diag(valid))
    return np.asarray(valid / scale[:, None] / scale[None, :])


def chance_of_batch(below: FloatArray, above: FloatArray, correlation: FloatArray) -> Probability:
    """Return the probability that no attribute of one batch is beyond a limit, with its numerical error.

    below, above: P(below the lower limit) and P(above the upper limit), shape (attributes,) each. The probability is that of
    correlated normal values between the quantiles of these chances. Without correlation it is the exact product of the single
    chances. It stays within the bounds of Fréchet (1951), from Σp − (k − 1) to the smallest single chance. The error is
    at least `RESOLUTION`, or the distance between these bounds where that is smaller.
    """
    if _independent(correlation):
        return Probability(float(_product(below[None], above[None])[0]), 0.0)
    found = estimate_between(*_limits(below, above), correlation, SEED)
    low, high = (float(bound[0]) for bound in _frechet(below[None], above[None]))
    return Probability(float(np.clip(found.value, low, high)), max(found.error, min(RESOLUTION, high - low)))


def mean_chance(below: FloatArray, above: FloatArray, correlation: FloatArray) -> Probability:
    """Return the probability that no attribute of one batch is beyond a limit, where the batch is equally likely any of n rows.

    below, above: as for `chance_together`. With one row it is `chance_of_batch`.
    """
    if len(below) == 1:
        return chance_of_batch(below[0], above[0], correlation)
    error = 0.0 if _independent(correlation) else ROW_ERROR
    return Probability(float(chance_together(below, above, correlation).mean()), error)


def chance_together(below: FloatArray, above: FloatArray, correlation: FloatArray) -> FloatArray:
    """Return the probability that no attribute is beyond a limit, for each of n rows, shape (n,). The error is `ROW_ERROR`.

    below, above: P(below the lower limit) and P(above the upper limit), (n, attributes) each. Without correlation the result
    is the exact product of the single chances. Few rows get more points each than many.
    """
    if _independent(correlation) or not len(below):
        return _product(below, above)
    order = most_restrictive_first(1 - (below + above).mean(axis=0))
    low, high = _limits(below[:, order], above[:, order])
    root = root_of(correlation[np.ix_(order, order)])
    at = cube(len(root) - 1, int(np.clip(EFFORT // len(low), FEWEST_POINTS, MOST_POINTS)), SEED)
    blocks = [slice(first, first + BLOCK) for first in range(0, len(low), BLOCK)]
    found = np.concatenate([probability_between(low[block], high[block], root, at) for block in blocks])
    return np.asarray(np.clip(found, *_frechet(below, above)))


def _independent(correlation: FloatArray) -> bool:
    return np.allclose(correlation, np.eye(len(correlation)))


def _product(below: FloatArray, above: FloatArray) -> FloatArray:
    """Return the product of the single chances of each row, shape (n,)."""
    return np.asarray(np.prod(np.clip(1 - below - above, 0, 1), axis=1))


def _frechet(below: FloatArray, above: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the bounds of Fréchet (1951) of each row, from Σp − (k − 1) to the smallest single chance, shape (n,) each."""
    within = np.clip(1 - below - above, 0, 1)
    return np.maximum(1 - (1 - within).sum(axis=1), 0), within.min(axis=1)


def _limits(below: FloatArray, above: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the limits of normal values that are below and above them with these chances, in the shape of the chances."""
    from scipy.special import ndtri

    return ndtri(np.clip(below, 0, 1)), -ndtri(np.clip(above, 0, 1))
