"""The client of an MQTT broker. A message is acknowledged when it is on the disk, and not before."""

import queue
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.domain.config_files import as_json
from pipeline.domain.feeds import MqttFeed, SparkplugB
from pipeline.domain.reading.stored import read_json
from pipeline.domain.whole_files import write_whole
from pipeline.history.live.address import Address
from pipeline.history.live.extra import needs_extra
from pipeline.history.live.message import Said
from pipeline.history.live.mqtt.plain_json import read_json_message
from pipeline.history.live.mqtt.sparkplug import SparkplugReader, names_from, rebirth_request
from pipeline.history.live.mqtt.topics import names_in, subscription
from pipeline.history.live.sink import Sink

MQTT_SCHEMES, MQTT_OPTIONS = ("mqtt", "mqtts"), ("ca", "cert", "key")
"""What an address of a broker begins with, and its options: files of certificates and of a key."""
CLIENT_ID, NAMES = "client_id", "sparkplug_names.json"
KEEP_ALIVE = 20
"""Longest time without a message between client and broker [s]; then each asks whether the other is there."""
WAITS = (0.5, 30.0)
"""First and longest wait before another attempt to connect [s]."""
MOST = 500
"""Most messages that are written to the disk at once."""
_NO_SESSION = "the broker kept no session of this client, so that it has thrown away what was sent meanwhile"


def mqtt_library() -> Any:
    """Return the library of MQTT.

    Raises ScalebridgeError if it is not installed.
    """
    try:
        from paho.mqtt import client
    except ImportError:
        raise needs_extra("Sources and alarms by MQTT") from None
    return client


def made_client(address: Address, client_id: str, *, clean: bool, manual: bool = False) -> Any:
    """Return a client that is not connected yet. clean: the broker forgets it when it goes."""
    paho = mqtt_library()
    made = paho.Client(
        paho.CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean, protocol=paho.MQTTv311, manual_ack=manual
    )
    if address.user is not None:
        made.username_pw_set(address.user, address.password)
    if address.scheme == "mqtts":
        made.tls_set(ca_certs=address.option("ca"), certfile=address.option("cert"), keyfile=address.option("key"))
    return made


