"""What history says about runs not yet made, as Gaussian beliefs: small, exact, and behind a protocol so that it can be swapped."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.models.base import Task
from pipeline.models.encoding import fit_encoding

STEPS = 30
"""Most iterations of the search for variances."""
START = (-1.0, -1.5, -1.5, -1.5, -1.5)
"""Logarithms of the variances to begin with, as shares of the variance of the attribute; the last is that of the noise."""
JITTER = 1e-8


@dataclass(frozen=True)
class Belief:
    """What is believed of one attribute at n places: the mean of the process there, not of one batch."""

    mean: FloatArray
    """(n,)"""
    covariance: FloatArray
    """(n, n)"""
    noise: float
    """Variance of one batch's result around the process there."""

    def gain(self, at: int) -> FloatArray:
        """How much one run at each place would tell of the place `at`: variance of its mean that the result would settle, (n,)."""
        covariance = self.covariance
        return np.asarray(covariance[at] ** 2 / (np.diag(covariance) + self.noise))

    def after(self, run: int, result: float | None = None) -> "Belief":
        """The belief once a run has been made; without its result the mean stays (Gaussian conditioning)."""
        column = self.covariance[:, run]
        share = column / (self.covariance[run, run] + self.noise)
        mean = self.mean if result is None else self.mean + share * (result - self.mean[run])
        return Belief(mean, self.covariance - np.outer(share, column), self.noise)


class Surrogate(Protocol):
    """Something that believes in Gaussians."""

    def believe(self, rows: pl.DataFrame, y: FloatArray, places: pl.DataFrame) -> Belief:
        """Learn one attribute from rows of features with results y, shape (n,), and say what it may be at other places."""
        ...


@dataclass(frozen=True)
class ProductGaussian:
    """Gaussian process: a trend and a smooth function that all products share, and an offset and a trend of each product.

    Rasmussen, Williams (2006), Gaussian Processes for Machine Learning, chapters 2 and 5: exact inference, variances by the
    largest marginal likelihood.
    """

    numeric: tuple[str, ...]
    """Features that it learns from."""

    def believe(self, rows: pl.DataFrame, y: FloatArray, places: pl.DataFrame) -> Belief:
        """Learn from rows with results; the encoding and all variances are fitted on these rows alone."""
        encoding = fit_encoding(rows, Task("y", self.numeric, ()))
        seen, asked = (encoding.matrix(frame) for frame in (rows, places))
        own, other = rows["product"].to_numpy(), places["product"].to_numpy()
        centre, size = float(y.mean()), float(y.std()) or 1.0
        scaled = (y - centre) / size
        grams = _grams(seen, own, seen, own)
        logs = _variances(grams, scaled)
        *weights, noise = np.exp(logs)
        root = np.linalg.cholesky(_sum(grams, weights) + (noise + JITTER) * np.eye(len(y)))
        across = _sum(_grams(asked, other, seen, own), weights)
        half = _solve(root, across.T)
        mean = half.T @ _solve(root, scaled)
        covariance = _sum(_grams(asked, other, asked, other), weights) - half.T @ half
        return Belief(centre + size * mean, size**2 * covariance, size**2 * float(noise))


def _grams(a: FloatArray, of_a: FloatArray, b: FloatArray, of_b: FloatArray) -> tuple[FloatArray, ...]:
    """Similarity of places by each part of the belief: shared trend, shared smooth function, product, trend of the product."""
    linear = a @ b.T / a.shape[1]
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    smooth = np.exp(-np.maximum(squares, 0) / (2 * a.shape[1]))
    same = (of_a[:, None] == of_b).astype(float)
    return linear, smooth, same, same * linear


def _sum(grams: tuple[FloatArray, ...], weights: list[float]) -> FloatArray:
    return np.asarray(sum(weight * gram for weight, gram in zip(weights, grams, strict=True)))


def _variances(grams: tuple[FloatArray, ...], y: FloatArray) -> FloatArray:
    """Logarithms of the variances with the largest marginal likelihood, with a weak pull to where they began."""
    from scipy.optimize import minimize

    start, one = np.array(START), np.eye(len(y))

    def cost(logs: FloatArray) -> tuple[float, FloatArray]:
        *weights, noise = np.exp(logs)
        root = np.linalg.cholesky(_sum(grams, weights) + (noise + JITTER) * one)
        inverse_root = _solve(root, one)
        inverse = inverse_root.T @ inverse_root
        alpha = inverse @ y
        value = 0.5 * y @ alpha + np.log(np.diag(root)).sum() + 0.5 * ((logs - start) ** 2).sum() / 4
        slopes = [
            0.5 * v * ((inverse * g).sum() - alpha @ g @ alpha) for v, g in zip(np.exp(logs), (*grams, one), strict=True)
        ]
        return float(value), np.array(slopes) + (logs - start) / 4

    bounds = [(-9.0, 3.0)] * len(start)
    return np.asarray(minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS}).x)


def _solve(root: FloatArray, right: FloatArray) -> FloatArray:
    from scipy.linalg import solve_triangular

    return np.asarray(solve_triangular(root, right, lower=True))
