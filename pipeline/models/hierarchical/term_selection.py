"""Selection of the few quantities that the hierarchical model uses."""

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.base import Task
from pipeline.models.encoding import fit_encoding

LEAST_GAIN = 4.0
"""A quantity is selected if it explains more than this many times what chance would explain: about two standard errors."""
LEAST_OWN_SHARE = 0.02
"""A quantity is left out if less than this share of its variance is not explained by the selected quantities."""


def selected(rows: pl.DataFrame, y: FloatArray, task: Task, most: int, decades: float) -> tuple[str, ...]:
    """Return at most `most` numeric features, those with the largest gain first.

    y: standardised results, shape (n,). The method is orthogonal matching pursuit (Pati et al. 1993). A share of each
    product's mean is subtracted first: the more the products look as if each had an intercept of its own, the larger the
    share (Balestra, Nerlove 1966, Econometrica 34, 585). So variation within a product counts in full, and variation between
    products counts less.
    """
    if not most or not task.numeric:
        return ()
    encoding = fit_encoding(rows, Task(task.target, task.numeric, ()), decades)
    if not encoding.numeric:
        return ()
    products = rows["product"].rank("dense").to_numpy().astype(np.int64) - 1
    share = _share_of_means(y, products)
    columns = _centred(encoding.matrix(rows)[:, : len(encoding.numeric)], products, share)
    return tuple(encoding.numeric[i] for i in _pursuit(columns, _centred(y[:, None], products, share)[:, 0], most))


def _pursuit(columns: FloatArray, left: FloatArray, most: int) -> list[int]:
    """Return the indices of the selected columns; `left` is what the selected columns do not explain yet, shape (n,)."""
    whole = (columns**2).sum(axis=0)
    chosen: list[int] = []
    for _ in range(most):
        norms = (columns**2).sum(axis=0)
        usable = norms > LEAST_OWN_SHARE * np.maximum(whole, 1e-12)
        gains = np.where(usable, (columns.T @ left) ** 2 / np.where(usable, norms, 1.0), 0.0)
        best = int(gains.argmax())
        if gains[best] <= LEAST_GAIN / len(left) * float(left @ left):
            break
        chosen.append(best)
        direction = columns[:, best] / np.sqrt(norms[best])
        left = left - direction * float(direction @ left)
        columns = columns - np.outer(direction, direction @ columns)
    return chosen


def _share_of_means(y: FloatArray, products: IntArray) -> float:
    """Return the share of the product means to subtract: 1 − √(σ²within / (σ²within + n σ²between))."""
    counts = np.bincount(products)
    means = np.bincount(products, y) / counts
    within = float(((y - means[products]) ** 2).sum()) / max(len(y) - len(counts), 1)
    between = max(float(means.var()) - within / float(counts.mean()), 0.0)
    return 1 - float(np.sqrt(within / (within + counts.mean() * between))) if within > 0 else 1.0


def _centred(values: FloatArray, products: IntArray, share: float) -> FloatArray:
    """Return the columns minus a share of the product means, with mean 0."""
    counts = np.bincount(products)[:, None]
    means = np.zeros((len(counts), values.shape[1]))
    np.add.at(means, products, values)
    centred = values - share * (means / counts)[products]
    return np.asarray(centred - centred.mean(axis=0))
