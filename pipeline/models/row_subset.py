"""A subset of training rows, for computations whose memory grows with the square of the number of rows."""

import numpy as np
import polars as pl

from pipeline.domain.arrays import IntArray

MOST_ROWS = 2_000
"""Number of rows at most between which a Gaussian model computes covariances. One matrix of this size takes 32 MB."""


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
