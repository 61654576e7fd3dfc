"""The culture: what the vessel does acts in the known direction."""

import numpy as np
import pytest

from pipeline.simulators.antibody_train import culture
from pipeline.simulators.arrays import Array, Values
from tests.simulators.antibody_train.drivers import TRAIT, arrays, quiet

VESSEL = arrays(
    culture_volume=2.0,
    tank_diameter=1.2,
    impeller_diameter=0.5,
    impellers=2,
    power_number=1.3,
    sparger=1.0,
    head_pressure=1e4,
    agitation=60 / 60,
    gas_flow=28 / 6e4,
    culture_temperature=36.0,
    culture_ph=7.0,
    culture_duration=14.0,
    seeding_density=0.6,
    feed_share=30.0,
    media_osmolality=305.0,
    media_iron=60.0,
)


def respond(rows: Values, **drivers: float) -> dict[str, Array]:
    return culture.respond(TRAIT, {**culture.drivers(rows), **arrays(**drivers)}, quiet("culture"))


def test_drivers__of_a_larger_vessel_at_equal_power_per_volume() -> None:
    """Blend time and tip speed rise; CO₂ is removed more slowly, since the head of liquid is higher."""
    small = culture.drivers(VESSEL)
    factor = 6.0 ** (1 / 3)
    large = culture.drivers(
        VESSEL
        | {name: VESSEL[name] * factor for name in ("tank_diameter", "impeller_diameter")}
        | {"culture_volume": VESSEL["culture_volume"] * 6, "gas_flow": VESSEL["gas_flow"] * 6}
        | {"agitation": VESSEL["agitation"] * factor ** (-2 / 3)}
    )
    assert large["blend_time"] / small["blend_time"] == pytest.approx(factor ** (2 / 3))
    assert large["tip_speed"] / small["tip_speed"] == pytest.approx(factor ** (1 / 3))
    assert large["co2_removal"] < small["co2_removal"]
    assert large["gas_per_volume"] == pytest.approx(small["gas_per_volume"])


def test_carbon_dioxide__is_the_balance_of_release_and_removal() -> None:
    drivers = culture.drivers(VESSEL)
    cells = np.array([20.0])
    pressure = culture.carbon_dioxide(TRAIT, drivers, cells)
    released = TRAIT["oxygen_demand"] * cells / 3600
    assert drivers["co2_removal"] * pressure * 133.322 == pytest.approx(released)


def test_peak_cells__oxygen_limits_a_vessel_of_low_kla() -> None:
    drivers = culture.drivers(VESSEL)
    starved = {**drivers, "kla": np.array([1e-4])}
    supply = 1e-4 * 3600 * drivers["pressure"] / 101_325
    assert culture.peak_cells(TRAIT, starved) == pytest.approx(supply / TRAIT["oxygen_demand"], rel=1e-3)
    assert culture.peak_cells(TRAIT, drivers) > 15


@pytest.mark.parametrize(
    ("driver", "value", "rising", "falling"),
    [
        ("co2_removal", 4e-8, ["pco2", "hcp"], ["titre", "viability"]),
        ("blend_time", 150.0, ["acidic", "hcp"], ["viability"]),
        ("tip_speed", 3.0, ["hmw", "hcp"], ["viability"]),
        ("culture_temperature", 37.0, ["acidic"], ["viability"]),
        ("culture_ph", 7.15, ["acidic"], []),
        ("culture_duration", 16.0, ["titre", "acidic", "hmw"], ["viability"]),
        ("feed_share", 38.0, ["titre"], []),
        ("media_osmolality", 330.0, [], ["titre"]),
        ("media_iron", 80.0, ["titre"], []),
    ],
)
def test_respond__moves_in_the_known_direction(driver: str, value: float, rising: list[str], falling: list[str]) -> None:
    usual, changed = respond(VESSEL), respond(VESSEL, **{driver: value})
    assert all(changed[name] > usual[name] for name in rising)
    assert all(changed[name] < usual[name] for name in falling)


def test_respond__carbon_dioxide_and_cells_are_balanced() -> None:
    """The repetition has ended: the cells that the CO₂ allows make this CO₂."""
    after = respond(VESSEL)
    drivers = culture.drivers(VESSEL)
    cells = after["cells"] / 1.1
    tolerated = 1 / (1 + (after["pco2"] / TRAIT["co2_tolerance"]) ** 2)
    assert cells == pytest.approx(culture.peak_cells(TRAIT, drivers) * tolerated**0.5, rel=0.01)
    assert after["pco2"] == pytest.approx(culture.carbon_dioxide(TRAIT, drivers, cells), rel=0.01)
