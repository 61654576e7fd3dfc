"""LightGBM's trees, evaluated for many rows at once and without LightGBM.

QuickScorer (Lucchese et al. 2015, SIGIR 38, 73): each tree keeps a word with a bit per leaf. Where a feature lies says which leaves
can still be reached, so all trees are narrowed by one lookup per feature, and the leaf that is left holds the value.

Many rows around one proposal differ in few features and by little, so few thresholds lie between them. What the rows share narrows
the trees once; trees that then hang on one or two features are added up into tables of these. A service that predicts also
needs none of what LightGBM imports to learn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray

BLOCK = 1024
"""Rows that are narrowed at once, so that their words stay in the cache."""
MANY = 4096
"""Rows from which on tables pay."""
COMPARED = 8
"""Thresholds up to which values are compared with each."""
BIASED = 1022
"""A double precision number 2^k has the exponent k + 1023 in its bits; slot 0 of a word is for none of its leaves."""

Words = NDArray[Any]
"""Unsigned integers, as wide as the largest tree demands; the last two axes are trees and words of a tree."""


@dataclass(frozen=True)
class TreeFeature:
    """How one feature narrows the trees."""

    place: int
    """Place of the feature."""
    cuts: FloatArray
    """Sorted thresholds; empty for a word, whose code is its own place."""
    table: Words
    """(codes + 1, trees, words): leaves that remain for each code; the last is that of a gap."""

    def open(self, values: FloatArray) -> "Open":
        """Codes of values, shape (n,), n > 0, and the part of the table that they ask for."""
        codes, first = self._numbers(values) if len(self.cuts) else self._words(values)
        return Open(self.table[first : first + int(codes.max()) + 1], codes)

    def _words(self, values: FloatArray) -> tuple[IntArray, int]:
        gap = len(self.table) - 1
        codes = np.where((values >= 0) & (values < gap), values, gap).astype(np.int64)
        first = int(codes.min())
        return codes - first, first

    def _numbers(self, values: FloatArray) -> tuple[IntArray, int]:
        low, high = values.min(), values.max()
        if np.isnan(low):
            return np.where(np.isnan(values), len(self.table) - 1, np.searchsorted(self.cuts, values)), 0
        first, last = np.searchsorted(self.cuts, (low, high))
        if first == last:
            return np.zeros(len(values), dtype=np.int64), int(first)
        return _codes(values, self.cuts[first:last]), int(first)


def _codes(values: FloatArray, cuts: FloatArray) -> IntArray:
    """Number of cuts below each value: comparing is faster than searching where there are few."""
    if len(cuts) > COMPARED:
        return np.searchsorted(cuts, values)
    below = np.zeros(len(values), dtype=np.uint8)
    for cut in cuts:
        below += values > cut
    return below.astype(np.int64)


@dataclass(frozen=True)
class Open:
    """The codes of one feature in some rows, and what trees keep for each."""

    table: Words
    """(codes, trees, words)"""
    codes: IntArray
    """(rows,)"""

    def of(self, trees: BoolArray | list[int]) -> "Open":
        """Of some trees alone."""
        return Open(self.table[:, trees], self.codes)


@dataclass(frozen=True)
class Trees:
    """A sum of trees."""

    columns: tuple[TreeFeature, ...]
    """Features that any tree asks for."""
    start: Words
    """(trees, words): all leaves of each tree."""
    values: FloatArray
    """(trees, words, slots): slot 0 of each word is 0, then a value per leaf."""

    def predict(self, features: Sequence[Callable[[], FloatArray]], rows: int) -> FloatArray:
        """Sum of the leaves that rows fall into, shape (rows,); features: their values, (rows,) each, NaN where unknown."""
        if not rows:
            return np.empty(0)
        opened = [column.open(features[column.place]()) for column in self.columns]
        start = np.bitwise_and.reduce([self.start, *(one.table[0] for one in opened if len(one.table) == 1)])
        moving = [one for one in opened if len(one.table) > 1]
        evaluated = _from_tables if rows >= MANY else _row_by_row
        return evaluated(start, self.values, moving, rows)


def _row_by_row(start: Words, values: FloatArray, moving: Sequence[Open], rows: int) -> FloatArray:
    out = np.empty(rows)
    for block in (slice(at, at + BLOCK) for at in range(0, rows, BLOCK)):
        left = np.repeat(start[None], len(out[block]), axis=0)
        for one in moving:
            np.bitwise_and(left, one.table.take(one.codes[block], axis=0), out=left)
        out[block] = _sum(left, values)
    return out


def _from_tables(start: Words, values: FloatArray, moving: Sequence[Open], rows: int) -> FloatArray:
    """Trees that hang on no, one or two features as a table of these; only the others row by row."""
    total, acts = np.zeros(rows), _acting(start, moving)
    for one, own in zip(moving, acts, strict=True):
        start = np.where(own[:, None], start, start & one.table[0])
    for places, trees in _alike(acts).items():
        total += _table(start[trees], values[trees], [moving[place].of(trees) for place in places])
    rest = acts.sum(axis=0) > 2
    if rest.any():
        some = [one.of(rest) for one, own in zip(moving, acts, strict=True) if own[rest].any()]
        total += _row_by_row(start[rest], values[rest], some, rows)
    return total


def _alike(acts: BoolArray) -> dict[tuple[int, ...], list[int]]:
    """Trees that hang on at most two features, by these features."""
    found: dict[tuple[int, ...], list[int]] = {}
    for tree in np.flatnonzero(acts.sum(axis=0) <= 2).tolist():
        found.setdefault(tuple(np.flatnonzero(acts[:, tree]).tolist()), []).append(tree)
    return found


def _acting(start: Words, moving: Sequence[Open]) -> BoolArray:
    """Whether a tree hangs on a feature within the codes of the rows: (features, trees)."""
    found = [((one.table & start) != (one.table[:1] & start)).any(axis=(0, 2)) for one in moving]
    return np.array(found, dtype=bool).reshape(len(moving), len(start))


def _table(start: Words, values: FloatArray, features: Sequence[Open]) -> FloatArray:
    """Sum of trees that hang on no, one or two features, (rows,) or the same for all rows."""
    match features:
        case []:
            return _sum(start, values)
        case [one]:
            return _sum(one.table & start, values)[one.codes]
        case [one, other]:
            table = _sum(one.table[:, None] & other.table & start, values)
            return np.asarray(table.ravel()[one.codes * len(other.table) + other.codes])
    raise AssertionError(len(features))


def _sum(left: Words, values: FloatArray) -> FloatArray:
    """Values of the one leaf that is left in each tree, added up: (..., trees, words) to (...)."""
    slot = left.astype(np.float64).view(np.int64)
    slot >>= 52
    slot -= BIASED
    np.maximum(slot, 0, out=slot)
    slot += np.arange(0, values.size, values.shape[2]).reshape(left.shape[-2:])
    return np.asarray(values.take(slot).sum(axis=(-2, -1)))
