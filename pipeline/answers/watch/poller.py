"""A database that is polled while a batch runs, in a thread of its own."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.answers.result.watch import FeedNow
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.pulls import SqlPull
from pipeline.history.live.arrivals import Arrivals
from pipeline.history.live.record import Record
from pipeline.history.live.sink import Say
from pipeline.history.pulls.polled import poll

ROWS = "rows"
"""Name under which the arrivals of new rows are counted."""


@dataclass
class Poller:
    """Polls one source. A poll that fails is said once, and the next one follows."""

    name: str
    pull: SqlPull
    snapshot: Path
    folder: Path
    root: Path
    every: float
    """Seconds between two polls."""
    say: Say
    news: threading.Event
    stop: threading.Event = field(default_factory=threading.Event)
    failed: BaseException | None = None
    problem: str = ""
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    """Since when polls succeed, or fail."""
    _arrivals: Arrivals = field(default_factory=Arrivals)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Poll once, and begin to poll again and again."""
        self._poll()
        self._thread = threading.Thread(target=self._run, name=f"poll {self.name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread, and wait for it."""
        self.stop.set()
        if self._thread is not None:
            self._thread.join(15)

    def now(self) -> FeedNow:
        """Say how the polls stand."""
        last = self._arrivals.last()
        arrived = "" if last is None else f"; new rows came at {_shown(last)}"
        if self.problem:
            words = f"Source '{self.name}' cannot be polled since {_shown(self.since)} ({self.problem}){arrived}."
            return FeedNow(self.name, "not_connected", _iso(self.since), None, (), words)
        if last is not None and self._arrivals.silent(datetime.now(UTC), None):
            words = f"Source '{self.name}' is silent since {_shown(last)}: polls find no new rows."
            return FeedNow(self.name, "silent", _iso(last), None, (), words)
        words = f"Source '{self.name}' is polled every {self.every:g} s{arrived}."
        return FeedNow(self.name, "receiving", None, None, (), words)

    def _run(self) -> None:
        try:
            while not self.stop.wait(self.every):
                self._poll()
        except BaseException as error:
            self.failed = error
            self.news.set()

    def _poll(self) -> None:
        try:
            new = poll(self.pull, self.snapshot, self.folder, self.root)
        except ScalebridgeError as error:
            if not self.problem:
                self.since = datetime.now(UTC)
                self.say(f"{self.name}: {error}; it is tried again.")
            self.problem = str(error).rstrip(".")
            return
        if self.problem:
            self.since, self.problem = datetime.now(UTC), ""
            self.say(f"{self.name}: polls succeed again.")
        if new:
            now = datetime.now(UTC)
            self._arrivals.add([Record(ROWS, now, float(new))], now)
            self.news.set()


def _shown(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S UTC")


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
