"""Blending and lubrication: directions, and quantities by hand."""

import numpy as np
import pytest

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.blending import blended, lubrication_extent, random_unevenness
from pipeline.simulators.tablet_train.compression import compressed
from tests.simulators.tablet_train.conftest import Moved


def test_lubrication_extent__by_hand() -> None:
    own = {
        "blend_mass": np.array([37.5]),
        "blender_volume": np.array([0.125]),
        "rotation": np.array([0.25]),
        "lubrication_time": np.array([400.0]),
    }
    assert lubrication_extent({"bulk_density": np.array([500.0])}, own)[0] == pytest.approx(0.5 * 0.4 * 100)


def test_random_unevenness__is_that_of_a_count_of_particles() -> None:
    """1 mg of equal particles of 50 µm: the relative standard deviation is one over the root of their number."""
    state = {"api_size": np.array([50e-6]), "api_width": np.array([0.0])}
    number = 1e-6 / (1350 * np.pi / 6 * 50e-6**3)
    assert random_unevenness(state, {"strength_mg": np.array([1.0])})[0] == pytest.approx(100 / np.sqrt(number))


@pytest.mark.parametrize(
    ("cause", "factor", "effect", "sign"),
    [
        ("lubrication_time", 2.0, "lubricated", 1),
        ("lubricant_share", 1.5, "lubricated", 1),
        ("stearate_surface", 1.5, "lubricated", 1),
        ("blender_volume", 1.3, "lubricated", 1),
        ("blending_time", 0.3, "blend_rsd", 1),
        ("mcc_moisture", 1.2, "moisture", 1),
    ],
)
def test_blended__each_cause_acts_in_its_direction(
    moved: Moved, free: dict[str, dict[str, FloatArray]], cause: str, factor: float, effect: str, sign: int
) -> None:
    before, after = (blended(free["blending"], moved("blending", **{cause: f})) for f in (1.0, factor))
    assert np.all(sign * (after[effect] - before[effect]) > 0)


def test_blended__a_full_blender_and_a_wide_size_make_it_uneven(
    moved: Moved, free: dict[str, dict[str, FloatArray]]
) -> None:
    state, own = free["blending"], moved("blending", blending_time=0.2, lubrication_time=0.2)
    full = blended(state, own | {"blend_mass": own["blend_mass"] * 1.4})
    assert np.all(full["blend_rsd"] >= blended(state, own)["blend_rsd"])
    assert np.all(blended(state | {"width": state["width"] * 1.2}, own)["blend_rsd"] > blended(state, own)["blend_rsd"])


def test_lubrication__weakens_cores_up_to_the_share_it_can_take(
    moved: Moved, free: dict[str, dict[str, FloatArray]]
) -> None:
    own, state = moved("compression"), free["compression"]
    without, much = (compressed(state | {"lubricated": np.full_like(state["size"], share)}, own) for share in (0.0, 1.0))
    assert much["tensile_strength"] == pytest.approx(without["tensile_strength"] * (1 - own["lost_strength"]))
