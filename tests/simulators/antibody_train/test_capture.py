"""The capture: capacity, breakthrough, and what the eluate carries."""

import numpy as np
import pytest

from pipeline.simulators.antibody_train import capture
from tests.simulators.antibody_train.drivers import BROTH, TRAIT, arrays, change

USUAL = arrays(load=36, residence=5, compression=0.08, wash=5, elution=2.6, elution_ph=3.6, ligand_density=10, exposure=1.6)
BEFORE = BROTH | arrays(turbidity=6.0)
ROWS = arrays(
    diameter=1.4,
    capture_bed_height=20,
    capture_residence=5,
    capture_elution=2.6,
    capture_wash=5,
    elution_ph=3.6,
    ligand_density=10,
    low_ph_hold=75,
    load_concentration=3,
)


def test_cycles__are_as_few_as_the_target_allows() -> None:
    mass, target, volume = np.array([100.0, 100.1, 1.0]), np.full(3, 25.0), np.full(3, 2.0)
    assert capture.cycles(mass, target, volume).tolist() == [2.0, 3.0, 1.0]


def test_capacity__grows_with_the_residence_time_towards_equilibrium() -> None:
    """Published for affinity resins: 30 to 60 g/L from 2 to 8 min, below the static capacity of about 62 g/L."""
    found = [
        float(capture.capacity(TRAIT, USUAL | arrays(residence=minutes, compression=0))[0]) for minutes in (2, 4, 8, 1e6)
    ]
    assert found == sorted(found)
    assert found[0] > 30
    assert found[2] < 60
    assert found[3] == pytest.approx(TRAIT["binding"][0], rel=1e-3)


def test_breakthrough__is_small_below_the_capacity_and_large_above() -> None:
    lost = capture.breakthrough(np.array([0.7, 0.85, 1.0, 1.2, 5.0]))
    assert lost[0] < 0.001
    assert 0.03 < lost[2] < 0.10
    assert lost[3] > 0.3
    assert lost[4] == 0.5


def test_drivers__more_cycles_expose_the_product_for_longer() -> None:
    one, four = (capture.drivers(ROWS, np.array([10_000.0 * count]), np.array([float(count)])) for count in (1, 4))
    assert one["load"] == pytest.approx(four["load"])
    assert four["exposure"] > one["exposure"] + 0.5


def test_drivers__a_larger_pool_takes_longer_to_titrate() -> None:
    small = capture.drivers(ROWS | arrays(diameter=0.026), np.array([3.4]), np.array([1.0]))
    large = capture.drivers(ROWS, np.array([10_000.0]), np.array([1.0]))
    assert small["exposure"] == pytest.approx(75 / 60, abs=0.05)
    assert large["exposure"] > small["exposure"] + 0.3


@pytest.mark.parametrize(
    ("driver", "value", "rising", "falling"),
    [
        ("load", 44.0, ["hmw", "lost", "concentration"], ["hcp", "step_yield"]),
        ("residence", 3.0, ["hmw", "lost"], ["step_yield"]),
        ("compression", 0.3, ["lost"], ["step_yield"]),
        ("wash", 7.0, [], ["hcp"]),
        ("elution", 3.2, [], ["hmw", "concentration"]),
        ("elution_ph", 3.4, ["hmw"], []),
        ("ligand_density", 11.0, [], ["lost"]),
        ("exposure", 3.0, ["hmw", "acidic"], []),
    ],
)
def test_respond__moves_in_the_known_direction(driver: str, value: float, rising: list[str], falling: list[str]) -> None:
    moved = change("capture", capture.respond, BEFORE, USUAL, **{driver: value})
    assert all(moved[name] > 0 for name in rising)
    assert all(moved[name] < 0 for name in falling)


def test_respond__turbid_harvests_and_more_host_cell_protein_dirty_the_eluate() -> None:
    for dirt in (arrays(turbidity=12.0), arrays(hcp=4e5)):
        usual = capture.respond(TRAIT, BEFORE, USUAL, {"aggregates": np.ones(1), "hcp": np.ones(1), "yield": np.ones(1)})
        other = capture.respond(
            TRAIT, BEFORE | dirt, USUAL, {"aggregates": np.ones(1), "hcp": np.ones(1), "yield": np.ones(1)}
        )
        assert other["hcp"] > usual["hcp"]
