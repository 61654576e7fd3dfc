"""The stage `explain`: the one setting that moves the pot's titre is found, and lasts over refits."""

import polars as pl
import pytest

from pipeline.domain.places import Places


def test_explain__the_cause_is_first_with_its_direction(project: Places) -> None:
    table = pl.read_parquet(project.importance)
    first, second = table.sort("within", descending=True).head(2).to_dicts()
    assert (first["cqa"], first["feature"], first["unit"]) == ("titre", "temperature", "g/L")
    assert first["direction_within"] == pytest.approx(1.0)
    assert first["within"] > 10 * second["within"]


def test_explain__the_cause_is_first_in_every_refit(project: Places) -> None:
    (row,) = pl.read_parquet(project.stability).filter(feature="temperature").to_dicts()
    assert (row["rank"], row["best"], row["worst"], row["same_sign"]) == (1, 1, 1, 1.0)


def test_explain__draws_both_pictures_of_every_attribute(project: Places) -> None:
    pictures = {path.name for path in project.explanations.glob("*.png")}
    assert pictures == {"titre_importance.png", "titre_shap.png"}
