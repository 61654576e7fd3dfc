"""Milling: directions."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.milling import milled
from pipeline.simulators.tablet_train.normal import normal_distribution
from tests.simulators.tablet_train.conftest import Moved


@pytest.mark.parametrize(
    ("cause", "factor", "effect", "sign"),
    [
        ("rotor_speed", 1.2, "size", -1),
        ("rotor_speed", 1.2, "fines", 1),
        ("rotor_speed", 1.2, "flow", -1),
        ("screen", 0.8, "size", -1),
        ("work_index", 1.2, "size", 1),
    ],
)
def test_milled__each_cause_acts_in_its_direction(
    moved: Moved, free: dict[str, dict[str, FloatArray]], cause: str, factor: float, effect: str, sign: int
) -> None:
    before, after = (milled(free["milling"], moved("milling", **{cause: f})) for f in (1.0, factor))
    assert np.all(sign * (after[effect] - before[effect]) > 0)


def test_milled__granules_become_smaller_and_porous_ones_lighter(
    moved: Moved, free: dict[str, dict[str, FloatArray]]
) -> None:
    state = free["milling"]
    made = milled(state, moved("milling"))
    assert np.all(made["size"] < state["size"])
    lighter = milled(state | {"porosity": state["porosity"] * 1.1}, moved("milling"))
    assert np.all(lighter["bulk_density"] < made["bulk_density"])


def test_normal_distribution__at_known_places() -> None:
    assert normal_distribution(np.array([0.0, 1.6449, -1.96])) == pytest.approx([0.5, 0.95, 0.025], abs=1e-4)
