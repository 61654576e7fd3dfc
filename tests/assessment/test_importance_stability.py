"""Stability of ranks: a true effect keeps its rank, an idle feature does not."""

import numpy as np
import polars as pl

from pipeline.assessment.importance_stability import REFITS, drawn_products, stability, stability_of_all
from pipeline.domain.units import unit
from pipeline.models.registry import CarryOver, Ridge, Task, fit
from tests.support.pot import pot
from tests.support.rows import batch_rows, results_of
from tests.support.trained_pot import trained_run

TASK = Task("y", ("x", "idle", "idle2"), ("product",))


def test_drawn_products__are_whole_products_drawn_with_replacement() -> None:
    rows = batch_rows(6)
    draws = drawn_products(rows, 4, seed=1)
    sizes = dict(rows.group_by("product").len().iter_rows())
    for drawn in draws:
        for product, count in drawn.group_by("product").len().iter_rows():
            assert count % sizes[product] == 0
    assert any(drawn["product"].n_unique() < 6 for drawn in draws)
    assert all(a.equals(b) for a, b in zip(draws, drawn_products(rows, 4, seed=1), strict=True))


def test_stability__a_true_cause_keeps_rank_and_sign() -> None:
    rng = np.random.default_rng(5)
    rows = batch_rows(8).with_columns(idle=pl.lit(0.0), idle2=pl.lit(0.0))
    rows = rows.with_columns(pl.Series(name, rng.normal(size=rows.height)) for name in ("idle", "idle2"))
    y = results_of(rows, noise=0.3)["value"]
    rows = rows.with_columns(y.alias("observed"))
    full = fit(Ridge(), rows, rows["observed"].to_numpy(), TASK, 1)
    refits = [fit(Ridge(), d, d["observed"].to_numpy(), TASK, 1) for d in drawn_products(rows, 5, seed=2)]
    table = stability(full, refits, rows, unit(""))
    first = table.row(0, named=True)
    assert (first["feature"], first["rank"], first["best"], first["worst"], first["same_sign"]) == ("x", 1, 1, 1, 1.0)
    idle = table.filter(pl.col("feature").is_in(["idle", "idle2"]))
    assert (idle["worst"] > 1).all()


def test_stability__of_a_mean_is_empty() -> None:
    rows = batch_rows().with_columns(idle=pl.lit(0.0), idle2=pl.lit(0.0))
    mean = fit(CarryOver(), rows, results_of(rows)["value"].to_numpy(), TASK, 1)
    assert stability(mean, [mean], rows, unit("")).is_empty()


def test_stability_of_all__refits_the_final_model_of_each_attribute() -> None:
    trained = trained_run()
    units = {"titre": pot().attributes["titre"].si}
    table = stability_of_all(
        trained.model.finals, trained.rows, trained.history.results, units, (CarryOver(), Ridge()), seed=1
    )
    assert table["cqa"].unique().to_list() == ["titre"]
    assert set(table["feature"]) >= {"agitation", "temperature"}
    assert table["refits"].unique().to_list() == [REFITS]
