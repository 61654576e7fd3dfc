"""Features of a chromatography column for one cycle of a capture step, against numbers by hand."""

import math

import pytest

from pipeline.operations import chromatography
from pipeline.operations.registry import unit_operation

CAPTURE = {
    "flow": "471.2 L/h",
    "bed_height": "20 cm",
    "column_diameter": "60 cm",
    "loaded_mass": "2 kg",
    "load_volume": "565.5 L",
    "wash_volume": "282.7 L",
    "elution_volume": "169.6 L",
    "particle_diameter": "85 um",
    "diffusivity": "4e-11 m2/s",
    "retention_volume": "48 L",
    "width_at_half_height": "3 L",
    "leading_width": "2.5 L",
    "trailing_width": "3 L",
}


def test_features__of_a_capture_cycle_by_hand() -> None:
    made = unit_operation("chromatography").quantities_of(CAPTURE)
    bed = math.pi / 4 * 36 * 2  # dm³: 56.55 L
    plates = 8 * math.log(2) * 16**2  # 1,420
    velocity = 471.2 / 1000 / 3600 / (math.pi / 4 * 0.36)  # m/s: 166.7 cm/h
    hand = {
        "bed_volume": bed,
        "bed_aspect_ratio": 1 / 3,
        "linear_velocity": velocity * 3.6e5,
        "residence_time": bed / 471.2 * 60,  # 7.2 min
        "resin_load": 2000 / bed,  # 35.4 g/L
        "load_column_volumes": 565.5 / bed,
        "wash_column_volumes": 282.7 / bed,
        "elution_column_volumes": 169.6 / bed,
        "bed_pressure_drop": 150 * 1e-3 * velocity * 0.2 * 0.64**2 / ((85e-6) ** 2 * 0.36**3) / 1e5,
        "particle_peclet_number": velocity * 85e-6 / 0.36 / 4e-11,
        "plate_number": plates,
        "plate_height": 0.2e6 / plates,
        "reduced_plate_height": 0.2 / plates / 85e-6,
        "column_peclet_number": 2 * plates,
        "peak_asymmetry": 1.2,
    }
    assert made == pytest.approx(hand)
    assert set(made) == {feature.name for feature in chromatography.FEATURES}


def test_scale_up__at_equal_bed_height_and_velocity_keeps_time_load_and_pressure() -> None:
    large = CAPTURE | {"column_diameter": "120 cm", "flow": f"{4 * 471.2} L/h", "loaded_mass": "8 kg"}
    one, four = (unit_operation("chromatography").quantities_of(batch) for batch in (CAPTURE, large))
    for name in ("linear_velocity", "residence_time", "resin_load", "bed_pressure_drop"):
        assert one[name] == pytest.approx(four[name])
    assert four["bed_volume"] == pytest.approx(4 * one["bed_volume"])


def test_pressure_drop__takes_the_viscosity_and_porosity_of_the_process() -> None:
    thick = unit_operation("chromatography").quantities_of(CAPTURE | {"viscosity": "2 mPa*s"})
    loose = unit_operation("chromatography").quantities_of(CAPTURE | {"porosity": "40 %"})
    made = unit_operation("chromatography").quantities_of(CAPTURE)
    assert thick["bed_pressure_drop"] == pytest.approx(2 * made["bed_pressure_drop"])
    assert loose["bed_pressure_drop"] < made["bed_pressure_drop"]
