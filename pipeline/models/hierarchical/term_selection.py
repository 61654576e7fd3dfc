"""Which few quantities a parametric model may lean on."""

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.models.base import Task
from pipeline.models.encoding import standard

LEAST = 4.0
"""A quantity enters when it explains this many times what chance would, about two standard errors."""
DISTINCT = 0.02
"""A quantity of which less than this share is its own says nothing that those chosen don't say."""


def selected(rows: pl.DataFrame, y: FloatArray, task: Task, most: int, decades: float) -> tuple[str, ...]:
    """Choose at most `most` numeric features by orthogonal matching pursuit (Pati et al. 1993), largest gain first.

    Products are partly centred on their means first, as far as their differences look like intercepts of their own (Balestra,
    Nerlove 1966, Econometrica 34, 585): what moves within a product counts in full, what only tells products apart a little.
    """
    if not most or not task.numeric:
        return ()
    encoding = standard(rows, Task(task.target, task.numeric, ()), decades)
    if not encoding.numeric:
        return ()
    products = rows["product"].rank("dense").to_numpy().astype(np.int64) - 1
    share = _own_intercepts(y, products)
    columns = _centred(encoding.matrix(rows)[:, : len(encoding.numeric)], products, share)
    return tuple(encoding.numeric[i] for i in _pursuit(columns, _centred(y[:, None], products, share)[:, 0], most))


def _pursuit(columns: FloatArray, left: FloatArray, most: int) -> list[int]:
    whole = (columns**2).sum(axis=0)
    chosen: list[int] = []
    for _ in range(most):
        norms = (columns**2).sum(axis=0)
        usable = norms > DISTINCT * np.maximum(whole, 1e-12)
        gains = np.where(usable, (columns.T @ left) ** 2 / np.where(usable, norms, 1.0), 0.0)
        best = int(gains.argmax())
        if gains[best] <= LEAST / len(left) * float(left @ left):
            break
        chosen.append(best)
        direction = columns[:, best] / np.sqrt(norms[best])
        left = left - direction * float(direction @ left)
        columns = columns - np.outer(direction, direction @ columns)
    return chosen


def _own_intercepts(y: FloatArray, products: IntArray) -> float:
    """Share of the product means to take away: 1 − √(σ²within / (σ²within + n σ²between))."""
    counts = np.bincount(products)
    means = np.bincount(products, y) / counts
    within = float(((y - means[products]) ** 2).sum()) / max(len(y) - len(counts), 1)
    between = max(float(means.var()) - within / float(counts.mean()), 0.0)
    return 1 - float(np.sqrt(within / (within + counts.mean() * between))) if within > 0 else 1.0


def _centred(values: FloatArray, products: IntArray, share: float) -> FloatArray:
    counts = np.bincount(products)[:, None]
    means = np.zeros((len(counts), values.shape[1]))
    np.add.at(means, products, values)
    centred = values - share * (means / counts)[products]
    return np.asarray(centred - centred.mean(axis=0))
