"""LightGBM's text format, read into trees that are evaluated without LightGBM."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.models.trees.evaluate import LeafSets, TreeFeature, Trees

VERSION = "v4"
"""The version of the text format that this file reads; LightGBM 4 writes it."""
WIDEST = 64
"""Bits of the widest integer. A tree with more leaves takes several integers."""
CATEGORICAL, DEFAULT_LEFT, MISSING, NAN_IS_MISSING = 1, 2, 3, 2
"""LightGBM's `decision_type`: two flags, and two bits for what counts as missing."""
FIELDS = (
    "num_leaves",
    "num_cat",
    "split_feature",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "leaf_value",
    "cat_boundaries",
    "cat_threshold",
)
"""Lines of the text that evaluation needs."""


def trees_of(text: str) -> Trees:
    """Return the trees of a text in LightGBM's format.

    Raises ScalebridgeError for a text that would be evaluated wrongly: another version, linear trees, averaged trees.
    """
    _check(text)
    fields = _fields(text)
    leaves = fields["num_leaves"].astype(np.int64)
    integer, integers = _width(int(leaves.max(initial=1)))
    bits = 8 * np.dtype(integer).itemsize
    ranges, place = _leaf_ranges(leaves, fields["left_child"].astype(np.int64), fields["right_child"].astype(np.int64))
    values = np.zeros((len(leaves), integers, bits + 1))
    values[np.repeat(np.arange(len(leaves)), leaves), place // bits, place % bits + 1] = fields["leaf_value"]
    left, right = _leaf_sets(ranges[:, :2], integers, integer), _leaf_sets(ranges[:, 1:], integers, integer)
    features = [_feature(splits, len(leaves)) for splits in _splits_by_feature(fields, leaves, left, right)]
    all_leaves = _leaf_sets(np.column_stack([np.zeros_like(leaves), leaves]), integers, integer)
    return Trees(tuple(features), all_leaves, values)


def _check(text: str) -> None:
    """Refuse a text that would be evaluated wrongly."""
    version = re.search(r"^version=(.*)$", text, flags=re.MULTILINE)
    if version is None or version[1] != VERSION:
        found = "no version" if version is None else f"the version '{version[1]}'"
        raise ScalebridgeError(
            f"The trees state {found} of LightGBM's text format; only '{VERSION}' can be read. "
            "Install LightGBM 4 and train the model again with `dvc repro`"
        )
    if "\nis_linear=1" in text:
        raise ScalebridgeError(
            "The trees have linear models in their leaves (`linear_tree`); only constant leaves can be evaluated. "
            "Train the model again without `linear_tree`"
        )
    if "\naverage_output" in text:
        raise ScalebridgeError(
            "The trees are to be averaged (`average_output`, boosting `rf`); only a sum of trees can be evaluated. "
            "Divide the leaf values by the number of trees and remove the line `average_output`"
        )


@dataclass(frozen=True)
class _Splits:
    """The splits on one feature, tree after tree."""

    feature: int
    tree: IntArray
    """(splits,)"""
    threshold: FloatArray
    """(splits,)"""
    decision: IntArray
    """(splits,): LightGBM's `decision_type`."""
    goes_left: BoolArray
    """(splits, codes): the categories that go left; no codes for a numeric feature."""
    left: LeafSets
    """(splits, integers): leaves below the left child."""
    right: LeafSets
    """(splits, integers): leaves below the right child."""


def _fields(text: str) -> dict[str, FloatArray]:
    """Return each line that evaluation needs as one array, tree after tree. A tree without splits has empty lines."""
    found: dict[str, list[str]] = {name: [] for name in FIELDS}
    for line in text.splitlines():
        name, _, values = line.partition("=")
        if name in found and values:
            found[name].append(values)
    return {name: np.fromstring(" ".join(values), sep=" ") for name, values in found.items()}


def _leaf_ranges(leaves: IntArray, left: IntArray, right: IntArray) -> tuple[IntArray, IntArray]:
    """Number the leaves of each tree from left to right, so that the leaves below each node are a range.

    leaves: number of leaves of each tree, (trees,); left, right: children of each node, (nodes,), where ~k is leaf k.
    Returns the first leaf, the first leaf of the right child and the end of each node, (nodes, 3), and the new number of
    each leaf, (all leaves,).
    """
    count = leaves - 1
    tree = np.repeat(np.arange(len(leaves)), count)
    first_node, first_leaf = ((np.cumsum(each) - each)[tree] for each in (count, leaves))
    number = np.arange(len(tree)) - first_node
    rounds = [np.flatnonzero(number == nth) for nth in range(int(count.max(initial=0)))]
    sides = [
        _Children(child < 0, np.maximum(first_node + child, 0), first_leaf + np.maximum(~child, 0))
        for child in (left, right)
    ]
    size = np.zeros(len(tree), dtype=np.int64)
    for at in reversed(rounds):  # a child always has a larger number than its parent
        size[at] = sum(np.where(side.is_leaf[at], 1, size[side.node[at]]) for side in sides)
    ranges, place = np.zeros((len(tree), 3), dtype=np.int64), np.zeros(int(leaves.sum()), dtype=np.int64)
    for at in rounds:
        ranges[at, 1] = ranges[at, 0] + np.where(sides[0].is_leaf[at], 1, size[sides[0].node[at]])
        ranges[at, 2] = ranges[at, 0] + size[at]
        for side, begin in zip(sides, (ranges[at, 0], ranges[at, 1]), strict=True):
            is_leaf = side.is_leaf[at]
            place[side.leaf[at][is_leaf]] = begin[is_leaf]
            ranges[side.node[at][~is_leaf], 0] = begin[~is_leaf]
    return ranges, place


@dataclass(frozen=True)
class _Children:
    """The left or the right children of all nodes of all trees."""

    is_leaf: BoolArray
    node: IntArray
    """Index among the nodes of all trees, where the child is a node."""
    leaf: IntArray
    """Index among the leaves of all trees, where the child is a leaf."""


def _splits_by_feature(fields: Mapping[str, FloatArray], leaves: IntArray, left: LeafSets, right: LeafSets) -> list[_Splits]:
    """Return the splits of all trees, feature by feature."""
    tree, feature = np.repeat(np.arange(len(leaves)), leaves - 1), fields["split_feature"].astype(np.int64)
    threshold, decision = fields["threshold"], fields["decision_type"].astype(np.int64)
    sets, first = _category_sets(*(fields[name].astype(np.int64) for name in ("num_cat", "cat_boundaries", "cat_threshold")))
    found = []
    for one in np.unique(feature):
        own = np.flatnonzero(feature == one)
        categorical = bool(decision[own[0]] & CATEGORICAL)
        goes_left = (
            sets[first[tree[own]] + threshold[own].astype(np.int64)] if categorical else np.zeros((len(own), 0), dtype=bool)
        )
        found.append(_Splits(int(one), tree[own], threshold[own], decision[own], goes_left, left[own], right[own]))
    return found


def _category_sets(counts: IntArray, bounds: IntArray, numbers: IntArray) -> tuple[BoolArray, IntArray]:
    """Return the sets of categories that go left, (sets, codes), and the index of the first set of each tree.

    counts: number of sets of each tree; bounds, numbers: LightGBM's `cat_boundaries` and `cat_threshold`, which hold codes
    as bits, 32 to a number.
    """
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    if not len(bounds):
        return np.zeros((0, 0), dtype=bool), first
    tree = np.repeat(np.arange(len(counts)), np.where(counts > 0, counts + 1, 0))  # a tree with sets has one bound more
    last = np.append(tree[1:] != tree[:-1], True)
    written = np.zeros(len(counts), dtype=np.int64)
    written[tree[last]] = bounds[last]
    begin = (np.cumsum(written) - written)[tree] + bounds
    length = np.diff(begin)[~last[:-1]]
    begin = begin[~last]
    places = np.arange(int(length.max()))
    held = np.where(places < length[:, None], numbers[np.minimum(begin[:, None] + places, len(numbers) - 1)], 0)
    return np.unpackbits(held.astype("<u4").view(np.uint8), axis=1, bitorder="little").astype(bool), first


def _width(leaves: int) -> tuple[type[np.unsignedinteger], int]:
    """Return the narrowest integer that has a bit per leaf of the largest tree, and how many of them a tree needs."""
    types: tuple[type[np.unsignedinteger], ...] = (np.uint8, np.uint16, np.uint32, np.uint64)
    wide_enough = (integer for integer in types if leaves <= 8 * np.dtype(integer).itemsize)
    return next(wide_enough, np.uint64), -(-leaves // WIDEST)


def _leaf_sets(ranges: IntArray, integers: int, integer: type[np.unsignedinteger]) -> LeafSets:
    """Return the set of the leaves of each range, from (n, 2) to (n, integers)."""
    places = np.arange(integers * 8 * np.dtype(integer).itemsize)
    held = (places >= ranges[:, :1]) & (places < ranges[:, 1:])
    return np.packbits(held, axis=1, bitorder="little").view(integer)


def _feature(splits: _Splits, trees: int) -> TreeFeature:
    """Return the leaves of all trees that remain for each code of one feature."""
    thresholds, goes_left = _categorical(splits) if splits.goes_left.shape[1] else _numeric(splits)
    remaining = np.where(goes_left[:, :, None], ~splits.right, ~splits.left)
    splitting, begin = np.unique(splits.tree, return_index=True)  # splits come tree by tree
    leaves = np.full((len(remaining), trees, remaining.shape[2]), np.iinfo(remaining.dtype).max, remaining.dtype)
    leaves[:, splitting] = np.bitwise_and.reduceat(remaining, begin, axis=1)
    return TreeFeature(splits.feature, thresholds, leaves)


def _numeric(splits: _Splits) -> tuple[FloatArray, BoolArray]:
    """Return the thresholds of a numeric feature, and which codes go left at each split, (codes + 1, splits).

    The last code is the one of a gap. A gap counts as 0, unless training had gaps.
    """
    thresholds, rank = np.unique(splits.threshold, return_inverse=True)
    trained_with_gaps = splits.decision >> 2 & MISSING == NAN_IS_MISSING
    gap = np.where(trained_with_gaps, splits.decision & DEFAULT_LEFT > 0, splits.threshold >= 0)
    return thresholds, np.vstack([np.arange(len(thresholds) + 1)[:, None] <= rank, gap])


def _categorical(splits: _Splits) -> tuple[FloatArray, BoolArray]:
    """Return no thresholds, and which codes go left at each split, (codes + 1, splits). An unknown category goes right."""
    return np.empty(0), np.vstack([splits.goes_left.T, np.zeros(len(splits.goes_left), dtype=bool)])
