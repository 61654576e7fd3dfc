"""How far a forecast follows the records of the batch: a weight from 0, the plan forecast, to 1, learned on hidden batches.

With the weight w the forecast is p + w (h − p), where p is the forecast of the plan and h that of a model that reads the records as
well. Records that say nothing about an attribute have the weight 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.censoring import working_results
from pipeline.models.effective_number import effective_number, weights_of

CAUTION = 20.0
"""Number of independent errors at which the hidden batches of a kind of question and those of all kinds count equally."""
PRIOR = 0.5
"""Weight where hidden batches say nothing."""
CAUTION_OF_ALL = 10.0
"""Number of independent errors of all kinds at which they and the prior weight count equally."""
LEAST_GROUPS = 3
"""Number of groups of a kind of question from which its standard error counts."""


@dataclass(frozen=True)
class Evidence:
    """What hidden batches of one kind of question say about the weight, group by group.

    The error of the weight w is Σ (error − 2 w gain + w² distance), in units of the error of the plan forecast.
    """

    group: IntArray
    """(batches,): number of the group of each hidden batch"""
    gain: FloatArray
    """(groups,): Σ (y − p)(h − p)"""
    distance: FloatArray
    """(groups,): Σ (h − p)²"""
    error: FloatArray
    """(groups,): Σ (y − p)²"""
    number: float
    """Number of independent errors that the hidden batches are worth."""

    @classmethod
    def of(cls, hidden: pl.DataFrame, column: str) -> "Evidence":
        """Return the evidence of hidden batches with observed, censoring, predicted and with_records; column: names the group."""
        p, h = hidden["predicted"].to_numpy(), hidden["with_records"].to_numpy()
        y = working_results(hidden["observed"].to_numpy(), hidden["censoring"], p)
        group = (hidden[column].rank("dense") - 1).to_numpy().astype(np.int64)
        campaigns = hidden.select(pl.struct("product", "scale_level").rank("dense") - 1).to_series().to_numpy()
        share = weights_of(campaigns.astype(np.int64))
        gain, distance, error = ((y - p) * (h - p), (h - p) ** 2, (y - p) ** 2)
        sums = (np.bincount(group, share * one).astype(np.float64) for one in (gain, distance, error))
        gain, distance, error = sums
        return cls(group, gain, distance, error, effective_number(y - p, campaigns.astype(np.int64), share))

    def saved(self, weights: FloatArray) -> FloatArray:
        """Return the share of the squared error of the plan forecast that a weight per group saves, (groups,)."""
        error = float(self.error.sum())
        saved = 2 * weights * self.gain - weights**2 * self.distance
        return saved / error if error > 0 else np.zeros(len(saved))

    def sums(self, without: int | None) -> FloatArray:
        """Return gain and distance times the number of errors, over the error of the plan forecast, (2,); one group left out."""
        kept = np.ones(len(self.error), bool)
        if without is not None:
            kept[without] = False
        error = float(self.error[kept].sum())
        if error == 0:
            return np.zeros(2)
        number = self.number * error / float(self.error.sum())
        return number / error * np.array([self.gain[kept].sum(), self.distance[kept].sum()])


@dataclass(frozen=True)
class RecordWeight:
    """The weight for one kind of question, and the weights of its hidden batches."""

    weight: float
    of_hidden: FloatArray
    """(batches,): weight of each hidden batch, learned without its group."""


def record_weights(evidence: Mapping[str, Evidence], names: Mapping[str, Sequence[str]]) -> dict[str, RecordWeight]:
    """Return the weight for each kind of question.

    evidence: kind → evidence of its hidden batches; names: kind → names of its groups, in the order of their numbers. The weight of
    a kind is drawn to that of all kinds together, and that one to `PRIOR`. All weights are 0 unless the weights that are learned
    without a group make the forecasts of these groups better, by more than one standard error over all kinds.
    """
    of_groups = {
        kind: np.array([_weight(kind, evidence, names, name) for name in names[kind]], dtype=np.float64) for kind in evidence
    }
    used = _better([one.saved(of_groups[kind]) for kind, one in evidence.items()])
    return {
        kind: RecordWeight(_weight(kind, evidence, names, None) if used else 0.0, used * of_groups[kind][one.group])
        for kind, one in evidence.items()
    }


def _better(saved: Sequence[FloatArray]) -> bool:
    """Tell whether forecasts become better by more than one standard error; saved: share of the error, (groups,) of each kind."""
    total = sum(float(one.sum()) for one in saved)
    squares = (float(one.var(ddof=1)) * len(one) for one in saved if len(one) >= LEAST_GROUPS)
    return total > np.sqrt(sum(squares)) and total > 0


def _weight(kind: str, evidence: Mapping[str, Evidence], names: Mapping[str, Sequence[str]], without: str | None) -> float:
    """Return the weight for a kind of question, learned without a group of batches."""
    sums = {other: one.sums(_place(without, names[other])) for other, one in evidence.items()}
    gain, distance = np.sum(list(sums.values()), axis=0)
    of_all = (gain + CAUTION_OF_ALL * PRIOR) / (distance + CAUTION_OF_ALL)
    gain, distance = sums[kind]
    return float(np.clip((gain + CAUTION * of_all) / (distance + CAUTION), 0, 1))


def _place(name: str | None, names: Sequence[str]) -> int | None:
    """Return the number of a group, or None where there is none of this name."""
    return list(names).index(name) if name is not None and name in names else None
