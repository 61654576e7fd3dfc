"""Variances by marginal likelihood, and the exact Gaussian solution that they lead to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, lapack, solve_triangular

from pipeline.domain.arrays import FloatArray

USUAL = 0.2
"""Centre of the prior of a part's variance, as a share of the variance of all results."""
USUAL_NOISE = 0.4
DOUBT = 1.5
"""Standard deviation of the prior in logarithms: a factor of 4.5 either way is nothing unusual."""
BOUNDS = (np.log(1e-5), np.log(10.0))
NOISE_BOUNDS = (np.log(1e-3), np.log(3.0))


@dataclass(frozen=True)
class Variances:
    """Variance of each part and of the noise, in units of the variance of the results."""

    parts: tuple[float, ...]
    noise: float


def estimate(kernels: Sequence[FloatArray], y: FloatArray, start: Variances | None, steps: int) -> Variances:
    """Maximise the marginal likelihood of y, shape (n,), times a weak log-normal prior over the variances.

    Gradient as Rasmussen, Williams (2006), Gaussian Processes for Machine Learning, eq. 5.9.
    """
    from scipy.optimize import minimize  # only learning needs it, and it is slow to load

    centre = np.log([USUAL] * len(kernels) + [USUAL_NOISE])
    fits = start is not None and len(start.parts) == len(kernels)
    first = np.log([*start.parts, start.noise]) if start is not None and fits else centre

    def loss(logs: FloatArray) -> tuple[float, FloatArray]:
        values = np.exp(logs)
        lower = factor(sum(v * k for v, k in zip(values, kernels, strict=False)), values[-1])
        alpha = solve(lower, y)
        inverse = _inverse(lower)
        slack = inverse - np.outer(alpha, alpha)
        gradient = [0.5 * v * float(np.vdot(slack, k)) for v, k in zip(values, kernels, strict=False)]
        gradient.append(0.5 * values[-1] * float(np.trace(slack)))
        away = (logs - centre) / DOUBT
        value = 0.5 * float(y @ alpha) + float(np.log(np.diag(lower)).sum()) + 0.5 * float(away @ away)
        return value, np.array(gradient) + away / DOUBT

    limits = [BOUNDS] * len(kernels) + [NOISE_BOUNDS]
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": steps, "ftol": 1e-5})
    values = np.exp(found.x)
    return Variances(tuple(values[:-1].tolist()), float(values[-1]))


def factor(covariance: FloatArray, noise: float) -> FloatArray:
    """Lower Cholesky factor of covariance + noise."""
    return np.asarray(np.linalg.cholesky(covariance + noise * np.eye(len(covariance))))


def solve(lower: FloatArray, right: FloatArray, *, half: bool = False) -> FloatArray:
    """Solve L Lᵀ x = right, or L x = right where only `half` is wanted."""
    if half:
        return np.asarray(solve_triangular(lower, right, lower=True, check_finite=False))
    return np.asarray(cho_solve((lower, True), right, check_finite=False))


def _inverse(lower: FloatArray) -> FloatArray:
    """(L Lᵀ)⁻¹ by LAPACK, a third of the work of solving for the identity."""
    half, _ = lapack.dpotri(lower, lower=1)
    return np.asarray(np.tril(half) + np.tril(half, -1).T)
