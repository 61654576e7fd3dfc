"""The hierarchical model: pooling, extrapolation, censored results, and closed forms against direct computation."""

import numpy as np
import polars as pl
import pytest

from pipeline.forecasting.intervals import residual
from pipeline.models import row_subset
from pipeline.models.censoring import working_results
from pipeline.models.hierarchical import reduced
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.term_selection import selected
from pipeline.models.hierarchical.uncertainty import FEW_ROWS, combined
from pipeline.models.hierarchical.variances import Variances, estimate
from pipeline.models.registry import AdditiveTable, Hierarchical, Task
from pipeline.models.row_subset import spread_out
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale", "gap"), (), comparable=("log10_scale",), groups=("product", "lineage", "site"))


def _y(rows: pl.DataFrame) -> np.ndarray:
    return results_of(rows)["value"].to_numpy()


def test_hierarchical__uses_the_shared_slope_at_a_scale_that_is_new_to_a_product() -> None:
    rows = batch_rows(8, each=8)
    hidden = ((rows["product"] == "P4") & (rows["scale_level"] == 2.0)).to_numpy()
    known = rows.filter(pl.Series(~hidden))
    fitted = fit_hierarchical(Hierarchical(), known, _y(rows)[~hidden], TASK)
    table = fit_hierarchical(AdditiveTable(), known, _y(rows)[~hidden], TASK)
    errors = {m.kind: np.abs(m.predict(rows.filter(pl.Series(hidden))) - _y(rows)[hidden]).mean() for m in (fitted, table)}
    assert errors["hierarchical"] < 0.35 * errors["additive_table"]


def test_additive_table__pools_a_small_group_more_than_a_large_one() -> None:
    rows = batch_rows(6, each=8)
    few = rows.filter((pl.col("product") != "P5") | pl.col("batch_id").is_first_distinct()).with_row_index("i")
    few = few.filter((pl.col("product") != "P5") | (pl.col("i") == pl.col("i").max())).drop("i")
    y = few["product"].rank("dense").cast(pl.Float64).to_numpy()
    fitted = fit_hierarchical(AdditiveTable(), few, y, Task("y", (), (), groups=("product",)))
    error = dict(zip(few["product"], fitted.predict(few) - y, strict=True))
    assert abs(error["P5"]) > abs(error["P0"])


def test_blocks_out__equals_fitting_without_the_block() -> None:
    rows = batch_rows(5, each=3)
    fitted = fit_hierarchical(Hierarchical(), rows, _y(rows), TASK)
    blocks = (rows["product"].rank("dense").to_numpy() - 1).astype(np.int64)
    left = fitted.blocks_out(rows, _y(rows), blocks)
    own, rest = blocks == 2, blocks != 2
    kernels = fitted.layout.kernels(fitted.design, fitted.design)
    kernel = sum(v * k for v, k in zip(fitted.variances.components, kernels, strict=True))
    scaled = (_y(rows) - fitted.mean) / fitted.deviation
    alpha = np.linalg.solve(kernel[np.ix_(rest, rest)] + fitted.variances.noise * np.eye(rest.sum()), scaled[rest])
    assert np.allclose(left[own], fitted.deviation * (scaled[own] - kernel[np.ix_(own, rest)] @ alpha))


def test_spread__grows_with_the_distance_from_training_rows() -> None:
    rows = batch_rows()
    fitted = fit_hierarchical(Hierarchical(), rows, _y(rows), TASK)
    far = rows.with_columns(product=pl.lit("new"), lineage=pl.lit("new"), log10_scale=pl.lit(2.0))
    assert (fitted.spread(far) > fitted.spread(rows)).all()


def test_estimate__finds_the_variances_that_the_data_was_drawn_with() -> None:
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(60), 6)
    y = rng.normal(size=60)[group] * 2.0 + 0.5 * rng.normal(size=360)
    y = (y - y.mean()) / y.std()
    found = estimate([(group[:, None] == group[None, :]).astype(float)], y, None, 60)
    assert found.components[0] / found.noise == pytest.approx(16.0, rel=0.4)


def test_estimate__ignores_start_values_of_another_number() -> None:
    kernel = [np.eye(10)]
    y = np.random.default_rng(1).normal(size=10)
    assert estimate(kernel, y, Variances((0.1, 0.1), 0.2), 30) == estimate(kernel, y, None, 30)


