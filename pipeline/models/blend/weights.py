"""Weights of the members of a blend, learned per kind of question."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import BoolArray, FloatArray
from pipeline.models.baselines import GlobalMean
from pipeline.models.blend.model import SuperLearner
from pipeline.models.censoring import working_results
from pipeline.models.effective_number import effective_number, weights_of

SUM_WEIGHT = 1e3
"""Weight of the equation that makes the weights of the members sum to 1."""


@dataclass(frozen=True)
class HiddenForecasts:
    """Forecasts of hidden batches by all members of a blend, for one kind of question."""

    rows: pl.DataFrame
    """The hidden batches, with `observed` and `censoring`."""
    predicted: FloatArray
    """(rows, members)"""
    spreads: FloatArray
    """(rows, members): spread of each row by each member"""
    spread: FloatArray
    """(rows,): spread of each row by the blend"""
    fold: FloatArray
    """(rows,): number of the fold that hides the row"""
    reenacted_kind: str
    """The kind of question that was re-enacted, which may be another than the one asked for."""


def learned_weights(config: SuperLearner, hidden: HiddenForecasts, use: BoolArray, kind: str) -> tuple[float, ...]:
    """Return the weights of the members for a kind of question, learned from the hidden batches that `use` marks, (rows,).

    The weights are at least 0 and sum to 1. They minimise the squared error + caution/number × squared distance from the
    prior weights. Errors are in units of the error of the prior weights, so that differences within a product count, which
    are small against differences between all batches. The number is that of independent errors: it lies between the number of
    groups (a product at a scale) and that of batches, and is the smaller the more alike the errors of a group are.
    """
    from scipy.optimize import nnls  # imported here because it is slow to load and predictions do not need it

    substituted = hidden.reenacted_kind != kind
    prior = prior_weights(config, doubled=substituted)
    if not use.any():
        return tuple(prior.tolist())
    observed, censoring = hidden.rows["observed"].to_numpy(), hidden.rows["censoring"]
    y, predicted = working_results(observed, censoring, hidden.predicted @ prior)[use], hidden.predicted[use]
    groups = hidden.rows.filter(pl.Series(use)).select(pl.struct("product", "scale_level").rank("dense") - 1).to_series()
    group = groups.to_numpy().astype(int)
    share, error = weights_of(group), y - predicted @ prior
    unit = float(np.sqrt(share @ error**2)) or 1.0
    shrinkage = np.sqrt(config.caution * (1 + substituted) / effective_number(error, group, share))
    share = np.sqrt(share)
    matrix = np.vstack([share[:, None] * predicted / unit, shrinkage * np.eye(len(prior)), np.full(len(prior), SUM_WEIGHT)])
    right = np.concatenate([share * y / unit, shrinkage * prior, [SUM_WEIGHT]])
    weights, _ = nnls(matrix, right)
    return tuple((weights / weights.sum()).tolist())


def prior_weights(config: SuperLearner, *, doubled: bool = False) -> FloatArray:
    """Return the prior weights of the members. With `doubled` the global mean counts twice.

    It counts twice for a kind of question that could not be re-enacted.
    """
    count = len(config.members)
    prior = np.array(config.prior or [1 / count] * count)
    if doubled:
        prior = prior * np.array([1 + isinstance(member, GlobalMean) for member in config.members])
    return np.asarray(prior / prior.sum())
