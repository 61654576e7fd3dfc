"""Every kind of model predicts, is saved and read again, and has contributions that add up to its predictions."""

import json

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from pipeline.domain.errors import ScalebridgeError
from pipeline.models.registry import (
    AdditiveTable,
    Boosted,
    CarryOver,
    ExtraTrees,
    GlobalMean,
    Hierarchical,
    Intermediates,
    LightGBM,
    ModelConfig,
    Ridge,
    SmoothSurface,
    SuperLearner,
    Task,
    fit,
    fits_over_workers,
    from_dict,
    ladder,
)
from tests.support.rows import batch_rows, results_of

TASK = Task(
    "y",
    ("x", "log10_scale", "gap"),
    ("product", "lineage", "site"),
    comparable=("log10_scale",),
    groups=("product", "lineage", "site"),
)
MEMBERS = (
    GlobalMean(),
    AdditiveTable(),
    Hierarchical(iterations=5),
    LightGBM(rounds=10, extra_trees=True),
    ExtraTrees(trees=3, from_rows=0),
    SmoothSurface(iterations=3, from_rows=0),
)
LADDER: tuple[ModelConfig, ...] = (
    GlobalMean(),
    CarryOver(),
    AdditiveTable(),
    Ridge(),
    Hierarchical(),
    Hierarchical(target_scale="transformed"),
    Intermediates(),
    Boosted(trees=LightGBM(rounds=10)),
    LightGBM(rounds=30),
    LightGBM(rounds=30, target_scale="transformed"),
    LightGBM(rounds=30, leaves=64, row_fraction=0.8, extra_trees=True, forest=True),
    ExtraTrees(trees=10),
    SmoothSurface(),
    SuperLearner(MEMBERS, folds=2),
)
IDS = [f"{model.kind}-{place}" for place, model in enumerate(LADDER)]


def _positive(rows: pl.DataFrame) -> np.ndarray:
    """Results above zero, so that a logarithm can be taken."""
    return np.exp(results_of(rows)["value"].to_numpy() / 4)


@pytest.mark.parametrize("config", LADDER, ids=IDS)
def test_model__predicts_the_same_after_saving_and_reading(config: ModelConfig) -> None:
    rows = batch_rows()
    fitted = fit(config, rows, _positive(rows), TASK, 1)
    again = from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert np.array_equal(fitted.predict(rows), again.predict(rows))


@pytest.mark.parametrize("config", LADDER, ids=IDS)
def test_model__is_deterministic(config: ModelConfig) -> None:
    rows = batch_rows()
    y = results_of(rows)["value"].to_numpy()
    assert json.dumps(fit(config, rows, y, TASK, 1).to_dict()) == json.dumps(fit(config, rows, y, TASK, 1).to_dict())


@pytest.mark.parametrize("config", LADDER, ids=IDS)
def test_contributions__add_up_to_the_prediction(config: ModelConfig) -> None:
    rows = batch_rows()
    fitted = fit(config, rows, _positive(rows), TASK, 1)
    base, shares = fitted.contributions(rows)
    assert sorted(fitted.reads) == sorted(shares.columns)
    total = base + (shares.sum_horizontal().to_numpy() if shares.width else 0)
    assert np.allclose(total, fitted.predict(rows), atol=1e-9)


@pytest.mark.parametrize("config", LADDER, ids=IDS)
def test_model__predicts_for_unknown_categories_and_gaps(config: ModelConfig) -> None:
    rows = batch_rows()
    fitted = fit(config, rows, _positive(rows), TASK, 1)
    unknown = rows.head(2).with_columns(
        product=pl.lit("new"), lineage=pl.lit("new"), site=pl.lit(None, pl.String), gap=pl.lit(None, pl.Float64)
    )
    assert np.isfinite(fitted.predict(unknown)).all()


def test_carry_over__is_the_mean_at_the_largest_scale_of_the_product() -> None:
    rows = batch_rows(2)
    y = np.arange(rows.height, dtype=float)
    predicted = fit(CarryOver(), rows, y, TASK, 1).predict(rows)
    top = ((rows["product"] == "P0") & (rows["scale_level"] == 2.0)).to_numpy()
    assert np.allclose(predicted[(rows["product"] == "P0").to_numpy()], y[top].mean())


