"""What monitors by multiway PCA share: courses without gaps, and T² and SPE of each batch at each bin from what was known then.

Every step is done for all batches at once. At a bin the known part of an unfolded batch is the same for all batches, so the
estimate of the scores is one matrix per bin, and SPE follows from sums that grow from bin to bin.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Courses:
    """Courses of learned and judged batches without gaps, in bins that are judged: batches by bins by tags."""

    train: FloatArray
    test: FloatArray
    running: BoolArray
    """Whether each judged batch still runs: judged batches by bins of the whole course."""
    bins: IntArray
    """Bins of the whole course that are judged."""

    def placed(self, statistic: FloatArray) -> FloatArray:
        """Return a statistic of the judged bins on all bins; NaN where nothing is judged. A bin between holds the last value."""
        batches, bins = self.running.shape
        found = np.full((batches, bins), np.nan)
        last = np.searchsorted(self.bins, np.arange(bins), side="right") - 1
        known = (last >= 0) & (np.arange(bins) < self.bins[-1] + _step(self.bins))
        found[:, known] = statistic[:, last[known]]
        return np.where(self.running, found, np.nan)


def lengths(values: FloatArray) -> IntArray:
    """Return the number of bins of each batch up to its last record.

    >>> lengths(np.array([[[np.nan], [1.0], [np.nan]], [[np.nan]] * 3])).tolist()
    [2, 0]
    """
    known: BoolArray = np.logical_not(np.isnan(values).all(axis=2))
    return np.where(np.any(known, axis=1), known.shape[1] - np.argmax(known[:, ::-1], axis=1), 0)


def carried_forward(values: FloatArray) -> FloatArray:
    """Return the courses with the last known value in each gap, also after the end; NaN stays before the first value."""
    place = np.where(np.isnan(values), 0, np.arange(values.shape[1])[:, None])
    return np.take_along_axis(values, np.maximum.accumulate(place, axis=1), axis=1)


def courses(train: FloatArray, test: FloatArray, every: int = 1) -> Courses:
    """Return courses without gaps; `every` takes each n-th bin only.

    Bins that at least half of the learned batches reach are judged. Learned batches that end before half of these bins are left
    out; others that end early keep their last value. A value that is not known yet is the mean of the learned batches at that bin.
    Each tag is scaled by its mean and standard deviation, since a package drops columns by a variance in units of the data.
    """
    ends = lengths(train)
    reached = max(int(np.median(ends)), 1)
    bins = np.arange(every - 1, reached, every) if reached >= every else np.array([reached - 1])
    known = carried_forward(train[ends * 2 >= reached][:, : bins[-1] + 1])[:, bins]
    asked = carried_forward(test[:, : bins[-1] + 1])[:, bins]
    centre = _mean(known, (0, 1))
    spread = np.sqrt(_mean((known - centre) ** 2, (0, 1)))
    known, asked = ((one - centre) / np.where(spread > 0, spread, 1) for one in (known, asked))
    silent = np.isnan(known).all(axis=0)  # no learned batch has this tag at this bin, so it says nothing there
    mean = _mean(known, 0)
    running = np.arange(test.shape[1]) < lengths(test)[:, None]
    return Courses(np.where(np.isnan(known), mean, known), np.where(np.isnan(asked) | silent, mean, asked), running, bins)


@dataclass(frozen=True)
class Traces:
    """Scores and SPE of batches at each bin, from the records up to it."""

    scores: FloatArray
    """Batches by bins by components."""
    spe: FloatArray
    """Squared residuals of all records up to the bin, summed: batches by bins."""
    newest: FloatArray
    """Squared residuals of the records of the bin alone, summed: batches by bins."""


def traces(x: FloatArray, loadings: FloatArray, operators: Iterable[FloatArray]) -> Traces:
    """Return scores and SPE of centred and scaled batches.

    x: batches, bins, tags; loadings: bins, tags, components; operators: for each bin the matrix that gives the scores from the
    records up to it, with a row for each record, bin by bin. With P the loadings of these records, the sum of (x − P t)² is
    x'x − 2 t'P'x + t'P'P t.
    """
    flat = x.reshape(len(x), -1)
    scores = np.stack([flat[:, : len(one)] @ one for one in operators], axis=1)
    onto = np.cumsum(np.einsum("nkj,kja->nka", x, loadings), axis=1)
    gram = np.cumsum(np.einsum("kja,kjb->kab", loadings, loadings), axis=0)
    fitted = np.einsum("nka,kab,nkb->nk", scores, gram, scores, optimize=True)
    spe = np.cumsum((x**2).sum(axis=2), axis=1) - 2 * (scores * onto).sum(axis=2) + fitted
    newest = ((x - np.einsum("nka,kja->nkj", scores, loadings)) ** 2).sum(axis=2)
    return Traces(scores, np.maximum(spe, 0), newest)


def quadratic(scores: FloatArray, precision: FloatArray) -> FloatArray:
    """Return t'Wt of each batch and bin; precision: W of each bin."""
    found: FloatArray = np.einsum("nka,kab,nkb->nk", scores, precision, scores, optimize=True)
    return found


def larger(*ratios: FloatArray) -> FloatArray:
    """Return the largest ratio of each batch and bin; a ratio that is not finite does not count."""
    known = [np.where(np.isfinite(one), one, -np.inf) for one in ratios]
    found = np.maximum.reduce(known)
    return np.where(np.isneginf(found), np.nan, found)


def ratio(statistic: FloatArray, limits: FloatArray) -> FloatArray:
    """Return a statistic over its limit at each bin; NaN where the limit is not above zero."""
    usable = np.where(limits > 0, limits, np.nan)
    return statistic / usable


def _mean(values: FloatArray, axis: int | tuple[int, ...]) -> FloatArray:
    """Return the mean of the known values; 0 where none is known."""
    known = ~np.isnan(values)
    found: FloatArray = np.sum(values, axis=axis, where=known) / np.maximum(np.sum(known, axis=axis), 1)
    return found


def _step(bins: IntArray) -> int:
    return int(bins[1] - bins[0]) if len(bins) > 1 else 1
