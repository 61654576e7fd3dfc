"""Lots and genealogy."""

import polars as pl
import pytest

from pipeline.simulators.tablet_train.lots import PROPERTIES
from pipeline.simulators.tablet_train.train import Train


def test_uses__sum_to_the_powder_and_name_known_lots(default: Train) -> None:
    used = default.uses["granulation"]
    assert set(used["material"]) == {"api", "lactose", "binder"}
    total = used.group_by("batch").agg(pl.col("mass").sum())
    joined = default.inputs["granulation"].select("batch", "powder_mass").join(total, on="batch")
    assert joined["mass"].to_numpy() == pytest.approx(joined["powder_mass"].to_numpy(), rel=1e-3)
    for frame in default.uses.values():
        for material, own in frame.group_by("material"):
            assert set(own["lot"]) <= set(default.lots[str(material[0])]["lot"])
    assert set(default.uses["blending"]["material"]) == {"mcc", "magnesium_stearate"}


def test_uses__some_batches_use_two_lots(default: Train) -> None:
    lots = default.uses["granulation"].filter(pl.col("material") == "api").group_by("batch").len()["len"]
    assert 0.1 < (lots == 2).mean() < 0.35  # type: ignore[operator]


def test_lots__of_a_drug_serve_one_product(default: Train) -> None:
    used = default.uses["granulation"].filter(pl.col("material") == "api")
    joined = used.join(default.inputs["granulation"].select("batch", "product"), on="batch")
    assert joined.group_by("lot").agg(pl.col("product").n_unique())["product"].max() == 1


def test_lots__properties_vary_around_their_median(default: Train) -> None:
    for material, properties in PROPERTIES.items():
        for one in properties:
            assert default.lots[material][one.name].median() == pytest.approx(one.median, rel=0.15)
    api = default.lots["api"]
    assert (api["api_d90"] > api["api_d50"]).all()
