"""Tolerances and limits are checked with every proposal, played or not."""

from typing import Any

import pytest

from pipeline.answers.case.proposed_batch import propose
from pipeline.answers.case.tolerances import stated_limits, tolerance
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.proposal import Spread
from tests.support.pot import history, pot, proposal


def test_spreads__are_in_si() -> None:
    asked = proposal(
        tolerances={"agitation": "6 rpm", "temperature": {"sd": 0.5}}, limits={"agitation": ["30 rpm", "90 rpm"]}
    )
    assert isinstance(asked.tolerances["temperature"], Spread)
    assert tolerance(pot(), asked, "agitation") == (pytest.approx(0.1), "uniform")
    assert tolerance(pot(), asked, "temperature") == (pytest.approx(0.5), "normal")
    assert stated_limits(pot(), asked, "agitation") == pytest.approx((0.5, 1.5))
    assert tolerance(pot(), proposal(), "agitation") is None
    assert stated_limits(pot(), proposal(), "agitation") is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"tolerances": {"agitatoin": "2 rpm"}},
            "a tolerance of 'agitatoin': there is no such parameter; available: agitation",
        ),
        ({"tolerances": {"copper": "2 g/L"}}, "a tolerance of 'copper'"),
        ({"tolerances": {"agitation": "2 L"}}, "tolerance of 'agitation': '2 L' has the unit 'L'"),
        ({"tolerances": {"agitation": "-2 rpm"}}, "must be above zero"),
        ({"limits": {"stirring": ["30 rpm", "90 rpm"]}}, "limits of 'stirring'"),
        ({"limits": {"agitation": ["30 L", "90 rpm"]}}, "limits of 'agitation': '30 L'"),
        ({"limits": {"agitation": ["90 rpm", "30 rpm"]}}, "90 rpm lies above 30 rpm"),
    ],
)
def test_spreads__a_mistake_is_a_sentence(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        propose(pot(), proposal(**changes), history())
