"""Features of a filter for one batch through a virus filter, against numbers by hand."""

import pytest
from scipy.integrate import solve_ivp

from pipeline.operations import filtration
from pipeline.operations.registry import unit_operation

VIRUS_FILTER = {
    "filtered_volume": "500 L",
    "filter_area": "4 m2",
    "filtration_time": "150 min",
    "filter_pressure": "2 bar",
    "product_concentration": "8 g/L",
    "filter_capacity": "500 L/m2",
    "clean_flux": "100 L/(m2*h)",
}


def test_features__of_a_virus_filter_by_hand() -> None:
    made = unit_operation("filtration").quantities_of(VIRUS_FILTER)
    hand = {
        "filter_throughput": 125,
        "filter_flux": 50,
        "filter_product_load": 1000,
        "filter_permeability": 25,
        "filter_plugging": 25,
        "filter_flux_left": 56.25,
        "filter_area_over_least": 4 / (500 * (1 / 500 + 1 / 250)),
    }
    assert made == pytest.approx(hand)
    assert set(made) == {feature.name for feature in filtration.FEATURES}


def test_least_area__is_the_one_through_which_the_volume_passes_by_integration() -> None:
    def flux(_: float, throughput: list[float]) -> list[float]:
        return [100 * (1 - throughput[0] / 500) ** 2]  # L/(m²·h)

    passed = solve_ivp(flux, (0, 2.5), [0.0], rtol=1e-9, atol=1e-9).y[0, -1]
    made = unit_operation("filtration").quantities_of(VIRUS_FILTER)
    assert 4 / made["filter_area_over_least"] == pytest.approx(500 / passed, rel=1e-6)
