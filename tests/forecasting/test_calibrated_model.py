"""Forecasts, intervals and reasons of a calibrated model."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.forecasting.calibrated_model import CalibratedModel, fit_all_calibrated, fit_calibrated, train_and_forecast
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import AdditiveTable, GlobalMean, Hierarchical, SuperLearner, Task
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


def test_fit_all__a_member_of_a_blend_equals_the_model_fitted_by_itself() -> None:
    rows = _rows()
    blend = SuperLearner((GlobalMean(), AdditiveTable()), folds=4)
    both = fit_all_calibrated(rows, TASK, [AdditiveTable(), blend], IntervalConfig(), 1, ["new_lineage"])
    single = fit_calibrated(rows, TASK, AdditiveTable(), IntervalConfig(), 1, ["new_lineage"])
    assert both[0].predict(rows) == pytest.approx(single.predict(rows))
    halves = [one.calibrations["new_lineage"].half_width(0.9) for one in (both[0], single)]
    assert halves[0] == pytest.approx(halves[1], rel=0.1)


def test_model__keeps_the_scale_tolerance_after_saving_and_reading() -> None:
    """With tolerance 0.2 a scale 15 % above the largest one is no new scale, also for a model that was read from a file."""
    rows = _rows()
    model = fit_calibrated(rows, replace(TASK, scale_tolerance=0.2), GlobalMean(), IntervalConfig(), 1, ["next_batch"])
    again = CalibratedModel.from_dict(json.loads(json.dumps(model.to_dict())))
    assert again.task == model.task
    assert again.extent == model.extent
    larger = rows.filter(_largest_of(rows, "P2")).head(1).with_columns(pl.col("scale") * 1.15)
    assert again.kinds(larger).to_list() == ["next_batch"]
