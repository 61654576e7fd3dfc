"""The feeds of a followed batch: one thread per source, which receives records and writes them to the disk."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.answers.result.watch import FeedNow
from pipeline.answers.watch.feed_state import feed_now, feed_on_disk, gap_notes
from pipeline.answers.watch.poller import Poller
from pipeline.answers.watch.raw_batch import SeriesFiles
from pipeline.answers.watch.running import RunningBatch
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.feeds import MqttFeed, OpcUaPull
from pipeline.domain.process.process import Process
from pipeline.domain.pulls import SqlPull
from pipeline.domain.sources import TrajectoryRows
from pipeline.history.connectors.connections import read_connection
from pipeline.history.live.address import parsed_address
from pipeline.history.live.arrivals import Arrivals
from pipeline.history.live.journal import Journal
from pipeline.history.live.journal_reader import JournalReader
from pipeline.history.live.mqtt.client import MQTT_OPTIONS, MQTT_SCHEMES, MqttClient
from pipeline.history.live.opcua.client import OpcUaClient
from pipeline.history.live.opcua.nodes import nodes_of
from pipeline.history.live.opcua.session import OPCUA_OPTIONS, OPCUA_SCHEMES
from pipeline.history.live.received import journal_folder
from pipeline.history.live.record import Record
from pipeline.history.live.sink import Say, Sink

LOCK = ".lock"
REMEMBERED = 2_000
"""Newest records of the journal that are not written again when they come again, as the overlap of a history does."""
AGAIN = 1.0
"""Seconds between two looks whether another program still receives the same feed."""


def feeds_of(process: Process) -> dict[str, OpcUaPull | MqttFeed]:
    """Return the sources of a process that can be followed record by record."""
    sources = {name: one for name, one in process.sources.items() if isinstance(one, TrajectoryRows)}
    return {name: one.pull for name, one in sources.items() if isinstance(one.pull, OpcUaPull | MqttFeed)}


def polled_of(process: Process) -> dict[str, SqlPull]:
    """Return the series of a process that are pulled from a database, which a watch polls."""
    sources = {name: one for name, one in process.sources.items() if isinstance(one, TrajectoryRows)}
    return {name: one.pull for name, one in sources.items() if isinstance(one.pull, SqlPull)}


def is_followed(process: Process) -> bool:
    """Tell whether a watch has anything to receive or to poll."""
    return bool(feeds_of(process) or polled_of(process))


@dataclass
class Follower:
    """One feed that is received in a thread of its own. Of several programs, one receives and the others read its journal."""

    name: str
    pull: OpcUaPull | MqttFeed
    sink: Sink
    make: Callable[[], OpcUaClient | MqttClient]
    stop: threading.Event = field(default_factory=threading.Event)
    elsewhere: bool = False
    """Another program receives this feed."""
    _thread: threading.Thread | None = None
    _reader: JournalReader = field(init=False)

    def __post_init__(self) -> None:
        """Read nothing yet."""
        self._reader = JournalReader(self.sink.journal.folder)

    @property
    def failed(self) -> BaseException | None:
        """What ended the feed for ever."""
        return self.sink.failed

    def now(self) -> FeedNow:
        """Say how the feed stands."""
        return feed_now(self.name, self.pull, self.sink, elsewhere=self.elsewhere)

    def start(self) -> None:
        """Begin to receive. Raises ScalebridgeError if a library is missing."""
        client = self.make()
        self._thread = threading.Thread(target=self._run, args=(client,), name=f"feed {self.name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread, and wait for it."""
        self.stop.set()
        if self._thread is not None:
            self._thread.join(15)

    def _run(self, client: OpcUaClient | MqttClient) -> None:
        try:
            with self.sink.journal:
                self._as_the_only_one(client)
        except BaseException as error:
            self.sink.failed = error
            self.sink.news.set()

    def _as_the_only_one(self, client: OpcUaClient | MqttClient) -> None:
        folder = self.sink.journal.folder
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        while not self.stop.is_set():
            try:
                lock.acquire(timeout=0)
            except Timeout:
                if not self.elsewhere:
                    self.elsewhere = True
                    self.sink.say(f"{self.name}: another program receives it; this one reads what that one writes.")
                if self._take_up():
                    self.sink.news.set()
                self.stop.wait(AGAIN)
                continue
            try:
                self.elsewhere = False
                self._take_up()
                client.run(self.stop)
            finally:
                lock.release()

    def _take_up(self) -> bool:
        """Take up what the journal holds, so that what was missed is known. Return whether there was anything new."""
        damaged = self._reader.unreadable
        new = self._reader.look()
        if new:
            received = self._reader.received()
            self.sink.arrivals.restore(received)
            newest = received.tail(REMEMBERED).drop("at").iter_rows(named=True)
            self.sink.journal.remember(Record(**row) for row in newest)
        if self._reader.unreadable > damaged:
            self.sink.say(f"{self.name}: {self._reader.unreadable} lines of the journal are damaged and are not used.")
        return new


