"""The pages of history and of running batches in a real browser, with the vat."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI

from pipeline.answers.watch.alarm_update import answer_alarm, update_alarm
from pipeline.answers.watch.look import look_at
from pipeline.answers.watch.raw_batch import SeriesFiles, read_running
from pipeline.domain.places import Places
from pipeline.service.routes.pages import PAGES
from tests.support.browser import Looker, looking, needs_chromium, serving, until
from tests.support.serving import free_port
from tests.support.watched_project import add_hours
from tests.support.watched_service import watched_service

pytestmark = [needs_chromium, pytest.mark.long]


@dataclass(frozen=True)
class WatchedService:
    """The service and its project."""

    app: FastAPI
    places: Places

    def look(self) -> None:
        """Look at the running batch as `scalebridge watch R1` does, and keep its alarm."""
        post = self.app.state.service.warm.current().post
        running = read_running(post.process, self.places.raw / "vat", "R1", SeriesFiles())
        update_alarm(self.places.watch, look_at(post, running), 24.0, None)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> WatchedService:
    return WatchedService(*watched_service(tmp_path_factory.mktemp("vat")))


@pytest.fixture(scope="module")
def looker_of_module(service: WatchedService) -> Iterator[Looker]:
    with serving(service.app, free_port()) as address, looking(address) as found:
        yield found


@pytest.fixture
def looker(looker_of_module: Looker) -> Iterator[Looker]:
    looker_of_module.problems.clear()
    yield looker_of_module
    looker_of_module.close()
    assert looker_of_module.problems == []


def test_history__lists_batches_and_shows_the_course_of_a_chosen_one(looker: Looker) -> None:
    view = looker.open("/history")
    rows = view.locator("#batches tbody tr")
    until(lambda: rows.count() == 2)
    assert "2 of 2 batches" in view.locator("#count").text_content()
    assert view.locator("#picture circle").count() == 2
    view.locator("#name").fill("b1")
    until(lambda: rows.count() == 1)
    assert view.locator("#picture circle").count() == 2  # the others stay, grey
    view.locator("[data-batch=B1]").click()
    until(lambda: view.locator("#courses svg").count() > 0)
    assert "Batch B1 is as expected" in view.locator("#course-text").text_content()
    assert view.locator("#courses polygon").count() >= 1  # the band of good batches
    other = looker.open(view.url.removeprefix(looker.address))
    until(lambda: other.locator("#courses svg").count() > 0)
    assert other.locator("#batches tr.chosen").count() == 1


def test_running__shows_a_batch_and_hears_of_its_alarm(looker: Looker, service: WatchedService) -> None:
    view = looker.open("/running")
    until(lambda: "No batch is watched" in view.locator("#watched-text").text_content())
    service.look()
    view.reload()
    until(lambda: view.locator("#stream").text_content() == "Changes are shown as they happen.")
    assert view.locator("#state").text_content() == "as expected"
    assert view.locator("#alarm").text_content() == "alarm armed"
    assert view.locator("#courses svg polygon").count() >= 1
    add_hours(service.places.raw / "vat", 21, 24, 37.5)
    service.look()
    until(lambda: view.locator("#alarm").text_content() == "alarm raised")
    until(lambda: view.locator("#state").text_content() == "deviating")
    assert "jacket valve 80 %" in view.locator("#notes").text_content()
    assert view.locator("#tags tbody tr").count() == 1
    assert view.locator("#events tbody tr").count() == 1
    answer_alarm(service.places.watch, "vat", "R1", "acknowledge", "Ada", "the jacket valve is repaired")
    until(lambda: view.locator("#alarm").text_content() == "alarm acknowledged")
    until(lambda: "Ada" in view.locator("#events tbody").text_content())


def test_running__an_unknown_batch_is_a_sentence(looker: Looker) -> None:
    view = looker.open("/running?batch=nothing")
    until(lambda: view.locator("#refusal").is_visible())
    assert "Batch 'nothing' is not in the batch records" in view.locator("#refusal").text_content()
    looker.problems.clear()  # the browser notes that the request was refused


@pytest.mark.parametrize("page", sorted(set(PAGES) - {""}))
@pytest.mark.parametrize("width", [768, 1280])
def test_pages__fit_are_accessible_and_print(looker: Looker, service: WatchedService, page: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    service.look()
    view = looker.open(f"/{page}?batch={'R1' if page == 'running' else 'B1'}", width=width)
    until(lambda: view.locator("#courses svg").count() > 0)
    assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(view).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []
    assert view.pdf(format="A4", print_background=True).startswith(b"%PDF")
