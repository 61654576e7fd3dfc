"""Granulation: directions of all causes, and quantities by hand."""

import numpy as np
import pytest

from pipeline.simulators.tablet_train.granulation import exposure, granulated, impeller_power, spray_flux, tip_speed
from pipeline.simulators.tablet_train.train import Train
from tests.simulators.tablet_train.conftest import Moved


def test_spray_flux__by_hand() -> None:
    own = {
        "impeller_speed": np.array([1 / (np.pi * 0.15)]),
        "impeller_diameter": np.array([1.0]),
        "liquid_flow": np.array([2e-6]),
        "spray_width": np.array([0.1]),
        "drop_diameter": np.array([1e-4]),
    }
    assert tip_speed(own)[0] == pytest.approx(1 / 0.15)
    assert spray_flux(own)[0] == pytest.approx(0.3)  # 3·2e-6/(2·1·0.1·1e-4)


@pytest.mark.parametrize(
    ("cause", "factor", "effect", "sign"),
    [
        ("liquid_mass", 1.05, "size", 1),
        ("massing_time", 1.5, "size", 1),
        ("massing_time", 1.5, "porosity", -1),
        ("massing_time", 1.5, "strength", 1),
        ("binder_viscosity", 1.1, "strength", 1),
        ("api_surface", 1.3, "size", -1),
        ("spray_width", 0.5, "width", 1),
        ("drop_diameter", 0.5, "unevenness", 1),
        ("impeller_speed", 1.2, "porosity", -1),
    ],
)
def test_granulated__each_cause_acts_in_its_direction(
    moved: Moved, cause: str, factor: float, effect: str, sign: int
) -> None:
    before, after = (granulated(moved("granulation", **{cause: f})) for f in (1.0, factor))
    assert np.all(sign * (after[effect] - before[effect]) >= 0)
    assert np.mean(sign * (after[effect] - before[effect]) > 0) > 0.9


def test_impeller_power__shows_the_liquid(moved: Moved) -> None:
    assert np.all(impeller_power(moved("granulation", liquid_mass=1.1)) > impeller_power(moved("granulation")))


def test_exposure__falls_with_the_bowl_at_equal_tip_speed(default: Train) -> None:
    """At a constant tip speed a larger mixer gives less collision energy per time and mass (Fujii, Nakamura, Watano)."""
    rows = default.inputs["granulation"]
    one = {name: np.array([rows[name][0]] * 2) for name in rows.columns if rows[name].dtype.is_numeric()}
    twice = one | {
        "impeller_diameter": one["impeller_diameter"] * [1, 2],
        "blade_height": one["blade_height"] * [1, 2],
        "bowl_volume": one["bowl_volume"] * [1, 8],
        "impeller_speed": one["impeller_speed"] / [1, 2],
        "liquid_mass": one["liquid_mass"] * [1, 8],
        "liquid_flow": one["liquid_flow"] * [1, 8],
    }
    small, large = exposure(twice)
    assert large == pytest.approx(small / 2)