@dataclass
class Feeds:
    """All feeds of a followed batch."""

    followers: Mapping[str, Follower | Poller]
    news: threading.Event

    def wait(self, soonest: float, latest: float) -> None:
        """Wait for a new record, or for `latest` seconds. It returns no sooner than after `soonest` seconds."""
        begin = time.monotonic()
        self.news.wait(latest)
        time.sleep(max(0.0, min(soonest, latest) - (time.monotonic() - begin)))

    def begin_look(self) -> None:
        """Take note that what has arrived so far will be looked at."""
        self.news.clear()

    def check(self) -> None:
        """Raise what ended a feed for ever."""
        for one in self.followers.values():
            if one.failed is not None:
                raise (
                    one.failed
                    if isinstance(one.failed, ScalebridgeError)
                    else ScalebridgeError(f"The feed of source '{one.name}' ended: {one.failed}")
                )

    def now(self) -> tuple[FeedNow, ...]:
        """Say how each feed stands."""
        return tuple(one.now() for one in self.followers.values())

    def close(self) -> None:
        """End all threads."""
        for one in self.followers.values():
            one.stop.set()
        for one in self.followers.values():
            one.close()


def feeds_on_disk(process: Process, running: RunningBatch, received: Path, files: SeriesFiles) -> tuple[FeedNow, ...]:
    """Say what lies on the disk of each feed of a batch. received: `data/received/<process>`."""
    found = []
    for name, pull in feeds_of(process).items():
        reader = files.journal(journal_folder(received, name, pull, running.vessels.get(name)))
        reader.look()
        found.append(feed_on_disk(name, reader, running.vessels.get(name, running.batch)))
    return tuple(found)


def gaps_of(process: Process, running: RunningBatch, received: Path, files: SeriesFiles) -> tuple[str, ...]:
    """Say which records of the feeds of a batch are missing for good, one sentence per gap."""
    folders = {
        name: journal_folder(received, name, pull, running.vessels.get(name)) for name, pull in feeds_of(process).items()
    }
    return tuple(note for name, folder in folders.items() for note in gap_notes(name, files.journal(folder)))


def started_feeds(
    process: Process,
    running: RunningBatch | None,
    received: Path,
    snapshots: Path,
    every: float,
    say: Say,
    root: Path = Path(),
) -> Feeds:
    """Begin to receive all feeds of a batch, and to poll its databases every `every` seconds.

    received, snapshots: `data/received/<process>` and `data/snapshots/<process>`. root: folder of the project, with the addresses.
    running: the batch; None where nothing is received, only polled. Raises ScalebridgeError if an address is missing or wrong, a
    library is not installed, or the vessel of the batch is none of a source.
    """
    news = threading.Event()
    followers: dict[str, Follower | Poller] = {
        name: Poller(name, pull, snapshots / name, received / name, root, every, say, news)
        for name, pull in polled_of(process).items()
    }
    if running is not None:
        followers |= _followers(process, running, received, say, root, news)
    feeds = Feeds(followers, news)
    try:
        for one in followers.values():
            one.start()
    except BaseException:
        feeds.close()
        raise
    return feeds


def _followers(
    process: Process, running: RunningBatch, received: Path, say: Say, root: Path, news: threading.Event
) -> dict[str, Follower]:
    """Return what receives each feed of a batch. Nothing is begun."""
    found = {}
    for name, pull in feeds_of(process).items():
        vessel = running.vessels.get(name)
        _check_vessel(name, pull, vessel, running.batch)
        journal = Journal(journal_folder(received, name, pull, vessel))
        sink = Sink(name, journal, say, news, Arrivals(vessel or running.batch))
        found[name] = Follower(name, pull, sink, _maker(pull, vessel, running, sink, root))
    return found


def _check_vessel(name: str, pull: OpcUaPull | MqttFeed, vessel: str | None, batch: str) -> None:
    if isinstance(pull, OpcUaPull) and vessel not in pull.equipment:
        raise ScalebridgeError(
            f"Source '{name}': batch '{batch}' is in vessel '{vessel}', and `equipment` of the source names "
            f"{', '.join(pull.equipment)}. Add the vessel, or correct the batch record"
        )


def _maker(
    pull: OpcUaPull | MqttFeed, vessel: str | None, running: RunningBatch, sink: Sink, root: Path
) -> Callable[[], OpcUaClient | MqttClient]:
    text = read_connection(pull.connection, root).address
    if isinstance(pull, MqttFeed):
        broker = parsed_address(text, pull.connection, MQTT_SCHEMES, MQTT_OPTIONS)
        return lambda: MqttClient(pull, broker, sink.journal.folder, sink)
    server = parsed_address(text, pull.connection, OPCUA_SCHEMES, OPCUA_OPTIONS)
    nodes = nodes_of(pull, (vessel or "",))
    return lambda: OpcUaClient(pull, server, nodes, sink, _aware(running.started))


def _aware(when: datetime | None) -> datetime | None:
    return None if when is None else when.replace(tzinfo=UTC)
