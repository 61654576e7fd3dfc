"""Features of a rocking bag of 25 L, against numbers by hand."""

import math

import pytest

from pipeline.operations.registry import unit_operation

BAG = {
    "working_volume": "10 L",
    "nominal_volume": "25 L",
    "rocking_rate": "25 rpm",
    "rocking_angle": "7 angle_deg",
    "bag_length": "80 cm",
    "bag_width": "40 cm",
}


def features(**changed: str) -> dict[str, float]:
    return unit_operation("rocking_bag").quantities_of(BAG | changed)


def test_features__of_one_bag_by_hand() -> None:
    depth, rate = 0.01 / 0.32, 25 / 60
    standing = math.sqrt(9.80665 * math.pi / 0.8 * math.tanh(math.pi * depth / 0.8)) / (2 * math.pi)
    hand = {
        "rocking_reynolds_number": 0.01 * rate / (0.7e-6 * (2 * depth + 0.4)),  # about 12,900
        "rocking_edge_speed": 2 * math.pi * rate * math.radians(7) * 0.4,
        "rocking_frequency_ratio": rate / standing,
        "rocking_liquid_depth": 3.125,
        "rocking_surface_per_volume": 32,
        "bag_filling_share": 40,
    }
    assert features() == pytest.approx(hand)


def test_reynolds_number__is_multiplied_by_the_constant_of_the_bag() -> None:
    assert features(bag_constant="0.5")["rocking_reynolds_number"] == pytest.approx(
        features()["rocking_reynolds_number"] / 2
    )


def test_larger_bag__at_equal_rate_and_depth_rocks_faster_relative_to_its_wave_and_has_faster_edges() -> None:
    # a bag with sides of twice the length at the same depth has four times the volume
    large = features(working_volume="40 L", nominal_volume="100 L", bag_length="160 cm", bag_width="80 cm")
    small = features()
    assert large["rocking_liquid_depth"] == pytest.approx(small["rocking_liquid_depth"])
    assert large["rocking_frequency_ratio"] == pytest.approx(2 * small["rocking_frequency_ratio"], rel=0.01)
    assert large["rocking_edge_speed"] == pytest.approx(2 * small["rocking_edge_speed"])
