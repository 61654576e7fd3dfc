"""Weights of the members of a blend, learned per kind of question."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import BoolArray, FloatArray
from pipeline.models.baselines import CarryOver, GlobalMean
from pipeline.models.blend.model import SuperLearner
from pipeline.models.censoring import working_results

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
    groups = used.select(pl.struct("product", "scale_level").rank("dense")).to_series()
    counts = np.bincount(groups.to_numpy().astype(int))
    share = 1 / np.sqrt(counts[groups.to_numpy().astype(int)])
    share = share / share.sum()
    unit = float(np.sqrt(share @ (y - predicted @ prior) ** 2)) or 1.0
    share = np.sqrt(share)
    shrinkage = np.sqrt(config.caution * (1 + substituted) / int((counts > 0).sum()))
    matrix = np.vstack([share[:, None] * predicted / unit, shrinkage * np.eye(len(prior)), np.full(len(prior), SUM_WEIGHT)])
    right = np.concatenate([share * y / unit, shrinkage * prior, [SUM_WEIGHT]])
    weights, _ = nnls(matrix, right)
    return tuple((weights / weights.sum()).tolist())


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
