"""Quasi-random points and normal draws, which fill space evenly."""

from functools import cache

import numpy as np

from pipeline.domain.arrays import FloatArray

DIMENSION_WEIGHT = 0.1
"""Weight of each further dimension that acts together with others, in the error that a lattice should minimise."""
CANDIDATES = 256
"""Number of multipliers at most among which the best lattice is searched."""


def cube(dimensions: int, count: int, seed: int) -> FloatArray:
    """Return points of the unit cube for an integral, (count, dimensions).

    The points are those of a randomly shifted lattice, each coordinate x moved to |2x − 1| (the baker's transformation), which
    makes the error of a smooth integrand smaller by a further power of `count` (Hickernell 2002, MCQMC 2000, 274).
    """
    return np.asarray(np.abs(2 * _lattice(dimensions, count, seed) - 1))


def shifted_cubes(dimensions: int, count: int, shifts: int, seed: int) -> FloatArray:
    """Return the points of `cube` for several shifts of one lattice, (shifts, count, dimensions).

    Within a cell of the lattice the shifts are a Latin hypercube sample (McKay, Beckman, Conover 1979, Technometrics 21, 239).
    Independent shifts would often miss the small part of a cell that most of the error comes from, and then state too small an
    error.
    """
    rng = np.random.default_rng(seed)
    cells = rng.integers(count, size=(shifts, dimensions))
    inside = (
        rng.permuted(np.tile(np.arange(shifts)[:, None], dimensions), axis=0) + rng.random((shifts, dimensions))
    ) / shifts
    lattice = _korobov(_multiplier(dimensions, count), dimensions, count)
    return np.asarray(np.abs(2 * ((lattice + ((cells + inside) / count)[:, None]) % 1) - 1))


def normal(dimensions: int, count: int, seed: int) -> FloatArray:
    """Return the points of a randomly shifted lattice as standard normal values, (count, dimensions)."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(_lattice(dimensions, count, seed), 1e-9, 1 - 1e-9)))


def _lattice(dimensions: int, count: int, seed: int) -> FloatArray:
    """Return the points of a randomly shifted lattice, (count, dimensions).

    Dimension k has the step aᵏ/count (Korobov 1959). The random shift is that of Cranley, Patterson (1976), SIAM J. Numer.
    Anal. 13, 904. For the chances of a copula these points are as accurate as Sobol's, whose library takes three times as
    long to load.
    """
    shift = np.random.default_rng(seed).random(dimensions)
    return np.asarray((_korobov(_multiplier(dimensions, count), dimensions, count) + shift) % 1)


def _korobov(a: int, dimensions: int, count: int) -> FloatArray:
    """Return the points of the lattice with the multiplier a, (count, dimensions)."""
    steps = np.array([pow(a, k, count) for k in range(dimensions)])
    return np.asarray(np.arange(count)[:, None] * steps % count / count)


@cache
def _multiplier(dimensions: int, count: int) -> int:
    """Return the odd multiplier whose lattice has the least error for smooth functions in which few dimensions act together.

    The error is the worst-case error with product weights of Sloan, Wozniakowski (1998), J. Complex. 14, 1.
    """

    def error(a: int) -> float:
        points = _korobov(a, dimensions, count)
        return float(np.prod(1 + DIMENSION_WEIGHT * 2 * np.pi**2 * (points**2 - points + 1 / 6), axis=1).mean())

    return min(range(3, count // 2, 2 * max(1, count // (4 * CANDIDATES))), key=error)