def test_carry_over__falls_back_to_the_lineage_and_then_to_all() -> None:
    rows = batch_rows(2).with_columns(lineage=pl.lit("L"))
    y = np.arange(rows.height, dtype=float)
    new = rows.head(2).with_columns(product=pl.lit("new"), lineage=pl.Series(["L", "other"]))
    top = (rows["scale_level"] == 2.0).to_numpy()
    assert fit(CarryOver(), rows, y, TASK, 1).predict(new).tolist() == [y[top].mean(), y.mean()]


def test_ridge__extrapolates_a_trend_to_a_larger_scale_and_trees_do_not() -> None:
    rows = batch_rows(8, (0.001, 0.01, 0.1, 1.0))
    y = 3 * rows["log10_scale"].to_numpy()
    larger = rows.head(1).with_columns(log10_scale=pl.lit(1.0))
    assert fit(Ridge(), rows, y, TASK, 1).predict(larger)[0] > y.max() + 0.5
    assert fit(LightGBM(rounds=50), rows, y, TASK, 1).predict(larger)[0] <= y.max() + 1e-9


def test_ridge__extrapolates_by_at_most_the_width_of_the_training_range() -> None:
    rows = batch_rows()
    fitted = fit(Ridge(), rows, results_of(rows)["value"].to_numpy(), TASK, 1)
    far, further = (rows.head(1).with_columns(x=pl.lit(x)) for x in (1e3, 1e9))
    assert fitted.predict(far)[0] == fitted.predict(further)[0]


def test_fit__without_results_is_an_error() -> None:
    with pytest.raises(ScalebridgeError, match="'ridge' has no result of 'y' to learn from"):
        fit(Ridge(), batch_rows().head(0), np.empty(0), TASK, 1)


def test_ladder__always_holds_the_baselines() -> None:
    assert [model.kind for model in ladder(Ridge())] == ["carry_over", "global_mean", "additive_table", "ridge"]
    assert [model.kind for model in ladder(CarryOver())] == ["global_mean", "additive_table", "carry_over"]


def test_fit__text_given_as_a_number_is_an_error() -> None:
    rows = batch_rows()
    wrong = Task("y", ("site",), ())
    with pytest.raises(ScalebridgeError, match="'ridge' was given 'site' as a number, but it is String"):
        fit(Ridge(), rows, np.ones(rows.height), wrong, 1)


def test_forest__with_equal_trees_is_refused() -> None:
    with pytest.raises(
        ValidationError, match="trees of a forest differ by their rows: row_fraction must be below 1; it is 1"
    ):
        LightGBM(forest=True)


def test_lightgbm__prediction_never_falls_along_a_feature_that_can_only_raise_the_target() -> None:
    """With this noise, trees without the constraint would fall somewhere."""
    rows = batch_rows(4, each=10)
    y = results_of(rows, noise=2.0)["value"].to_numpy()
    task = Task("y", ("x", "log10_scale"), (), rising=("x",))
    fitted = fit(LightGBM(rounds=60, min_rows_per_leaf=3), rows, y, task, 1)
    line = rows.head(50).with_columns(x=pl.linear_space(-2, 2, 50), log10_scale=pl.lit(0.0))
    assert (np.diff(fitted.predict(line)) >= 0).all()


def test_lightgbm__predictions_do_not_depend_on_the_unit_of_the_target() -> None:
    rows = batch_rows()
    y = results_of(rows)["value"].to_numpy()
    one, thousandth = (fit(LightGBM(rounds=30), rows, y * unit, TASK, 1).predict(rows) / unit for unit in (1.0, 1e-3))
    assert np.allclose(one, thousandth)


def test_fits_over_workers__finds_it_in_a_member_and_in_the_base_of_a_member() -> None:
    asks = LightGBM(over_workers=True)
    assert fits_over_workers(asks)
    assert fits_over_workers((Ridge(), asks))
    assert fits_over_workers(SuperLearner(members=(GlobalMean(), Boosted(trees=asks))))
    assert not fits_over_workers((Ridge(), LightGBM()))
