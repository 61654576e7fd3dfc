"""The cause of the place in a bridge is named after what differs, where the process declares axes."""

import polars as pl
import pytest

from pipeline.answers.bridge.causes import VESSEL, Cause, place_changes, place_named
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from tests.support.pot import definition, pot

HERE = pl.DataFrame({"site": ["A", "A"], "equipment": ["V1", "V2"], "scale": [1.0, 1.02]})
PLACE = [Cause(VESSEL, "equipment", ("scale", "equipment", "site")), Cause("agitation", "setting", ("agitation",))]


@pytest.mark.parametrize(
    ("site", "equipment", "scale", "name"),
    [
        ("B", "V1", 1.0, "site and device"),  # one of the reference batches ran on another device
        ("A", "V3", 1.0, "device"),
        ("B", "V3", 9.0, "site and device and batch size"),
        ("A", "V3", 1.05, "device"),  # the same scale within the tolerance
    ],
)
def test_place_named__says_what_differs(site: str, equipment: str, scale: float, name: str) -> None:
    process = parse(Process, definition() | {"axis": ["site"]}, "pot")
    proposed = pl.DataFrame({"site": [site], "equipment": [equipment], "scale": [scale]})
    first, second = place_named(process, PLACE, proposed, HERE)
    assert first.name == name == " and ".join(place_changes(process, proposed, HERE))
    assert second == PLACE[1]


def test_place_named__keeps_the_name_where_no_axis_is_declared() -> None:
    assert place_named(pot(), PLACE, HERE.head(1), HERE) == PLACE
