"""Extremely randomised trees of full capacity, fitted by scikit-learn. No other file imports sklearn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.encoding import StandardEncoding, fit_encoding
from pipeline.models.file_format import SavedExtraTrees

LEAF = -1
"""Feature of a node that is a leaf."""
BLOCK = 1024
"""Rows that go through all trees at once."""


@configuration(config=STRICT, frozen=True)
class ExtraTrees:
    """The mean of trees that are grown to single batches, with random cuts (Geurts, Ernst, Wehenkel 2006, Mach. Learn. 63, 3).

    A cut lies at a random value between the ends of a quantity, not at a random rank as in LightGBM's `extra_trees`, so trees
    reach single batches at the ends of a skewed quantity. Each tree learns from all batches.
    """

    kind: Literal["extra_trees"] = "extra_trees"
    from_rows: int = Field(default=500, ge=0)
    """Number of batches from which a blend uses this member."""
    trees: int = Field(default=60, ge=1)
    """Number of trees."""
    leaves: int = Field(default=1024, ge=2)
    """Largest number of leaves of a tree. It limits the size of the saved model."""
    min_rows_per_leaf: int = Field(default=1, ge=1)
    """Smallest number of batches in a leaf."""
    feature_fraction: float = Field(default=1.0, gt=0, le=1)
    """Share of the features that each cut may use."""
    words: bool = True
    """Use text features such as the product beside the numeric ones."""


@dataclass(frozen=True)
class Nodes:
    """The nodes of all trees."""

    feature: IntArray
    """(nodes,): column of the encoded features that a node cuts, `LEAF` for a leaf"""
    threshold: FloatArray
    """(nodes,): a row goes left up to this value"""
    left: IntArray
    """(nodes,): index of the left child"""
    right: IntArray
    value: FloatArray
    """(nodes,): mean of the results of the training batches in a node, in SI"""
    roots: IntArray
    """(trees,): index of the first node of each tree"""

    def steps(self, rows: FloatArray) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
        """Yield where rows go at each depth: the number of the row, its node, and the child of the node that it goes to.

        rows: encoded features, (rows, columns). There is an entry per row and tree, as long as the row has not reached a leaf.
        """
        row = np.repeat(np.arange(len(rows)), len(self.roots))
        node = np.tile(self.roots, len(rows))
        while True:
            inner = np.flatnonzero(self.feature[node] != LEAF)
            if not len(inner):
                return
            row, node = row[inner], node[inner]
            goes_left = rows[row, self.feature[node]] <= self.threshold[node]
            after = np.where(goes_left, self.left[node], self.right[node])
            yield row, node, after
            node = after


@dataclass(frozen=True)
class FittedExtraTrees:
    """Trees, and the encoding of the features that they cut."""

    encoding: StandardEncoding
    nodes: Nodes
    kind: Literal["extra_trees"] = "extra_trees"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        return np.asarray(self._base + self._changes(rows).sum(axis=1))

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return the changes of the mean at the cuts on the way of each row, summed per feature (Saabas 2014, treeinterpreter).

        Shapley values of trees this deep would take about a hundred times longer. A mean of many random trees cuts features in
        every order, which is what Shapley values average over.
        """
        changes = self._changes(rows)
        names = self.encoding.names
        columns = {
            name: changes[:, [i for i, other in enumerate(names) if other == name]].sum(axis=1) for name in self.reads
        }
        base = np.full(rows.height, self._base)
        return base, pl.DataFrame(columns) if columns else pl.DataFrame(height=rows.height)

    @property
    def reads(self) -> tuple[str, ...]:
        """All features that the trees were given."""
        return tuple(dict.fromkeys(self.encoding.names))

    def to_dict(self) -> SavedExtraTrees:
        """Return the model in the form in which it is saved."""
        return {
            "kind": self.kind,
            "encoding": self.encoding.to_dict(),
            "feature": self.nodes.feature.tolist(),
            "threshold": self.nodes.threshold.tolist(),
            "left": self.nodes.left.tolist(),
            "right": self.nodes.right.tolist(),
            "value": self.nodes.value.tolist(),
            "roots": self.nodes.roots.tolist(),
        }

    @property
    def _base(self) -> float:
        """Mean of the roots."""
        return float(self.nodes.value[self.nodes.roots].mean())

    def _changes(self, rows: pl.DataFrame) -> FloatArray:
        """Return the changes of the mean at the cuts on the way of each row, (rows, encoded columns)."""
        matrix = _single(self.encoding.matrix(rows))
        blocks = (matrix[at : at + BLOCK] for at in range(0, max(len(matrix), 1), BLOCK))
        return np.concatenate([self._changes_of_block(block) for block in blocks])

    def _changes_of_block(self, rows: FloatArray) -> FloatArray:
        out, columns = np.zeros(rows.size), rows.shape[1]
        for row, before, after in self.nodes.steps(rows):
            change = self.nodes.value[after] - self.nodes.value[before]
            out += np.bincount(row * columns + self.nodes.feature[before], change, minlength=rows.size)
        return out.reshape(rows.shape) / len(self.nodes.roots)


