"""Weights of the members of a blend, learned per kind of question."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import BoolArray, FloatArray
from pipeline.models.baselines import CarryOver, GlobalMean
from pipeline.models.blend.model import SuperLearner
from pipeline.models.censoring import working_results
from pipeline.models.effective_number import effective_number, weights_of

FEW_PRODUCTS = 3.0
"""Number of products with hidden batches at which the prior weights and the carry-over mean count equally."""
BATCHES_OF_PRODUCT = 20.0
"""Number of hidden batches that count as one product, where products are few and batches many."""
SUM_WEIGHT = 1e3
"""Weight of the equation that makes the weights of the members sum to 1."""


@dataclass(frozen=True)
class HiddenForecasts:
    """Forecasts of hidden batches by all members of a blend, for one kind of question."""

    rows: pl.DataFrame
    """The hidden batches, with `observed` and `censoring`."""
    predicted: FloatArray
    """(rows, members)"""
    spreads: Mapping[int, FloatArray]
    """Index of a member that is compared by itself → spread of each row by it, (rows,)"""
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
    are small against differences between all batches. In a dense history they are in units of the smallest error in their fold, so
    that a fold in which every member errs much does not drown the others.

    The number is that of independent errors of the column of which the unit is the error. It lies between the number of groups (a
    product at a scale) and that of batches, and is the smaller the more alike the errors of a group are.
    """
    from scipy.optimize import nnls  # imported here because it is slow to load and predictions do not need it

    substituted = hidden.reenacted_kind != kind
    used = hidden.rows.filter(pl.Series(use))
    products = max(used["product"].n_unique(), used.height / BATCHES_OF_PRODUCT)
    prior = prior_weights(config, products, doubled=substituted)
    if not use.any():
        return tuple(prior.tolist())
    observed, censoring = hidden.rows["observed"].to_numpy(), hidden.rows["censoring"]
    y, predicted = working_results(observed, censoring, hidden.predicted @ prior)[use], hidden.predicted[use]
    groups = used.select(pl.struct("product", "scale_level").rank("dense") - 1).to_series()
    group = groups.to_numpy().astype(np.int64)
    share, errors = weights_of(group), y[:, None] - np.column_stack([predicted @ prior, predicted])
    best = _smallest(errors, share, hidden.fold[use]) if config.dense else _smallest(errors[:, :1], share, np.zeros(len(y)))
    number = effective_number(best.errors, group, share)
    share = np.sqrt(share) / best.unit
    shrinkage = np.sqrt(config.caution * (1 + substituted) / number)
    matrix = np.vstack([share[:, None] * predicted, shrinkage * np.eye(len(prior)), np.full(len(prior), SUM_WEIGHT)])
    right = np.concatenate([share * y, shrinkage * prior, [SUM_WEIGHT]])
    weights, _ = nnls(matrix, right)
    return tuple((weights / weights.sum()).tolist())


@dataclass(frozen=True)
class _SmallestErrors:
    """The errors of the column with the smallest error in each fold, and this error."""

    errors: FloatArray
    """(rows,)"""
    unit: FloatArray
    """(rows,): root mean square of the errors of the fold"""


def _smallest(errors: FloatArray, share: FloatArray, fold: FloatArray) -> _SmallestErrors:
    """Return the smallest errors of each fold; errors: (rows, columns); share: weight of each row, (rows,); fold: (rows,)."""
    found = _SmallestErrors(np.empty(len(errors)), np.empty(len(errors)))
    for one in np.unique(fold):
        own = fold == one
        squares = share[own] @ errors[own] ** 2 / share[own].sum()
        column = int(squares.argmin())
        found.errors[own], found.unit[own] = errors[own, column], np.sqrt(squares[column]) or 1.0
    return found


def prior_weights(config: SuperLearner, products: float = np.inf, *, doubled: bool = False) -> FloatArray:
    """Return the weights that those of the members are drawn to, (members,).

    They lie between the prior weights of the configuration and the carry-over mean alone. With `FEW_PRODUCTS` products that have
    hidden batches both count equally, with more products the prior weights count more. A blend without the carry-over mean has its
    prior weights always. With `doubled`, for a kind of question that could not be re-enacted, the global mean counts twice in the
    prior weights, and twice as many products are needed.
    """
    count = len(config.members)
    prior = np.array(config.prior or [1 / count] * count)
    if doubled:
        prior = prior * np.array([1 + isinstance(member, GlobalMean) for member in config.members])
    carried = np.array([isinstance(member, CarryOver) for member in config.members], dtype=float)
    few = FEW_PRODUCTS * (1 + doubled)
    share = few / (few + products) if carried.any() else 0.0
    return np.asarray((1 - share) * prior / prior.sum() + share * carried / max(carried.sum(), 1.0))
