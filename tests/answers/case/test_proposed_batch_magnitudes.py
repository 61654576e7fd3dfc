"""A stated number with which nothing can be computed is refused, and not treated as unknown."""

import pytest

from pipeline.answers.case.proposed_batch import propose
from pipeline.domain.errors import ScalebridgeError
from tests.support.pot import history, pot, proposal


@pytest.mark.parametrize("value", [1e300, -1e300, 1e-300, "1e300 rpm"])
def test_propose__a_setting_that_no_plant_can_have_is_refused(value: object) -> None:
    with pytest.raises(ScalebridgeError, match=r"'agitation': .* cannot be a value of a plant; a number must be finite"):
        propose(pot(), proposal(settings={"agitation": value}), history())


@pytest.mark.parametrize("scale", [1e300, "1e-300 L"])
def test_propose__a_scale_that_no_plant_can_have_is_refused(scale: object) -> None:
    with pytest.raises(ScalebridgeError, match=r"'volume': .* cannot be a value of a plant"):
        propose(pot(), proposal(scale=scale), history())


def test_propose__zero_is_a_number() -> None:
    assert propose(pot(), proposal(settings={"agitation": 0}), history()).history.batches["agitation"].to_list() == [0.0]
