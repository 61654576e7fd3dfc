"""The trail of answers: who asked what of which run, and when. It is read from the folder of the answers that were given."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.config_files import read_json
from pipeline.domain.errors import ScalebridgeError

FOLDER = "answers_given"
"""Folder beside the published runs, with one JSON file per answer that was given."""
UNKNOWN = "not stated"


@dataclass(frozen=True)
class TrailEntry:
    """One answer that was given."""

    when: str
    """When it was asked first (ISO 8601)."""
    who: str
    """Name of the user of the operating system, or of the token of the service."""
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
    """Read the trail from a folder; None if the folder does not exist."""
    if not folder.is_dir():
        return None
    entries, problems = [], []
    for file in sorted(folder.glob("*.json")):
        try:
            entries.append(_entry(read_json(file), file))
        except ScalebridgeError as problem:
            problems.append(str(problem))
    return trail_of(str(folder), entries, problems)


def trail_of(folder: str, entries: list[TrailEntry], unreadable: list[str]) -> Trail:
    """Return the trail of some entries, the first question first."""
    return Trail(folder, tuple(sorted(entries, key=lambda one: (one.when, one.id))), tuple(unreadable))


def _entry(data: object, file: Path) -> TrailEntry:
    """Read what a file says of its question. Fields that are not known here are left alone."""
    if not isinstance(data, Mapping) or not all(isinstance(data.get(key), str) for key in ("id", "run", "asked")):
        raise ScalebridgeError(f"{file} has no text `id`, `run` and `asked`, so it is no answer that was given")
    answer = data.get("answer")
    proposal = answer.get("proposal") if isinstance(answer, Mapping) else None
    name = proposal.get("name") if isinstance(proposal, Mapping) else None
    return TrailEntry(data["asked"], str(data.get("who") or UNKNOWN), str(name or UNKNOWN), data["id"], data["run"])
