"""The client of MQTT against real brokers."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.feeds import MqttFeed, SparkplugB
from pipeline.history.live.address import Address, parsed_address
from pipeline.history.live.journal import Journal
from pipeline.history.live.mqtt.client import MqttClient, made_client, send_one
from pipeline.history.live.mqtt.sparkplug_payload import payload_class
from pipeline.history.live.sink import Sink
from tests.support.live_feeds import followed, values
from tests.support.live_servers import Mosquitto, amqtt_broker, free_port, mosquitto, wait_for

START = datetime(2026, 3, 1, tzinfo=UTC)
FEED = MqttFeed(kind="mqtt", connection="plant", topics=("plant/{equipment}/{tag}",))


def address_of(port: int, user: str = "") -> Address:
    return parsed_address(f"mqtt://{user}127.0.0.1:{port}", "plant", ("mqtt", "mqtts"), ())


def follow(port: int, folder: Path, said: list[str], feed: MqttFeed = FEED) -> AbstractContextManager[Sink]:
    return followed(folder, lambda sink: MqttClient(feed, address_of(port), folder, sink, waits=(0.1, 0.5)), said)


@contextmanager
def sender(port: int) -> Iterator[Any]:
    client = made_client(address_of(port), "sender", clean=True)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def send(client: Any, first: int, last: int) -> None:
    """Send one value per minute."""
    for n in range(first, last):
        when = (START + timedelta(minutes=n)).isoformat()
        client.publish("plant/V1/TI", json.dumps({"time": when, "value": n}), qos=1).wait_for_publish(5)


def test_follow__writes_what_a_broker_sends(tmp_path: Path) -> None:
    said: list[str] = []
    with amqtt_broker() as broker, sender(broker.port) as client, follow(broker.port, tmp_path, said) as sink:
        wait_for(lambda: sink.connected)
        time.sleep(0.3)
        send(client, 0, 20)
        client.publish("plant/V1/TI", "nonsense", qos=1)
        wait_for(lambda: len(values(tmp_path)) == 20)
        wait_for(lambda: len(said) == 2)
    assert values(tmp_path) == [float(n) for n in range(20)]
    assert said[0] == "feed: connected to the broker of connection 'plant'."
    assert said[1].startswith("feed: a message is no JSON")


def test_follow__a_broker_that_is_not_there_is_said_once(tmp_path: Path) -> None:
    said: list[str] = []
    with follow(free_port(), tmp_path, said):
        wait_for(lambda: len(said) == 1)
        time.sleep(1.2)
    assert said == ["feed: the broker of connection 'plant' cannot be reached; it is tried again."]


def test_follow__the_broker_keeps_what_is_sent_meanwhile(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker") as broker, sender(broker.port) as client:
        with follow(broker.port, tmp_path / "feed", []) as sink:
            wait_for(lambda: sink.connected)
            time.sleep(0.2)
            send(client, 0, 5)
            wait_for(lambda: len(values(tmp_path / "feed")) == 5)
        send(client, 5, 15)
        said: list[str] = []
        with follow(broker.port, tmp_path / "feed", said):
            wait_for(lambda: len(values(tmp_path / "feed")) == 15)
    assert said == ["feed: connected to the broker of connection 'plant'."]


@pytest.mark.long
def test_follow__a_killed_broker_loses_nothing_that_it_took(tmp_path: Path) -> None:
    said: list[str] = []
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    with follow(broker.port, tmp_path / "feed", said) as sink:
        wait_for(lambda: sink.connected)
        time.sleep(0.2)
        with sender(broker.port) as client:
            send(client, 0, 5)
        wait_for(lambda: len(values(tmp_path / "feed")) == 5)
        time.sleep(1.5)  # the broker writes its sessions to the disk
        broker.kill()
        wait_for(lambda: not sink.connected)
        broker.start()
        wait_for(lambda: sink.connected)
        time.sleep(0.3)
        with sender(broker.port) as client:
            send(client, 5, 10)
        wait_for(lambda: len(values(tmp_path / "feed")) == 10)
    broker.stop()
    assert [words.split(" ")[1:3] for words in said[:3]] == [["connected", "to"], ["the", "connection"], ["connected", "to"]]


@pytest.mark.long
def test_follow__a_session_that_the_broker_forgot_is_a_gap(tmp_path: Path) -> None:
    said: list[str] = []
    with mosquitto(tmp_path / "one") as broker, follow(broker.port, tmp_path / "feed", said) as sink:
        wait_for(lambda: sink.connected)
        time.sleep(0.2)
        with sender(broker.port) as client:
            send(client, 0, 5)
        wait_for(lambda: len(values(tmp_path / "feed")) == 5)
    with mosquitto(tmp_path / "two") as other, follow(other.port, tmp_path / "feed", said):
        wait_for(lambda: len(said) == 3)
    assert "are missing: the broker kept no session of this client" in said[2]


@pytest.mark.long
def test_follow__asks_for_a_rebirth_and_knows_the_names_after_a_restart(tmp_path: Path) -> None:
    feed = MqttFeed(
        kind="mqtt", connection="plant", topics=("spBv1.0/G/#",), payload=SparkplugB(kind="sparkplug_b", equipment="device")
    )
    asked: list[str] = []

    def data(seq: int, minute: int, *, named: bool = False) -> bytes:
        made = payload_class()(timestamp=int((START + timedelta(minutes=minute)).timestamp() * 1000), seq=seq)
        metric = made.metrics.add(alias=7, datatype=10, double_value=float(minute))
        if named:
            metric.name = "TI"
        return bytes(made.SerializeToString())

    with mosquitto(tmp_path / "broker") as broker, sender(broker.port) as client:
        client.on_message = lambda _c, _d, message: asked.append(message.topic)
        client.subscribe("spBv1.0/G/NCMD/#", 1)
        with follow(broker.port, tmp_path / "feed", [], feed) as sink:
            wait_for(lambda: sink.connected)
            time.sleep(0.3)
            client.publish("spBv1.0/G/DDATA/E/V1", data(4, 0), qos=1)
            wait_for(lambda: asked == ["spBv1.0/G/NCMD/E"])
            client.publish("spBv1.0/G/NBIRTH/E", payload_class()(timestamp=1, seq=0).SerializeToString(), qos=1)
            client.publish("spBv1.0/G/DBIRTH/E/V1", data(1, 1, named=True), qos=1)
            client.publish("spBv1.0/G/DDATA/E/V1", data(2, 2), qos=1)
            wait_for(lambda: values(tmp_path / "feed") == [1.0, 2.0])
        client.publish("spBv1.0/G/DDATA/E/V1", data(3, 3), qos=1).wait_for_publish(5)
        with follow(broker.port, tmp_path / "feed", [], feed):
            wait_for(lambda: values(tmp_path / "feed") == [1.0, 2.0, 3.0])
    assert len(asked) == 1


@pytest.mark.long
def test_follow__a_refused_user_is_said_without_the_password(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("ann:$7$101$AAAAAAAAAAAAAAAA$AAAA\n", encoding="utf-8")
    broker = Mosquitto(tmp_path / "broker", f"allow_anonymous false\npassword_file {passwords}")
    broker.start()
    said: list[str] = []
    with Journal(tmp_path / "feed") as journal:
        sink = Sink("feed", journal, said.append)
        client = MqttClient(FEED, address_of(broker.port, "ann:s3cret@"), tmp_path / "feed", sink, waits=(0.1, 0.5))
        stop = threading.Event()
        thread = threading.Thread(target=client.run, args=(stop,))
        thread.start()
        wait_for(lambda: said)
        stop.set()
        thread.join(10)
    refused = send_one(address_of(broker.port), "a", "b", 2.0, retain=False)
    broker.stop()
    assert "refused this client" in said[0]
    assert "s3cret" not in said[0]
    assert refused is not None
    assert refused.startswith("the broker refused this client")


def test_send_one__is_taken_by_the_broker_or_says_why_not() -> None:
    got: list[bytes] = []
    with amqtt_broker() as broker, sender(broker.port) as client:
        client.on_message = lambda _c, _d, message: got.append(message.payload)
        client.subscribe("alarms/#", 1)
        time.sleep(0.3)
        assert send_one(address_of(broker.port), "alarms/B1", "raised", 5.0, retain=True) is None
        wait_for(lambda: got == [b"raised"])
    assert send_one(address_of(free_port()), "alarms/B1", "raised", 5.0, retain=True) == "the broker cannot be reached"
