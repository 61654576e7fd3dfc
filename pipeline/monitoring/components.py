"""The main shapes in which the courses of one tag differ, from courses with gaps."""

from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import BoolArray, FloatArray

SHARE = 0.98
"""Share of the variance that the components describe."""
MOST = 4
"""Number of components at most."""
ROUNDS = 12
"""Rounds in which gaps are filled from the components found so far, at most, for each number of components."""
LEAST_SEEN = 0.3
"""Share of the batches that must have a value at a point, so that the point counts."""
SETTLED = 1e-4
"""The gaps are filled when no value changes by more than this share of the deviation of all values."""
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
    mean = np.zeros(courses.shape[1])
    if not counts.any():
        return Components(mean, np.zeros((0, len(mean)))), np.zeros((len(courses), 0))
    mean[counts], shapes = _mean_and_shapes(courses[:, counts])
    whole = np.zeros((len(shapes), courses.shape[1]))
    whole[:, counts] = shapes
    found = Components(mean, whole)
    scores = scores_of(found, np.where(counts, courses, np.nan))
    return _extended(found, counts), scores


def _mean(courses: FloatArray) -> FloatArray:
    seen = ~np.isnan(courses)
    return np.asarray(np.where(seen, courses, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1))


def _mean_and_shapes(courses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean course and the components, as few as describe enough of the variance.

    The mean is that of the filled courses. The mean of what is seen would jump where some batches end: the others may be larger. A
    further component is taken only after the gaps are filled with those before it. Else it would describe the first filling.
    """
    seen = ~np.isnan(courses)
    filled = np.where(seen, courses, _mean(courses))
    found = Components(filled.mean(axis=0), np.zeros((0, courses.shape[1])))
    for number in range(1, MOST + 1):
        for _ in range(1 if seen.all() else ROUNDS):
            found, share = _leading(filled, number)
            before, filled = filled, np.where(seen, courses, found.course(scores_of(found, courses)))
            if np.abs(filled - before).max(initial=0.0) <= SETTLED * filled.std():
                break
        if share >= SHARE:
            break
    return found.mean, found.shapes


def _leading(filled: FloatArray, number: int) -> tuple[Components, float]:
    """Return the mean and the first components of courses without gaps, and the share of the variance that they describe."""
    mean = filled.mean(axis=0)
    _, size, right = np.linalg.svd(filled - mean, full_matrices=False)
    variance = size**2
    if variance.sum() <= 0:
        return Components(mean, np.zeros((0, filled.shape[1]))), 1.0
    return Components(mean, right[:number]), float(variance[:number].sum() / variance.sum())


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
