"""Views of an experiment, as the pages of MLflow read them."""

import base64
import json
import zlib
from typing import Any

from pipeline.tracking.saved_views import CANDIDATES, RUNS, TAG, views

SKILL = {"past_scale_ups": ["2 skill past scale ups/HMW", "2 skill past scale ups/titre"]}
DECIDES = ["1 decides/01 attributes accepted"]


def _state(key: str) -> Any:
    view = json.loads(views(DECIDES, SKILL, ["past scale ups"])[f"{TAG}{key}"])
    assert isinstance(view["createdAt"], int)
    return json.loads(zlib.decompress(base64.b64decode(view["state"].removeprefix("deflate;"))))


def test_views__of_runs_has_one_chart_per_attribute_and_protocol_and_per_deciding_number() -> None:
    state = _state(RUNS)
    assert state["searchFilter"] == "tags.level = 'run' and tags.form = '4'"
    sections = {one["uuid"]: one["name"] for one in state["compareRunSections"]}
    assert [(sections[one["metricSectionId"]], one["metricKey"]) for one in state["compareRunCharts"]] == [
        ("Skill: past scale ups", "2 skill past scale ups/HMW"),
        ("Skill: past scale ups", "2 skill past scale ups/titre"),
        ("Numbers that decide", "1 decides/01 attributes accepted"),
    ]
    assert state["groupBy"] is None


def test_views__of_candidates_groups_the_runs_by_model_and_closes_the_other_groups() -> None:
    state = _state(CANDIDATES)
    assert state["groupBy"]["groupByKeys"] == [{"mode": "tag", "groupByData": "candidate"}]
    assert [(one["name"], one["display"]) for one in state["compareRunSections"]] == [
        ("Skill: past scale ups", True),
        ("past scale ups", False),
    ]


def test_views__fit_into_a_tag_of_every_database() -> None:
    """The column of the tag holds 5,000 characters in databases other than SQLite."""
    protocols = ["largest_scale_out", "past_scale_ups", "leave_product_out", "forward_in_time"]
    skill = {name: [f"2 skill {name}/{nth} attribute" for nth in range(12)] for name in protocols}
    decides = [f"1 decides/{nth:02d} a number that decides" for nth in range(10)]
    assert max(map(len, views(decides, skill, protocols).values())) < 5000
