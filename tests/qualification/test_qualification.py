"""A qualification as a whole: what failed, and the JSON file."""

import json

from tests.support.qualified import qualified


def test_qualification__counts_checks_and_names_those_that_failed() -> None:
    made = qualified()
    assert made.count == 3
    assert [one.id for one in made.failed] == ["OQ-02"]


def test_qualification__is_json_with_every_part() -> None:
    found = json.loads(qualified().as_text())
    assert found["checks"]["Operation"][1]["state"] == "failed"
    assert found["trail"]["entries"][0]["who"] == "meier <b>"
    assert len(found["requirements"]) >= 25
