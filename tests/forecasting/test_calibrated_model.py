"""Forecasts, intervals and reasons of a calibrated model."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.forecasting.calibrated_model import (
    CalibratedModel,
    fit_all_calibrated,
    fit_calibrated,
    hierarchical_part,
    holds_carry_over,
    train_and_forecast,
)
from pipeline.forecasting.cross_validation import with_companion
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.base import spread_of
from pipeline.models.blend.model import FittedSuperLearner
from pipeline.models.registry import (
    AdditiveTable,
    Boosted,
    CarryOver,
    GlobalMean,
    Hierarchical,
    LightGBM,
    ModelConfig,
    Ridge,
    SuperLearner,
    Task,
    fit,
)
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale"), (), comparable=("log10_scale",), groups=("product", "site"), refuse=("site",))
BLEND = SuperLearner((GlobalMean(), AdditiveTable(), Hierarchical()), folds=3)


def _rows(products: int = 6, seed: int = 1) -> pl.DataFrame:
    rows = batch_rows(products, each=8, seed=seed)
    return rows.with_columns(observed=results_of(rows, seed + 1)["value"], censoring=pl.lit("none"))


def _largest_of(rows: pl.DataFrame, product: str) -> pl.Expr:
    return (pl.col("product") == product) & (pl.col("scale_level") == rows["scale_level"].max())


def test_forecast__has_a_line_for_each_row_in_order() -> None:
    rows = _rows()
    top = _largest_of(rows, "P2")
    table = train_and_forecast(rows.filter(~top), rows.filter(top).drop("observed"), TASK, BLEND)
    assert table["batch_id"].to_list() == rows.filter(top)["batch_id"].to_list()
    assert table["shift"].unique().to_list() == ["new_scale"]
    assert (table["lower_90"] < table["predicted"]).all()
    assert table["answered"].all()


def test_forecast__of_an_unknown_level_is_not_answered_and_has_a_reason_and_a_value() -> None:
    rows = _rows()
    unknown = rows.head(2).with_columns(site=pl.lit("Z"))
    table = train_and_forecast(rows, unknown, TASK, GlobalMean())
    assert table["answered"].to_list() == [False, False]
    assert table["reason"][0] == "no batch was made with site 'Z'; history holds A, B"
    assert table["predicted"].is_finite().all()


@pytest.mark.parametrize("levels", [(0.05,), (0.05, 0.2)], ids=["one lab scale", "less than a decade"])
@pytest.mark.parametrize("model", [GlobalMean(), BLEND], ids=["mean", "blend"])
def test_forecast__of_several_batches_at_a_large_scale_is_answered_from_lab_scales_alone(
    levels: tuple[float, ...], model: ModelConfig
) -> None:
    """Nothing can be refused here: no grouping refuses a new level, and no quantity spans a decade."""
    rows = batch_rows(4, levels, each=8)
    known = rows.with_columns(observed=results_of(rows)["value"], censoring=pl.lit("none"))
    asked = rows.head(5).with_columns(scale=pl.lit(2.0), scale_level=pl.lit(2.0), log10_scale=pl.lit(0.30103))
    table = train_and_forecast(known, asked, replace(TASK, refuse=()), model)
    assert table["shift"].to_list() == ["beyond_scale"] * 5
    assert table["answered"].to_list() == [True] * 5
    assert table["predicted"].is_finite().all()


def test_forecast__is_wider_for_a_new_product_than_for_the_next_batch_of_a_known_one() -> None:
    rows = _rows()
    known = rows.head(1)
    new = known.with_columns(product=pl.lit("new"), lineage=pl.lit("new"))
    table = train_and_forecast(rows, pl.concat([known, new]), TASK, BLEND)
    width = (table["upper_90"] - table["lower_90"]).to_list()
    assert width[1] > 1.5 * width[0]


def test_interval__covers_its_share_of_results_at_a_hidden_scale() -> None:
    """Theory: for exchangeable products, the 80 % interval covers 80 % of re-enacted scale-ups, within three standard errors."""
    hits = []
    for seed in range(10):
        rows = _rows(10, seed=seed)
        for product in ("P0", "P4"):
            top = _largest_of(rows, product)
            table = train_and_forecast(rows.filter(~top), rows.filter(top), TASK, BLEND)
            y = rows.filter(top)["observed"]
            hits.append(((y >= table["lower_80"]) & (y <= table["upper_80"])).mean())
    assert np.mean(hits) > 0.8 - 3 * np.std(hits) / np.sqrt(len(hits))  # type: ignore[arg-type]


def test_beyond_scale__pools_the_errors_of_the_nearest_kinds_in_units_of_the_full_spread() -> None:
    rows = _rows()
    model = fit_calibrated(rows, TASK, BLEND, IntervalConfig(), 1, ["beyond_scale"])
    found, near = model.calibrations["beyond_scale"], [model.calibrations[kind] for kind in ("new_scale", "new_lineage")]
    assert len(found.residuals) == len(found.weights) > sum(len(one.residuals) for one in near)
    assert all(not one.weights for one in near)
    larger = pl.concat([rows.head(1), rows.head(1).with_columns(pl.col("scale") * 1e4)])
    spread = spread_of(model.model, larger)
    assert model.kinds(larger).to_list() == ["next_batch", "beyond_scale"]
    assert model.spread(larger) == pytest.approx([spread[0] ** 0.5, spread[1]])
    again = CalibratedModel.from_dict(json.loads(json.dumps(model.to_dict())))
    assert again.spread(larger) == pytest.approx(model.spread(larger))


def test_model__saved_before_kinds_had_distances_of_their_own_widens_all_alike() -> None:
    rows = _rows()
    saved = fit_calibrated(rows, TASK, BLEND, IntervalConfig(), 1, ["beyond_scale"]).to_dict()
    for one in saved["calibrations"].values():
        one.pop("distance", None)
        one.pop("weights", None)
    old = CalibratedModel.from_dict(json.loads(json.dumps(saved)))
    larger = rows.with_columns(pl.col("scale") * 1e4)
    assert old.spread(larger) == pytest.approx(spread_of(old.model, larger) ** 0.5)


def test_fit_all__a_member_of_a_blend_equals_the_model_fitted_by_itself() -> None:
    rows = _rows()
    blend = SuperLearner((GlobalMean(), AdditiveTable()), folds=4)
    both = fit_all_calibrated(rows, TASK, [AdditiveTable(), blend], IntervalConfig(), 1, ["new_lineage"], [])
    member = both.models["additive_table"]
    single = fit_calibrated(rows, TASK, AdditiveTable(), IntervalConfig(), 1, ["new_lineage"])
    assert member.predict(rows) == pytest.approx(single.predict(rows))
    halves = [one.calibrations["new_lineage"].half_width(0.9) for one in (member, single)]
    assert halves[0] == pytest.approx(halves[1], rel=0.1)


def test_fit_all__models_that_are_compared_hide_the_same_batches() -> None:
    """The blend has two folds. With folds of its own the carry-over mean would be judged on other batches."""
    rows, kinds = _rows(), ["new_scale", "new_lineage", "beyond_scale"]
    blend = SuperLearner((GlobalMean(), AdditiveTable()), folds=2)
    fitted = fit_all_calibrated(rows, TASK, [CarryOver(), AdditiveTable(), blend], IntervalConfig(), 1, kinds, kinds)
    for kind in kinds:
        assert len({one.calibrations[kind].groups.count("P0") for one in fitted.models.values()}) == 1
        assert len({len(one.calibrations[kind].residuals) for one in fitted.models.values()}) == 1
    assert fitted.answering is fitted.models[fitted.choice.model]


def test_model__keeps_the_scale_tolerance_after_saving_and_reading() -> None:
    """With tolerance 0.2 a scale 15 % above the largest one is no new scale, also for a model that was read from a file."""
    rows = _rows()
    model = fit_calibrated(rows, replace(TASK, scale_tolerance=0.2), GlobalMean(), IntervalConfig(), 1, ["next_batch"])
    again = CalibratedModel.from_dict(json.loads(json.dumps(model.to_dict())))
    assert again.task == model.task
    assert again.extent == model.extent
    larger = rows.filter(_largest_of(rows, "P2")).head(1).with_columns(pl.col("scale") * 1.15)
    assert again.kinds(larger).to_list() == ["next_batch"]


@pytest.mark.parametrize(
    ("config", "has_one"),
    [
        (Hierarchical(iterations=2), True),
        (AdditiveTable(iterations=2), True),
        (Boosted(base=Hierarchical(iterations=2), trees=LightGBM(rounds=2)), True),
        (GlobalMean(), False),
        (CarryOver(), False),
        (LightGBM(rounds=2), False),
    ],
)
def test_hierarchical_part__is_absent_where_a_model_has_none(config: ModelConfig, has_one: bool) -> None:
    rows = _rows()
    model = fit(config, rows, rows["observed"].to_numpy(), TASK, 1)
    assert (hierarchical_part(model) is not None) == has_one


def test_hierarchical_part__of_a_blend_is_the_one_that_says_how_hard_a_row_is() -> None:
    rows = _rows()
    model = fit(BLEND, rows, rows["observed"].to_numpy(), TASK, 1)
    assert isinstance(model, FittedSuperLearner)
    assert hierarchical_part(model) is model.spread_model


def test_companion__gives_a_covariance_and_no_answer_and_is_saved() -> None:
    rows = _rows()
    alone = fit_calibrated(rows, TASK, CarryOver(), IntervalConfig(), 1, ["new_scale"])
    beside = with_companion(alone, rows)
    assert alone.hierarchical is None
    assert (beside.predict(rows) == alone.predict(rows)).all()
    read = CalibratedModel.from_dict(json.loads(json.dumps(beside.to_dict())))
    assert read.hierarchical is not None
    assert beside.hierarchical is not None
    assert read.hierarchical.covariance(rows) == pytest.approx(beside.hierarchical.covariance(rows))
    assert "companion" not in alone.to_dict()


def test_companion__is_absent_where_the_model_has_a_hierarchical_part() -> None:
    final = fit_calibrated(_rows(), TASK, AdditiveTable(), IntervalConfig(), 1, ["new_scale"])
    assert with_companion(final, _rows()).companion is None


def test_interval__of_a_repeat_is_as_wide_as_the_noise_where_products_start_one_after_the_other() -> None:
    """Theory: the error of the mean of n earlier batches is normal with variance 1 + 1/n for a noise of 1.

    Product k starts after half of the batches of product k − 1, so a date leaves products without any earlier batch. Products
    differ by a standard deviation of 10. Tolerance: three standard errors of a 90 % quantile of as many residuals, density
    2 φ(1.645) = 0.206.
    """
    products, each, rng = 24, 30, np.random.default_rng(3)
    number, order = np.repeat(np.arange(products), each), np.tile(np.arange(each), products)
    rows = pl.DataFrame(
        {
            "batch_id": [f"B{i:04d}" for i in range(products * each)],
            "lineage": [f"P{k:02d}" for k in number],
            "scale": 1.0,
            "scale_level": 1.0,
            "started_at": pl.Series((15 * number + order) * 86_400_000_000).cast(pl.Datetime("us")),
            "observed": 10 * rng.normal(size=products)[number] + rng.normal(size=products * each),
            "censoring": "none",
        }
    ).with_columns(product="lineage")
    task = Task("y", (), ())
    calibration = fit_calibrated(rows, task, CarryOver(), IntervalConfig(), 1, ["next_batch"]).calibrations["next_batch"]
    residuals, groups = np.abs(calibration.residuals), len(set(calibration.groups))
    assert calibration.reenacted_kind == "next_batch"
    assert groups >= 4
    tolerance = 3 * np.sqrt(0.9 * 0.1 / len(residuals)) / 0.206
    assert np.quantile(residuals, 0.9) == pytest.approx(1.645 * np.sqrt(1 + 1 / 15), abs=tolerance)


def test_reenactments__that_are_equal_are_fitted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products are lineages here, so a new product is re-enacted as a new lineage: 4 folds and the final model are fitted."""
    fitted: list[int] = []

    def counting(*given: object) -> object:
        fitted.append(1)
        return fit(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("pipeline.forecasting.calibrated_model.fit", counting)
    model = fit_calibrated(_rows(), TASK, GlobalMean(), IntervalConfig(), 1, ["new_product", "new_lineage"])
    assert len(fitted) == 5
    product, lineage = (model.calibrations[kind] for kind in ("new_product", "new_lineage"))
    assert product.residuals == lineage.residuals
    assert (product.reenacted_kind, product.substituted, lineage.substituted) == ("new_lineage", True, False)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (SuperLearner((GlobalMean(), CarryOver())), True),
        (SuperLearner((GlobalMean(),)), False),
        (CarryOver(), False),
        (Ridge(), False),
    ],
)
def test_holds_carry_over__is_true_of_a_blend_with_it_as_a_member(model: ModelConfig, expected: bool) -> None:
    assert holds_carry_over(model) is expected
