"""A small virtual plant for the tests of the simulator."""

import polars as pl
import pytest

from pipeline.simulators.virtual_plant.build import plan
from pipeline.simulators.virtual_plant.config import PlantConfig

SMALL = PlantConfig(products=6, batches=90, families=2, historian_minutes=480)


@pytest.fixture(scope="session")
def rows() -> pl.DataFrame:
    return plan(SMALL)[0]


@pytest.fixture(scope="session")
def large(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("working_volume") == pl.col("working_volume").max())
