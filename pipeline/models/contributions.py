"""Contributions of features to predictions, summed over several models."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray

Contributions = tuple[FloatArray, pl.DataFrame]
"""A base per row, shape (n,), and one column per feature; base plus contributions are the prediction."""


def weighted_sum(weighted: Sequence[tuple[FloatArray | float, Contributions]]) -> Contributions:
    """Return the weighted sum of contributions. A weight is one number, or one number per row with shape (n,)."""
    names = list(dict.fromkeys(name for _, (_, shares) in weighted for name in shares.columns))
    base = np.asarray(sum(weight * base for weight, (base, _) in weighted))
    columns = {
        name: np.asarray(sum(w * shares[name].to_numpy() for w, (_, shares) in weighted if name in shares.columns))
        for name in names
    }
    return base, pl.DataFrame(columns) if columns else pl.DataFrame(height=len(base))