@dataclass
class MqttClient:
    """Follows the topics of one feed until it is told to stop. The broker keeps what is sent while it is away."""

    feed: MqttFeed
    address: Address
    folder: Path
    """Folder of the journal, which also holds the name of this client and the names behind aliases."""
    sink: Sink
    waits: tuple[float, float] = WAITS
    _queue: "queue.SimpleQueue[Any]" = field(default_factory=queue.SimpleQueue)
    _names: str = ""
    _session: bool = False
    """The broker kept what was sent while this client was away."""

    def __post_init__(self) -> None:
        """Read the names behind aliases."""
        mqtt_library()
        payload = self.feed.payload
        stored = self.folder / NAMES
        known = names_from(read_json(stored, damaged="delete it; a rebirth writes it again")) if stored.is_file() else {}
        self._sparkplug = SparkplugReader(payload, known) if isinstance(payload, SparkplugB) else None

    def run(self, stop: threading.Event) -> None:
        """Follow the topics until `stop` is set."""
        client = made_client(self.address, self._client_id(), clean=False, manual=True)
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_connect_fail = lambda *_: self.sink.off(
            f"the broker of connection '{self.feed.connection}' cannot be reached"
        )
        client.on_message = lambda _client, _data, message: self._queue.put(message)
        client.reconnect_delay_set(self.waits[0], self.waits[1])
        client.connect_async(self.address.host, self.address.port, KEEP_ALIVE)
        client.loop_start()
        try:
            while not stop.is_set():
                self._take(client, 0.2)
        finally:
            client.disconnect()
            client.loop_stop()

    def _take(self, client: Any, wait: float) -> None:
        """Write the messages that have arrived to the disk, and acknowledge them."""
        try:
            messages = [self._queue.get(timeout=wait)]
        except queue.Empty:
            return
        while len(messages) < MOST and not self._queue.empty():
            messages.append(self._queue.get())
        said = [self._read(one) for one in messages]
        records = [record for one in said for record in one.records]
        self._keep_names()
        self.sink.receive(records)
        for one in messages:
            client.ack(one.mid, one.qos)
        for problem in dict.fromkeys(problem for one in said for problem in one.problems):
            self.sink.problem(problem)
        for edge in {one.rebirth for one in said if one.rebirth is not None}:
            topic, payload = rebirth_request(edge)
            client.publish(topic, payload, qos=0)
        for one in said:
            if one.ended is not None:
                self.sink.over(one.ended)

    def _read(self, message: Any) -> Said:
        now = self.sink.clock()
        if self._sparkplug is not None:
            return self._sparkplug.read(message.topic, message.payload, now)
        named = names_in(self.feed.topics, message.topic)
        if named is None:
            return Said(problems=(f"a message of topic {message.topic[:80]} fits no declared topic",))
        assert not isinstance(self.feed.payload, SparkplugB)
        return read_json_message(self.feed.payload, named, message.payload, now)

    def _keep_names(self) -> None:
        """Write the names behind aliases, so that they are known after a restart. Only births change them."""
        if self._sparkplug is None:
            return
        names = as_json(self._sparkplug.names)
        if names != self._names:
            write_whole(self.folder / NAMES, names)
            self._names = names

    def _client_id(self) -> str:
        """Return the name by which the broker knows this client, also after a restart."""
        file = self.folder / CLIENT_ID
        if not file.is_file():
            write_whole(file, f"scalebridge-{secrets.token_hex(5)}\n")
        return file.read_text(encoding="utf-8").strip()

    def _on_connect(self, client: Any, _data: object, flags: Any, reason: Any, _properties: object) -> None:
        if reason.is_failure:
            self.sink.off(f"the broker of connection '{self.feed.connection}' refused this client ({reason})")
            return
        self._session = bool(flags.session_present)
        client.subscribe([(subscription(topic), 1) for topic in self.feed.topics])

    def _on_subscribe(self, client: Any, _data: object, _mid: int, reasons: Any, _properties: object) -> None:
        """Take that the broker sends the topics from now on. Before, nothing that was sent would have come."""
        refused = [topic for topic, reason in zip(self.feed.topics, reasons, strict=False) if reason.is_failure]
        if refused:
            self.sink.off(f"the broker of connection '{self.feed.connection}' does not give the topic {refused[0]}")
            return
        before, now = self.sink.arrivals.last(), self.sink.clock()
        self.sink.on(f"connected to the broker of connection '{self.feed.connection}'")
        if before is not None and not self._session:
            self._gap(before, now)
        if self._sparkplug is not None and not self._session:
            for edge in self._sparkplug.names:
                client.publish(*rebirth_request(edge), qos=0)

    def _gap(self, begin: datetime, end: datetime) -> None:
        self.sink.gap(_NO_SESSION, begin, end)

    def _on_disconnect(self, _client: Any, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        if reason.is_failure:
            self.sink.off(f"the connection to the broker of connection '{self.feed.connection}' was lost")


def send_one(address: Address, topic: str, payload: str, limit: float, *, retain: bool) -> str | None:
    """Send one message and wait until the broker has taken it. Return what went wrong; None if nothing did.

    limit: longest time [s].
    """
    paho = mqtt_library()
    client = made_client(address, "", clean=True)
    refused: list[str] = []
    ready = threading.Event()

    def on_connect(_client: Any, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        if reason.is_failure:
            refused.append(f"the broker refused this client ({reason})")
        ready.set()

    client.on_connect = on_connect
    try:
        client.connect(address.host, address.port, KEEP_ALIVE)
    except (OSError, ValueError):
        return "the broker cannot be reached"
    client.loop_start()
    try:
        if not ready.wait(limit):
            return f"the broker did not answer within {limit:g} s"
        if refused:
            return refused[0]
        sent = client.publish(topic, payload, qos=1, retain=retain)
        sent.wait_for_publish(limit)
        return None if sent.is_published() else f"the broker did not take the message within {limit:g} s"
    except (ValueError, RuntimeError) as error:
        return f"the message was not sent ({paho.error_string(paho.MQTT_ERR_NO_CONN)}: {error})"
    finally:
        client.disconnect()
        client.loop_stop()
