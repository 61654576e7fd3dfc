"""`scalebridge watch --follow` of a batch whose records come by OPC UA or MQTT."""

import json
import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeline.answers.result.watch import Watch
from pipeline.answers.result.watch_files import read_watch
from pipeline.answers.watch import judge
from pipeline.commands import watching
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.history.live.address import parsed_address
from pipeline.history.live.journal_reader import JournalReader
from pipeline.history.live.mqtt.client import made_client
from tests.support.live_servers import ServedPlant, amqtt_broker, mosquitto, python, served_plant, wait_for
from tests.support.live_vat import MQTT, OPCUA, WATCH, live_project, temperatures
from tests.support.watched_project import ThermometerJudge

pytestmark = pytest.mark.long  # a server takes seconds to start

Said = list[str]
OUT = Path("watch.json")


@pytest.fixture(scope="module")
def plant() -> Iterator[ServedPlant]:
    with served_plant(["V1.TI"], {"V1.TI": temperatures(0, 20)}) as served:
        yield served


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    lines: Said = []
    monkeypatch.setattr(watching, "say", lines.append)
    monkeypatch.setattr(watching, "_warn", lines.append)
    monkeypatch.setattr(judge, "read_judge", lambda _: ThermometerJudge())
    return lines


class Following:
    """A watch that follows in a thread of its own."""

    def __init__(self, places: Places, soonest: float = 0.05) -> None:
        self.session = watching.Session(places, "R1", watching.Targets(OUT, Path("watch.html")), None, 24.0, soonest)
        self.failed: list[BaseException] = []
        self.ended: list[Watch] = []
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.ended.append(self.session.follow(0.5))
        except BaseException as error:
            self.failed.append(error)

    def join(self) -> None:
        self.thread.join(20)
        assert not self.thread.is_alive()
        assert not self.failed, self.failed


def newest() -> Watch | None:
    return read_watch(OUT) if OUT.is_file() else None


def at_hour(hours: float) -> Callable[[], bool]:
    def reached() -> bool:
        found = newest()
        return found is not None and found.as_of.hours >= hours

    return reached


def journal(places: Places) -> JournalReader:
    (folder,) = {path.parent for path in (places.received / "vat").rglob("*.jsonl")}
    reader = JournalReader(folder)
    reader.look()
    return reader


def send(plant: ServedPlant, records: list[tuple[datetime, float | None, int]]) -> None:
    for when, value, code in records:
        plant.write("V1.TI", when, value, code)


