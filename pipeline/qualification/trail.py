"""The trail of answers: who asked what of which run, and when. It is the record of the answers that were given."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.answers.past_predictions.on_record import all_on_record


@dataclass(frozen=True)
class TrailEntry:
    """One answer that was given."""

    when: str
    """When it was asked first (ISO 8601)."""
    who: str
    """Name of the user of the operating system. Nothing proves it."""
    proposal: str
    """Name of the proposal."""
    id: str
    """Id of the answer: the hash of the proposal and of the run."""
    run: str
    """The published run that answered."""


@dataclass(frozen=True)
class Trail:
    """All answers that were given, in the order in which they were asked."""

    folder: str
    entries: tuple[TrailEntry, ...]
    unreadable: tuple[str, ...]
    """A sentence for each file that cannot be read."""


def read_trail(folder: Path) -> Trail | None:
    """Read the trail from the folder of the answers on record; None if the folder does not exist."""
    if not folder.is_dir():
        return None
    given, problems = all_on_record(folder)
    entries = tuple(TrailEntry(one.asked, one.by, one.name, one.id, one.run) for one in given)
    return Trail(str(folder), entries, tuple(problems))
