"""Split-conformal intervals of LightGBM, the usual first method (Lei et al. 2018, J. Am. Stat. Assoc. 113, 1094).

A model is fitted on 70 % of the training rows. The quantile of its absolute errors on the other 30 % is the half width. The 30 %
are drawn batch by batch, as usual, or product by product, which is harder for the model and closer to the question. A censored
result that agrees with the forecast is no error.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl
from competitors import DEFAULT, Competitor, lightgbm_default, lightgbm_small

from pipeline.forecasting.intervals import residual
from pipeline.models.registry import Task

Answerer = Callable[[pl.DataFrame, pl.DataFrame, Task, int], pl.DataFrame]
SHARE = 0.3
LEVEL = 0.9


def split_conformal() -> dict[str, Answerer]:
    """Return two models with two ways to split each. Columns: batch_id, predicted, lower_90, upper_90, answered (always true)."""
    return {
        f"{DEFAULT}, by batch": partial(_interval, lightgbm_default, "batch_id"),
        f"{DEFAULT}, by product": partial(_interval, lightgbm_default, "product"),
        "LightGBM small, by batch": partial(_interval, lightgbm_small, "batch_id"),
        "LightGBM small, by product": partial(_interval, lightgbm_small, "product"),
    }


def _interval(model: Competitor, by: str, train: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> pl.DataFrame:
    aside = _set_aside(train, by, seed)
    known, hidden = train.filter(~aside), train.filter(aside)
    rehearsed = hidden.with_columns(pl.Series("predicted", model(known, hidden, task, seed)))
    sizes = rehearsed.select(residual().abs().alias("size"))["size"].sort()
    half = sizes[min(int(np.ceil((len(sizes) + 1) * LEVEL)), len(sizes)) - 1]
    predicted = model(known, test, task, seed)
    return test.select(
        "batch_id",
        pl.Series("predicted", task.clipped(predicted)),
        pl.Series("lower_90", task.clipped(predicted - half)),
        pl.Series("upper_90", task.clipped(predicted + half)),
        pl.lit(True).alias("answered"),
        pl.lit(half).alias("half"),
    )


def _set_aside(train: pl.DataFrame, by: str, seed: int) -> pl.Series:
    """Mark about 30 % of the batches, or whole products until 30 % is reached. With fewer than three products, mark batches."""
    column = by if train[by].n_unique() > 2 else "batch_id"
    names = train[column].unique().sort().to_list()
    order = np.random.default_rng(seed).permutation(len(names))
    sizes = dict(train.group_by(column).len().iter_rows())
    chosen: list[str] = []
    for place in order[:-1]:
        if sum(sizes[name] for name in chosen) < SHARE * train.height:
            chosen.append(names[place])
    return train[column].is_in(chosen)
