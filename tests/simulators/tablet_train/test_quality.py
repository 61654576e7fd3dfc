"""Quality of the coated tablets: directions and the acceptance value by hand."""

import numpy as np
import pytest

from pipeline.simulators.tablet_train.quality import acceptance_value, dissolved, quality
from pipeline.simulators.tablet_train.train import Train, chain
from tests.simulators.tablet_train.conftest import Moved


@pytest.mark.parametrize(
    ("cause", "factor", "sign"),
    [
        ("lubricated", 1.2, -1),
        ("api_size", 1.2, -1),
        ("solid_fraction", 1.02, -1),
        ("porosity", 1.1, 1),
        ("film", 1.3, -1),
        ("film_variation", 1.5, -1),
        ("size", 1.2, -1),
    ],
)
def test_dissolved__each_property_acts_in_its_direction(
    small: Train, moved: Moved, cause: str, factor: float, sign: int
) -> None:
    state, own = chain(small, 0.0)["coating"], moved("coating")
    assert np.all(sign * (dissolved({**state, cause: state[cause] * factor}, own) - dissolved(state, own)) > 0)


@pytest.mark.parametrize(("mean", "rsd", "value"), [(100.0, 2.0, 4.8), (98.0, 2.0, 0.5 + 4.704), (103.0, 1.0, 1.5 + 2.472)])
def test_acceptance_value__by_hand(mean: float, rsd: float, value: float) -> None:
    """Ph. Eur. 2.9.40: the target is the mean between 98.5 and 101.5 %, else the nearer of the two."""
    state = {"api_assay": np.array([mean]), "content_rsd": np.array([rsd])}
    assert acceptance_value(state)[0] == pytest.approx(value)


def test_quality__water_is_stated_per_wet_mass(small: Train, moved: Moved) -> None:
    state = chain(small, 0.0)["coating"] | {"moisture": np.full(len(moved("coating")["film_deviation"]), 0.025)}
    assert quality(state, moved("coating"))["water_content"] == pytest.approx(100 * 0.025 / 1.025)
