"""Running batches over HTTP: what `scalebridge watch` keeps, a look, and a stream of changes."""

import asyncio
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from pipeline.answers.watch.alarm_files import ALARM, change_alarm, folder_of
from pipeline.service.routes import watched
from pipeline.service.settings import Limits
from tests.answers.watch.test_status import looked, raised
from tests.support.asgi import Reply, app_of, ask, asked
from tests.support.watched_project import add_hours
from tests.support.watched_service import watched_service


def note(folder: Path, batch: str = "R1", alarm: bool = False) -> None:
    """What a watch leaves behind."""
    change_alarm(folder_of(folder / "data/watch", batch), "vat", batch, raised if alarm else looked)


@pytest.mark.parametrize("batch", ["R1", "B/17", "Größe 5", "..", "a" * 190])
def test_status__is_that_of_the_files(tmp_path: Path, batch: str) -> None:
    app, path = app_of(tmp_path), f"/batches/{quote(batch, safe='')}/status"
    assert ask(app, "GET", path).status == 404
    note(tmp_path, batch, alarm=True)
    found = ask(app, "GET", path).data
    assert (found["alarm"]["batch"], found["alarm"]["state"]) == (batch, "raised")
    assert found["events"][0]["what"] == "raised"
    assert ask(app, "GET", "/watched").data["batches"] == [found]


def test_status__of_a_batch_that_was_never_watched_says_how(tmp_path: Path) -> None:
    assert "scalebridge watch R2" in ask(app_of(tmp_path), "GET", "/batches/R2/status").error
    assert ask(app_of(tmp_path), "GET", "/batches/R2/status/stream").status == 404
    assert ask(app_of(tmp_path), "GET", f"/batches/{'x' * 201}/status").status == 422


def test_status__that_is_damaged_is_told(tmp_path: Path) -> None:
    note(tmp_path)
    (tmp_path / "data/watch/R1" / ALARM).write_text("{")
    assert "is not JSON" in ask(app_of(tmp_path), "GET", "/batches/R1/status").error
    assert len(ask(app_of(tmp_path), "GET", "/watched").data["unreadable"]) == 1


def test_watch__judges_the_records_so_far_and_changes_no_alarm(tmp_path: Path) -> None:
    app, places = watched_service(tmp_path)
    before = ask(app, "GET", "/batches/R1/watch").data
    assert (before["status"], before["as_of"]["hours"], before["alarm"]["state"]) == ("as_expected", 20.0, "armed")
    add_hours(places.raw / "vat", 21, 24, 37.5)
    after = ask(app, "GET", "/batches/R1/watch").data
    assert (after["status"], after["since"], after["causes"][0]["cause"]) == ("deviating", 21.0, "jacket_valve")
    assert not places.watch.exists()


def test_watch__of_an_unknown_batch_and_of_a_run_without_files_is_refused(tmp_path: Path) -> None:
    app, _ = watched_service(tmp_path)
    assert ask(app, "GET", "/batches/nope/watch").status == 422
    assert ask(app_of(tmp_path), "GET", "/batches/R1/watch").status == 404


def test_course__has_the_band_of_good_batches(tmp_path: Path) -> None:
    app, _ = watched_service(tmp_path)
    found = ask(app, "GET", "/batches/B2/course").data
    (temperature,) = [one for one in found["courses"] if one["tag"] == "temperature_series"]
    assert temperature["unit"] == "°C"
    assert temperature["planned"]["points"][0]["lower"] == pytest.approx(36.4)
    assert len(temperature["observed"]) == 61
    assert "deviates" in found["sentence"]


def events_of(reply: Reply) -> list[tuple[str, object]]:
    """Kind and data of each server-sent event."""
    parts = [part for part in reply.body.decode().split("\n\n") if part.startswith("event: ")]
    lines = [part.splitlines() for part in parts]
    return [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in lines]


async def followed(app: FastAPI, folder: Path, changes: int) -> Reply:
    task = asyncio.create_task(asked(app, "GET", "/batches/R1/status/stream", events=changes))
    await asyncio.sleep(0.1)
    note(folder, alarm=True)
    return await asyncio.wait_for(task, 10)


def test_stream__sends_the_status_and_each_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "EVERY", 0.02)
    note(tmp_path)
    app = app_of(tmp_path)
    reply = asyncio.run(followed(app, tmp_path, 2))
    assert reply.headers["content-type"].startswith("text/event-stream")
    found = events_of(reply)[:2]
    assert [kind for kind, _ in found] == ["status", "status"]
    assert [data["alarm"]["state"] for _, data in found] == ["armed", "raised"]  # type: ignore[index]
    assert app.state.service.streams == 0


def test_stream__says_that_it_is_alive_and_ends_when_the_service_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "EVERY", 0.01)
    monkeypatch.setattr(watched, "ALIVE", 2)
    note(tmp_path)
    app = app_of(tmp_path)

    async def stopped() -> Reply:
        task = asyncio.create_task(asked(app, "GET", "/batches/R1/status/stream"))
        await asyncio.sleep(0.2)
        app.state.service.stopping.set()
        return await asyncio.wait_for(task, 10)

    assert b": alive\n\n" in asyncio.run(stopped()).body


def test_stream__too_many_are_refused(tmp_path: Path) -> None:
    note(tmp_path)
    found = ask(app_of(tmp_path, limits=Limits(streams=0)), "GET", "/batches/R1/status/stream")
    assert found.status == 503
    assert found.headers["retry-after"] == "60"
