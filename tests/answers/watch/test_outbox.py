"""The message of an alarm: it waits on the disk, has one key for all attempts, and is told once or more, never not at all."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipeline.answers.watch.alarm_files import read_alarm
from pipeline.answers.watch.alarm_update import answer_alarm, send_waiting, update_alarm
from pipeline.answers.watch.look import Look, look_at, post_of
from pipeline.answers.watch.outbox import FIRST, LIMIT, Outgoing, failed, key_of, read_outgoing, write_outgoing
from pipeline.answers.watch.raw_batch import SeriesFiles, read_running
from pipeline.domain.errors import ScalebridgeError
from pipeline.history.live.address import parsed_address
from pipeline.history.live.mqtt.client import made_client
from pipeline.publication.runs import current_run
from tests.support.live_servers import amqtt_broker, python, wait_for
from tests.support.watched_project import ThermometerJudge, add_hours, watched_project

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Taker(BaseHTTPRequestHandler):
    codes: list[int]
    got: list[tuple[str, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.got.append((self.headers["Idempotency-Key"], body))
        self.send_response(self.codes.pop(0) if self.codes else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def taker() -> Iterator[tuple[str, type[Taker]]]:
    made = type("OneTaker", (Taker,), {"got": [], "codes": []})
    server = HTTPServer(("127.0.0.1", 0), made)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/alarm", made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def warm(tmp_path: Path) -> Look:
    """A look at a batch that deviates."""
    places = watched_project(tmp_path)
    add_hours(places.raw / "vat", 21, 24, 37.5)
    post = post_of(current_run(places), ThermometerJudge())
    return look_at(post, read_running(post.process, places.raw / "vat", "R1", SeriesFiles()))


def test_attempts__wait_twice_as_long_each_time() -> None:
    one, waits = Outgoing(key="k", state="raised", message="{}"), []
    for _ in range(12):
        one = failed(one, NOW)
        assert one.due is not None
        waits.append(datetime.fromisoformat(one.due) - NOW)
    assert waits[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert waits[-1] == LIMIT
    assert not one.is_due(NOW + timedelta(minutes=9))
    assert one.is_due(NOW + timedelta(minutes=10))


def test_message__has_the_same_key_and_text_at_each_attempt(
    warm: Look, taker: tuple[str, type[Taker]], tmp_path: Path
) -> None:
    address, server = taker
    server.codes = [503, 500]
    for _ in range(4):
        update_alarm(tmp_path / "watch", warm, 24.0, address)
    assert len(server.got) == 3
    assert len(set(server.got)) == 1
    key, body = server.got[0]
    assert json.loads(body)["key"] == key == key_of(read_alarm(tmp_path / "watch" / "R1", "vat", "R1"))
    assert [json.loads(line)["what"] for line in (tmp_path / "watch/R1/alarm_log.jsonl").read_text().splitlines()] == [
        "raised",
        "hook failed",
        "hook done",
    ]


def test_message__a_patient_watch_waits_before_the_next_attempt(
    warm: Look, taker: tuple[str, type[Taker]], tmp_path: Path
) -> None:
    address, server = taker
    server.codes = [503]
    assert update_alarm(tmp_path / "watch", warm, 24.0, address, patient=True).problem is not None
    assert update_alarm(tmp_path / "watch", warm, 24.0, address, patient=True).problem is None
    assert len(server.got) == 1
    waiting = read_outgoing(tmp_path / "watch" / "R1")
    assert waiting is not None
    write_outgoing(tmp_path / "watch" / "R1", Outgoing(**{**vars(waiting), "due": NOW.isoformat()}))
    assert send_waiting(tmp_path / "watch" / "R1", "vat", "R1", address, patient=True) is None
    assert len(server.got) == 2


def test_message__is_not_sent_after_a_person_knows(warm: Look, taker: tuple[str, type[Taker]], tmp_path: Path) -> None:
    address, server = taker
    server.codes = [503]
    update_alarm(tmp_path / "watch", warm, 24.0, address)
    answer_alarm(tmp_path / "watch", "vat", "R1", "acknowledge", "Ann", "probe checked")
    update_alarm(tmp_path / "watch", warm, 24.0, address)
    assert send_waiting(tmp_path / "watch" / "R1", "vat", "R1", address, patient=False) is None
    assert len(server.got) == 1


RAISE = """
import os, sys
from pathlib import Path
from pipeline.answers.watch import alarm_update
from pipeline.answers.watch.look import look_at, post_of
from pipeline.answers.watch.raw_batch import SeriesFiles, read_running
from pipeline.domain.places import Places
from pipeline.publication.runs import current_run
from tests.support.watched_project import ThermometerJudge
places = Places.under(Path(sys.argv[1]) / "data")
when, call = sys.argv[3], alarm_update.call_hook
def killed(*given):
    if when == "after":
        call(*given)
    os.kill(os.getpid(), 9)
