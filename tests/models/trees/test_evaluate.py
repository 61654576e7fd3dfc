"""Our evaluation of LightGBM's trees gives LightGBM's own predictions."""

import lightgbm
import numpy as np
import polars as pl
import pytest

from pipeline.models.base import Task
from pipeline.models.trees.evaluate import MANY
from pipeline.models.trees.lightgbm import FittedLightGBM, LightGBM, fit_lightgbm
from pipeline.models.trees.text_format import trees_of

ROWS = 600
TASK = Task("y", ("x", "z", "flat"), ("site", "lot"))
MODELS = {
    "boosted, one byte": LightGBM(rounds=40, leaves=8),
    "two bytes": LightGBM(rounds=30, leaves=16, min_rows_per_leaf=5),
    "random cuts": LightGBM(rounds=40, leaves=8, extra_trees=True, min_rows_per_leaf=5),
    "a word of 64": LightGBM(rounds=20, leaves=60, min_rows_per_leaf=2),
    "several words": LightGBM(rounds=10, leaves=200, min_rows_per_leaf=1, l2=0),
    "forest, a column per word": LightGBM(rounds=20, leaves=100, min_rows_per_leaf=2, row_fraction=0.7, forest=True, l2=0),
    "numbers alone": LightGBM(rounds=20, words=False),
}


def rows(count: int, seed: int, *, gaps: bool) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=count), rng.exponential(size=count)
    if gaps:
        x[rng.random(count) < 0.1] = np.nan
    words = rng.integers(0, 45, count)  # more than fit into one number of a set
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


def as_lightgbm_says(model: FittedLightGBM, asked: pl.DataFrame) -> np.ndarray:
    return np.asarray(lightgbm.Booster(model_str=model.text).predict(model.matrix(asked)))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("gaps", [False, True], ids=["without gaps", "with gaps"])
def test_trees__agree_with_lightgbm(name: str, gaps: bool) -> None:
    model = fitted(MODELS[name], gaps=gaps)
    for asked in (rows(50, 2, gaps=True), rows(MANY + 10, 3, gaps=True), rows(1, 4, gaps=False)):
        strange = asked.with_columns(lot=pl.when(pl.col("x") > 1).then(pl.lit("never seen")).otherwise("lot"))
        for one in (asked, strange):
            expected = as_lightgbm_says(model, one)
            assert model.predict(one) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_trees__agree_around_one_batch(name: str) -> None:
    """Where rows differ by little, trees become tables of one or two features."""
    model = fitted(MODELS[name], gaps=False)
    asked = pl.concat([rows(1, 5, gaps=False)] * (2 * MANY))
    moved = asked.with_columns(x=pl.col("x") + pl.Series(np.random.default_rng(6).normal(size=asked.height) * 0.3))
    both = moved.with_columns(z=pl.col("z") * pl.Series(np.random.default_rng(7).uniform(0.8, 1.2, asked.height)))
    for one in (asked, moved, both):
        assert model.predict(one) == pytest.approx(as_lightgbm_says(model, one), rel=1e-12, abs=1e-12)


def test_trees__no_rows_and_trees_without_a_question() -> None:
    model = fitted(LightGBM(rounds=3, min_rows_per_leaf=ROWS), gaps=False)
    asked = rows(5, 2, gaps=False)
    assert model.predict(asked) == pytest.approx(as_lightgbm_says(model, asked))
    assert trees_of(model.text).predict([], 0).shape == (0,)
    assert fitted(MODELS["two bytes"], gaps=False).predict(asked.clear()).shape == (0,)
