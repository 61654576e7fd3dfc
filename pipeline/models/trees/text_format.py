"""LightGBM's text format, read into trees that are evaluated without LightGBM."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.models.trees.evaluate import TreeFeature, Trees, Words

WORD = 64
"""Bits of the widest word; a tree with more leaves takes several."""
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
"""What evaluation needs of LightGBM's text."""


def trees_of(text: str) -> Trees:
    """Read trees from LightGBM's text format (version 4)."""
    tree = _fields(text)
    leaves = tree["num_leaves"].astype(np.int64)
    kind, words = _width(int(leaves.max(initial=1)))
    bits = 8 * np.dtype(kind).itemsize
    spans, place = _spans(leaves, tree["left_child"].astype(np.int64), tree["right_child"].astype(np.int64))
    values = np.zeros((len(leaves), words, bits + 1))
    values[np.repeat(np.arange(len(leaves)), leaves), place // bits, place % bits + 1] = tree["leaf_value"]
    nodes = _nodes(tree, leaves, _leaves(spans[:, :2], words, kind), _leaves(spans[:, 1:], words, kind))
    columns = [_column(one, len(leaves)) for one in nodes]
    start = _leaves(np.column_stack([np.zeros_like(leaves), leaves]), words, kind)
    return Trees(tuple(columns), start, values)


@dataclass(frozen=True)
class _Nodes:
    """Questions that all trees, one after the other, ask of one feature."""

    feature: int
    tree: IntArray
    threshold: FloatArray
    decision: IntArray
    known: BoolArray
    """(nodes, codes): the words that go left; no codes for a number."""
    left: Words
    """(nodes, words): leaves of the left child."""
    right: Words


def _fields(text: str) -> dict[str, FloatArray]:
    """What evaluation needs, of all trees one after the other."""
    found: dict[str, list[str]] = {name: [] for name in FIELDS}
    for line in text.splitlines():
        name, _, values = line.partition("=")
        if name in found:
            found[name].append(values)
    return {name: np.fromstring(" ".join(values), sep=" ") for name, values in found.items()}


def _spans(leaves: IntArray, left: IntArray, right: IntArray) -> tuple[IntArray, IntArray]:
    """Number the leaves of each tree from left to right, so that each node holds a range of them.

    left, right: children of each node, ~k being leaf k. Returns first leaf, first leaf of the right child and end of each node,
    (nodes, 3), and the new number of each leaf, (all leaves,).
    """
    count = leaves - 1
    tree = np.repeat(np.arange(len(leaves)), count)
    node_at, leaf_at = ((np.cumsum(each) - each)[tree] for each in (count, leaves))
    local = np.arange(len(tree)) - node_at
    rounds = [np.flatnonzero(local == one) for one in range(int(count.max(initial=0)))]
    sides = [_Side(child < 0, np.maximum(node_at + child, 0), leaf_at + np.maximum(~child, 0)) for child in (left, right)]
    size = np.zeros(len(tree), dtype=np.int64)
    for at in reversed(rounds):  # a child is made after its parent and has a larger number
        size[at] = sum(np.where(side.is_leaf[at], 1, size[side.node[at]]) for side in sides)
    spans, place = np.zeros((len(tree), 3), dtype=np.int64), np.zeros(int(leaves.sum()), dtype=np.int64)
    for at in rounds:
        spans[at, 1] = spans[at, 0] + np.where(sides[0].is_leaf[at], 1, size[sides[0].node[at]])
        spans[at, 2] = spans[at, 0] + size[at]
        for side, begin in zip(sides, (spans[at, 0], spans[at, 1]), strict=True):
            is_leaf = side.is_leaf[at]
            place[side.leaf[at][is_leaf]] = begin[is_leaf]
            spans[side.node[at][~is_leaf], 0] = begin[~is_leaf]
    return spans, place


@dataclass(frozen=True)
class _Side:
    """Left or right children of all nodes: a leaf or a node, by its place among those of all trees."""

    is_leaf: BoolArray
    node: IntArray
    leaf: IntArray


def _nodes(fields: Mapping[str, FloatArray], leaves: IntArray, left: Words, right: Words) -> list[_Nodes]:
    """The questions, feature by feature."""
    tree, feature = np.repeat(np.arange(len(leaves)), leaves - 1), fields["split_feature"].astype(np.int64)
    threshold, decision = fields["threshold"], fields["decision_type"].astype(np.int64)
    known, first = _sets(*(fields[name].astype(np.int64) for name in ("num_cat", "cat_boundaries", "cat_threshold")))
    found = []
    for one in np.unique(feature):
        own = np.flatnonzero(feature == one)
        asks_words = bool(decision[own[0]] & CATEGORICAL)
        sets = (
            known[first[tree[own]] + threshold[own].astype(np.int64)] if asks_words else np.zeros((len(own), 0), dtype=bool)
        )
        found.append(_Nodes(int(one), tree[own], threshold[own], decision[own], sets, left[own], right[own]))
    return found


def _sets(counts: IntArray, bounds: IntArray, numbers: IntArray) -> tuple[BoolArray, IntArray]:
    """Sets of words that go left, (sets, codes), and the first set of each tree. LightGBM keeps codes as bits, 32 to a number."""
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    if not len(bounds):
        return np.zeros((0, 0), dtype=bool), first
    tree = np.repeat(np.arange(len(counts)), np.where(counts > 0, counts + 1, 0))  # a tree with sets writes one bound more
    last = np.append(tree[1:] != tree[:-1], True)
    written = np.zeros(len(counts), dtype=np.int64)
    written[tree[last]] = bounds[last]
    begin = (np.cumsum(written) - written)[tree] + bounds
    length = np.diff(begin)[~last[:-1]]
    begin = begin[~last]
    places = np.arange(int(length.max()))
    held = np.where(places < length[:, None], numbers[np.minimum(begin[:, None] + places, len(numbers) - 1)], 0)
    return np.unpackbits(held.astype("<u4").view(np.uint8), axis=1, bitorder="little").astype(bool), first


def _width(leaves: int) -> tuple[type[np.unsignedinteger[Any]], int]:
    """The narrowest word that holds the leaves of the largest tree, or several of the widest."""
    kinds: tuple[type[np.unsignedinteger[Any]], ...] = (np.uint8, np.uint16, np.uint32, np.uint64)
    fitting = (kind for kind in kinds if leaves <= 8 * np.dtype(kind).itemsize)
    return next(fitting, np.uint64), -(-leaves // WORD)


def _leaves(spans: IntArray, words: int, kind: type[np.unsignedinteger[Any]]) -> Words:
    """Words with the bits of the leaves from first to end set: (n, 2) to (n, words)."""
    places = np.arange(words * 8 * np.dtype(kind).itemsize)
    held = (places >= spans[:, :1]) & (places < spans[:, 1:])
    return np.packbits(held, axis=1, bitorder="little").view(kind)


def _column(nodes: _Nodes, trees: int) -> TreeFeature:
    """What remains of all trees for each code of one feature."""
    cuts, goes_left = _known(nodes) if nodes.known.shape[1] else _cuts(nodes)
    left = np.where(goes_left[:, :, None], ~nodes.right, ~nodes.left)
    asking, begin = np.unique(nodes.tree, return_index=True)  # nodes stand tree by tree
    table = np.full((len(left), trees, left.shape[2]), np.iinfo(left.dtype).max, left.dtype)
    table[:, asking] = np.bitwise_and.reduceat(left, begin, axis=1)
    return TreeFeature(nodes.feature, cuts, table)


def _cuts(nodes: _Nodes) -> tuple[FloatArray, BoolArray]:
    """Thresholds of a number, and which nodes its codes send left: (codes + 1, nodes). A gap counts as 0 unless trees knew gaps."""
    cuts, rank = np.unique(nodes.threshold, return_inverse=True)
    knows_gaps = nodes.decision >> 2 & MISSING == NAN_IS_MISSING
    gap = np.where(knows_gaps, nodes.decision & DEFAULT_LEFT > 0, nodes.threshold >= 0)
    return cuts, np.vstack([np.arange(len(cuts) + 1)[:, None] <= rank, gap])


def _known(nodes: _Nodes) -> tuple[FloatArray, BoolArray]:
    """The same for words: no thresholds, and what the trees do not know goes right."""
    return np.empty(0), np.vstack([nodes.known.T, np.zeros(len(nodes.known), dtype=bool)])
