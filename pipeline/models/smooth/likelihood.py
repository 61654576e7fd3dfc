"""Parameters of a smooth surface by marginal likelihood."""

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.models.hierarchical.variances import factor, inverse_of, solve
from pipeline.models.smooth.kernel import (
    SurfaceParameters,
    SurfaceRows,
    linear,
    matern,
    matern_slope,
    same_level,
)

VARIANCE, NOISE = 0.2, 0.1
"""Centres of the priors of a variance and of the noise, as shares of the variance of all results."""
DEVIATION = 1.5
"""Standard deviation of each prior in natural logarithms: one standard deviation is a factor of 4.5."""
VARIANCE_BOUNDS = (np.log(1e-5), np.log(30.0))
NOISE_BOUNDS = (np.log(1e-5), np.log(3.0))
LENGTH_BOUNDS = (np.log(0.1), np.log(200.0))


def start_of(groupings: int, quantities: int) -> SurfaceParameters:
    """Return the centre of the prior. Its length scales grow with √quantities, as distances do."""
    length = 1.5 * float(np.sqrt(max(quantities, 1)))
    levels, lengths = (VARIANCE,) * groupings, (length,) * quantities
    return SurfaceParameters(levels, VARIANCE, VARIANCE / 2, 2 * VARIANCE, NOISE, lengths, (length,) * groupings)


def estimate(rows: SurfaceRows, y: FloatArray, start: SurfaceParameters | None, steps: int) -> SurfaceParameters:
    """Return the parameters that maximise the marginal likelihood of y, shape (n,), times a weak log-normal prior.

    start: parameters to begin with, used where their number fits; steps: most iterations. Gradient: Rasmussen, Williams (2006),
    eq. 5.9.
    """
    from scipy.optimize import minimize  # imported here because it is slow to load and predictions do not need it

    groupings, quantities = rows.codes.shape[1], rows.values.shape[1]
    centre = _logs(start_of(groupings, quantities))
    slopes = linear(rows, rows)
    same = [same_level(rows.codes[:, i], rows.codes[:, i]) for i in range(groupings)]
    additive = [*same, slopes, same[0] * slopes if same else np.zeros_like(slopes)]
    apart = [*((column[:, None] - column) ** 2 for column in rows.values.T), *(1 - one for one in same)]

    def loss(logs: FloatArray) -> tuple[float, FloatArray]:
        values = np.exp(logs)
        variances, (surface, noise), weights = _split(values, groupings)
        weights = 1 / weights**2
        distance = np.zeros_like(slopes)
        for weight, square in zip(weights, apart, strict=True):
            distance += weight * square
        shape = matern(distance)
        total = 1 + surface * shape
        for variance, kernel in zip(variances, additive, strict=True):
            total += variance * kernel
        lower = factor(total, float(noise))
        alpha = solve(lower, y)
        slack = inverse_of(lower) - np.outer(alpha, alpha)
        bent = slack * matern_slope(distance)
        gradient = [0.5 * v * float(np.vdot(slack, k)) for v, k in zip(variances, additive, strict=True)]
        gradient += [0.5 * surface * float(np.vdot(slack, shape)), 0.5 * noise * float(np.trace(slack))]
        gradient += [-surface * w * float(np.vdot(bent, s)) for w, s in zip(weights, apart, strict=True)]
        away = (logs - centre) / DEVIATION
        value = 0.5 * float(y @ alpha) + float(np.log(np.diag(lower)).sum()) + 0.5 * float(away @ away)
        return value, np.array(gradient) + away / DEVIATION

    limits = [VARIANCE_BOUNDS] * (groupings + 3) + [NOISE_BOUNDS] + [LENGTH_BOUNDS] * (quantities + groupings)
    fits = start is not None and (len(start.levels), len(start.lengths)) == (groupings, quantities)
    first = np.clip(_logs(start) if start is not None and fits else centre, *np.array(limits).T)
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": steps, "ftol": 1e-6})
    return _parameters(found.x, groupings, quantities)


def _logs(p: SurfaceParameters) -> FloatArray:
    return np.log([*p.levels, p.slopes, p.own_slopes, p.surface, p.noise, *p.lengths, *p.level_lengths])


def _split(values: FloatArray, groupings: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the variances of the additive parts, then those of surface and noise, then the length scales."""
    additive, both, lengths = np.split(values, [groupings + 2, groupings + 4])
    return additive, both, lengths


def _parameters(logs: FloatArray, groupings: int, quantities: int) -> SurfaceParameters:
    additive, (surface, noise), lengths = (part.tolist() for part in _split(np.exp(logs), groupings))
    *levels, slopes, own = additive
    return SurfaceParameters(
        tuple(levels), slopes, own, surface, noise, tuple(lengths[:quantities]), tuple(lengths[quantities:])
    )
