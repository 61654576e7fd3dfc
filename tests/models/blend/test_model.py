"""The blend: weights per kind of question, prior weights, and its error where there is nothing to learn."""

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from pipeline.models.blend.fitting import fit_super_learner
from pipeline.models.blend.weights import prior_weights
from pipeline.models.registry import AdditiveTable, GlobalMean, Hierarchical, LightGBM, SuperLearner, Task
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale", "gap"), (), comparable=("log10_scale",), groups=("product", "lineage", "site"))
BLEND = SuperLearner(
    (GlobalMean(), AdditiveTable(), Hierarchical(), LightGBM(rounds=30, words=False)), folds=3, prior=(0.1, 0.3, 0.3, 0.3)
)


def _rows(products: int = 6) -> pl.DataFrame:
    rows = batch_rows(products)
    return rows.with_columns(observed=results_of(rows)["value"], censoring=pl.lit("none"))


def test_weights__are_shares_per_kind_of_question() -> None:
    rows = _rows()
    fitted = fit_super_learner(BLEND, rows, rows["observed"].to_numpy(), TASK, 1, ["new_scale", "new_lineage"]).fitted
    assert set(fitted.weights) == {"new_scale", "new_lineage"}
    assert all(sum(w) == pytest.approx(1) and min(w) >= 0 for w in fitted.weights.values())
    assert fitted.weights["new_scale"][2] > fitted.weights["new_scale"][0]


def test_prior__counts_the_global_mean_twice_where_the_kind_could_not_be_re_enacted() -> None:
    assert prior_weights(BLEND).tolist() == pytest.approx([0.1, 0.3, 0.3, 0.3])
    assert prior_weights(BLEND, doubled=True).tolist() == pytest.approx([2 / 11, 3 / 11, 3 / 11, 3 / 11])


def test_prior__must_fit_the_members() -> None:
    with pytest.raises(ValidationError, match="prior needs a weight ≥ 0 for each of 1 members"):
        SuperLearner((GlobalMean(),), prior=(0.5, 0.5))


def test_forecasts__hold_every_hidden_batch_once_with_a_spread() -> None:
    rows = _rows()
    y = rows["observed"].to_numpy()
    tables = fit_super_learner(BLEND, rows, y, TASK, 1, ["new_lineage"]).forecasts()
    assert sorted(tables["new_lineage"]["batch_id"]) == sorted(rows["batch_id"])
    assert (tables["new_lineage"]["spread"] > 0).all()
    assert tables["new_lineage"]["reenacted_kind"].unique().to_list() == ["new_lineage"]


def test_blend__on_pure_noise_is_at_most_ten_percent_worse_than_the_mean() -> None:
    losses = []
    for seed in range(6):
        rows = _rows(8).with_columns(pl.Series("observed", np.random.default_rng(seed).normal(size=_rows(8).height)))
        test = (rows["product"] == "P7").to_numpy()
        train = rows.filter(pl.Series(~test))
        fitted = fit_super_learner(BLEND, train, train["observed"].to_numpy(), TASK, 1, ["new_lineage"]).fitted
        hidden = rows.filter(pl.Series(test))
        error = ((fitted.predict(hidden) - hidden["observed"].to_numpy()) ** 2).mean()
        losses.append(error / ((train["observed"].mean() - hidden["observed"]) ** 2).mean())  # type: ignore[operator]
    assert np.mean(losses) < 1.1
