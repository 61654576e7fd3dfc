"""Features of coating."""

import polars as pl
import pytest

from pipeline.operations.coating import FEATURES


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
