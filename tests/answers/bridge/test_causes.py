"""The cause of the place in a bridge is named after what differs, where the process declares axes."""

import polars as pl
import pytest

from pipeline.answers.bridge.causes import VESSEL, Cause, causes_of, place_changes, place_named
from pipeline.domain.config_files import parse
from pipeline.domain.process.process import Process
from tests.support.pot import definition, pot
from tests.support.steps import steps_definition

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


def test_causes__a_column_has_one_cause_although_a_data_sheet_gives_the_site() -> None:
    plain = steps_definition()
    sheet = {"gives": "details", "step": "capture", "key": ["column"], "files": ["columns.csv"]}
    text = {"role": "context", "horizon": "plan", "kind": "text", "description": "x"}
    process = parse(
        Process,
        plain
        | {
            "site": "site",
            "sources": plain["sources"] | {"columns": sheet},
            "steps": plain["steps"] | {"capture": plain["steps"]["capture"] | {"equipment": "column"}},
            "attributes": plain["attributes"]
            | {
                "column": text | {"role": "identifier", "column": ["captures.Column", "columns.Column"]},
                "site": text | {"column": "columns.Site"},
                "bed_height": {
                    "role": "context",
                    "horizon": "plan",
                    "unit": "cm",
                    "description": "x",
                    "column": "columns.Height",
                },
            },
        },
        "train",
    )
    columns = ["product", "lineage", "scale", "site", "equipment", "bed_height", "column_volume", "temperature"]
    named = [name for cause in causes_of(process, columns) for name in cause.columns]
    assert sorted(named) == sorted(columns)
    assert (
        "bed_height"
        in next(cause for cause in causes_of(process, columns) if cause.name == "capture equipment and batch size").columns
    )


def test_cause__of_a_step_without_equipment_is_its_batch_size() -> None:
    found = causes_of(parse(Process, steps_definition(), "train"), ["column_volume", "temperature"])
    assert next(cause for cause in found if "column_volume" in cause.columns).name == "capture batch size"
