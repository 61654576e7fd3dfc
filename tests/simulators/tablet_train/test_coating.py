"""Coating: the balance of heat, and directions."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.coating import coated, exhaust_humidity, exhaust_temperature, film_variation
from tests.simulators.tablet_train.conftest import Moved


def test_exhaust_temperature__of_a_pan_without_losses_falls_by_the_heat_of_the_water(moved: Moved) -> None:
    own = moved("coating", heat_loss=0.0)
    fall = own["spray_rate"] * (1 - own["spray_solids"]) / own["pan_air"] * 2.40e6 / 1006
    assert own["pan_inlet"] - exhaust_temperature(own) == pytest.approx(fall)
    assert np.all(exhaust_temperature(moved("coating")) < exhaust_temperature(own))


@pytest.mark.parametrize(
    ("cause", "factor", "effect", "sign"),
    [
        ("spray_rate", 1.1, "moisture", 1),
        ("pan_air", 1.1, "moisture", -1),
        ("spray_mass", 1.1, "film", 1),
        ("spray_mass", 1.1, "tensile_strength", 1),
        ("pan_speed", 1.2, "film_variation", -1),
        ("spray_area", 1.2, "film_variation", -1),
        ("pan_inlet", 1.05, "degradant", 1),
    ],
)
def test_coated__each_cause_acts_in_its_direction(
    moved: Moved, free: dict[str, dict[str, FloatArray]], cause: str, factor: float, effect: str, sign: int
) -> None:
    before, after = (coated(free["coating"], moved("coating", **{cause: f})) for f in (1.0, factor))
    assert np.mean(sign * (after[effect] - before[effect]) > 0) > 0.9


def test_film_variation__falls_with_the_root_of_time_and_grows_with_the_pan(moved: Moved) -> None:
    """Variation rises with the ratio of pan to tablet size (Wassgren, Kumar 2014, AIChE annual meeting, paper 17b)."""
    one, longer = film_variation(moved("coating")), film_variation(moved("coating", spray_mass=4.0))
    assert longer == pytest.approx(one / 2)
    doubled = moved(
        "coating", pan_diameter=2.0, pan_volume=8.0, pan_load=8.0, spray_mass=8.0, spray_rate=8.0, spray_area=4.0
    )
    assert np.all(film_variation(doubled) > one)


def test_exhaust_humidity__is_below_saturation(moved: Moved) -> None:
    assert np.all(exhaust_humidity(moved("coating")) < 0.6)