def extra_trees_from_dict(saved: SavedExtraTrees) -> FittedExtraTrees:
    """Return the model that was saved."""
    feature, left, right, roots = (
        np.array(saved["feature"], dtype=np.int64),
        np.array(saved["left"], dtype=np.int64),
        np.array(saved["right"], dtype=np.int64),
        np.array(saved["roots"], dtype=np.int64),
    )
    nodes = Nodes(feature, np.array(saved["threshold"]), left, right, np.array(saved["value"]), roots)
    return FittedExtraTrees(StandardEncoding.from_dict(saved["encoding"]), nodes)


def _single(values: FloatArray) -> FloatArray:
    """Return values rounded to single precision, to which scikit-learn rounds them before it cuts."""
    return values.astype(np.float32).astype(np.float64)


def fit_extra_trees(config: ExtraTrees, rows: pl.DataFrame, y: FloatArray, task: Task, seed: int) -> FittedExtraTrees:
    """Fit the trees to results y, shape (n,)."""
    from sklearn.ensemble import ExtraTreesRegressor

    encoding = fit_encoding(rows, task if config.words else replace(task, categorical=()))
    matrix, constraints = encoding.matrix(rows), [(n in task.rising) - (n in task.falling) for n in encoding.names]
    if not matrix.shape[1]:
        return FittedExtraTrees(encoding, _one_leaf(float(y.mean())))
    deviation = float(y.std()) or 1.0
    forest = ExtraTreesRegressor(
        config.trees,
        min_samples_leaf=config.min_rows_per_leaf,
        max_leaf_nodes=config.leaves if config.leaves < len(y) else None,  # trees without a limit are grown faster
        max_features=config.feature_fraction,
        monotonic_cst=constraints if any(constraints) else None,
        random_state=seed,
        n_jobs=1,
    ).fit(matrix, (y - y.mean()) / deviation)  # limits of scikit-learn depend on the unit of the target
    trees = [one.tree_ for one in forest.estimators_]
    roots = np.cumsum([0, *(tree.node_count for tree in trees[:-1])])
    leaf = np.concatenate([tree.children_left for tree in trees]) < 0
    left, right = (
        np.concatenate([getattr(tree, side) + root for tree, root in zip(trees, roots, strict=True)])
        for side in ("children_left", "children_right")
    )
    nodes = Nodes(
        np.where(leaf, LEAF, np.concatenate([tree.feature for tree in trees])),
        np.where(leaf, 0.0, np.concatenate([tree.threshold for tree in trees])),
        np.where(leaf, 0, left),
        np.where(leaf, 0, right),
        y.mean() + deviation * np.concatenate([tree.value[:, 0, 0] for tree in trees]),
        roots,
    )
    return FittedExtraTrees(encoding, nodes)


def _one_leaf(mean: float) -> Nodes:
    """Return a tree without cuts, for rows without features."""
    none = np.zeros(1, dtype=np.int64)
    return Nodes(none + LEAF, np.zeros(1), none, none, np.array([mean]), none)
