"""Features of a fluid bed for one plausible batch, by hand."""

import math

import pytest

from pipeline.operations.registry import unit_operation
from tests.support.plausible_batches import BATCHES

BATCH = BATCHES["fluid_bed"]


def made(**changed: str) -> dict[str, float]:
    return unit_operation("fluid_bed").quantities_of(BATCH | changed)


def test_spray_air_and_moisture__by_hand() -> None:
    found = made()
    area = math.pi / 4 * 0.5**2
    assert found["spray_rate_per_bed_area"] == pytest.approx(180 / (area * 1e4))
    assert found["spray_water_per_air"] == pytest.approx(3 * 0.9 / 0.4)
    assert found["moisture_gain"] == pytest.approx((0.003 * 0.9 - 0.4 * 0.006) / 30 * 3600)
    assert found["fluid_bed_air_velocity"] == pytest.approx(0.4 * 287.042 * 333.15 / 1e5 / area)


def test_evaporation__load_is_the_water_over_the_capacity() -> None:
    found = made()
    assert found["evaporation_load"] == pytest.approx(162 / found["evaporative_capacity"])
    assert 20 < found["wet_bulb_temperature"] < 30


def test_humid_air__takes_up_less_and_has_a_warmer_wet_bulb() -> None:
    dry, humid = made(), made(inlet_humidity="14 g/kg")
    assert humid["evaporative_capacity"] < dry["evaporative_capacity"]
    assert humid["wet_bulb_temperature"] > dry["wet_bulb_temperature"]


def test_fluidisation_ratio__falls_with_larger_granules() -> None:
    assert made(particle_diameter="600 um")["fluidisation_ratio"] < made()["fluidisation_ratio"] / 3


def test_air_pressure__is_one_atmosphere_where_it_is_not_given() -> None:
    without = {name: text for name, text in BATCH.items() if name != "air_pressure"}
    found = unit_operation("fluid_bed").quantities_of(without)
    assert found == pytest.approx(made(air_pressure="1013.25 mbar"))