def test_follow__says_what_opc_ua_gives_and_that_it_has_stopped(
    plant: ServedPlant, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", plant.endpoint)
    places = live_project(tmp_path, OPCUA)
    watch = Following(places)
    wait_for(at_hour(19))
    send(plant, temperatures(20, 31, warm_from=28))
    wait_for(at_hour(30))
    found = newest()
    assert found is not None
    assert (found.status, found.since) == ("deviating", 28.0)
    assert [one.state for one in found.feeds] == ["receiving"]
    wait_for(lambda: any("historian silent since" in line for line in said))
    stopped = newest()
    assert stopped is not None
    assert (stopped.as_of.hours, stopped.feeds[0].state, stopped.feeds[0].tags) == (30.0, "silent", ("TI",))
    assert stopped.feeds[0].newest == "2024-03-21T06:00:00+00:00"
    assert "Source 'historian' is silent since" in stopped.sentence
    assert stopped.sentence.endswith("What is said of the batch holds up to the newest record, and not for now.")
    assert "Source &#39;historian&#39; is silent since" in Path("watch.html").read_text(encoding="utf-8")
    send(plant, temperatures(31, 61))
    watch.join()
    assert said[-1].startswith("Batch R1 has reached hour 60")
    assert journal(places).records().height == 61


def test_follow__two_programs_receive_one_feed_once(
    plant: ServedPlant, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server holds the whole batch, part of it from the test before where that ran on the same server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", plant.endpoint)
    send(plant, temperatures(len(plant.server.stored["V1.TI"]), 61))
    places = live_project(tmp_path, OPCUA)
    first, second = Following(places), Following(places)
    first.join()
    second.join()
    assert journal(places).received().height == journal(places).records().height == 61


@pytest.mark.parametrize(
    ("pull", "words"),
    [
        ({**OPCUA, "equipment": ["V7"]}, "batch 'R1' is in vessel 'V1', and `equipment` of the source names V7"),
        ({**OPCUA, "nodes": {"TI": "ns=2;s={equipment}.XX"}}, "does not let tag 'TI' .* be followed: BadNodeIdUnknown"),
        ({**OPCUA, "connection": "other"}, "There is no address of the connection 'other'"),
    ],
)
def test_follow__what_can_never_be_received_is_a_sentence(
    pull: Any, words: str, plant: ServedPlant, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", plant.endpoint)
    session = watching.Session(live_project(tmp_path, pull), "R1", watching.Targets(None, None), None, 24.0)
    with pytest.raises(ScalebridgeError, match=words):
        session.follow(1.0)


def test_look__without_follow_says_what_was_received_before(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session = watching.Session(live_project(tmp_path, OPCUA), "R1", watching.Targets(OUT, None), None, 24.0)
    assert session.look(None).feeds[0].sentence == "Nothing of source 'historian' has been received; add --follow."


def publish(client: Any, records: list[tuple[datetime, float | None, int]]) -> None:
    for when, value, _ in records:
        text = json.dumps({"time": when.isoformat(), "value": value})
        client.publish("plant/V1/TI", text, qos=1).wait_for_publish(5)


def test_follow__says_what_mqtt_gives_in_any_order_and_twice(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with amqtt_broker() as broker:
        monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", f"mqtt://127.0.0.1:{broker.port}")
        places = live_project(tmp_path, MQTT)
        watch = Following(places)
        wait_for(lambda: any("connected to the broker" in line for line in said))
        client = made_client(parsed_address(f"mqtt://127.0.0.1:{broker.port}", "x", ("mqtt",), ()), "sender", clean=True)
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        wait_for(lambda: newest() is not None)
        records = temperatures(0, 61, warm_from=40)
        publish(client, [*records[20:40], *records[:30], *reversed(records[30:60])])
        wait_for(at_hour(59))
        publish(client, records[60:])
        watch.join()
        client.disconnect()
        client.loop_stop()
    found = newest()
    assert found is not None
    assert (found.status, found.since) == ("deviating", 40.0)
    assert journal(places).records().height == 61


@pytest.mark.parametrize("kind", ["opcua", "mqtt"])
def test_follow__killed_in_mid_stream_loses_and_doubles_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    places = live_project(tmp_path, OPCUA if kind == "opcua" else MQTT)
    records = temperatures(0, 61)
    arguments = ("watch", "R1", "--follow", "--every", "1", "--soonest", "0.05", "--out", "watch.json")

    def followed(address: str, write: Callable[[list[tuple[datetime, float | None, int]]], None]) -> None:
        monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", address)
        sent = 0
        for kill_at in (7, 19, 33):
            with python(WATCH, *arguments, cwd=tmp_path) as program:
                while sent < kill_at:
                    if sent == 0:
                        wait_for(lambda: any((places.received / "vat").rglob("*.jsonl")), 30)
                        wait_for(lambda: "connected" in _text(places))
                    write(records[sent : sent + 1])
                    sent += 1
                wait_for(partial(_holds, places, kill_at - 3), 30)
                os.kill(program.pid, signal.SIGKILL)
            write(records[sent : sent + 5])
            sent += 5
        with python(WATCH, *arguments, cwd=tmp_path) as program:
            write(records[sent:])
            output, errors = program.communicate(timeout=60)
        assert "has reached hour 60" in output, errors

    if kind == "opcua":
        with served_plant(["V1.TI"], {}) as plant:
            followed(plant.endpoint, lambda part: send(plant, part))
    else:
        with mosquitto(tmp_path / "broker") as broker:
            address = f"mqtt://127.0.0.1:{broker.port}"
            client = made_client(parsed_address(address, "x", ("mqtt",), ()), "sender", clean=True)
            client.connect("127.0.0.1", broker.port)
            client.loop_start()
            followed(address, lambda part: publish(client, part))
            client.disconnect()
            client.loop_stop()
    good = journal(places).records().filter(quality="Good")
    assert good["time"].to_list() == [when for when, _, _ in records]
    assert good["value"].to_list() == [value for _, value, _ in records]
    found = read_watch(tmp_path / OUT)
    assert (found.as_of.hours, found.notes) == (60.0, found.notes)
    assert not any("missing" in note for note in found.notes)


def _holds(places: Places, records: int) -> bool:
    return journal(places).records().height >= records


def _text(places: Places) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (places.received / "vat").rglob("*.jsonl"))


def test_follow__says_what_a_polled_database_gives_and_that_it_is_gone(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlalchemy")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "plant.db"
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", f"sqlite:///{file}")
    opened = sqlite3.connect(file, check_same_thread=False)
    opened.execute("CREATE TABLE records (id INTEGER, equipment TEXT, time TEXT, tag TEXT, value REAL, quality TEXT)")

    def add(part: list[tuple[datetime, float | None, int]], first: int) -> None:
        rows = [
            (first + n, "V1", f"{when:%Y-%m-%d %H:%M:%S}", "TI", value, "Good") for n, (when, value, _) in enumerate(part)
        ]
        with opened:
            opened.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", rows)

    records = temperatures(0, 61, warm_from=30)
    add(records[:20], 0)
    pull = {"kind": "sql", "connection": "plant", "table": "records", "key": ["id"], "watermark": "id", "values": "raw"}
    places = live_project(tmp_path, pull, {"time_zone": "UTC"})
    watch = Following(places)
    wait_for(at_hour(19))
    add(records[20:40], 20)
    wait_for(at_hour(39))
    found = newest()
    assert found is not None
    assert (found.status, found.since, found.feeds[0].state) == ("deviating", 30.0, "receiving")
    file.rename(tmp_path / "gone.db")
    wait_for(lambda: any("historian not connected since" in line for line in said))
    (tmp_path / "gone.db").rename(file)
    add(records[40:], 40)
    watch.join()
    opened.close()
    assert any("polls succeed again" in line for line in said)
    assert said[-1].startswith("Batch R1 has reached hour 60")
