"""Features of harvest for one batch of a 2,000 L culture, against numbers by hand."""

import math

import pytest

from pipeline.operations.registry import unit_operation

CENTRIFUGE = {"feed_flow": "1000 L/h", "bowl_speed": "6000 rpm", "bowl_diameter": "30 cm"}
DISCS = CENTRIFUGE | {
    "disc_count": "80",
    "disc_outer_diameter": "314 mm",
    "disc_inner_diameter": "120 mm",
    "disc_half_angle": "40 angle_deg",
}
TUBE = CENTRIFUGE | {"bowl_length": "70 cm", "pool_diameter": "15 cm"}
DEPTH_FILTER = {
    "harvested_volume": "2000 L",
    "depth_filter_area": "20 m2",
    "depth_filtration_time": "2 h",
    "cell_density": "1e5 cell/mL",
}


def test_disc_stack__by_hand() -> None:
    made = unit_operation("harvest").quantities_of(DISCS)
    assert made["disc_stack_settling_area"] == pytest.approx(29_372, rel=1e-4)
    assert made["disc_stack_loading"] == pytest.approx(1 / 3600 / 29_372 * 1e9, rel=1e-4)  # 9.5 nm/s
    assert made["relative_centrifugal_force"] == pytest.approx((200 * math.pi) ** 2 * 0.15 / 9.80665)
    assert "tubular_settling_area" not in made


def test_tubular_bowl__by_hand() -> None:
    made = unit_operation("harvest").quantities_of(TUBE)
    area = math.pi * 0.7 * (200 * math.pi) ** 2 * (0.15**2 - 0.075**2) / (9.80665 * math.log(2))
    assert made["tubular_settling_area"] == pytest.approx(area)
    assert made["tubular_loading"] == pytest.approx(1e9 / 3600 / area)
    assert "disc_stack_settling_area" not in made


def test_depth_filter__by_hand() -> None:
    made = unit_operation("harvest").quantities_of(DEPTH_FILTER)
    assert made == pytest.approx(
        {"depth_filter_throughput": 100, "depth_filter_flux": 50, "depth_filter_cell_load": 1e5 * 2e6 / 20e4}
    )


def test_settling_velocity__of_published_cells() -> None:
    # Seader, Henley, Roper: E. coli of 0.7 µm settle at 7.85·10⁻⁷ cm/s
    cells = {"particle_diameter": "0.7 um", "particle_density_difference": "30 kg/m3", "feed_viscosity": "1.02 mPa*s"}
    made = unit_operation("harvest").quantities_of(cells)
    assert made == pytest.approx({"particle_settling_velocity": 7.85}, rel=2e-3)


def test_two_centrifuges__of_equal_loading_differ_in_flow_as_in_area() -> None:
    small = DISCS | {"disc_count": "40", "feed_flow": "500 L/h"}
    large, half = (unit_operation("harvest").quantities_of(batch)["disc_stack_loading"] for batch in (DISCS, small))
    assert large == pytest.approx(half)