if when != "never":
    alarm_update.call_hook = killed
post = post_of(current_run(places), ThermometerJudge())
look = look_at(post, read_running(post.process, places.raw / "vat", "R1", SeriesFiles()))
alarm_update.update_alarm(places.watch, look, 24.0, sys.argv[2])
"""


@pytest.mark.long
@pytest.mark.parametrize(("when", "times"), [("before", 1), ("after", 2)])
def test_message__a_watch_that_is_killed_sends_it_after_a_restart(
    when: str, times: int, taker: tuple[str, type[Taker]], tmp_path: Path
) -> None:
    """Killed before it was sent, or after it was sent and before this was written: the key lets the receiver count it once."""
    address, server = taker
    add_hours(watched_project(tmp_path).raw / "vat", 21, 24, 37.5)
    for how in (when, "never", "never"):
        with python(RAISE, str(tmp_path), address, how) as program:
            _, errors = program.communicate(timeout=60)
            assert program.returncode == (-9 if how == when else 0), errors
    assert len(server.got) == times
    assert len({key for key, _ in server.got}) == 1


def test_topic__keeps_the_newest_state_of_the_alarm(warm: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watches, hook = tmp_path / "watch", "mqtt:broker/alarms/R1"
    with amqtt_broker() as broker:
        monkeypatch.setenv("SCALEBRIDGE_CONNECTION_BROKER", f"mqtt://127.0.0.1:{broker.port}")
        assert update_alarm(watches, warm, 24.0, hook).problem is None
        answer_alarm(watches, "vat", "R1", "acknowledge", "Ann", "probe checked")
        for _ in range(2):
            assert update_alarm(watches, warm, 24.0, hook).problem is None
        kept: list[str] = []
        address = parsed_address(f"mqtt://127.0.0.1:{broker.port}", "x", ("mqtt",), ())
        late = made_client(address, "late", clean=True)
        late.on_message = lambda _c, _d, message: kept.append(json.loads(message.payload)["alarm"]["state"])
        late.on_connect = lambda client, *_: client.subscribe("alarms/#", 1)
        late.connect("127.0.0.1", broker.port)
        late.loop_start()
        wait_for(lambda: kept)
        late.disconnect()
        late.loop_stop()
    assert kept == ["acknowledged"]
    problem = update_alarm(watches, warm, 24.0, hook).problem
    assert problem is None  # nothing has changed since


def test_topic__that_cannot_be_one_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.answers.watch.hooks import check_hook

    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_BROKER", "http://x")
    for hook, words in (
        ("mqtt:broker", "write mqtt:CONNECTION/topic"),
        ("mqtt:broker/a/+", "holds no '\\+'"),
        ("mqtt:other/a", "There is no address of the connection 'other'"),
        ("mqtt:broker/a", "must begin with mqtt:// or mqtts://"),
    ):
        with pytest.raises(ScalebridgeError, match=words):
            check_hook(hook)
