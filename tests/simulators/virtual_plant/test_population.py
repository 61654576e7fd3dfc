"""Products of the plant resemble their family."""

import polars as pl
import pytest

from pipeline.simulators.virtual_plant.config import PlantConfig


def test_population__products_of_a_family_share_the_stated_part_of_the_variance() -> None:
    from pipeline.simulators.virtual_plant.population import TRAITS, population

    table = population(PlantConfig(seed=3, products=99, batches=400, families=33))
    for trait in TRAITS:
        value = (pl.col(trait.name).log() if trait.log else pl.col(trait.name)).alias("x")
        means = table.select("family", value).group_by("family").agg(pl.col("x").mean())
        between = float(means["x"].var()) / float(table.select(value)["x"].var())  # type: ignore[arg-type]
        expected = trait.family_share + (1 - trait.family_share) / 3
        assert between == pytest.approx(expected, abs=0.25), trait.name
