"""A tree that finds no split predicts the mean of the results, in a forest and in boosted trees."""

import lightgbm
import numpy as np
import polars as pl
import pytest

from pipeline.models.base import Task
from pipeline.models.trees.lightgbm import FittedLightGBM, LightGBM, fit_lightgbm

FEATURES = tuple(f"x{i}" for i in range(5))
FOREST = LightGBM(
    rounds=60,
    leaves=256,
    min_rows_per_leaf=4,
    feature_fraction=0.25,
    row_fraction=0.8,
    l2=0,
    extra_trees=True,
    forest=True,
)
BOOSTED = LightGBM(rounds=200, leaves=8, min_rows_per_leaf=5, feature_fraction=0.7, l2=3, extra_trees=True)


def history(count: int) -> tuple[pl.DataFrame, np.ndarray]:
    rng = np.random.default_rng(3)
    rows = pl.DataFrame({name: rng.normal(size=count) for name in FEATURES})
    return rows, 125 + 5 * rng.normal(size=count) + 3 * rows["x0"].to_numpy()


def fitted(model: LightGBM, rows: pl.DataFrame, y: np.ndarray, seed: int = 1) -> FittedLightGBM:
    return fit_lightgbm(model, rows, y, Task("y", FEATURES, ()), seed)


def leaves(model: FittedLightGBM) -> list[int]:
    trees = lightgbm.Booster(model_str=model.text).dump_model()["tree_info"]
    return [tree["num_leaves"] for tree in trees]


@pytest.mark.parametrize("count", [9, 40])
def test_forest__of_which_some_trees_find_no_split_has_the_mean_of_the_results(count: int) -> None:
    """LightGBM counts such a tree as 0. The mean of the fit was then 104 instead of 125 with 40 batches, and 43 with 9."""
    rows, y = history(count)
    model = fitted(FOREST, rows, y)
    assert {1, 2} <= set(leaves(model))
    assert model.predict(rows).mean() == pytest.approx(y.mean(), abs=0.1)


@pytest.mark.parametrize("model", [FOREST, BOOSTED], ids=["forest", "boosted"])
@pytest.mark.parametrize("count", [3, 6])
def test_trees__of_which_none_finds_a_split_predict_the_mean(model: LightGBM, count: int) -> None:
    rows, y = history(count)
    found = fitted(model, rows, y)
    assert set(leaves(found)) == {1}
    assert found.predict(rows) == pytest.approx(np.full(count, y.mean()), rel=1e-6)


def test_boosted_trees__of_which_the_first_finds_no_split_have_the_mean_of_the_results() -> None:
    rows, y = history(12)
    found = next(one for one in (fitted(BOOSTED, rows, y, seed) for seed in range(50)) if leaves(one)[0] == 1)
    assert len(leaves(found)) > 1
    assert found.predict(rows).mean() == pytest.approx(y.mean(), abs=0.1)


@pytest.mark.parametrize("count", [3, 9, 40])
def test_forest__its_two_readers_and_its_shap_values_agree(count: int) -> None:
    rows, y = history(count)
    model = fitted(FOREST, rows, y)
    base, shares = model.contributions(rows)
    assert model.predict(rows) == pytest.approx(
        lightgbm.Booster(model_str=model.text).predict(model.matrix(rows)), rel=1e-12
    )
    assert base + shares.sum_horizontal().to_numpy() == pytest.approx(model.predict(rows), rel=1e-12)
