"""The main shapes in which the courses of one tag differ, from courses with gaps."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import BoolArray, FloatArray

SHARE = 0.98
"""Share of the variance that the components describe."""
MOST = 4
"""Number of components at most."""
ROUNDS = 12
"""Rounds in which gaps are filled from the components found so far."""
LEAST_SEEN = 0.3
"""Share of the batches that must have a value at a point, so that the point counts."""
RIDGE = 1e-3


@dataclass(frozen=True)
class Components:
    """Mean course and components of one tag."""

    mean: FloatArray
    """(nodes,)"""
    shapes: FloatArray
    """(components, nodes), each of length 1."""

    def course(self, scores: FloatArray) -> FloatArray:
        """Return courses, (batches, nodes), from scores, (batches, components)."""
        return np.asarray(self.mean + scores @ self.shapes)


def components_of(courses: FloatArray) -> tuple[Components, FloatArray]:
    """Return the components of courses, (batches, nodes) with gaps, and the scores of each batch.

    Principal components with gaps filled in turns from the components found so far (Nelson, Taylor, MacGregor 1996, Chemom. Intell.
    Lab. Syst. 35, 45). Nodes after the last one that enough batches reach have the value of that node.
    """
    seen = ~np.isnan(courses)
    counts = seen.mean(axis=0) >= LEAST_SEEN
    if not counts.any():
        counts = seen.any(axis=0)
    mean = np.where(counts, _mean(courses), 0.0)
    used, mask = np.where(seen, courses - mean, 0.0)[:, counts], seen[:, counts]
    shapes = _filled_components(used, mask)
    whole = np.zeros((len(shapes), courses.shape[1]))
    whole[:, counts] = shapes
    found = Components(mean, whole)
    scores = scores_of(found, np.where(counts, courses, np.nan))
    return _extended(found, counts), scores


def _mean(courses: FloatArray) -> FloatArray:
    seen = ~np.isnan(courses)
    return np.asarray(np.where(seen, courses, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1))


def _filled_components(values: FloatArray, mask: BoolArray) -> FloatArray:
    filled = values
    shapes = np.zeros((0, values.shape[1]))
    for _ in range(ROUNDS):
        left, size, right = np.linalg.svd(filled, full_matrices=False)
        variance = size**2
        if variance.sum() <= 0:
            return np.zeros((0, values.shape[1]))
        number = min(MOST, int(np.searchsorted(np.cumsum(variance) / variance.sum(), SHARE)) + 1, len(size))
        shapes = right[:number]
        filled = np.where(mask, values, (left[:, :number] * size[:number]) @ shapes)
        if mask.all():
            break
    return np.asarray(shapes)


def scores_of(components: Components, courses: FloatArray) -> FloatArray:
    """Return the scores, (batches, components), that describe what is seen of each course best (least squares, a little shrunk)."""
    seen = (~np.isnan(courses)).astype(float)
    apart = np.where(np.isnan(courses), 0.0, courses - components.mean)
    number = len(components.shapes)
    if not number:
        return np.zeros((len(courses), 0))
    gram = np.einsum("kn,bn,ln->bkl", components.shapes, seen, components.shapes) + RIDGE * np.eye(number)
    return np.asarray(np.linalg.solve(gram, (apart @ components.shapes.T)[:, :, None])[:, :, 0])


def _extended(found: Components, counts: BoolArray) -> Components:
    """Continue the course after the last node that counts, and before the first one, at its value there."""
    places = np.flatnonzero(counts)
    if not len(places):
        return found
    nearest = np.clip(np.arange(len(counts)), places[0], places[-1])
    return Components(found.mean[nearest], found.shapes[:, nearest])
