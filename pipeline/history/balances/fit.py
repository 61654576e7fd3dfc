"""Weighted least squares with an effect per product and a trend common to all products, for many draws of the values at once."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray, IntArray

_RANK = 1e-9
"""Share of the largest eigenvalue below which a term of the trend says nothing beyond the products."""


@dataclass(frozen=True)
class Peers:
    """Batches that are compared with each other, sorted by product."""

    product: IntArray
    """Number of the product of each batch, (batches,), rising from 0."""
    starts: IntArray
    """First batch of each product, (products,)."""
    trend: FloatArray | None
    """Terms of the trend, (batches, terms); None without a trend."""
    spread: FloatArray | None = None
    """Position along which the scatter may change, (batches,), with mean zero; None if it is the same for all batches."""

    @property
    def effects(self) -> int:
        """Number of effects that are fitted: one per product, and the terms of the trend that the products do not determine."""
        if self.trend is None:
            return len(self.starts)
        ones = np.ones((1, len(self.product)))
        return len(self.starts) + int(_rank(_within(self.trend, ones, self)[1])[0])


@dataclass(frozen=True)
class Fit:
    """Expected values of all batches, from the batches with a weight."""

    fitted: FloatArray
    """(draws, batches)."""
    leverage: FloatArray
    """Variance of the expected value, as a multiple of that of one batch, (draws, batches); infinite without any of the product."""
    effects: IntArray
    """Number of effects that the weights leave, (draws,)."""


def fit(values: FloatArray, weights: FloatArray, peers: Peers) -> Fit:
    """Return the weighted least squares fit of each draw. values and weights: (draws, batches); weights are not negative.

    The effects of the products are removed by centring values and trend within each product, which gives the same fit (Frisch,
    Waugh 1933; Lovell 1963).
    """
    total = _sums(weights, peers)
    mean = (_sums(weights * values, peers) / np.where(total > 0, total, 1))[:, peers.product]
    leverage = np.divide(1, total, out=np.full_like(total, np.inf), where=total > 0)[:, peers.product]
    effects = (total > 0).sum(axis=1)
    if peers.trend is None:
        return Fit(mean, leverage, effects)
    centred, gram = _within(peers.trend, weights, peers)
    inverse = np.linalg.pinv(gram, rcond=_RANK, hermitian=True)
    moments = np.einsum("dbt,db->dt", centred, weights * (values - mean))
    slopes = np.einsum("dts,ds->dt", inverse, moments)
    share = np.einsum("dbt,dts,dbs->db", centred, inverse, centred)
    return Fit(mean + np.einsum("dbt,dt->db", centred, slopes), leverage + share, effects + _rank(gram))


def _sums(values: FloatArray, peers: Peers) -> FloatArray:
    """Sum over the batches of each product: (draws, products)."""
    sums: FloatArray = np.add.reduceat(values, peers.starts, axis=1)
    return sums


def _within(trend: FloatArray, weights: FloatArray, peers: Peers) -> tuple[FloatArray, FloatArray]:
    """Return the trend without its mean per product, (draws, batches, terms), and its weighted squares, (draws, terms, terms)."""
    total = _sums(weights, peers)
    total = np.where(total > 0, total, 1)
    means = np.stack([_sums(weights * column, peers) / total for column in trend.T], axis=-1)
    centred = trend - means[:, peers.product]
    return centred, np.einsum("dbt,db,dbs->dts", centred, weights, centred)


def _rank(gram: FloatArray) -> IntArray:
    """Number of terms that the products do not determine, (draws,)."""
    values = np.linalg.eigvalsh(gram)
    return np.asarray((values > _RANK * np.maximum(values[:, -1:], np.finfo(float).tiny)).sum(axis=1))
