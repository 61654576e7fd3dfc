"""Each fault of a batch shows in the culture after its onset, and not before."""

import numpy as np
import polars as pl
import pytest

from pipeline.simulators.virtual_plant import states
from pipeline.simulators.virtual_plant.culture import culture_of
from pipeline.simulators.virtual_plant.environment import environment
from pipeline.simulators.virtual_plant.faults import CAUSES
from tests.support.culture_course import course


@pytest.mark.parametrize("cause", CAUSES)
def test_faults__each_has_its_effect(cause: str, large: pl.DataFrame) -> None:
    never = {name: np.full(large.height, np.inf) for name in CAUSES}
    faulty = culture_of(large, never | {cause: np.full(large.height, 100.0)})
    sound = culture_of(large)
    hit, well = (states.of(course(culture, np.array([98.0, 139.0]))[1]) for culture in (faulty, sound))
    now = environment(faulty, hit, 139.0)
    mark = {
        "sparger clogging": now.kla < 0.5 * environment(sound, well, 139.0).kla,
        "temperature excursion": hit.viable != well.viable,
        "feed pump fault": hit.volume < well.volume,
        "ph probe drift": hit.acidic != well.acidic,
        "contamination": hit.viable < 0.8 * well.viable,
    }[cause]
    assert mark.all()
    before = [course(culture, np.array([75.0])) for culture in (faulty, sound)]
    assert np.allclose(*before, rtol=1e-2, atol=1e-6)
