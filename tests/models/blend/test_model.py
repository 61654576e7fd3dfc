"""The blend: weights per kind of question, prior weights, censored results, and its error where there is nothing to learn."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from pipeline.extrapolation.kinds import KINDS
from pipeline.extrapolation.reenactment import reenact
from pipeline.models import row_subset
from pipeline.models.blend import fitting
from pipeline.models.blend.fitting import fit_members, fit_super_learner
from pipeline.models.blend.model import FittedSuperLearner
from pipeline.models.blend.weights import FEW_PRODUCTS, prior_weights
from pipeline.models.censoring import working_results
from pipeline.models.registry import (
    AdditiveTable,
    CarryOver,
    ExtraTrees,
    GlobalMean,
    Hierarchical,
    LightGBM,
    ModelConfig,
    SuperLearner,
    Task,
    fit,
    fit_again,
)
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale", "gap"), (), comparable=("log10_scale",), groups=("product", "lineage", "site"))
BLEND = SuperLearner(
    (GlobalMean(), AdditiveTable(), Hierarchical(), LightGBM(rounds=30, words=False)), folds=3, prior=(0.1, 0.3, 0.3, 0.3)
)

TREES = LightGBM(rounds=30, words=False)
CENSORED_BLEND = SuperLearner((GlobalMean(), CarryOver(), AdditiveTable(), Hierarchical(), TREES))


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


def test_prior__is_drawn_to_the_carry_over_where_products_are_few() -> None:
    """With `FEW_PRODUCTS` products both count equally; twice as many are needed for a kind that could not be re-enacted."""
    blend = SuperLearner((GlobalMean(), CarryOver(), Hierarchical()), prior=(0.2, 0.2, 0.6))
    assert prior_weights(blend, 0).tolist() == [0, 1, 0]
    assert prior_weights(blend, FEW_PRODUCTS).tolist() == pytest.approx([0.1, 0.6, 0.3])
    assert prior_weights(blend).tolist() == pytest.approx([0.2, 0.2, 0.6])
    assert prior_weights(blend, 2 * FEW_PRODUCTS, doubled=True).tolist() == pytest.approx([1 / 6, 0.5 + 1 / 12, 0.25])
    assert prior_weights(BLEND, 1).tolist() == pytest.approx([0.1, 0.3, 0.3, 0.3])  # holds no carry-over


def test_weights__of_the_carry_over_are_larger_the_fewer_products_there_are() -> None:
    blend = SuperLearner((GlobalMean(), CarryOver(), Hierarchical()), folds=3, caution=8)
    few, many = (
        fit_super_learner(blend, rows, rows["observed"].to_numpy(), TASK, 1, ["next_batch"]).fitted.weights["next_batch"][1]
        for rows in (_rows(2), _rows(12))
    )
    assert few > 1.5 * many


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


def test_forecasts__of_every_hidden_batch_are_made_by_members_that_learned_from_some_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows, learned = _rows(), []
    monkeypatch.setattr(row_subset, "MOST_REENACTED", 30)
    monkeypatch.setattr(fitting, "fit_members", lambda *given: learned.append(given[1].height) or fit_members(*given))
    tables = fit_super_learner(BLEND, rows, rows["observed"].to_numpy(), TASK, 1, ["new_lineage"]).forecasts()
    assert learned == [rows.height, 30, 30, 30]
    assert sorted(tables["new_lineage"]["batch_id"]) == sorted(rows["batch_id"])


def test_member__that_is_compared_has_forecasts_with_its_own_spread() -> None:
    rows = _rows()
    y = rows["observed"].to_numpy()
    trained = fit_super_learner(BLEND, rows, y, TASK, 1, ["new_lineage"], [AdditiveTable(), CarryOver()])
    fitted, tables = trained.member(1)
    assert fitted.kind == "additive_table"
    assert (tables["new_lineage"]["spread"] != trained.forecasts()["new_lineage"]["spread"]).any()


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


def _censored() -> pl.DataFrame:
    """Return rows of which the lower 40 % of the results lie at or below a reporting limit."""
    rows = _rows()
    limit = np.quantile(rows["observed"], 0.4)
    return rows.with_columns(
        pl.max_horizontal("observed", pl.lit(limit)),
        censoring=pl.when(pl.col("observed") <= limit).then(pl.lit("left")).otherwise(pl.lit("none")),
    )


@pytest.mark.parametrize("member", [GlobalMean(), CarryOver(), AdditiveTable(), Hierarchical()])
def test_member__with_censored_results_equals_the_model_fitted_by_itself(member: ModelConfig) -> None:
    rows = _censored()
    y = rows["observed"].to_numpy()
    members, _ = fit_members(CENSORED_BLEND, rows, y, TASK, 1, None)
    own = members[CENSORED_BLEND.members.index(member)]
    assert own.predict(rows) == pytest.approx(fit(member, rows, y, TASK, 1).predict(rows))


def test_trees__are_fitted_to_the_working_results_of_the_model_that_gives_the_spread() -> None:
    rows = _censored()
    y = rows["observed"].to_numpy()
    members, spread_model = fit_members(CENSORED_BLEND, rows, y, TASK, 1, None)
    assert spread_model is not None
    assert spread_model.kind == "hierarchical"
    working = working_results(y, rows["censoring"], spread_model.predict(rows))
    assert (working < y).any()
    assert members[-1].predict(rows) == pytest.approx(fit(TREES, rows, working, TASK, 1).predict(rows))


def test_members__do_not_depend_on_their_order_where_results_are_censored() -> None:
    rows = _censored()
    y = rows["observed"].to_numpy()
    turned = replace(CENSORED_BLEND, members=CENSORED_BLEND.members[::-1])
    members, again = (fit_members(config, rows, y, TASK, 1, None)[0] for config in (CENSORED_BLEND, turned))
    for one, other in zip(members, again[::-1], strict=True):
        assert one.predict(rows) == pytest.approx(other.predict(rows))


def test_weights__are_learned_from_the_batches_that_ask_the_kind() -> None:
    """Half of the rows that lie after a date ask another kind than the next batch: those rows have no part in the weights."""
    rows = _rows()
    hidden = fit_super_learner(BLEND, rows, rows["observed"].to_numpy(), TASK, 1, KINDS[:-1]).reenactments
    for kind, found in hidden.items():
        folds = reenact(rows, kind, TASK.scale_tolerance, (), BLEND.folds)
        assert found.reenacted_kind == folds["shift"][0]
        assert sorted(found.rows["batch_id"]) == sorted(folds.filter(role="test")["batch_id"])
    assert hidden["new_product"] is hidden["new_lineage"]  # equal re-enactments are fitted once


DENSE = replace(BLEND, members=(*BLEND.members, ExtraTrees(trees=5, from_rows=100)), prior=(0.05, 0.15, 0.15, 0.15, 0.5))


def test_for_rows__leaves_out_members_that_need_more_batches_and_scales_the_prior() -> None:
    assert DENSE.for_rows(100) is DENSE
    few = DENSE.for_rows(99)
    assert few.members == BLEND.members
    assert few.prior == pytest.approx(BLEND.prior)
    assert DENSE.with_members(4) == few
    assert DENSE.with_members(5) is DENSE


def test_fit__of_a_short_history_equals_the_blend_without_the_members_that_need_more() -> None:
    rows = _rows()
    assert rows.height < 100
    y = rows["observed"].to_numpy()
    with_dense, without = (fit_super_learner(blend, rows, y, TASK, 1, ["new_scale"]) for blend in (DENSE, BLEND))
    assert with_dense.config == DENSE
    assert with_dense.used.members == BLEND.members
    assert with_dense.fitted.predict(rows) == pytest.approx(without.fitted.predict(rows))


def test_fit_again__keeps_the_members_of_the_fitted_blend() -> None:
    rows = _rows()
    y = rows["observed"].to_numpy()
    fitted = fit_super_learner(DENSE, rows, y, TASK, 1, ["new_scale"]).fitted
    more = pl.concat([rows, rows])
    again = fit_again(fitted, DENSE, more, np.tile(y, 2), TASK, 1)
    assert isinstance(again, FittedSuperLearner)
    assert len(again.members) == len(fitted.members) == 4


def test_blend__without_a_member_for_few_batches_is_refused() -> None:
    with pytest.raises(ValidationError, match="from_rows must be 0 for at least one member"):
        SuperLearner((ExtraTrees(from_rows=10),))
