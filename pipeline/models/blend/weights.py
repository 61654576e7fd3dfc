"""Weights of the members of a blend, learned per kind of question."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.models.baselines import GlobalMean
from pipeline.models.blend.model import SuperLearner
from pipeline.models.censoring import working_results

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

    The weights are at least 0 and sum to 1. They minimise the squared error + caution/groups × squared distance from the
    prior weights. Errors are in units of the error of the prior weights, so that differences within a product count, which
    are small against differences between all batches.

    A dense history differs in two ways. Errors are in units of the smallest error in their fold, so that a fold in which every
    member errs much does not drown the others. And `groups` is the number of independent errors, as `_independent` says: many
    batches tell more than their few groups if the errors within a group differ.
    """
    from scipy.optimize import nnls  # imported here because it is slow to load and predictions do not need it

    substituted = hidden.reenacted_kind != kind
    prior = prior_weights(config, doubled=substituted)
    if not use.any():
        return tuple(prior.tolist())
    observed, censoring = hidden.rows["observed"].to_numpy(), hidden.rows["censoring"]
    y, predicted = working_results(observed, censoring, hidden.predicted @ prior)[use], hidden.predicted[use]
    groups = hidden.rows.filter(pl.Series(use)).select(pl.struct("product", "scale_level").rank("dense")).to_series()
    group = groups.to_numpy().astype(np.int64) - 1
    share = 1 / np.sqrt(np.bincount(group)[group])
    share = share / share.sum()
    errors = y[:, None] - np.column_stack([predicted @ prior, predicted])
    if config.dense:
        folds = [np.flatnonzero(hidden.fold[use] == fold) for fold in np.unique(hidden.fold[use])]
        unit, number = _units(errors, share, folds), max(_independent(errors, group, folds), float(group.max() + 1))
    else:
        unit, number = _units(errors[:, :1], share, [np.arange(len(y))]), float(group.max() + 1)
    share = np.sqrt(share) / unit
    shrinkage = np.sqrt(config.caution * (1 + substituted) / number)
    matrix = np.vstack([share[:, None] * predicted, shrinkage * np.eye(len(prior)), np.full(len(prior), SUM_WEIGHT)])
    right = np.concatenate([share * y, shrinkage * prior, [SUM_WEIGHT]])
    weights, _ = nnls(matrix, right)
    return tuple((weights / weights.sum()).tolist())


def _units(errors: FloatArray, share: FloatArray, folds: Sequence[IntArray]) -> FloatArray:
    """Return for each hidden batch the smallest root mean square error of a column of errors in its fold, shape (n,).

    share: weight of each batch, (n,); folds: the batches of each fold.
    """
    unit = np.ones(len(errors))
    for own in folds:
        unit[own] = np.sqrt((share[own] @ errors[own] ** 2).min() / share[own].sum()) or 1.0
    return unit


def _independent(errors: FloatArray, group: IntArray, folds: Sequence[IntArray]) -> float:
    """Return the number of independent errors, from one per group of a fold to one per batch.

    It is n/(1 + (m − 1)ρ) in each fold, for the column with the smallest error there (design effect: Kish 1965, Survey Sampling,
    ch. 5). m is the mean size of the group of a batch. ρ is the mean product of two errors of one group, over the mean square.
    """
    total = 0.0
    for own in folds:
        error = errors[own][:, int((errors[own] ** 2).mean(axis=0).argmin())]
        counts, sums = np.bincount(group[own]), np.bincount(group[own], error)
        pairs, square = float((counts * (counts - 1)).sum()), float((error**2).sum())
        alike = float((sums**2).sum() - square) / pairs / (square / len(own)) if pairs and square else 1.0
        size = float((counts**2).sum()) / len(own)
        total += len(own) / (1 + (size - 1) * min(max(alike, 0.0), 1.0))
    return total


def prior_weights(config: SuperLearner, *, doubled: bool = False) -> FloatArray:
    """Return the prior weights of the members. With `doubled` the global mean counts twice.

    It counts twice for a kind of question that could not be re-enacted.
    """
    count = len(config.members)
    prior = np.array(config.prior or [1 / count] * count)
    if doubled:
        prior = prior * np.array([1 + isinstance(member, GlobalMean) for member in config.members])
    return np.asarray(prior / prior.sum())
