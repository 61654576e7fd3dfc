"""How the service listens, and how much it does for one request and for all."""

from dataclasses import dataclass, field

from pipeline.domain.places import Places

HOST, PORT = "127.0.0.1", 8765
"""Where the service listens unless it is told otherwise."""


@dataclass(frozen=True)
class Limits:
    """The most that a request may ask for. Each limit has a refusal that says so."""

    body: int = 1_000_000
    """Largest body of a request [bytes]. A proposal has about 2,000; one with spectra up to 100,000."""
    seconds_to_send: float = 20.0
    """Longest time that the body of a request may take to arrive [s]."""
    waiting: int = 256
    """Most requests for numbers that wait or run at the same time."""
    waiting_long: int = 16
    """Most requests for causes, whole answers, pages or courses that wait or run at the same time."""
    seconds: float = 60.0
    """Longest time from a request for numbers to its answer [s]. A full queue takes a third of it."""
    seconds_long: float = 300.0
    """Longest time from a request for a whole answer or a page to its answer [s]."""
    kept: int = 128
    """Answers that stay in memory. All that were asked for stay on the disk."""
    kept_pages: int = 8
    """Pages that stay in memory."""
    streams: int = 32
    """Most streams of running batches that are open at the same time."""
    rows: int = 500
    """Most batches of history that one request returns."""


@dataclass(frozen=True)
class ServiceSettings:
    """What a service is started with."""

    places: Places
    """The project that answers."""
    host: str = HOST
    port: int = PORT
    """0: any port that is free."""
    token: str | None = None
    """The token that every request must bring; None: everybody on this computer may ask."""
    names: tuple[str, ...] = ()
    """Further names under which browsers reach the service, such as the one of a reverse proxy."""
    limits: Limits = field(default_factory=Limits)
