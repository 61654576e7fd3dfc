"""The configuration of the outlook."""

import pytest
from pydantic import ValidationError

from pipeline.monitoring.outlook_config import OutlookConfig


def test_decision_points__are_hours_whatever_their_unit() -> None:
    assert OutlookConfig(("36 s", "36 h", "3 d")).hours == (0.01, 36, 72)


@pytest.mark.parametrize(
    ("points", "says"),
    [((), "at least one time"), (("0 d",), "above zero"), (("5 d", "3 d"), "must rise"), (("3",), "its unit")],
)
def test_decision_points__that_are_no_rising_times_are_refused(points: tuple[str, ...], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        OutlookConfig(points)
