"""Where a client of a feed puts what it receives: first into the journal, then into what a watch knows of the feed."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.history.live.arrivals import Arrivals
from pipeline.history.live.journal import Event, Journal
from pipeline.history.live.record import Record

Say = Callable[[str], None]
"""Takes one line on what happened to a feed."""


@dataclass
class Sink:
    """Takes records of one feed. It may be used by several threads."""

    name: str
    """Name of the source."""
    journal: Journal
    say: Say
    news: threading.Event = field(default_factory=threading.Event)
    """Set when a new record is on the disk."""
    arrivals: Arrivals = field(default_factory=Arrivals)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    connected: bool = False
    since: datetime | None = None
    """Since when the feed is connected, or not."""
    why: str = "it has not been connected yet"
    """Why it is not connected."""
    ended: str | None = None
    """What the sender said when it ended; None after a later record."""
    failed: BaseException | None = None
    """Why the client has stopped for ever."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _said: set[str] = field(default_factory=set)

    def receive(self, records: Sequence[Record]) -> int:
        """Write records to the disk, and return the number of new ones. After this, the sender may forget them."""
        with self._lock:
            new = self.journal.append(records)
            self._tell_torn()
            self.arrivals.add(records, self.clock())
            if records:
                self.ended = None
            if new:
                self.news.set()
            return new

    def on(self, what: str) -> None:
        """Take that the feed is connected. what: a sentence."""
        with self._lock:
            self.connected, self.since, self.why = True, self.clock(), ""
            self.arrivals.connected = self.since
            self._note(Event("connected", what))
        self.say(f"{self.name}: {what}.")

    def off(self, why: str) -> None:
        """Take that the feed is not connected. It is said once, not for each attempt."""
        with self._lock:
            first = self.connected or self.since is None
            if first:
                self.since = self.clock()
                self._note(Event("lost", why))
            self.connected, self.why = False, why
            self.news.set()
        if first:
            self.say(f"{self.name}: {why}; it is tried again.")

    def gap(self, why: str, begin: datetime, end: datetime) -> None:
        """Take that records between two times are missing for good."""
        with self._lock:
            self._note(Event("gap", why, begin, end))
            self.news.set()
        self.say(f"{self.name}: records from {_shown(begin)} to {_shown(end)} are missing: {why}.")

    def problem(self, why: str) -> None:
        """Say that a message cannot be read, once per kind."""
        with self._lock:
            first = why not in self._said and len(self._said) < 1000
            self._said.add(why)
        if first:
            self.say(f"{self.name}: {why}.")

    def over(self, why: str) -> None:
        """Take that the sender has said that it ended."""
        with self._lock:
            self.ended = why
            self.news.set()
        self.say(f"{self.name}: {why}.")

    def _note(self, event: Event) -> None:
        self.journal.note(event)
        self._tell_torn()

    def _tell_torn(self) -> None:
        """Say once that a killed program left half a line in the journal."""
        if self.journal.torn:
            self.journal.torn = 0
            self.say(f"{self.name}: the last line of the journal was not whole, as after a kill; it was removed.")


def _shown(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
