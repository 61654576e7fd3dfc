"""Products: formulas that can be made, and a strength that development aimed at."""

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.tablet_train.config import TabletTrainConfig
from pipeline.simulators.tablet_train.products import TRAITS, population
from pipeline.simulators.tablet_train.train import Train


def test_population__formulas_can_be_made() -> None:
    products = population(TabletTrainConfig(products=60, blends=900))
    assert products["drug_load"].is_between(0.02, 0.5).all()
    assert np.allclose(products["drug_load"] * products["tablet_mg"], products["strength_mg"])
    assert (products["drug_load"] / products["granulated_share"] < 0.9).all()
    assert products["product"].n_unique() == 60


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
def test_population__traits_vary_around_their_centre(trait: object) -> None:
    products = population(TabletTrainConfig(products=99, blends=900))
    logs = np.log(products[trait.name].to_numpy() / trait.centre)  # type: ignore[attr-defined]
    assert abs(np.mean(logs)) < 0.4 * trait.spread  # type: ignore[attr-defined]
    assert np.std(logs) == pytest.approx(trait.spread, rel=0.3)  # type: ignore[attr-defined]


def test_population__bench_cores_have_the_strength_that_development_aimed_at(default: Train) -> None:
    rows = default.inputs["compression"]
    strength = pl.DataFrame({"size": rows["batch_size"], "MPa": default.states["compression"]["tensile_strength"] / 1e6})
    assert strength.filter(pl.col("size") == 2)["MPa"].median() == pytest.approx(1.45, abs=0.25)


def test_population__a_product_is_the_same_in_a_train_of_more_products() -> None:
    few, many = (population(TabletTrainConfig(products=number, blends=300)) for number in (5, 12))
    assert few.equals(many.head(5))
