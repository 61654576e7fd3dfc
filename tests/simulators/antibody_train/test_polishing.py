"""The polishing: resolution of aggregates and its price."""

import numpy as np
import pytest

from pipeline.simulators.antibody_train import polishing
from tests.simulators.antibody_train.drivers import BROTH, TRAIT, arrays, change

USUAL = arrays(load=40, plates=300, tracer_plate_height=4, load_conductivity=4.5, elution_conductivity=18)
BEFORE = BROTH | arrays(hcp=700.0, hmw=2.2)
ROWS = arrays(diameter=0.2, polishing_bed_height=21, polishing_velocity=150, load_conductivity=4.5, elution_conductivity=18)
ONE = np.array([1.0])


def test_resolution__grows_with_the_square_root_of_the_plates() -> None:
    double = polishing.resolution(TRAIT, USUAL | arrays(plates=600))
    assert double / polishing.resolution(TRAIT, USUAL) == pytest.approx(2**0.5)


def test_passed_aggregates__fall_with_the_resolution_from_one_to_none() -> None:
    passed = polishing.passed_aggregates(np.array([-5.0, 0.7, 1.2, 5.0]))
    assert passed == pytest.approx([1, 0.5, 0.231, 0], abs=0.001)


@pytest.mark.parametrize(
    ("changed", "sign"), [({"diameter": 1.2}, -1), ({"polishing_velocity": 220}, -1), ({"polishing_bed_height": 25}, 1)]
)
def test_drivers__wide_fast_and_short_beds_have_fewer_plates(changed: dict[str, float], sign: int) -> None:
    usual = polishing.drivers(ROWS, np.array([200.0]), ONE)["plates"]
    other = polishing.drivers(ROWS | arrays(**changed), np.array([200.0]), ONE)["plates"]
    assert np.sign(other - usual) == sign


@pytest.mark.parametrize(
    ("driver", "value", "rising", "falling"),
    [
        ("load", 55.0, ["hmw", "hcp", "lost", "acidic"], ["step_yield"]),
        ("plates", 220.0, ["hmw", "acidic"], []),
        ("load_conductivity", 6.0, ["hcp", "lost"], ["step_yield"]),
        ("elution_conductivity", 20.0, ["hmw"], []),
    ],
)
def test_respond__moves_in_the_known_direction(driver: str, value: float, rising: list[str], falling: list[str]) -> None:
    moved = change("polishing", polishing.respond, BEFORE, USUAL, **{driver: value})
    assert all(moved[name] > 0 for name in rising)
    assert all(moved[name] < 0 for name in falling)
