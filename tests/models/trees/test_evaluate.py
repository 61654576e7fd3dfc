"""Evaluating LightGBM's trees without LightGBM gives LightGBM's own predictions."""

import lightgbm
import numpy as np
import polars as pl
import pytest

from pipeline.models.base import Task
from pipeline.models.trees.evaluate import MANY_ROWS
from pipeline.models.trees.lightgbm import FittedLightGBM, LightGBM, fit_lightgbm

ROWS = 600
TASK = Task("y", ("x", "z", "flat"), ("site", "lot"))
MODELS = {
    "boosted, one byte": LightGBM(rounds=40, leaves=8),
    "two bytes": LightGBM(rounds=30, leaves=16, min_rows_per_leaf=5),
    "random thresholds": LightGBM(rounds=40, leaves=8, extra_trees=True, min_rows_per_leaf=5),
    "one integer of 64 bits": LightGBM(rounds=20, leaves=60, min_rows_per_leaf=2),
    "several integers": LightGBM(rounds=10, leaves=200, min_rows_per_leaf=1, l2=0),
    "forest, a column per category": LightGBM(
        rounds=20, leaves=100, min_rows_per_leaf=2, row_fraction=0.7, forest=True, l2=0
    ),
    "numeric features only": LightGBM(rounds=20, words=False),
}


def rows(count: int, seed: int, *, gaps: bool) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=count), rng.exponential(size=count)
    if gaps:
        x[rng.random(count) < 0.1] = np.nan
    words = rng.integers(0, 45, count)  # more categories than one number of a category set holds
    return pl.DataFrame({"x": x, "z": z, "flat": 1.0}).with_columns(
        pl.col("x").fill_nan(None),
        site=pl.Series([None if gaps and w % 9 == 0 else f"S{w % 3}" for w in words], dtype=pl.String),
        lot=pl.Series([f"L{w}" for w in words]),
    )


def fitted(model: LightGBM, *, gaps: bool) -> FittedLightGBM:
    known = rows(ROWS, 1, gaps=gaps)
    lot = known["lot"].str.slice(1).cast(pl.Float64)
    y = (known["x"].fill_null(0).sin() + known["z"].sqrt() * (known["x"].fill_null(1) > 0) + (lot % 7) / 3).to_numpy()
    return fit_lightgbm(model, known, y, TASK, 1)


def by_lightgbm(model: FittedLightGBM, new: pl.DataFrame) -> np.ndarray:
    return np.asarray(lightgbm.Booster(model_str=model.text).predict(model.matrix(new)))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("gaps", [False, True], ids=["without gaps", "with gaps"])
def test_trees__agree_with_lightgbm(name: str, gaps: bool) -> None:
    model = fitted(MODELS[name], gaps=gaps)
    for new in (rows(50, 2, gaps=True), rows(MANY_ROWS + 10, 3, gaps=True), rows(1, 4, gaps=False)):
        unknown = new.with_columns(lot=pl.when(pl.col("x") > 1).then(pl.lit("unknown")).otherwise("lot"))
        for one in (new, unknown):
            expected = by_lightgbm(model, one)
            assert model.predict(one) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_trees__agree_around_one_batch(name: str) -> None:
    """Rows that differ by little are evaluated with tables of one or two features."""
    model = fitted(MODELS[name], gaps=False)
    same = pl.concat([rows(1, 5, gaps=False)] * (2 * MANY_ROWS))
    moved = same.with_columns(x=pl.col("x") + pl.Series(np.random.default_rng(6).normal(size=same.height) * 0.3))
    both = moved.with_columns(z=pl.col("z") * pl.Series(np.random.default_rng(7).uniform(0.8, 1.2, same.height)))
    for one in (same, moved, both):
        assert model.predict(one) == pytest.approx(by_lightgbm(model, one), rel=1e-12, abs=1e-12)


def test_predict__without_rows_is_empty() -> None:
    assert fitted(MODELS["two bytes"], gaps=False).predict(rows(5, 2, gaps=False).clear()).shape == (0,)
