"""Functions that the competitors share: rows to matrices, a target of unit variance, a choice by products hidden in the fold."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from pipeline.domain.arrays import FloatArray
from pipeline.models.encoding import categories_of, fit_encoding, matrix_for_trees
from pipeline.models.registry import Task

Rows = NDArray[np.intp]
INNER_FOLDS = 3


def target(train: pl.DataFrame) -> FloatArray:
    """Return the observed values, shape (n,), SI. A censored value counts at its limit."""
    return train["observed"].to_numpy()


def matrices(train: pl.DataFrame, test: pl.DataFrame, task: Task) -> tuple[FloatArray, FloatArray]:
    """Return standardised numbers and indicator columns, learned from the training rows. Medians fill missing values."""
    encoding = fit_encoding(train, task)
    return encoding.matrix(train), encoding.matrix(test)


def coded(train: pl.DataFrame, test: pl.DataFrame, task: Task) -> tuple[FloatArray, FloatArray]:
    """Return the input of trees: numbers unchanged, words as codes, missing values as NaN."""
    words = categories_of(train, task)
    return matrix_for_trees(train, task, words, indicators=False), matrix_for_trees(test, task, words, indicators=False)


def indicators(rows: pl.DataFrame, levels: Mapping[str, Sequence[str]]) -> FloatArray:
    """Return one column per level of each grouping. A level that is not listed has zeros only."""
    marks = [
        (pl.col(name) == level).fill_null(False).cast(pl.Float64).alias(f"{name} = {level}")
        for name, known in levels.items()
        for level in known
    ]
    return rows.select(marks).to_numpy()


def levels_of(train: pl.DataFrame, columns: Sequence[str]) -> dict[str, list[str]]:
    """Return the levels of each grouping in the training rows, sorted."""
    return {name: train[name].drop_nulls().unique().sort().to_list() for name in columns}


def scaled(values: FloatArray, y: FloatArray) -> FloatArray:
    """Return values on the scale on which `y` has mean 0 and variance 1."""
    return np.asarray((values - y.mean()) / (y.std() or 1.0))


def unscaled(values: FloatArray, y: FloatArray) -> FloatArray:
    """Return values of `scaled` on the original scale."""
    return np.asarray(values * (y.std() or 1.0) + y.mean())


def fitted(model: Any, x: FloatArray, new: FloatArray, y: FloatArray) -> FloatArray:
    """Fit a scikit-learn model on the scaled target and predict. Scaling keeps tolerances independent of the unit."""
    return unscaled(np.asarray(model.fit(x, scaled(y, y)).predict(new)).ravel(), y)


def best(choices: Sequence[Any], predict: Callable[[Any, Rows, Rows], FloatArray], train: pl.DataFrame) -> Any:
    """Return the choice with the smallest squared error when whole products are hidden in turn inside the training rows."""
    y, parts = target(train), inner_folds(train)

    def loss(choice: Any) -> float:
        return float(sum(np.sum((predict(choice, learned, asked) - y[asked]) ** 2) for learned, asked in parts))

    return min(choices, key=loss)


def inner_folds(train: pl.DataFrame) -> list[tuple[Rows, Rows]]:
    """Split training rows into three parts by products. With fewer than three products, split by batches."""
    products = train["product"].to_numpy()
    groups = products if len(set(products)) >= INNER_FOLDS else np.arange(train.height)
    return list(GroupKFold(INNER_FOLDS).split(products, groups=groups))
