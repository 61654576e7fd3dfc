"""Predictions of LightGBM's trees for many rows at once, without LightGBM.

The method is QuickScorer (Lucchese et al. 2015, SIGIR 38, 73). The leaves of a tree that a row can still reach are a set of
bits. The value of one feature excludes leaves of all trees with one table look-up. After all features one leaf per tree is
left, and its value is added up.

Rows around one proposal differ in few features and by little, so that only few thresholds lie between them. The features
that the rows share exclude leaves once for all rows. The trees that then still depend on one or two features become tables
of these.

A program that only predicts does not load LightGBM, whose import takes long.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray

BLOCK = 1024
"""Rows that are evaluated at once, so that their sets of leaves stay in the processor's cache."""
MANY_ROWS = 4096
"""Number of rows from which tables are faster."""
FEW_THRESHOLDS = 8
"""Number of thresholds up to which comparing with each is faster than searching."""
EXPONENT_BIAS = 1022
"""The number 2^k in double precision has the exponent bits k + 1023. Leaf k is in slot k + 1, and slot 0 is for the empty set."""

LeafSets = NDArray[np.unsignedinteger]
"""Sets of leaves with a bit per leaf. The last two axes are the trees and the integers of a tree.

The integers are as wide as the largest tree needs. A tree with more than 64 leaves needs several."""


@dataclass(frozen=True)
class TreeFeature:
    """One feature, and the leaves of all trees that remain for each of its codes."""

    index: int
    """Index of the feature among the columns."""
    thresholds: FloatArray
    """Sorted thresholds of a numeric feature; empty for a categorical one, whose values are codes already."""
    leaves: LeafSets
    """(codes + 1, trees, integers): leaves that remain for each code; the last is the code of a gap."""

    def coded(self, values: FloatArray) -> "CodedFeature":
        """Return the codes of values, shape (n,), n > 0, with the leaves that remain for the codes that occur."""
        codes, first = self._numeric_codes(values) if len(self.thresholds) else self._category_codes(values)
        return CodedFeature(self.leaves[first : first + int(codes.max()) + 1], codes)

    def _category_codes(self, values: FloatArray) -> tuple[IntArray, int]:
        """Return codes that start at 0, and the code that 0 stands for."""
        gap = len(self.leaves) - 1
        codes = np.where((values >= 0) & (values < gap), values, gap).astype(np.int64)
        first = int(codes.min())
        return codes - first, first

    def _numeric_codes(self, values: FloatArray) -> tuple[IntArray, int]:
        """Return codes that start at 0, and the code that 0 stands for."""
        low, high = values.min(), values.max()
        if np.isnan(low):
            return np.where(np.isnan(values), len(self.leaves) - 1, np.searchsorted(self.thresholds, values)), 0
        first, last = np.searchsorted(self.thresholds, (low, high))
        if first == last:
            return np.zeros(len(values), dtype=np.int64), int(first)
        return _thresholds_below(values, self.thresholds[first:last]), int(first)


def _thresholds_below(values: FloatArray, thresholds: FloatArray) -> IntArray:
    """Return the number of thresholds below each value, shape (n,)."""
    if len(thresholds) > FEW_THRESHOLDS:
        return np.searchsorted(thresholds, values)
    below = np.zeros(len(values), dtype=np.uint8)
    for threshold in thresholds:
        below += values > threshold
    return below.astype(np.int64)


@dataclass(frozen=True)
class CodedFeature:
    """The codes of one feature in some rows, and the leaves that remain for each code."""

    leaves: LeafSets
    """(codes, trees, integers)"""
    codes: IntArray
    """(rows,)"""

    def of_trees(self, trees: BoolArray | list[int]) -> "CodedFeature":
        """Return the same for some of the trees."""
        return CodedFeature(self.leaves[:, trees], self.codes)


