"""The reader of LightGBM's text format: what it reads, and what it refuses."""

from dataclasses import replace

import lightgbm
import numpy as np
import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.models.base import Task
from pipeline.models.trees.lightgbm import LightGBM, fit_lightgbm
from pipeline.models.trees.text_format import trees_of

ROWS = 60


def features() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(ROWS, 2))


def target(x: np.ndarray) -> np.ndarray:
    return 3 + x[:, 0] + np.random.default_rng(2).normal(size=ROWS)


def booster(x: np.ndarray, y: np.ndarray, rounds: int = 5, **parameters: object) -> lightgbm.Booster:
    given = {"objective": "regression", "verbose": -1, "num_threads": 1, "seed": 1, **parameters}
    return lightgbm.train(given, lightgbm.Dataset(x, y, params=given), num_boost_round=rounds)


def predicted(text: str, x: np.ndarray) -> np.ndarray:
    return trees_of(text).predict([lambda i=i: x[:, i] for i in range(x.shape[1])], len(x))


def summed(forest: lightgbm.Booster) -> str:
    """The text of a forest as a sum of trees, which is the form that the model saves."""
    return forest.model_to_string().replace("average_output\n", "")


def test_trees__that_split_give_lightgbm_s_prediction() -> None:
    x = features()
    made = booster(x, target(x))
    assert predicted(made.model_to_string(), x) == pytest.approx(made.predict(x), rel=1e-12)


@pytest.mark.parametrize("equal", ["rows", "results", "leaves"])
def test_trees__that_never_split_give_lightgbm_s_prediction(equal: str) -> None:
    x = np.ones((ROWS, 2)) if equal == "rows" else features()
    y = np.full(ROWS, 7.0) if equal == "results" else target(features())
    made = booster(x, y, min_data_in_leaf=ROWS if equal == "leaves" else 5)
    assert predicted(made.model_to_string(), x) == pytest.approx(made.predict(x), rel=1e-12)
    assert made.dump_model()["tree_info"][0]["num_leaves"] == 1


def test_forest__of_several_trees_that_never_split_gives_lightgbm_s_prediction() -> None:
    x = np.ones((ROWS, 2))
    made = booster(x, target(features()), boosting="rf", bagging_fraction=0.7, bagging_freq=1)
    assert made.num_trees() == 5
    assert predicted(summed(made), x) / made.num_trees() == pytest.approx(made.predict(x), rel=1e-12)


def test_forest__where_only_some_trees_split_gives_lightgbm_s_prediction() -> None:
    x = features()
    y = np.where(x[:, 0] > np.sort(x[:, 0])[-4], 5.0, 1.0)
    made = booster(x, y, 20, boosting="rf", bagging_fraction=0.3, bagging_freq=1, min_data_in_leaf=2, min_gain_to_split=1)
    leaves = {tree["num_leaves"] for tree in made.dump_model()["tree_info"]}
    assert 1 in leaves
    assert max(leaves) > 1
    assert predicted(summed(made), x) / made.num_trees() == pytest.approx(made.predict(x), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("forest", [False, True])
def test_fit__on_equal_rows_predicts_as_lightgbm(forest: bool) -> None:
    rows = pl.DataFrame({"x": [1.0] * ROWS, "site": ["A"] * ROWS})
    model = fit_lightgbm(
        LightGBM(rounds=4, row_fraction=0.7, forest=forest), rows, target(features()), Task("y", ("x",), ("site",)), 1
    )
    expected = lightgbm.Booster(model_str=model.text).predict(model.matrix(rows))
    assert model.predict(rows) == pytest.approx(expected, rel=1e-12)


def test_trees__of_no_rows_give_no_predictions() -> None:
    x = features()
    assert trees_of(booster(x, target(x)).model_to_string()).predict([], 0).shape == (0,)


@pytest.mark.parametrize(("line", "found"), [("version=v3", "the version 'v3'"), ("", "no version")])
def test_trees__of_another_text_version_are_refused(line: str, found: str) -> None:
    x = features()
    text = booster(x, target(x)).model_to_string().replace("version=v4", line)
    with pytest.raises(ScalebridgeError, match=f"state {found} of LightGBM's text format; only 'v4' can be read. Install"):
        trees_of(text)


def test_trees__with_linear_leaves_are_refused() -> None:
    x = features()
    text = booster(x, target(x), linear_tree=True).model_to_string()
    with pytest.raises(ScalebridgeError, match=r"linear models in their leaves .* Train the model again without"):
        trees_of(text)


def test_forest__that_is_to_be_averaged_is_refused() -> None:
    x = features()
    text = booster(x, target(x), boosting="rf", bagging_fraction=0.7, bagging_freq=1).model_to_string()
    with pytest.raises(ScalebridgeError, match=r"are to be averaged .* only a sum of trees can be evaluated"):
        trees_of(text)


def test_model__names_its_target_where_its_trees_are_refused() -> None:
    x = features()
    rows = pl.DataFrame({"x": x[:, 0]})
    model = fit_lightgbm(LightGBM(rounds=3), rows, target(x), Task("titre", ("x",), ()), 1)
    old = replace(model, text=model.text.replace("version=v4", "version=v3"))
    with pytest.raises(ScalebridgeError, match="Model 'lightgbm' of 'titre': The trees state the version 'v3'"):
        old.predict(rows)
