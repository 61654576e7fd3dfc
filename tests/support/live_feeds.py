"""A feed that is followed in a thread, as a watch does, and what it wrote."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from pipeline.history.live.journal import Journal
from pipeline.history.live.journal_reader import JournalReader
from pipeline.history.live.sink import Sink


class Client(Protocol):
    """A client of a feed."""

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop` is set."""


@contextmanager
def followed(folder: Path, client_of: Callable[[Sink], Client], said: list[str], name: str = "feed") -> Iterator[Sink]:
    """Follow a feed into a folder. client_of: sink → client. said: gets the sentences that the sink says."""
    reader = JournalReader(folder)
    reader.look()
    with Journal(folder) as journal:
        sink = Sink(name, journal, said.append)
        sink.arrivals.restore(reader.received())
        stop = threading.Event()
        thread = threading.Thread(target=client_of(sink).run, args=(stop,))
        thread.start()
        try:
            yield sink
        finally:
            stop.set()
            thread.join(20)
            assert not thread.is_alive()


def values(folder: Path) -> list[float]:
    """Return the values of all records that were written into a folder."""
    reader = JournalReader(folder)
    reader.look()
    return reader.records()["value"].to_list()
