"""Features of a freeze dryer for one plausible batch, against balances by hand."""

import math

import pytest

from pipeline.operations.registry import unit_operation
from tests.support.plausible_batches import BATCHES

BATCH = BATCHES["freeze_dryer"]
TORR = 101_325 / 760


def made(**changed: str) -> dict[str, float]:
    return unit_operation("freeze_dryer").quantities_of(BATCH | changed)


def test_fill_heat_transfer_and_resistance__by_hand() -> None:
    found = made()
    assert found["fill_depth"] == pytest.approx(10 * 4 / 5.3)
    assert found["vial_heat_transfer"] == pytest.approx(11.5 + 37.4 * 0.1 / (1 + 0.046))
    half = 4 / 5.3 / 2
    assert found["cake_resistance"] == pytest.approx(1.4 + 16 * half / (1 + half))


def test_sublimation__balances_heat_and_mass() -> None:
    """The heat from the shelf to the bottom of the vial sublimes the ice, at 2.837 MJ/kg."""
    found = made()
    heat = found["vial_heat_transfer"] * 6.2e-4 * (-10 - found["product_temperature"])
    assert heat == pytest.approx(2.8367e6 * found["sublimation_rate"] / 3.6e6, rel=1e-6)
    conducted = 2.4686 * 5.3e-4 * (found["product_temperature"] - found["sublimation_temperature"]) / (0.04 / 5.3 / 2)
    assert conducted == pytest.approx(heat, rel=1e-6)


def test_equipment_load__is_the_sublimation_of_all_vials_over_what_the_duct_carries() -> None:
    found = made()
    duct = math.pi / 4 * 0.6**2
    carried = duct * 0.1 * TORR * math.sqrt(1.33 * 0.018015 / (8.314462618 * 293.15)) * (2 / 2.33) ** (2.33 / 0.66)
    assert found["equipment_capability"] == pytest.approx(carried * 3600)
    assert found["equipment_load"] == pytest.approx(
        20_000 * found["sublimation_rate"] / 1000 / found["equipment_capability"]
    )
    without = {name: text for name, text in BATCH.items() if name != "vapour_temperature"}
    assert unit_operation("freeze_dryer").quantities_of(without) == pytest.approx(found)


def test_warmer_shelf__dries_faster_and_warms_the_product() -> None:
    cold, warm = made(), made(shelf_temperature="0 degC")
    assert warm["sublimation_rate"] > cold["sublimation_rate"]
    assert warm["product_temperature"] > cold["product_temperature"]