def test_selected__finds_effects_within_products_and_at_most_the_given_number() -> None:
    rows = batch_rows(8, each=8)
    y = 10 * rows["product"].rank("dense").to_numpy() + 2.0 * rows["x"].to_numpy()
    assert selected(rows, y, TASK, 1, 0.3) == ("x",)
    assert selected(rows, y, TASK, 0, 0.3) == ()


def test_working_results__take_the_prediction_on_the_side_of_the_limit_or_else_the_limit() -> None:
    y, kinds = np.array([0.5, 0.5, 0.5, 0.5]), pl.Series(["left", "left", "right", "none"])
    assert working_results(y, kinds, np.array([0.2, 0.9, 0.2, 0.9])).tolist() == [0.2, 0.5, 0.5, 0.5]


def test_fit__with_marked_censored_results_has_a_smaller_error_as_results_are_scored() -> None:
    rows = batch_rows(6, each=12)
    measured = np.maximum(rows["x"].to_numpy() + 0.4 * np.random.default_rng(4).normal(size=rows.height), 0.0)
    marked = rows.with_columns(
        pl.Series("censoring", np.where(measured <= 0.0, "left", "none")), pl.Series("observed", measured)
    )
    task = Task("y", ("x",), (), groups=("product",))
    predictions = [fit_hierarchical(Hierarchical(), r, measured, task).predict(rows) for r in (marked, rows)]
    errors = [marked.with_columns(pl.Series("predicted", p)).select((residual() ** 2).sum()).item() for p in predictions]
    assert errors[0] < errors[1]


def test_predict__from_row_sums_equals_the_sum_over_all_pairs_of_rows() -> None:
    rows = batch_rows(6, each=6)
    fitted = fit_hierarchical(Hierarchical(), rows, results_of(rows)["value"].to_numpy(), TASK)
    new = batch_rows(7, each=3, seed=9).with_columns(pl.col("x") * 3)
    kernel = combined(fitted.variances.components, fitted.layout.kernels(fitted.design_of(new), fitted.design))
    assert fitted.predict(new) == pytest.approx(fitted.mean + fitted.deviation * (kernel @ fitted.alpha), rel=1e-5)


def test_spread__of_many_rows_together_equals_the_spread_of_each_row() -> None:
    """Many rows with the same levels are computed by polynomials, other rows by pairs."""
    rows = batch_rows(6, each=6)
    fitted = fit_hierarchical(Hierarchical(), rows, results_of(rows)["value"].to_numpy(), TASK)
    moved = np.random.default_rng(1).normal(size=(2 * FEW_ROWS, 1)) * 2
    many = pl.concat([rows[:1]] * len(moved)).with_columns(x=rows["x"][0] + pl.Series(moved[:, 0]))
    each = np.concatenate([fitted.spread(many[at : at + 1]) for at in range(len(moved))])
    assert np.ptp(each) > 0.05 * each.mean()  # the rows do differ
    assert fitted.spread(many) == pytest.approx(each, rel=1e-5)
    assert fitted.spread(pl.concat([rows, many])) == pytest.approx(np.concatenate([fitted.spread(rows), each]), rel=1e-5)
    assert fitted.spread(rows.clear()).shape == (0,)


def test_spread__of_many_rows_with_different_levels_is_that_of_each_row() -> None:
    rows = batch_rows(6, each=6)
    fitted = fit_hierarchical(Hierarchical(), rows, results_of(rows)["value"].to_numpy(), TASK)
    many = batch_rows(8, each=20, seed=5)
    each = np.concatenate([fitted.spread(many[at : at + 1]) for at in range(many.height)])
    assert many.height >= FEW_ROWS
    assert fitted.spread(many) == pytest.approx(each, rel=1e-5)


SIZES = (0.002, 0.05, 1.0, 20.0, 400.0, 8000.0)


