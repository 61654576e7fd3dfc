"""A sample of training rows for what costs too much on all of them."""

import numpy as np
import polars as pl

from pipeline.domain.arrays import IntArray


def evenly_spread(rows: pl.DataFrame, most: int) -> IntArray:
    """Return the numbers of at most `most` rows, sorted, spread evenly over products and scales."""
    order = rows.select(pl.arg_sort_by("product", "scale_level", "batch_id")).to_series().to_numpy()
    return np.sort(order[np.unique(np.linspace(0, len(order) - 1, min(most, len(order))).astype(int))]).astype(np.int64)
