"""The filtration: flux, pump passes, hold-up and final concentration."""

import numpy as np
import pytest

from pipeline.simulators.antibody_train import filtration
from tests.simulators.antibody_train.drivers import BROTH, TRAIT, arrays, change, quiet

USUAL = arrays(
    feed_flux=5,
    membrane_load=400,
    diafiltration_volumes=7.5,
    retentate_concentration=54,
    feed_pressure=1.5,
    hold_up=0.05,
    flush=0.08,
)
BEFORE = BROTH | arrays(hcp=20.0, hmw=0.9, concentration=7.5)


def test_flux__is_zero_at_the_gel_concentration_and_typical_for_antibodies() -> None:
    """20 to 80 L/(m²·h) from 10 to 60 g/L is usual (Lutz 2015)."""
    gel = np.full(3, 240.0)
    found = filtration.flux(gel, np.array([10.0, 60.0, 240.0]), np.full(3, 5.0))
    assert 60 < found[0] < 90
    assert 25 < found[1] < 50
    assert found[2] == 0


def test_passes__of_both_phases_by_hand() -> None:
    start = np.array([7.5])
    concentrating, exchanging = filtration.phases(TRAIT, start, USUAL)
    # diafiltration: 7.5 volumes of 400/54 = 7.41 L/m² at 26·ln(240/54) = 38.8 L/(m²·h): 1.43 h
    assert exchanging[0] == pytest.approx(7.5 * 400 / 54 / (26 * np.log(240 / 54)), rel=1e-9)
    assert exchanging[0] == pytest.approx(1.43, abs=0.01)
    passes = 300 * (concentrating / (400 / np.sqrt(7.5 * 54)) + exchanging / (400 / 54))
    assert filtration.passes(TRAIT, start, USUAL) == pytest.approx(passes)


def test_respond__a_flush_as_large_as_the_hold_up_does_not_dilute() -> None:
    same = filtration.respond(TRAIT, BEFORE, USUAL | {"flush": USUAL["hold_up"]}, quiet("filtration"))
    assert same["concentration"] == pytest.approx(USUAL["retentate_concentration"] * same["step_yield"])
    assert float(same["lost"][0]) == pytest.approx(0.7 * 0.05 * 0.35)


@pytest.mark.parametrize(
    ("driver", "value", "rising", "falling"),
    [
        ("feed_pressure", 2.2, ["hmw"], []),
        ("diafiltration_volumes", 9.0, ["hmw", "passes", "hours"], []),
        ("membrane_load", 800.0, ["hours"], []),
        ("retentate_concentration", 58.0, ["hmw", "concentration"], []),
        ("hold_up", 0.1, ["lost"], ["step_yield"]),
        ("flush", 0.12, [], ["concentration"]),
    ],
)
def test_respond__moves_in_the_known_direction(driver: str, value: float, rising: list[str], falling: list[str]) -> None:
    moved = change("filtration", filtration.respond, BEFORE, USUAL, **{driver: value})
    assert all(moved[name] > 0 for name in rising)
    assert all(moved[name] < 0 for name in falling)
