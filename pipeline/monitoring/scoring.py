"""One score from all channels, with a limit per kind of question that keeps the promised rate per whole batch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.monitoring.limits import (
    NORMAL_SUSPECTS,
    KindLimit,
    conformal_limit,
    largest_true_rate,
    new_group_factor,
    promised,
    suspected,
    tail_limit,
)
from pipeline.monitoring.statistic import Averaged, Statistic, first_above, fit_statistic, largest

PARTS = 5
"""Parts of the hidden batches. Each is judged by what the others show when a limit is made."""
LARGER_STEP = 1.5
"""Least factor on the limit of a question about another product or scale: the steps that history shows are smaller than the next
one. With 1, two simulated plants had 11 % of false alarms at a scale new to the product and 20 % beyond all scales."""
BORROWED = 1.25
"""Factor on the limit of a kind of question that history shows too seldom, where the limit of another kind is borrowed."""


@dataclass(frozen=True)
class Scored:
    """Scores of batches over their courses."""

    score: FloatArray
    """(batches, points): largest statistic over its limit. Above 1 the batch deviates. NaN where nothing is known."""
    part: IntArray
    """(batches, points): number of the statistic that is largest."""
    channels: tuple[str, ...]
    """Channel of each statistic."""
    scores: tuple[FloatArray, ...]
    """Normal scores of each forecast and window, (batches, points, tags)."""

    @property
    def alarm(self) -> IntArray:
        """Point at which the score of each batch first exceeds 1, (batches,); −1 where it never does."""
        return first_above(self.score, 1.0)


@dataclass(frozen=True)
class Scoring:
    """How the score of one kind of question is made."""

    statistics: tuple[Statistic, ...]
    limit: KindLimit

    def scored(self, values: Sequence[Averaged]) -> Scored:
        """Return the scores of batches; values: their residuals, in the order of the statistics."""
        read = [one.scores(found.values) for one, found in zip(self.statistics, values, strict=True)]
        parts = [
            (one.channel, table)
            for one, scores in zip(self.statistics, read, strict=True)
            for table in one.of_scores(scores).values()
        ]
        shares = np.stack([table / limit for (_, table), limit in zip(parts, self.limit.parts, strict=True)])
        known = ~np.isnan(shares).all(axis=0)
        filled = np.nan_to_num(shares, nan=-1.0)
        score = np.where(known, filled.max(axis=0) / self.limit.whole, np.nan)
        return Scored(score, filled.argmax(axis=0), tuple(channel for channel, _ in parts), tuple(read))

    def borrowed(self, kind: str) -> "Scoring":
        """Return the scoring with a wider limit, for a kind of question that history shows too seldom."""
        return replace(self, limit=replace(self.limit, whole=BORROWED * self.limit.whole))


def fit_scoring(
    values: Sequence[Averaged], kind: str, rate: float, unlogged: int = 0, groups: Sequence[str] = ()
) -> tuple[Scoring, BoolArray]:
    """Return the scoring of one kind of question from hidden normal batches, and which of these were left out as suspected.

    values: standardised residuals of the hidden batches; unlogged: number of them that have a deviation which nobody logged, as
    far as the plant knows. Batches that are suspected of a deviation are left out, since their residuals would hide others like
    them. If more are unlogged than suspected, the difference is taken from the largest of the others. groups: product of each
    hidden batch, where the next batch is of another product or scale than all of them: see `new_group_factor`.
    """
    sizes = [np.nan_to_num(np.abs(one.values), nan=0.0).max(axis=1) for one in values]
    suspect = suspected(np.concatenate(sizes, axis=1))
    kept = [replace(one, values=one.values[~suspect]) for one in values]
    aim = max(rate - _normal_suspects(suspect, unlogged, known_scale=not groups), rate / 2)
    statistics, parts = _fitted(kept, aim)
    share = _shares(kept, aim)
    order = np.argsort(share)[: max(len(share) - max(unlogged - int(suspect.sum()), 0), 1)]
    named = np.array(groups, dtype=str)[~suspect][order] if groups else np.empty(0, dtype=str)
    number = len(order)
    whole = max(conformal_limit(share[order], aim), 1e-9)
    if groups:
        whole *= max(LARGER_STEP, new_group_factor(share[order], named, aim))
    limit = KindLimit(kind, number, tuple(parts.tolist()), whole, promised(number, rate), largest_true_rate(number, rate))
    return Scoring(statistics, limit), suspect


def _normal_suspects(suspect: BoolArray, unlogged: int, *, known_scale: bool) -> float:
    """Return the share of the hidden batches that are suspected and may be normal, at most `NORMAL_SUSPECTS`.

    As many of the suspected ones as are expected to be unlogged deviations are taken as such. Another scale moves all residuals,
    so that there any suspected batch may be normal.
    """
    expected = unlogged if known_scale else 0
    return float(np.clip((suspect.sum() - expected) / len(suspect), 0.0, NORMAL_SUSPECTS))


def _fitted(values: Sequence[Averaged], rate: float) -> tuple[tuple[Statistic, ...], FloatArray]:
    """Return the statistics that batches show, and the limit of each."""
    found = [fit_statistic(one) for one in values]
    statistics = tuple(one for one, _ in found)
    tables = _largest(statistics, [scores for _, scores in found])
    return statistics, np.array([max(tail_limit(table, rate / len(tables)), 1e-9) for table in tables])


def _shares(values: Sequence[Averaged], rate: float) -> FloatArray:
    """Return the largest statistic of each batch over its limit, both learned from the batches of the other parts, (batches,).

    Tails, correlations and limits fit the batches that they are learned from better than the next one, the more the fewer there
    are. A limit from such batches would be too low (Barber, Candès, Ramdas, Tibshirani 2021, Ann. Statist. 49, 486).
    """
    batches = len(values[0].values)
    share, part = np.zeros(batches), np.arange(batches) % min(PARTS, batches)
    for number in range(part.max() + 1 if batches > 1 else 0):
        others, own = ([replace(one, values=one.values[use]) for one in values] for use in (part != number, part == number))
        statistics, limits = _fitted(others, rate)
        scores = [one.scores(found.values) for one, found in zip(statistics, own, strict=True)]
        share[part == number] = (_largest(statistics, scores) / limits[:, None]).max(axis=0)
    return share


def _largest(statistics: Sequence[Statistic], scores: Sequence[FloatArray]) -> FloatArray:
    """Return the largest value of each statistic in each batch, (statistics, batches), from the normal scores of the batches."""
    pairs = zip(statistics, scores, strict=True)
    return np.stack([largest(table) for one, own in pairs for table in one.of_scores(own).values()])