def _vessel_per_size(scales: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Rows of a vessel per size, and results with a trend with scale and no effect of the vessel."""
    rows = batch_rows(6, SIZES[:scales], each=6)
    rows = rows.with_columns(vessel="V" + pl.col("scale_level").rank("dense").cast(pl.String))
    rng = np.random.default_rng(4)
    effect = rng.normal(size=6)[rows["product"].rank("dense").to_numpy().astype(int) - 1]
    return rows, effect + 0.6 * rows["log10_scale"].to_numpy() + 0.3 * rng.normal(size=rows.height)


VESSELS = Task("y", ("x", "log10_scale"), (), comparable=("log10_scale",), groups=("product", "vessel"))


def test_hierarchical__a_vessel_per_size_does_not_take_the_trend_with_scale() -> None:
    rows, y = _vessel_per_size(4)
    below = rows["scale_level"] < SIZES[3]
    known, above = rows.filter(below), rows.filter(~below)
    fitted = fit_hierarchical(Hierarchical(), known, y[below.to_numpy()], VESSELS)
    assert fitted.layout.groups == ("product",)
    assert (fitted.predict(above) - y[~below.to_numpy()]).mean() == pytest.approx(0, abs=0.4)


@pytest.mark.parametrize("config", [Hierarchical(), AdditiveTable()], ids=["hierarchical", "additive_table"])
def test_groupings__that_determine_the_scale_stay_with_many_scales_and_without_quantities(
    config: Hierarchical | AdditiveTable,
) -> None:
    """With many scales the two effects can be told apart. A table has no quantity that a vessel could take the trend from."""
    scales = 6 if isinstance(config, Hierarchical) else 3
    assert fit_hierarchical(config, *_vessel_per_size(scales), VESSELS).layout.groups == ("product", "vessel")


def test_groupings__with_several_levels_per_scale_stay() -> None:
    rows, y = _vessel_per_size(3)
    two = rows.with_columns(vessel=pl.col("vessel") + pl.col("site"))
    assert fit_hierarchical(Hierarchical(), two, y, VESSELS).layout.groups == ("product", "vessel")


def test_groupings__product_stays_where_it_determines_the_scale() -> None:
    rows, y = _vessel_per_size(3)
    own = rows.with_columns(product=pl.col("vessel"), lineage=pl.col("vessel"))
    assert fit_hierarchical(Hierarchical(), own, y + 2 * rows["x"].to_numpy(), VESSELS).layout.groups == ("product",)


def test_fit__of_many_rows_with_too_many_levels_solves_on_a_subset_that_knows_all_levels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = batch_rows(8, each=20)
    whole = fit_hierarchical(Hierarchical(), rows, _y(rows), TASK)
    monkeypatch.setattr(row_subset, "MOST_ROWS", 120)
    monkeypatch.setattr(reduced, "MOST_SHARED", 1)
    some = fit_hierarchical(Hierarchical(), rows, _y(rows), TASK)
    assert len(some.alpha) == len(some.design.codes) == 120 < rows.height
    assert some.levels == whole.levels
    assert np.abs(some.predict(rows) - whole.predict(rows)).mean() < 0.1 * np.std(_y(rows))


def test_blocks_out__of_rows_outside_the_subset_does_not_use_their_block(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = batch_rows(6, each=8)
    y = _y(rows)
    monkeypatch.setattr(row_subset, "MOST_ROWS", 60)
    monkeypatch.setattr(reduced, "MOST_SHARED", 1)
    fitted = fit_hierarchical(Hierarchical(), rows, y, TASK)
    blocks = (rows["product"].rank("dense").to_numpy() - 1).astype(np.int64)
    used = spread_out(rows)
    outside = np.setdiff1d(np.flatnonzero(blocks == 2), used)
    rest = np.flatnonzero(blocks[used] != 2)
    kernel = combined(fitted.variances.components, fitted.layout.kernels(fitted.design, fitted.design))
    scaled = (y[used] - fitted.mean) / fitted.deviation
    alpha = np.linalg.solve(kernel[np.ix_(rest, rest)] + fitted.variances.noise * np.eye(len(rest)), scaled[rest])
    design = fitted.design_of(rows[outside])
    shared = combined(fitted.variances.components, fitted.layout.kernels(design, fitted.design.take(rest)))
    expected = y[outside] - fitted.mean - fitted.deviation * (shared @ alpha)
    assert len(outside)
    assert fitted.blocks_out(rows, y, blocks)[outside] == pytest.approx(expected, abs=1e-4)
