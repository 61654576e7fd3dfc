"""Features of a shaken flask for one culture, against numbers by hand."""

import math

import pytest

from pipeline.operations import shaken_vessel
from pipeline.operations.registry import unit_operation

FLASK = {
    "shaking_speed": "120 rpm",
    "shaking_diameter": "25 mm",
    "vessel_diameter": "130 mm",
    "working_volume": "300 mL",
    "nominal_volume": "1 L",
}


def test_features__of_a_one_litre_flask_by_hand() -> None:
    made = unit_operation("shaken_vessel").quantities_of(FLASK)
    reynolds = 1000 * 2 * 0.13**2 / 0.7e-3  # 48,286
    number = 70 / reynolds + 25 * reynolds**-0.6 + 1.5 * reynolds**-0.2
    power = number * 1000 * 2**3 * 0.13**4 / 3e-4 ** (2 / 3)
    hand = {
        "shaken_reynolds_number": reynolds,
        "shaken_power_per_volume": power,  # about 110 W/m³
        "shaken_kolmogorov_length": 1e6 * ((0.7e-6) ** 3 / (power / 1000)) ** 0.25,
        "shaken_froude_number": (4 * math.pi) ** 2 * 0.025 / (2 * 9.80665),
        "filling_share": 30,
    }
    assert made == pytest.approx(hand)
    assert set(made) == {feature.name for feature in shaken_vessel.FEATURES}


def test_power__per_volume_rises_with_speed_and_falls_with_volume() -> None:
    made = unit_operation("shaken_vessel").quantities_of(FLASK)["shaken_power_per_volume"]
    fast = unit_operation("shaken_vessel").quantities_of(FLASK | {"shaking_speed": "200 rpm"})
    full = unit_operation("shaken_vessel").quantities_of(FLASK | {"working_volume": "400 mL"})
    assert fast["shaken_power_per_volume"] > made > full["shaken_power_per_volume"]