@dataclass(frozen=True)
class Trees:
    """A sum of trees."""

    features: tuple[TreeFeature, ...]
    """Features that any tree splits on."""
    all_leaves: LeafSets
    """(trees, integers): all leaves of each tree."""
    leaf_values: FloatArray
    """(trees, integers, slots): slot 0 of each integer is 0, then follows a value per leaf."""

    def predict(self, columns: Sequence[Callable[[], FloatArray]], rows: int) -> FloatArray:
        """Return the sum of the leaves that each row reaches, shape (rows,).

        columns: functions that return the values of each feature, shape (rows,), NaN where unknown.
        """
        if not rows:
            return np.empty(0)
        coded = [feature.coded(columns[feature.index]()) for feature in self.features]
        shared = [one.leaves[0] for one in coded if len(one.leaves) == 1]
        remaining = np.bitwise_and.reduce([self.all_leaves, *shared])
        varying = [one for one in coded if len(one.leaves) > 1]
        evaluate = _by_tables if rows >= MANY_ROWS else _by_rows
        return evaluate(remaining, self.leaf_values, varying, rows)


def _by_rows(remaining: LeafSets, leaf_values: FloatArray, varying: Sequence[CodedFeature], rows: int) -> FloatArray:
    """Return the sum of the trees, shape (rows,), from the leaves that remain in each row."""
    out = np.empty(rows)
    for block in (slice(at, at + BLOCK) for at in range(0, rows, BLOCK)):
        left = np.repeat(remaining[None], len(out[block]), axis=0)
        for one in varying:
            np.bitwise_and(left, one.leaves.take(one.codes[block], axis=0), out=left)
        out[block] = _sum(left, leaf_values)
    return out


def _by_tables(remaining: LeafSets, leaf_values: FloatArray, varying: Sequence[CodedFeature], rows: int) -> FloatArray:
    """Return the sum of the trees, shape (rows,): trees that depend on at most two features from tables, the others by rows."""
    total, depends = np.zeros(rows), _dependence(remaining, varying)
    for one, own in zip(varying, depends, strict=True):
        remaining = np.where(own[:, None], remaining, remaining & one.leaves[0])
    for features, trees in _trees_by_features(depends).items():
        total += _table(remaining[trees], leaf_values[trees], [varying[i].of_trees(trees) for i in features])
    rest = depends.sum(axis=0) > 2
    if rest.any():
        some = [one.of_trees(rest) for one, own in zip(varying, depends, strict=True) if own[rest].any()]
        total += _by_rows(remaining[rest], leaf_values[rest], some, rows)
    return total


def _trees_by_features(depends: BoolArray) -> dict[tuple[int, ...], list[int]]:
    """Return the trees that depend on at most two features, by these features."""
    found: dict[tuple[int, ...], list[int]] = {}
    for tree in np.flatnonzero(depends.sum(axis=0) <= 2).tolist():
        found.setdefault(tuple(np.flatnonzero(depends[:, tree]).tolist()), []).append(tree)
    return found


def _dependence(remaining: LeafSets, varying: Sequence[CodedFeature]) -> BoolArray:
    """Return whether a tree depends on a feature within the codes of the rows, (features, trees)."""
    found = [((one.leaves & remaining) != (one.leaves[:1] & remaining)).any(axis=(0, 2)) for one in varying]
    return np.array(found, dtype=bool).reshape(len(varying), len(remaining))


def _table(remaining: LeafSets, leaf_values: FloatArray, features: Sequence[CodedFeature]) -> FloatArray:
    """Return the sum of trees that depend on at most two features, (rows,), or one sum for all rows where they depend on none."""
    match features:
        case []:
            return _sum(remaining, leaf_values)
        case [one]:
            return _sum(one.leaves & remaining, leaf_values)[one.codes]
        case [one, other]:
            table = _sum(one.leaves[:, None] & other.leaves & remaining, leaf_values)
            return np.asarray(table.ravel()[one.codes * len(other.leaves) + other.codes])
    raise AssertionError(len(features))


def _sum(left: LeafSets, leaf_values: FloatArray) -> FloatArray:
    """Return the sum over the trees of the value of the one leaf that is left, from (..., trees, integers) to (...)."""
    slot = left.astype(np.float64).view(np.int64)
    slot >>= 52
    slot -= EXPONENT_BIAS
    np.maximum(slot, 0, out=slot)
    slot += np.arange(0, leaf_values.size, leaf_values.shape[2]).reshape(left.shape[-2:])
    return np.asarray(leaf_values.take(slot).sum(axis=(-2, -1)))
