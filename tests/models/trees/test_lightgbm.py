"""Trees that find no split, and trees for new products."""

import json
from dataclasses import replace

import lightgbm
import numpy as np
import polars as pl
import pytest

from pipeline.models.base import Task
from pipeline.models.trees.lightgbm import FittedLightGBM, LightGBM, fit_lightgbm, lightgbm_from_dict

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


PRODUCTS = Task("y", ("a", "x0"), ("product", "site"))
APART = LightGBM(rounds=100, leaves=8, min_rows_per_leaf=5, new_products_apart=True)


def products(count: int = 12, each: int = 15) -> tuple[pl.DataFrame, np.ndarray]:
    """Products whose results follow from a property of the product."""
    rng = np.random.default_rng(5)
    rows = pl.DataFrame(
        {
            "product": [f"P{i}" for i in range(count) for _ in range(each)],
            "a": np.repeat(np.linspace(0, 1, count), each),
            "x0": rng.normal(size=count * each),
            "site": ["A", "B", None] * (count * each // 3),
        }
    )
    return rows, 5 * np.sin(4 * rows["a"].to_numpy()) + rows["x0"].to_numpy() + 0.2 * rng.normal(size=rows.height)


def hidden_products() -> tuple[pl.DataFrame, pl.DataFrame, np.ndarray, np.ndarray]:
    """Return training rows, hidden rows of three products, and the results of both."""
    rows, y = products()
    hidden = rows["product"].is_in(["P2", "P5", "P8"])
    return rows.filter(~hidden), rows.filter(hidden), y[~hidden.to_numpy()], y[hidden.to_numpy()]


def test_new_products__are_predicted_by_trees_that_do_not_read_the_product() -> None:
    train, test, y, _ = hidden_products()
    model = fit_lightgbm(APART, train, y, PRODUCTS, 1)
    with_product = fit_lightgbm(replace(APART, new_products_apart=False), train, y, PRODUCTS, 1)
    without = fit_lightgbm(APART, train, y, replace(PRODUCTS, categorical=("site",)), 1)
    both = pl.concat([train.head(7), test, train.tail(3)])
    expected = with_product.predict(train)
    assert model.predict(train).tolist() == expected.tolist()
    found = model.predict(both)
    assert found.tolist() == [*expected[:7], *without.predict(test), *expected[-3:]]


def test_new_products__have_a_smaller_error_where_a_quantity_says_what_the_product_says() -> None:
    train, test, y, results = hidden_products()
    error = {
        apart: np.abs(
            fit_lightgbm(replace(APART, new_products_apart=apart), train, y, PRODUCTS, 1).predict(test) - results
        ).mean()
        for apart in (True, False)
    }
    assert error[True] < 0.8 * error[False]


def test_new_products__are_predicted_the_same_after_saving_and_reading() -> None:
    train, test, y, _ = hidden_products()
    model = fit_lightgbm(APART, train, y, PRODUCTS, 1)
    again = lightgbm_from_dict(json.loads(json.dumps(model.to_dict())))
    both = pl.concat([test, train])
    assert again.predict(both).tolist() == model.predict(both).tolist()


def test_new_products__contributions_add_up_and_the_product_has_none() -> None:
    train, test, y, _ = hidden_products()
    model = fit_lightgbm(APART, train, y, PRODUCTS, 1)
    both = pl.concat([train.head(5), test])
    base, shares = model.contributions(both)
    assert shares.columns == list(model.reads)
    assert base + shares.sum_horizontal().to_numpy() == pytest.approx(model.predict(both), rel=1e-9)
    assert (shares["product"][5:] == 0).all()
    assert (shares["product"][:5] != 0).any()


def test_fit__for_rows_that_are_known_makes_only_the_trees_that_they_need() -> None:
    train, test, y, _ = hidden_products()
    whole = fit_lightgbm(APART, train, y, PRODUCTS, 1)
    for_new = fit_lightgbm(APART, train, y, PRODUCTS, 1, asked=test)
    for_known = fit_lightgbm(APART, train, y, PRODUCTS, 1, asked=train.head(9))
    assert (for_new.of_new_products, for_new.task.categorical) == (None, ("site",))
    assert (for_known.of_new_products, for_known.task.categorical) == (None, ("product", "site"))
    assert for_new.predict(test).tolist() == whole.predict(test).tolist()
    assert for_known.predict(train).tolist() == whole.predict(train).tolist()


def test_fit__to_one_product_needs_no_trees_of_their_own_for_new_ones() -> None:
    rows, y = products(1, 60)
    assert fit_lightgbm(APART, rows, y, PRODUCTS, 1).of_new_products is None
