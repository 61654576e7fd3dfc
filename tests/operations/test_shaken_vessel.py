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
        "shaken_phase_number": _phase_by_hand(0.7e-3),
        "shaken_kla": 3600 * 6.67e-6 * 120**1.16 * 300**-0.83 * 2.5**0.38 * 13**1.92,  # about 17 1/h
        "filling_share": 30,
    }
    assert made == pytest.approx(hand)
    assert set(made) == {feature.name for feature in shaken_vessel.FEATURES}


def _phase_by_hand(viscosity: float) -> float:
    film = 1 - math.sqrt(1 - 4 / math.pi * (3e-4 ** (1 / 3) / 0.13) ** 2)
    reynolds = 1000 * 2 * math.pi * 2 * 0.13**2 / (4 * viscosity) * film**2
    return 0.025 / 0.13 * (1 + 3 * math.log10(reynolds))


def test_phase__of_a_thick_medium_is_lost_first_on_a_small_circle() -> None:
    # at 40 times the viscosity of the medium, the circle of 25 mm is below 1.26, that of 70 mm is not
    assert _phase_by_hand(0.7e-3) > 1.26 > _phase_by_hand(28e-3)
    assert _phase_by_hand(28e-3) * 70 / 25 > 1.26


def test_power__per_volume_rises_with_speed_and_falls_with_volume() -> None:
    made = unit_operation("shaken_vessel").quantities_of(FLASK)["shaken_power_per_volume"]
    fast = unit_operation("shaken_vessel").quantities_of(FLASK | {"shaking_speed": "200 rpm"})
    full = unit_operation("shaken_vessel").quantities_of(FLASK | {"working_volume": "400 mL"})
    assert fast["shaken_power_per_volume"] > made > full["shaken_power_per_volume"]
