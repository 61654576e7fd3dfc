"""Compression: directions, and quantities by hand."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.compression import compressed, dwell_time
from tests.simulators.tablet_train.conftest import Moved


def test_dwell_time__by_hand() -> None:
    own = {"punch_head_flat": np.array([0.0127]), "turret_speed": np.array([1.0]), "pitch_circle": np.array([0.4])}
    assert dwell_time(own)[0] == pytest.approx(0.01011, abs=1e-5)


@pytest.mark.parametrize(
    ("cause", "factor", "effect", "sign"),
    [
        ("force", 1.1, "solid_fraction", 1),
        ("force", 1.1, "tensile_strength", 1),
        ("turret_speed", 1.5, "tensile_strength", -1),
        ("turret_speed", 1.5, "weight_rsd", 1),
        ("pitch_circle", 1.5, "solid_fraction", -1),
        ("punch_head_flat", 1.3, "tensile_strength", 1),
    ],
)
def test_compressed__each_cause_acts_in_its_direction(
    moved: Moved, free: dict[str, dict[str, FloatArray]], cause: str, factor: float, effect: str, sign: int
) -> None:
    before, after = (compressed(free["compression"], moved("compression", **{cause: f})) for f in (1.0, factor))
    assert np.all(sign * (after[effect] - before[effect]) > 0)


@pytest.mark.parametrize(
    ("cause", "factor", "effect", "sign"),
    [
        ("moisture", 1.2, "solid_fraction", 1),
        ("size", 1.2, "tensile_strength", -1),
        ("porosity", 1.1, "tensile_strength", 1),
        ("lubricated", 1.2, "tensile_strength", -1),
        ("flow", 0.8, "weight_rsd", 1),
        ("blend_rsd", 1.2, "content_rsd", 1),
    ],
)
def test_compressed__the_material_acts_in_its_direction(
    moved: Moved, free: dict[str, dict[str, FloatArray]], cause: str, factor: float, effect: str, sign: int
) -> None:
    state, own = free["compression"], moved("compression")
    before, after = compressed(state, own), compressed(state | {cause: state[cause] * factor}, own)
    assert np.all(sign * (after[effect] - before[effect]) > 0)


def test_compressed__at_equal_solid_fraction_the_speed_does_not_matter(
    moved: Moved, free: dict[str, dict[str, FloatArray]]
) -> None:
    """Compactibility does not depend on the speed (Tye, Sun, Amidon 2005)."""
    state, own, fast = free["compression"], moved("compression"), moved("compression", turret_speed=2.0)
    harder = fast | {"force": fast["force"] * 2 ** own["speed_sensitivity"]}
    assert compressed(state, harder)["solid_fraction"] == pytest.approx(compressed(state, own)["solid_fraction"])
    assert compressed(state, harder)["tensile_strength"] == pytest.approx(compressed(state, own)["tensile_strength"])
