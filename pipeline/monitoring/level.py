"""The level of history: the course of each tag that the plan lets expect, learned from past batches with partial pooling."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.models.base import Task
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import FittedHierarchical, Hierarchical
from pipeline.monitoring.components import Components, components_of

MODEL = Hierarchical(rows=200, iterations=8)
"""The model of each score. It is fitted many times, so its variances come from fewer rows and steps than those of an attribute."""
NODES = 30
"""Number of nodes of the course of a sensor. Between them the level is interpolated."""
BLOCKS = 5
"""Parts of the batches that are left out in turn to see whether a plan says anything about a score."""
LARGEST_ERROR = 0.9
"""It does, if the squared error on batches left out is below this share of the variance."""
LEAST_BATCHES = 8
"""Batches from which a level follows the plan. With fewer it is the mean course."""


@dataclass(frozen=True)
class TagLevel:
    """The expected course of one tag at its nodes: components, and a model of the score on each."""

    components: Components
    scores: tuple[FittedHierarchical | None, ...]
    """None: the score is expected to be 0, the mean course."""

    def expected_scores(self, rows: pl.DataFrame) -> FloatArray:
        """Return the expected scores, (batches, components)."""
        columns = [np.zeros(rows.height) if model is None else model.predict(rows) for model in self.scores]
        return np.column_stack(columns) if columns else np.zeros((rows.height, 0))

    def course(self, rows: pl.DataFrame) -> FloatArray:
        """Return the expected course at the nodes, (batches, nodes)."""
        return self.components.course(self.expected_scores(rows))


def fit_level(courses: FloatArray, rows: pl.DataFrame, task: Task) -> TagLevel:
    """Learn the level of one tag. courses: (batches, nodes) with gaps; rows: feature rows; task: the features to read."""
    components, scores = components_of(courses)
    seen = np.asarray((~np.isnan(courses)).any(axis=1))
    models = [_score_model(rows.filter(seen), scores[seen, k], task) for k in range(scores.shape[1])]
    return TagLevel(components, tuple(models))


def _score_model(rows: pl.DataFrame, scores: FloatArray, task: Task) -> FittedHierarchical | None:
    """Return the model of a score; None where the plan says nothing about it that holds for batches left out.

    A model of noise would be harmless at known scales, and wrong at a new one: it would go on there.
    """
    if rows.height < LEAST_BATCHES or scores.std() <= 0 or not _says_something(rows, task):
        return None
    model = fit_hierarchical(MODEL, rows, scores, task)
    left = model.blocks_out(rows, scores, np.arange(rows.height) % BLOCKS)
    return model if (left**2).mean() < LARGEST_ERROR * scores.var() else None


def _says_something(rows: pl.DataFrame, task: Task) -> bool:
    """Tell whether batches differ in a feature or in a grouping."""
    return any(rows[name].n_unique() > 1 for name in (*task.numeric, *task.groups))


def level_task(task: Task, tag: str) -> Task:
    """Return the task of the level of a tag: the features that a plan has, without the limits of an attribute."""
    return replace(
        task, target=tag, lowest=None, highest=None, rising=(), falling=(), refuse=(), intermediates=(), spectra=()
    )


def nodes_of(values: FloatArray, points: int) -> FloatArray:
    """Return the median of each group of `points` points, (batches, nodes, tags)."""
    batches, length, tags = values.shape
    nodes = -(-length // points)
    padded = np.full((batches, nodes * points, tags), np.nan)
    padded[:, :length] = values
    grouped = padded.reshape(batches, nodes, points, tags)
    out = np.full((batches, nodes, tags), np.nan)
    some = (~np.isnan(grouped)).any(axis=2)
    moved = np.moveaxis(grouped, 2, 3)
    out[some] = np.nanmedian(moved[some], axis=1)
    return out


def between_nodes(nodes: FloatArray, points: int, length: int) -> FloatArray:
    """Return courses at all points, (batches, length), interpolated between nodes, (batches, nodes)."""
    centres = np.arange(nodes.shape[1]) * points + (points - 1) / 2
    at = np.clip(np.arange(length), centres[0], centres[-1])
    right = np.clip(np.searchsorted(centres, at, side="left"), 1, max(nodes.shape[1] - 1, 1)) if nodes.shape[1] > 1 else None
    if right is None:
        return np.repeat(nodes, length, axis=1)
    part = (at - centres[right - 1]) / (centres[right] - centres[right - 1])
    return np.asarray(nodes[:, right - 1] * (1 - part) + nodes[:, right] * part)


def telling_quantities(levels: Sequence[TagLevel], most: int) -> tuple[str, ...]:
    """Return the quantities of the plan that most models of a level read, the most frequent first."""
    read = Counter(
        name for level in levels for model in level.scores if model is not None for name in model.encoding.numeric
    )
    return tuple(name for name, _ in sorted(read.items(), key=lambda item: (-item[1], item[0]))[:most])
