"""What the what-if page asks, against the same questions asked in this process."""

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.case.proposals import read_proposal
from pipeline.answers.profile.point import Point, proposal_of
from pipeline.service.routes.what_if import Place
from tests.support.asgi import app_of, ask
from tests.support.stirred_pot import stirred_run

POINT: dict[str, Any] = {
    "product": "P",
    "scale": 100,
    "equipment": "B",
    "site": "There",
    "settings": {"temperature": 36.9, "gas_flow": 20.0},
    "holds": {"agitation": "tip_speed"},
}


@cache
def _app() -> FastAPI:
    return app_of(Path("nowhere"), stirred_run())


def test_process__lists_products_and_vessels_and_names_the_run() -> None:
    found = ask(_app(), "GET", "/what-if/process").data
    assert found["run"] == stirred_run().hashes.run
    assert [one["name"] for one in found["process"]["products"]] == ["P", "Q"]
    assert [one["name"] for one in found["process"]["vessels"]] == ["A", "B"]


def test_place__has_settings_with_ranges() -> None:
    place = Place("P", 100.0, "B")
    found = ask(_app(), "POST", "/what-if/place", asdict(place)).data
    assert {one["name"] for one in found["settings"]} == {"agitation", "temperature", "gas_flow"}
    assert found["site"] == "There"


def test_numbers__are_those_of_the_answer_in_this_process() -> None:
    found = ask(_app(), "POST", "/what-if/numbers", POINT).data
    run = stirred_run()
    made = answer(make_case(proposal_of(run.process, Point(**POINT)), run), run, depth="numbers")
    predicted = made.attributes["titre"].predicted
    assert predicted is not None
    assert made.joint is not None
    [titre] = found["attributes"]
    assert titre["predicted"]["value"] == predicted.value
    assert found["chance"]["value"] == made.joint.probability
    assert found["domain_text"] == made.domain.sentence


def test_curves__come_with_their_run() -> None:
    found = ask(_app(), "POST", "/what-if/curves", {"point": POINT, "along": {"temperature": [36, 38]}, "points": 3}).data
    [one] = found["curves"]
    assert one["values"] == [36.0, 36.9, 37.0, 38.0]
    assert set(one["held"]) == {"agitation"}


def test_proposal_file__is_answered_with_the_same_numbers(tmp_path: Path) -> None:
    reply = ask(_app(), "POST", "/what-if/proposal.yaml", POINT)
    (tmp_path / "p.yaml").write_bytes(reply.body)
    run = stirred_run()
    made = answer(make_case(read_proposal(tmp_path / "p.yaml"), run), run, depth="numbers")
    shown = ask(_app(), "POST", "/what-if/numbers", POINT).data
    assert made.attributes["titre"].predicted is not None
    assert shown["attributes"][0]["predicted"]["value"] == made.attributes["titre"].predicted.value
    assert shown["chance"]["value"] == made.joint.probability  # type: ignore[union-attr]


def test_refusals__are_sentences() -> None:
    reply = ask(_app(), "POST", "/what-if/numbers", POINT | {"settings": {"temperature": 99.0}})
    assert reply.status == 422
    assert "outside the possible range 0 to 60 degC" in reply.error
    unknown = ask(_app(), "POST", "/what-if/place", {"product": "P", "scale": 100, "equipment": "Z"})
    assert unknown.status == 422
    assert "No batch was made on equipment 'Z'" in unknown.error
