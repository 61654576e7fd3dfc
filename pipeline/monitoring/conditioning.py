"""How deviations go together over tags and times, so that what is seen of a course updates the rest."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.monitoring.robust import ROBUST

SHRUNK = 0.3
"""Share of the variance of each node that is its own. With few batches it keeps chance correlations small."""
MOST = 25
"""Number of common directions at most."""
CLIPPED = 4.0
"""Deviations count up to this many robust deviations."""


@dataclass(frozen=True)
class CourseCovariance:
    """Covariance of the deviations at all nodes of all tags: sizes times (common directions + an own part)."""

    sizes: FloatArray
    """(nodes,): robust standard deviation of each node."""
    common: FloatArray
    """(directions, nodes)."""
    own: FloatArray
    """(nodes,): variance of each node that it does not share, in units of its size."""

    def updated(self, seen: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the expected deviations at all nodes and their standard deviations, given those that are seen.

        seen: (nodes,) with NaN for what is not seen yet. The normal distribution given a part of it, by the common directions
        (Rasmussen, Williams 2006, eq. A.6).
        """
        known = ~np.isnan(seen)
        scaled = np.clip(seen[known] / self.sizes[known], -CLIPPED, CLIPPED)
        weighted = self.common[:, known] / self.own[known]
        precision = np.eye(len(self.common)) + weighted @ self.common[:, known].T
        covariance = np.linalg.inv(precision)
        factor = covariance @ (weighted @ scaled)
        variance = np.einsum("kn,kl,ln->n", self.common, covariance, self.common) + self.own
        return self.sizes * (factor @ self.common), self.sizes * np.sqrt(variance)


def covariance_of(deviations: FloatArray) -> CourseCovariance:
    """Return the covariance of the deviations of hidden batches, (batches, nodes) with gaps."""
    sizes = ROBUST * _median_size(deviations)
    sizes = np.where(sizes > 0, sizes, max(float(np.median(sizes)), 1e-12))
    scaled = np.nan_to_num(np.clip(deviations / sizes, -CLIPPED, CLIPPED))
    _, size, right = np.linalg.svd(scaled, full_matrices=False)
    number = min(MOST, len(size))
    common = np.sqrt(1 - SHRUNK) * right[:number] * (size[:number] / np.sqrt(max(len(deviations), 1)))[:, None]
    own = np.maximum((scaled**2).mean(axis=0) - (common**2).sum(axis=0), SHRUNK)
    return CourseCovariance(sizes, common, own)


def _median_size(values: FloatArray) -> FloatArray:
    seen = (~np.isnan(values)).any(axis=0)
    out = np.zeros(values.shape[1])
    out[seen] = np.nanmedian(np.abs(values[:, seen]), axis=0)
    return out


def band_factors(deviations: FloatArray, deviation_sizes: FloatArray, level: float) -> FloatArray:
    """Return the number of standard deviations within which a share `level` of past courses lay at each node, (nodes,).

    deviations: (batches, nodes); deviation_sizes: (nodes,). Neighbouring nodes are taken together.
    """
    ratio = np.abs(deviations) / deviation_sizes
    out = np.full(ratio.shape[1], np.nan)
    for node in range(ratio.shape[1]):
        near = ratio[:, max(node - 1, 0) : node + 2]
        near = near[~np.isnan(near)]
        if len(near):
            out[node] = float(np.quantile(near, level))
    return np.where(np.isnan(out), np.nanmax(out) if (~np.isnan(out)).any() else 1.645, out)
