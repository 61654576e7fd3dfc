"""Features of ultrafiltration and diafiltration for one batch, against numbers by hand."""

import math

import pytest

from pipeline.operations import ultrafiltration
from pipeline.operations.registry import unit_operation

UFDF = {
    "feed_pressure": "2 barg",
    "retentate_pressure": "1 barg",
    "permeate_pressure": "0.1 barg",
    "permeate_flow": "400 L/h",
    "feed_flow": "3000 L/h",
    "membrane_area": "10 m2",
    "protein_mass": "4 kg",
    "feed_volume": "400 L",
    "retentate_volume": "80 L",
    "diafiltration_buffer_volume": "560 L",
    "fibre_count": "5000",
    "fibre_diameter": "0.75 mm",
    "channel_count": "100",
    "channel_width": "20 cm",
    "channel_height": "0.5 mm",
}


def test_features__of_a_formulation_step_by_hand() -> None:
    made = unit_operation("ultrafiltration").quantities_of(UFDF)
    feed = 3 / 3600  # m³/s
    hand = {
        "transmembrane_pressure": 1.4,
        "membrane_pressure_drop": 1.0,
        "permeate_flux": 40,
        "membrane_permeability": 40 / 1.4,
        "feed_flux": 5,
        "conversion": 100 * 400 / 3000,
        "membrane_load": 400,
        "concentration_factor": 5,
        "diafiltration_volumes": 7,
        "washed_out_rest": 100 * math.exp(-7),
        "fibre_shear_rate": 32 * feed / (math.pi * 5000 * 0.75e-3**3),
        "channel_shear_rate": 6 * feed / (100 * 0.2 * 0.5e-3**2),
    }
    assert made == pytest.approx(hand)
    assert set(made) == {feature.name for feature in ultrafiltration.FEATURES}


def test_pressures__may_be_absolute() -> None:
    absolute = {"feed_pressure": "3.01325 bara", "retentate_pressure": "2.01325 bara", "permeate_pressure": "1.11325 bara"}
    made = unit_operation("ultrafiltration").quantities_of(UFDF | absolute)
    assert made["transmembrane_pressure"] == pytest.approx(1.4)


def test_washing_out__is_slower_for_a_solute_that_the_membrane_holds_back() -> None:
    held = unit_operation("ultrafiltration").quantities_of(UFDF | {"sieving": "0.5"})
    assert held["washed_out_rest"] == pytest.approx(100 * math.exp(-3.5))
