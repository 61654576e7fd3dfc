"""Scores against values computed by hand."""

import polars as pl
import pytest

from pipeline.assessment.scores import metrics, score
from pipeline.domain.units import unit


def _predictions() -> pl.DataFrame:
    observed, own, mean = [1.0, 2.0, 3.0, 4.0], [1.1, 2.1, 2.9, 3.9], [2.0, 2.0, 2.0, 2.0]
    tables = [
        pl.DataFrame(
            {
                "protocol": "p",
                "fold": [0] * 4,
                "model": model,
                "cqa": "titre",
                "batch_id": list("abcd"),
                "product": ["A", "A", "B", "B"],
                "lineage": ["A", "A", "B", "B"],
                "scale": [1.0, 2.0, 1.0, 2.0],
                "scale_level": [1.0, 2.0, 1.0, 2.0],
                "observed": observed,
                "censoring": ["none"] * 4,
                "predicted": predicted,
                "lower_90": [p - 0.1 for p in predicted],
                "upper_90": [p + 0.15 for p in predicted],
            }
        )
        for model, predicted in (("lightgbm", own), ("carry_over", mean), ("global_mean", mean))
    ]
    return pl.concat(tables)


def test_score__equals_the_values_computed_by_hand() -> None:
    table = score(_predictions(), {"titre": unit("g/L")}, (0.9,), 1)
    row = table.filter((pl.col("model") == "lightgbm") & (pl.col("product") == "all")).row(0, named=True)
    assert row["rmse"] == pytest.approx(0.1)
    assert row["mae"] == pytest.approx(0.1)
    assert row["q2"] == pytest.approx(1 - 0.04 / 5)
    assert row["skill_carry_over"] == pytest.approx(1 - 0.01 / 1.5)
    assert row["coverage_90"] == pytest.approx(1.0)
    assert row["width_90"] == pytest.approx(0.25)
    assert (row["n"], row["products"], row["unit"]) == (4, 2, "g/L")


def test_score__has_a_row_per_product_and_scale() -> None:
    table = score(_predictions(), {"titre": unit("g/L")}, (0.9,), 1).filter(pl.col("model") == "carry_over")
    cells = table.filter(pl.col("scale_level").is_not_null()).select("product", "scale_level", "rmse").rows()
    assert cells == [("A", 1.0, 1.0), ("A", 2.0, 0.0), ("B", 1.0, 1.0), ("B", 2.0, 2.0)]


def test_score__has_errors_in_the_unit_of_the_attribute() -> None:
    table = score(_predictions(), {"titre": unit("%")}, (0.9,), 1)
    own = table.filter((pl.col("model") == "lightgbm") & (pl.col("product") == "all"))
    assert own["rmse"].item() == pytest.approx(10.0)


def test_score__bootstrap_limits_enclose_the_pooled_score() -> None:
    table = score(_predictions(), {"titre": unit("g/L")}, (0.9,), 1).filter(pl.col("product") == "all")
    assert (table["rmse_low"] <= table["rmse"] + 1e-12).all()
    assert (table["rmse_high"] >= table["rmse"] - 1e-12).all()


def test_score__limits_of_a_coverage_count_products_and_under_past_scale_ups_transfers() -> None:
    folds = _predictions().with_columns(pl.lit("past_scale_ups").alias("protocol"), pl.Series("fold", [0, 1, 2, 2] * 3))
    both = score(pl.concat([_predictions(), folds]), {"titre": unit("g/L")}, (0.9,), 1).filter(pl.col("model") == "lightgbm")
    pooled = both.filter(pl.col("product") == "all").sort("protocol")
    assert pooled.select("protocol", "groups").rows() == [("p", 2), ("past_scale_ups", 3)]
    least = [0.025 ** (1 / 2), 0.025 ** (6 / 16)]  # all inside: 2 equal products; 4² / (1 + 1 + 4) scale-ups
    assert pooled["coverage_90_least"].to_list() == pytest.approx(least)
    assert pooled["coverage_90_most"].to_list() == [1.0, 1.0]
    assert both.filter(pl.col("product") != "all")["groups"].null_count() == both.height - 2


def test_score__a_coverage_of_one_product_has_no_limits() -> None:
    table = score(_predictions().filter(pl.col("product") == "A"), {"titre": unit("g/L")}, (0.9,), 1)
    pooled = table.filter(pl.col("product") == "all")
    assert pooled["groups"].to_list() == [1] * 3
    assert pooled["coverage_90_least"].null_count() == pooled["coverage_90_most"].null_count() == 3


def test_metrics__nest_by_protocol_and_attribute() -> None:
    nested = metrics(score(_predictions(), {"titre": unit("g/L")}, (0.9,), 1), "lightgbm")
    assert nested["p"]["titre"]["rmse"] == pytest.approx(0.1)


def test_score__without_forecasts_has_the_same_columns_and_no_rows() -> None:
    units = {"titre": unit("g/L")}
    full, empty = (score(given, units, (0.9,), 1) for given in (_predictions(), _predictions().clear()))
    assert empty.height == 0
    assert empty.columns == full.columns
    assert metrics(empty, "ridge") == {}
