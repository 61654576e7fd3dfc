"""All settings of a proposal in one table."""

from dataclasses import replace

from pipeline.answers.result.scenarios import Scenarios
from pipeline.reports.html.settings_table import settings_table
from tests.support.trained_pot import answered

ANSWER = answered(
    depth="whole",
    tolerances={"agitation": "6 rpm"},
    limits={"agitation": ["30 rpm", "90 rpm"], "temperature": [34.85, 37.85]},
)


def scenarios() -> Scenarios:
    assert isinstance(ANSWER.scenarios, Scenarios)
    return ANSWER.scenarios


def test_settings__have_one_line_each_with_every_range() -> None:
    found = settings_table(scenarios(), ANSWER)
    assert [row[0] for row in found.rows] == ["agitation", "temperature"]
    line = dict(zip(found.columns, found.rows[0], strict=True))
    assert line["unit"] == "rpm"
    assert line["proposed"] == "60"
    assert line["normal range"] == "54 – 66"
    assert line["explored"] == "30 – 90"


def test_settings__a_column_without_any_value_is_left_out() -> None:
    found = settings_table(replace(scenarios(), restoring=None, box=None), ANSWER)
    assert "restores the reference" not in found.columns
    assert "in the box" not in found.columns


def test_settings__each_source_of_an_explored_range_stands_once() -> None:
    same = tuple(replace(one, limits_from="seen in 9 batches") for one in scenarios().ranges)
    caption = settings_table(replace(scenarios(), ranges=same), ANSWER).caption
    assert "Explored ranges: agitation, temperature: seen in 9 batches." in caption
