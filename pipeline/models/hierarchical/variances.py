"""Variance components of a Gaussian model by marginal likelihood, and its exact solution."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, lapack, solve_triangular

from pipeline.domain.arrays import FloatArray

PRIOR_VARIANCE = 0.2
"""Centre of the prior of the variance of a component, as a share of the variance of all results."""
PRIOR_NOISE = 0.4
"""The same for the variance of the noise."""
PRIOR_DEVIATION = 1.5
"""Standard deviation of the prior in natural logarithms: one standard deviation is a factor of 4.5."""
BOUNDS = (np.log(1e-5), np.log(10.0))
NOISE_BOUNDS = (np.log(1e-3), np.log(3.0))


@dataclass(frozen=True)
class Variances:
    """Variance of each component and of the noise, in units of the variance of the results."""

    components: tuple[float, ...]
    noise: float


def estimate(kernels: Sequence[FloatArray], y: FloatArray, start: Variances | None, steps: int) -> Variances:
    """Return the variances that maximise the marginal likelihood of y, shape (n,), times a weak log-normal prior.

    kernels: covariance of each component at variance 1, (n, n) each; start: variances to begin with, used where their number
    fits; steps: most iterations. Gradient: Rasmussen, Williams (2006), Gaussian Processes for Machine Learning, eq. 5.9.
    """
    from scipy.optimize import minimize  # imported here because it is slow to load and predictions do not need it

    centre = np.log([PRIOR_VARIANCE] * len(kernels) + [PRIOR_NOISE])
    fits = start is not None and len(start.components) == len(kernels)
    first = np.log([*start.components, start.noise]) if start is not None and fits else centre

    def loss(logs: FloatArray) -> tuple[float, FloatArray]:
        values = np.exp(logs)
        lower = factor(sum(v * k for v, k in zip(values, kernels, strict=False)), values[-1])
        alpha = solve(lower, y)
        inverse = inverse_of(lower)
        slack = inverse - np.outer(alpha, alpha)
        gradient = [0.5 * v * float(np.vdot(slack, k)) for v, k in zip(values, kernels, strict=False)]
        gradient.append(0.5 * values[-1] * float(np.trace(slack)))
        away = (logs - centre) / PRIOR_DEVIATION
        value = 0.5 * float(y @ alpha) + float(np.log(np.diag(lower)).sum()) + 0.5 * float(away @ away)
        return value, np.array(gradient) + away / PRIOR_DEVIATION

    limits = [BOUNDS] * len(kernels) + [NOISE_BOUNDS]
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": steps, "ftol": 1e-5})
    values = np.exp(found.x)
    return Variances(tuple(values[:-1].tolist()), float(values[-1]))


def factor(covariance: FloatArray, noise: float) -> FloatArray:
    """Return the lower Cholesky factor of the covariance plus the noise on its diagonal."""
    return np.asarray(np.linalg.cholesky(covariance + noise * np.eye(len(covariance))))


def solve(lower: FloatArray, right: FloatArray, *, half: bool = False) -> FloatArray:
    """Solve L Lᵀ x = right, or with `half` L x = right; `lower` is L."""
    if half:
        return np.asarray(solve_triangular(lower, right, lower=True, check_finite=False))
    return np.asarray(cho_solve((lower, True), right, check_finite=False))


def inverse_of(lower: FloatArray) -> FloatArray:
    """Return (L Lᵀ)⁻¹. LAPACK needs a third of the work of solving for the identity matrix."""
    half, _ = lapack.dpotri(lower, lower=1)
    return np.asarray(np.tril(half) + np.tril(half, -1).T)
