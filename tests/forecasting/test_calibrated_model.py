"""One question, one answer."""

import numpy as np
import polars as pl
import pytest

from pipeline.forecasting.forecaster import forecast, learn, learn_all
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


def test_forecast__answers_each_row_in_order() -> None:
    rows = _rows()
    top = _largest_of(rows, "P2")
    said = forecast(rows.filter(~top), rows.filter(top).drop("observed"), TASK, BLEND)
    assert said["batch_id"].to_list() == rows.filter(top)["batch_id"].to_list()
    assert said["shift"].unique().to_list() == ["new_scale"]
    assert (said["lower_90"] < said["predicted"]).all()
    assert said["answered"].all()


def test_forecast__a_level_never_seen_is_refused_by_name_and_still_estimated() -> None:
    rows = _rows()
    strange = rows.head(2).with_columns(site=pl.lit("Z"))
    said = forecast(rows, strange, TASK, GlobalMean())
    assert said["answered"].to_list() == [False, False]
    assert said["reason"][0] == "no batch was made with site 'Z'; history holds A, B"
    assert said["predicted"].is_finite().all()


def test_forecast__is_wider_for_a_new_product_than_for_the_next_batch_of_a_known_one() -> None:
    rows = _rows()
    asking = rows.head(1)
    new = asking.with_columns(product=pl.lit("new"), lineage=pl.lit("new"))
    said = forecast(rows, pl.concat([asking, new]), TASK, BLEND)
    width = (said["upper_90"] - said["lower_90"]).to_list()
    assert width[1] > 1.5 * width[0]


def test_interval__keeps_its_promise_at_a_scale_hidden_from_a_product() -> None:
    """Theory: exchangeable products; 90 % of re-enacted steps up are covered, within three standard errors."""
    hits = []
    for seed in range(10):
        rows = _rows(10, seed=seed)
        for product in ("P0", "P4"):
            top = _largest_of(rows, product)
            said = forecast(rows.filter(~top), rows.filter(top), TASK, BLEND)
            y = rows.filter(top)["observed"]
            hits.append(((y >= said["lower_80"]) & (y <= said["upper_80"])).mean())
    assert np.mean(hits) > 0.8 - 3 * np.std(hits) / np.sqrt(len(hits))  # type: ignore[arg-type]


def test_learn_all__a_member_of_a_blend_answers_as_it_would_alone() -> None:
    rows = _rows()
    blend = SuperLearner((GlobalMean(), AdditiveTable()), folds=4)
    both = learn_all(rows, TASK, [AdditiveTable(), blend], IntervalConfig(), 1, ["new_lineage"])
    alone = learn(rows, TASK, AdditiveTable(), IntervalConfig(), 1, ["new_lineage"])
    assert both[0].predict(rows) == pytest.approx(alone.predict(rows))
    halves = [one.calibrations["new_lineage"].half_width(0.9) for one in (both[0], alone)]
    assert halves[0] == pytest.approx(halves[1], rel=0.1)
