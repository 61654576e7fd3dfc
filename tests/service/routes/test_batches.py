"""The batches of history over HTTP."""

from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.domain.places import Places
from pipeline.service.app import create_app
from pipeline.service.routes.batches import router
from pipeline.service.settings import Limits, ServiceSettings
from tests.support.asgi import app_of, ask
from tests.support.trained_pot import trained_run

BATCHES = trained_run().history.batches


def test_batches__come_in_pages(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    pages = [ask(app, "GET", f"{router.prefix}?first={first}&most=20").data for first in (0, 20, 40)]
    names = [one["batch"] for page in pages for one in page["batches"]]
    assert sorted(names) == sorted(BATCHES["batch_id"])
    assert {page["total"] for page in pages} == {BATCHES.height}


def test_batches__are_filtered(tmp_path: Path) -> None:
    found = ask(app_of(tmp_path), "GET", f"{router.prefix}?product=P&scale={quote('0.001 m3')}&most=500").data
    assert found["total"] == len(found["batches"]) > 0
    assert {one["product"] for one in found["batches"]} == {"P"}
    assert {one["scale"] for one in found["batches"]} == {1.0}


@pytest.mark.parametrize(
    ("query", "words"),
    [("most=501", "at most 500"), ("first=-1", "first"), ("scale=10%20kg", "cannot be converted"), ("most=x", "most")],
)
def test_batches__bad_filters_are_refused(tmp_path: Path, query: str, words: str) -> None:
    found = ask(app_of(tmp_path), "GET", f"{router.prefix}?{query}", b"")
    assert found.status == 422
    assert words in found.error


def test_course__of_a_run_that_is_not_published_is_refused(tmp_path: Path) -> None:
    assert ask(app_of(tmp_path), "GET", "/batches/B001/course").status == 404


def test_course__without_records_says_so_and_an_unknown_batch_is_not_found(project: Places) -> None:
    app = create_app(ServiceSettings(project, limits=Limits()))
    known = ask(app, "GET", "/batches?most=1").data["batches"][0]["batch"]
    assert "no record over time" in ask(app, "GET", f"/batches/{known}/course").error
    unknown = ask(app, "GET", "/batches/no%2Fsuch/course")
    assert unknown.status == 404
    assert "'no/such' is not in the history" in unknown.error
