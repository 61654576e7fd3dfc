"""Features of coating."""

import polars as pl
import pytest

from pipeline.operations.coating import FEATURES
from pipeline.operations.registry import unit_operation


def value(name: str, **inputs: float) -> float:
    feature = next(feature for feature in FEATURES if feature.name == name)
    return float(pl.select(feature.compute(*(pl.lit(inputs[key]) for key in feature.inputs))).item())


def test_film_thickness__is_half_of_the_increase_on_faces_and_band() -> None:
    assert value("film_thickness", coated_thickness=3.5e-3, core_thickness=3.4e-3) == pytest.approx(50e-6)
    assert value("film_thickness_band", coated_diameter=6.16e-3, core_diameter=6.1e-3) == pytest.approx(30e-6)


def test_weight_gain__is_relative_to_the_core() -> None:
    assert value("weight_gain", coated_weight=103e-6, core_weight=100e-6) == pytest.approx(0.03)


def test_drying_environment_factor__is_the_fall_of_the_air_temperature_over_the_evaporative_cooling() -> None:
    air = {"spray_rate": 5e-3, "solids_fraction": 0.2, "air_flow": 1.0}
    cooling = value("evaporative_cooling", **air)
    factor = value("drying_environment_factor", **air, inlet_temperature=333.0, exhaust_temperature=319.0)
    assert factor == pytest.approx(14 / cooling)


PAN = {
    "spray_rate": "300 g/min",
    "solids_fraction": "20 % w/w",
    "air_flow": "0.5 kg/s",
    "inlet_humidity": "8 g/kg",
    "exhaust_temperature": "45 degC",
}


def test_environmental_equivalency__of_one_pan_with_a_humidity_from_a_table() -> None:
    # 4 g/s of water into 0.5 kg/s of air: 8 g/kg; saturated air at 45 °C and 1 atm holds 65.4 g/kg in tables, as a real gas
    made = unit_operation("coating").quantities_of(PAN)["environmental_equivalency"]
    assert made == pytest.approx((65.4 - 8 - 8) / 8, rel=1e-2)


def test_environmental_equivalency__falls_in_a_humid_summer_and_is_held_by_less_spray() -> None:
    coating = unit_operation("coating")
    winter, summer = (
        coating.quantities_of(PAN | {"inlet_humidity": humidity})["environmental_equivalency"]
        for humidity in ("3 g/kg", "15 g/kg")
    )
    less = coating.quantities_of(PAN | {"inlet_humidity": "15 g/kg", "spray_rate": "270 g/min"})["environmental_equivalency"]
    assert winter > less > summer
