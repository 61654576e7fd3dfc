"""What one message of a feed says."""

from dataclasses import dataclass

from pipeline.history.live.record import Record


@dataclass(frozen=True)
class Said:
    """What one message says: its records, or why it cannot be read."""

    records: tuple[Record, ...] = ()
    problems: tuple[str, ...] = ()
    """Sentences on parts that cannot be read."""
    rebirth: str | None = None
    """Edge node that must state its names again (Sparkplug B): `group/node`."""
    ended: str | None = None
    """A sentence: the sender says that it has ended."""
