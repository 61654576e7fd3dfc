"""How far batches lie from each other, where some of their values are missing."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray

SAMPLE = 500
"""Largest number of batches whose nearest neighbour is looked for: enough for a percentile."""
USUAL = 95
"""Percentile of the distances of batches to their nearest neighbour that counts as 1."""


@dataclass(frozen=True)
class Neighbours:
    """Batches of history as points, one axis per variable that differs between them.

    Each variable is divided by its range from the 5th to the 95th percentile. The distance is the root mean square over the
    variables of the point that is compared (as in the k-nearest-neighbour domain of Sahigara et al., 2013, Journal of
    Cheminformatics 5:27). A value that a batch lacks counts with its expected square, (x − mean)² + variance, over the batches that
    have it (Eirola et al., 2013, Information Sciences 240, 115, without correlations). So a missing value makes no batch near.
    """

    used: BoolArray
    """Which of the variables differ, shape (variables,)."""
    width: FloatArray
    points: FloatArray
    """(batches, variables that differ); NaN where a value is missing."""
    mean: FloatArray
    variance: FloatArray
    usual: float
    """Distance that counts as 1."""

    @classmethod
    def of(cls, values: FloatArray) -> "Neighbours":
        """Return the points of batches; values: (batches, variables), NaN where missing. No variable may be missing everywhere."""
        low, high = np.nanpercentile(values, [5, 95], axis=0)
        used = np.asarray(high > low)
        points = values[:, used] / (high - low)[used]
        if not used.any():
            return cls(used, np.zeros(0), points, np.zeros(0), np.zeros(0), 1.0)
        found = cls(used, (high - low)[used], points, np.nanmean(points, axis=0), np.nanvar(points, axis=0), 1.0)
        near = [one for i in _sample(len(points)) if np.isfinite(one := found._nearest_other(i))]
        usual = float(np.percentile(near, USUAL)) if near else 0.0
        return cls(used, found.width, points, found.mean, found.variance, usual if usual > 0 else 1.0)

    def distances(self, point: FloatArray) -> FloatArray:
        """Return the distance of a point, shape (variables,), to each batch.

        It is infinite for a batch that has none of the variables of the point.
        """
        return self._distances(point[self.used] / self.width) / self.usual

    def _distances(self, point: FloatArray) -> FloatArray:
        own = np.isfinite(point)
        if not own.any():
            return np.full(len(self.points), np.inf)
        away = self.points[:, own] - point[own]
        known = np.isfinite(away)
        expected = (self.mean[own] - point[own]) ** 2 + self.variance[own]
        squares = np.where(known, away * away, expected)
        return np.asarray(np.where(known.any(axis=1), np.sqrt(squares.mean(axis=1)), np.inf))

    def _nearest_other(self, i: int) -> float:
        distance = self._distances(self.points[i])
        distance[i] = np.inf
        return float(distance.min())


def _sample(count: int) -> IntArray:
    """Return the numbers of at most `SAMPLE` evenly spaced rows."""
    return np.unique(np.linspace(0, count - 1, min(count, SAMPLE)).astype(int))
