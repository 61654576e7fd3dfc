"""Subsets of training rows, for computations whose memory or time would grow too much with their number."""

import numpy as np
import polars as pl

from pipeline.domain.arrays import IntArray

MOST_ROWS = 2_000
"""Number of rows at most between which a Gaussian model computes covariances. One matrix of this size takes 32 MB."""

MOST_REENACTED = 8_000
"""Number of rows at most that a model learns from in a re-enactment. The work grows with the rows, and the errors change little."""


def are_few(rows: int) -> bool:
    """Tell whether rows are few enough for a matrix between them."""
    return rows <= MOST_ROWS


def spread_out(rows: pl.DataFrame, most: int | None = None) -> IntArray:
    """Return the numbers of at most `most` rows, sorted, spread evenly over products and scales. All rows where they are fewer.

    most: `MOST_ROWS` where not given.
    """
    most = MOST_ROWS if most is None else most
    order = rows.select(pl.arg_sort_by("product", "scale_level", "batch_id")).to_series().to_numpy()
    return np.sort(order[np.unique(np.linspace(0, len(order) - 1, min(most, len(order))).astype(int))]).astype(np.int64)


def reenactment_rows(train: pl.DataFrame) -> pl.DataFrame:
    """Return the training rows of a re-enactment that models learn from: all, or `MOST_REENACTED` that are spread out."""
    return train if train.height <= MOST_REENACTED else train[spread_out(train, MOST_REENACTED)]
