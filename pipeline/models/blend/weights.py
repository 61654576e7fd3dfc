"""Weights of the members of a blend, learned per kind of question."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.domain.arrays import BoolArray, FloatArray
from pipeline.models.baselines import GlobalMean
from pipeline.models.blend.model import SuperLearner
from pipeline.models.censoring import agreeing

SURE_SUM = 1e3
"""How firmly the weights are held to the sum 1."""


@dataclass(frozen=True)
class HiddenForecasts:
    """What all members said about hidden batches."""

    rows: pl.DataFrame
    predicted: FloatArray
    """(rows, members)"""
    spreads: FloatArray
    """(rows, members): how hard each found the row to predict."""
    spread: FloatArray
    """(rows,): the same of the blend."""
    fold: FloatArray
    shown: str
    """The kind of question that could be re-enacted."""


def _weigh(config: SuperLearner, one: HiddenForecasts, use: BoolArray, shift: str) -> tuple[float, ...]:
    """Weights ≥ 0 with the sum 1 that minimise squared error + caution/groups × squared distance from the prior weights.

    Errors count in units of those of the prior weights: what differs little against all batches may be much within a product.
    """
    from scipy.optimize import nnls  # only learning needs it, and it is slow to load

    prior = prior_weights(config, doubled=one.shown != shift)
    if not use.any():
        return tuple(prior.tolist())
    y = agreeing(one.rows["observed"].to_numpy(), one.rows["censoring"], one.predicted @ prior)[use]
    groups = one.rows.filter(pl.Series(use)).select(pl.struct("product", "scale_level").rank("dense")).to_series()
    counts = np.bincount(groups.to_numpy().astype(int))
    share = 1 / np.sqrt(counts[groups.to_numpy().astype(int)])
    share = share / share.sum()
    unit = float(np.sqrt(share @ (y - one.predicted[use] @ prior) ** 2)) or 1.0
    share = np.sqrt(share)
    many = int((counts > 0).sum())
    draw = np.sqrt(config.caution * (1 + (one.shown != shift)) / many)
    matrix = np.vstack(
        [share[:, None] * one.predicted[use] / unit, draw * np.eye(len(prior)), np.full(len(prior), SURE_SUM)]
    )
    right = np.concatenate([share * y / unit, draw * prior, [SURE_SUM]])
    weights, _ = nnls(matrix, right)
    return tuple((weights / weights.sum()).tolist())


def prior_weights(config: SuperLearner, *, doubled: bool = False) -> FloatArray:
    """Weights before anything is known; a question that could not be re-enacted doubles the share of the mean."""
    count = len(config.members)
    prior = np.array(config.prior or [1 / count] * count)
    if doubled:
        prior = prior * np.array([1 + isinstance(member, GlobalMean) for member in config.members])
    return np.asarray(prior / prior.sum())
