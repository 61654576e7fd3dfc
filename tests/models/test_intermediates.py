"""The model of measured intermediates: what it reads, what it does not read, and how it explains."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.models.base import Task
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import Hierarchical
from pipeline.models.intermediates import LEAST_MEASURED, FittedIntermediates, Intermediates, fit_intermediates
from pipeline.models.registry import GlobalMean, SuperLearner, fit, fit_again, from_dict
from tests.support.rows import batch_rows

PLAN = Task("y", ("x", "log10_scale"), (), comparable=("log10_scale",), groups=("product", "lineage", "site"))
TASK = replace(PLAN, intermediates=("peak", "unrelated"))
CONFIG = Intermediates()


def _history(products: int = 8) -> tuple[pl.DataFrame, np.ndarray]:
    """Rows in which quality follows from a measured peak, which follows from the plan and from the product."""
    rows, rng = batch_rows(products), np.random.default_rng(5)
    own = rows["product"].rank("dense").to_numpy() / 4
    peak = 20 + 3 * rows["log10_scale"].to_numpy() + 2 * rows["x"].to_numpy() + own + 1.0 * rng.normal(size=rows.height)
    y = 5 - 0.1 * peak + 0.02 * rng.normal(size=rows.height)
    return rows.with_columns(peak=pl.Series(peak), unrelated=pl.Series(rng.normal(size=rows.height))), y


def _fitted() -> tuple[FittedIntermediates, pl.DataFrame, np.ndarray]:
    rows, y = _history()
    return fit_intermediates(CONFIG, rows, y, TASK), rows, y


def test_fit__chooses_the_intermediate_that_quality_follows_from() -> None:
    fitted, _, _ = _fitted()
    assert "peak" in fitted.names


def test_predict__does_not_read_measured_values_of_the_asked_rows() -> None:
    fitted, rows, _ = _fitted()
    other = rows.with_columns(peak=pl.lit(1e9), unrelated=pl.lit(None, pl.Float64))
    assert np.array_equal(fitted.predict(rows), fitted.predict(other))
    assert np.array_equal(fitted.predict(rows), fitted.predict(rows.drop("peak", "unrelated")))


def test_predict__is_close_to_the_results() -> None:
    fitted, rows, y = _fitted()
    assert np.sqrt(np.mean((fitted.predict(rows) - y) ** 2)) < 0.35 * y.std()


def test_contributions__belong_to_features_of_the_plan_and_add_up() -> None:
    fitted, rows, _ = _fitted()
    base, shares = fitted.contributions(rows)
    assert set(shares.columns) == set(fitted.reads)
    assert not {"peak", "unrelated"} & set(shares.columns)
    assert np.allclose(base + shares.sum_horizontal().to_numpy(), fitted.predict(rows))


def test_contributions__give_a_feature_the_effect_that_it_has_through_the_intermediate() -> None:
    fitted, rows, _ = _fitted()
    _, shares = fitted.contributions(rows)
    assert np.corrcoef(shares["x"], rows["x"])[0, 1] < -0.9


def test_fit__a_model_of_an_intermediate_reads_no_feature_of_a_later_step() -> None:
    rows, y = _history()
    fitted = fit_intermediates(CONFIG, rows, y, replace(TASK, later={"peak": ("x",)}))
    (first,) = (one for name, one in zip(fitted.names, fitted.first, strict=True) if name == "peak")
    assert "x" not in first.reads
    assert "x" in fitted.second.reads


def test_fit__without_intermediates_is_the_model_of_the_plan() -> None:
    rows, y = _history()
    fitted = fit_intermediates(CONFIG, rows, y, PLAN)
    assert fitted.names == ()
    assert np.array_equal(fitted.predict(rows), fit_hierarchical(CONFIG.second, rows, y, PLAN).predict(rows))


def test_fit__leaves_out_an_intermediate_that_is_measured_too_rarely() -> None:
    rows, y = _history()
    rare = rows.with_columns(peak=pl.when(pl.int_range(pl.len()) < LEAST_MEASURED - 1).then("peak"))
    assert "peak" not in fit_intermediates(CONFIG, rare, y, TASK).names


def test_fit__reads_batches_without_a_measured_value() -> None:
    rows, y = _history()
    some = rows.with_columns(peak=pl.when(pl.int_range(pl.len()) % 3 > 0).then("peak"))
    fitted = fit_intermediates(CONFIG, some, y, TASK)
    assert "peak" in fitted.names
    assert np.isfinite(fitted.predict(rows)).all()


@pytest.mark.parametrize("task", [TASK, PLAN], ids=["intermediates", "plan"])
def test_blend__is_fitted_to_other_rows_with_the_members_that_it_has(task: Task) -> None:
    rows, y = _history(5)
    config = SuperLearner((GlobalMean(), Hierarchical(target_scale="transformed"), CONFIG), folds=2)
    fitted = fit(config, rows, y, task, 1)
    saved = Task.from_dict(task.to_dict(), 0.1)
    again = fit_again(fitted, config, rows, y, saved, 1)
    assert saved.intermediates == task.intermediates
    assert [member.kind for member in again.members] == [member.kind for member in fitted.members]


@pytest.mark.parametrize("task", [TASK, PLAN], ids=["intermediates", "plan"])
def test_blend__keeps_the_member_when_it_is_saved(task: Task) -> None:
    rows, y = _history(5)
    members = (GlobalMean(), Hierarchical(target_scale="transformed"), CONFIG)
    fitted = fit(SuperLearner(members, folds=2), rows, y, task, 1)
    again = from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert np.array_equal(fitted.predict(rows), again.predict(rows))
    base, shares = again.contributions(rows)
    assert np.allclose(base + shares.sum_horizontal().to_numpy(), fitted.predict(rows))
