"""Errors of several attributes in one batch go together: the chance that all are within, from how past errors did.

Each attribute keeps its own distribution; how they hang together is the rank correlation of past forecast errors of the same
batches, carried by a Gaussian copula (Iman, Conover 1982, Commun. Stat. B 11, 311).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.quasi_random import normal

DRAWS = 512
SEED = 20241101
BLOCK = 8192
"""Rows that are compared with all draws at once."""
LEAST = 20
"""Batches with errors of all attributes below which nothing is learned about how they go together."""


@dataclass(frozen=True)
class JointErrors:
    """How errors of attributes go together, and on what that stands."""

    targets: tuple[str, ...]
    correlation: FloatArray
    """Of the normal variables behind the errors, (targets, targets)."""
    batches: int
    """0 where nothing could be learned: then the errors count as independent."""
    products: int

    @classmethod
    def independent(cls, targets: Sequence[str]) -> "JointErrors":
        """Errors that have nothing to do with each other."""
        return cls(tuple(targets), np.eye(len(targets)), 0, 0)

    @classmethod
    def of(cls, errors: pl.DataFrame, targets: Sequence[str]) -> "JointErrors":
        """Learn from past errors: one row per batch with product and an error per target; rows with gaps are left out."""
        known = errors.drop_nulls(list(targets))
        if known.height < LEAST or len(targets) < 2:
            return cls.independent(targets)
        return cls(tuple(targets), rank_correlation(known.select(targets)), known.height, known["product"].n_unique())

    @property
    def said(self) -> str:
        """In words, for captions."""
        if len(self.targets) < 2:
            return "one specification alone"
        if not self.batches:
            return f"errors of the attributes taken as independent: fewer than {LEAST} past batches have errors of all"
        return f"errors of the attributes go together as in past forecasts of {self.batches} batches of {self.products} products"


def rank_correlation(errors: pl.DataFrame) -> FloatArray:
    """Correlation of the normal variables whose ranks correlate as those of the columns do: r = 2 sin(π ρ / 6) (Pearson 1907).

    errors: n rows, no gaps. A constant column correlates with nothing. Returns a valid correlation matrix, (columns, columns).
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
    """P(no attribute beyond a limit) of n rows, from P(under the lower limit) and P(over the upper one), (n, attributes) each.

    The product of the single chances, plus what the correlation adds: the share of correlated normal draws that lie between the
    limits, minus the share of the same draws before they were correlated. So nothing is sampled where nothing correlates, and the
    result stays within the bounds of Fréchet (1951): between Σp − (k − 1) and the smallest single chance.
    """
    from scipy.special import ndtri

    within = np.clip(1 - below - above, 0, 1)
    product = np.prod(within, axis=1)
    if np.allclose(correlation, np.eye(len(correlation))):
        return np.asarray(product)
    free = normal(len(correlation), DRAWS, SEED)
    tied = free @ np.linalg.cholesky(correlation).T
    low, high = ndtri(np.clip(below, 0, 1)), ndtri(np.clip(1 - above, 0, 1))
    more = [
        _share(tied, low[at : at + BLOCK], high[at : at + BLOCK]) - _share(free, low[at : at + BLOCK], high[at : at + BLOCK])
        for at in range(0, len(low), BLOCK)
    ]
    least = np.maximum(within.sum(axis=1) - (within.shape[1] - 1), 0)
    return np.asarray(np.clip(product + np.concatenate([np.zeros(0), *more]), least, within.min(axis=1)))


def _share(draws: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Share of draws, (draws, attributes), between the limits of each row in all attributes; (rows,)."""
    inside = np.ones((len(low), len(draws)), dtype=bool)
    for k in range(draws.shape[1]):
        inside &= (draws[None, :, k] >= low[:, k, None]) & (draws[None, :, k] <= high[:, k, None])
    return np.asarray(inside.mean(axis=1))
