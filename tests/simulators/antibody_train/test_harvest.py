"""The harvest: settling, breakage, and what filter and sediment keep."""

import numpy as np
import pytest

from pipeline.simulators.antibody_train import harvest
from tests.simulators.antibody_train.drivers import BROTH, TRAIT, arrays, change

USUAL = arrays(clarification_rate=12.5, dissipation=4e5, filter_load=90.0, hold=14.0)


def test_settling_area__of_a_disc_stack_by_hand() -> None:
    # 80 discs, 314 and 120 mm, 6,000 rpm, 40°: 2π·80·(628.3)²·(0.157³ − 0.060³)/(3·9.81·tan 40°) = 29,360 m²
    area = harvest.settling_area(*arrays(speed=100, discs=80, outer=0.314, inner=0.120).values())
    assert area[0] == pytest.approx(29_360, rel=2e-3)


def test_feed_zone_dissipation__is_of_the_published_order() -> None:
    """10⁵ to 10⁶ W/kg in the feed zones of disc stacks (Boychyn et al. 2004); more in a larger bowl at equal speed."""
    small, large = (harvest.feed_zone_dissipation(np.array([100.0]), np.array([diameter]))[0] for diameter in (0.15, 0.36))
    assert 5e4 < small < large < 2e6


def test_broken_share__rises_with_dissipation_and_falls_with_viability() -> None:
    share = harvest.broken_share(TRAIT, np.array([1e5, 4e5, 1e6]), np.array([85.0, 85.0, 85.0]))
    assert (np.diff(share) > 0).all()
    assert share[-1] < 0.2
    assert harvest.broken_share(TRAIT, np.array([4e5]), np.array([60.0])) > share[1]


@pytest.mark.parametrize(
    ("driver", "value", "rising", "falling"),
    [
        ("clarification_rate", 20.0, ["turbidity"], []),
        ("dissipation", 1e6, ["turbidity", "hcp"], []),
        ("filter_load", 130.0, ["turbidity", "step_yield"], []),
        ("hold", 30.0, ["hmw", "acidic"], []),
    ],
)
def test_respond__moves_in_the_known_direction(driver: str, value: float, rising: list[str], falling: list[str]) -> None:
    moved = change("harvest", harvest.respond, BROTH, USUAL, **{driver: value})
    assert all(moved[name] > 0 for name in rising)
    assert all(moved[name] < 0 for name in falling)
    assert all(moved[name] == 0 for name in set(moved) - {*rising, *falling})
