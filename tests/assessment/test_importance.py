"""Importance, pooled and within the product, and its pictures."""

from pathlib import Path

import numpy as np

from pipeline.assessment.importance import draw_explanations, importance, importance_figure, importance_of_all, spread_figure
from pipeline.domain.units import unit
from pipeline.models.registry import AdditiveTable, CarryOver, LightGBM, Ridge, Task, fit
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale"), ("product",))


def test_importance__of_a_difference_between_products_is_pooled_and_not_within() -> None:
    rows = batch_rows(8)
    product = rows["product"].rank("dense").cast(float).to_numpy()
    fitted = fit(Ridge(), rows, 10 * product + rows["x"].to_numpy(), TASK, 1)
    table = importance(fitted, rows, unit(""))
    by_name = {row["feature"]: row for row in table.to_dicts()}
    assert by_name["product"]["pooled"] > 5
    assert by_name["product"]["within"] < 1e-9
    assert table["feature"][0] == "x"
    assert by_name["x"]["direction_within"] > 0.99


def test_importance__is_in_the_unit_of_the_attribute() -> None:
    rows = batch_rows()
    fitted = fit(Ridge(), rows, results_of(rows)["value"].to_numpy(), TASK, 1)
    plain, percent = (importance(fitted, rows, unit(label)) for label in ("", "%"))
    assert np.allclose(percent["within"], 100 * plain["within"])


def test_importance__of_a_mean_is_empty(tmp_path: Path) -> None:
    rows = batch_rows()
    table = importance(fit(CarryOver(), rows, results_of(rows)["value"].to_numpy(), TASK, 1), rows, unit(""))
    assert table.is_empty()
    importance_figure(table, "y", unit(""), {}, tmp_path / "none.png")
    assert (tmp_path / "none.png").stat().st_size > 1000


def test_figures__are_written_and_the_same_again(tmp_path: Path) -> None:
    rows = batch_rows()
    fitted = fit(LightGBM(rounds=20), rows, results_of(rows)["value"].to_numpy(), TASK, 1)
    importance_figure(importance(fitted, rows, unit("g/L")), "y", unit("g/L"), {"x": "x [m]"}, tmp_path / "a.png")
    for name in ("b.png", "again.png"):
        spread_figure(fitted, rows, "y", unit("g/L"), {"x": "x [m]"}, tmp_path / name)
    assert (tmp_path / "b.png").read_bytes() == (tmp_path / "again.png").read_bytes()
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in ("a.png", "b.png"))


def test_importance_of_all__names_attribute_and_unit_and_is_drawn_twice_each(tmp_path: Path) -> None:
    rows = batch_rows()
    fitted = fit(Ridge(), rows, results_of(rows)["value"].to_numpy(), TASK, 1)
    models, units = {"y": fitted, "z": fitted}, {"y": unit("%"), "z": unit("g/L")}
    table = importance_of_all(models, rows, units)
    assert table.columns[:3] == ["cqa", "unit", "feature"]
    assert set(table.select("cqa", "unit").iter_rows()) == {("y", "%"), ("z", "g/L")}
    draw_explanations(models, rows, table, units, {}, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"{c}_{kind}.png" for c in "yz" for kind in ("importance", "shap")}


def test_spread_figure__of_a_model_with_text_features_only_is_drawn(tmp_path: Path) -> None:
    rows = batch_rows()
    task = Task("y", (), (), groups=("product", "site"))
    model = fit(AdditiveTable(), rows, results_of(rows)["value"].to_numpy(), task, 1)
    spread_figure(model, rows, "y", unit("%"), {}, tmp_path / "y.png")
    assert (tmp_path / "y.png").stat().st_size > 0
