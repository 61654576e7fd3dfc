"""A linear regression whose columns come in groups, drawn from its posterior: what the batches leave open stays open.

y = X·β + noise, with β_j ~ N(0, σ²·τ_g²·λ_j²): a scale τ_g of each group and a scale λ_j of each column, all half-Cauchy. Most
columns then have next to no effect, and few have a large one. Where two groups vary together, the draws give the effect now to one,
now to the other. Source: horseshoe prior, Carvalho, Polson, Scott (2010) Biometrika 97, 465; its draws by inverse gamma variables,
Makalic, Schmidt (2016) IEEE Signal Process. Lett. 23, 179.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtrs

from pipeline.domain.arrays import FloatArray, IntArray

CHAINS = 4
"""Number of chains. Each begins with other scales of the groups."""
WARM_UP = 100
"""Draws at the beginning of each chain that are not kept."""
KEPT = 200
"""Draws of each chain that are kept."""
BOUNDS = (1e-8, 1e8)
"""Smallest and largest square of the scale of a column. Beyond them the equations lose their digits."""


@dataclass(frozen=True)
class Draws:
    """Draws from the posterior."""

    coefficients: FloatArray
    """β, shape (draws, columns), in the unit of the results per unit of the column."""
    noise: FloatArray
    """Variance of the noise σ², shape (draws,)."""


def draw(x: FloatArray, y: FloatArray, groups: IntArray, means: int, seed: int) -> Draws:
    """Draw coefficients from the posterior. The same input gives the same draws.

    x: shape (n, p), no column constant; y: shape (n,), not constant; both with means taken off, whose number `means` is smaller
    than n; groups: group of each column, 0, 1, …, shape (p,).
    """
    spread, size = x.std(axis=0), float(y.std())
    rng = np.random.default_rng(seed)
    scaled = _Sums.of(x / spread, y / size, len(y) - means)
    chains = [_chain(scaled, groups, rng) for _ in range(CHAINS)]
    coefficients = np.concatenate([one.coefficients for one in chains]) / spread * size
    return Draws(coefficients, np.concatenate([one.noise for one in chains]) * size**2)


@dataclass(frozen=True)
class _Sums:
    """Sums of products over the batches; a draw reads nothing else of them."""

    xx: FloatArray
    xy: FloatArray
    yy: float
    freedom: int

    @classmethod
    def of(cls, x: FloatArray, y: FloatArray, freedom: int) -> "_Sums":
        return cls(x.T @ x, x.T @ y, float(y @ y), freedom)


def _chain(sums: _Sums, groups: IntArray, rng: np.random.Generator) -> Draws:
    """Return the draws of one chain, in units of the spread of column and results. Scales below are squares."""
    columns = len(groups)
    members = np.bincount(groups)
    of_columns, of_groups = np.ones(columns), np.exp(rng.normal(-2.0, 2.0, len(members)))
    help_columns, help_groups = np.ones(columns), np.ones(len(members))
    noise = 1.0
    kept, noises = np.empty((KEPT, columns)), np.empty(KEPT)
    for turn in range(-WARM_UP, KEPT):
        precision = 1 / (of_groups[groups] * of_columns)
        beta = _coefficients(sums, precision, noise, rng)
        left = sums.yy - 2 * float(beta @ sums.xy) + float(beta @ sums.xx @ beta)
        noise = 1 / rng.gamma((sums.freedom + columns) / 2, 2 / (left + float(beta**2 @ precision)))
        half = beta**2 / (2 * noise)
        of_columns = np.clip(1 / rng.gamma(1.0, 1 / (1 / help_columns + half / of_groups[groups])), *BOUNDS)
        help_columns = 1 / rng.gamma(1.0, 1 / (1 + 1 / of_columns))
        rate = 1 / help_groups + np.bincount(groups, half / of_columns)
        of_groups = np.clip(1 / rng.gamma((members + 1) / 2, 1 / rate), *BOUNDS)
        help_groups = 1 / rng.gamma(1.0, 1 / (1 + 1 / of_groups))
        if turn >= 0:
            kept[turn], noises[turn] = beta, noise
    return Draws(kept, noises)


def _coefficients(sums: _Sums, precision: FloatArray, noise: float, rng: np.random.Generator) -> FloatArray:
    """Draw β ~ N(A⁻¹·Xᵀy, σ²·A⁻¹) with A = XᵀX + diag(precision), by the Cholesky factor of A."""
    lower, _ = dpotrf(sums.xx + np.diag(precision), lower=1)
    half, _ = dtrtrs(lower, sums.xy, lower=1)
    beta, _ = dtrtrs(lower, half + np.sqrt(noise) * rng.standard_normal(len(half)), lower=1, trans=1)
    return np.asarray(beta, dtype=np.float64)
