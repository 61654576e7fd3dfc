"""Blocks of batches: their size follows the number of records, and many hours computed together are the same as one by one."""

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.virtual_plant import states
from pipeline.simulators.virtual_plant.blocks import block_size, simulated, site_records
from pipeline.simulators.virtual_plant.config import PlantConfig
from pipeline.simulators.virtual_plant.culture import culture_of
from pipeline.simulators.virtual_plant.environment import environment
from pipeline.simulators.virtual_plant.further_tags import further_sensed
from pipeline.simulators.virtual_plant.historian import sensed
from tests.support.culture_course import course

NO_FAULT = pl.DataFrame(schema={"batch_id": pl.String, "cause": pl.String, "onset_hours": pl.Float64})


@pytest.mark.parametrize(("minutes", "size"), [(1440, 256), (10, 256), (5, 128), (1, 25)])
def test_block_size__falls_so_that_a_block_has_no_more_records_than_at_ten_minutes(minutes: int, size: int) -> None:
    assert block_size(PlantConfig(historian_minutes=minutes)) == size


def test_simulated__shows_what_a_single_hour_shows(large: pl.DataFrame) -> None:
    few = large.head(3)
    block = simulated(PlantConfig(historian_minutes=20, further_tags=("weight",)), few, NO_FAULT)
    culture, hours = culture_of(few), block.hours[[0, 100, 400, 700]]
    for hour, values in zip(hours, course(culture, hours), strict=True):
        state = states.of(values)
        meets = environment(culture, state, float(hour))
        shown = sensed(culture, state, meets, float(hour)) | further_sensed(culture, state, meets, float(hour))
        place = int(np.flatnonzero(block.hours == hour)[0])
        for tag, expected in shown.items():
            assert np.allclose(block.sensors[tag][place], expected, rtol=1e-12), tag


def test_site_records__of_some_batches_are_those_of_the_block(large: pl.DataFrame) -> None:
    config = PlantConfig(historian_minutes=480, further_tags=("offline_ph",))
    block = simulated(config, large, NO_FAULT)
    site = str(large["site"][0])
    own = block.at(np.flatnonzero((large["site"] == site).to_numpy()))
    records = site_records(config, site, 0, own)
    assert set(records["batch"]) == set(large.filter(site=site)["batch_id"])
    assert records["tag"].n_unique() == 9
