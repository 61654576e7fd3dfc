"""The chance that one batch meets all specifications, from the correlation of past forecast errors.

Each attribute keeps its own distribution. A Gaussian copula with the rank correlation of past errors of the same batches
ties the attributes together (Iman, Conover 1982, Commun. Stat. B 11, 311).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.quasi_random import normal

DRAWS = 512
"""Number of draws of the copula."""
SEED = 20241101
BLOCK = 8192
"""Rows that are compared with all draws at once."""
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


def chance_together(below: FloatArray, above: FloatArray, correlation: FloatArray) -> FloatArray:
    """Return the probability that no attribute is beyond a limit, shape (n,).

    below, above: P(below the lower limit) and P(above the upper limit), (n, attributes) each. The result is the product of
    the single chances, plus the effect of the correlation: the share of correlated normal draws between the limits minus the
    share of the same draws without correlation. Without correlation nothing is drawn. The result is kept within the bounds
    of Fréchet (1951), from Σp − (k − 1) to the smallest single chance.
    """
    from scipy.special import ndtri

    within = np.clip(1 - below - above, 0, 1)
    product = np.prod(within, axis=1)
    if np.allclose(correlation, np.eye(len(correlation))):
        return np.asarray(product)
    uncorrelated = normal(len(correlation), DRAWS, SEED)
    correlated = uncorrelated @ np.linalg.cholesky(correlation).T
    low, high = ndtri(np.clip(below, 0, 1)), ndtri(np.clip(1 - above, 0, 1))
    blocks = [slice(at, at + BLOCK) for at in range(0, len(low), BLOCK)]
    effect = [_share(correlated, low[b], high[b]) - _share(uncorrelated, low[b], high[b]) for b in blocks]
    least = np.maximum(within.sum(axis=1) - (within.shape[1] - 1), 0)
    return np.asarray(np.clip(product + np.concatenate([np.zeros(0), *effect]), least, within.min(axis=1)))


def _share(draws: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the share of draws that lie between the limits of each row in all attributes, shape (rows,).

    draws: (draws, attributes); low, high: (rows, attributes).
    """
    inside = np.ones((len(low), len(draws)), dtype=bool)
    for k in range(draws.shape[1]):
        inside &= (draws[None, :, k] >= low[:, k, None]) & (draws[None, :, k] <= high[:, k, None])
    return np.asarray(inside.mean(axis=1))
