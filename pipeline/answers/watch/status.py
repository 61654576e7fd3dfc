"""How the alarm of a watched batch stands, as the files in `data/watch/` say. Nothing is judged here."""

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from pipeline.answers.watch.alarm_files import ALARM, LOG, folder_of
from pipeline.answers.watch.alarms import Alarm, AlarmEvent, alarm_sentence
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.reading.stored import read_json
from pipeline.domain.strict_config import STRICT

MOST_EVENTS = 200
"""Most lines of the log that a status holds, the newest."""
REPAIR = "move it away; the watch then begins with an armed alarm"


@dataclass(config=STRICT, frozen=True)
class WatchedStatus:
    """How the alarm of a watched batch stands."""

    alarm: Alarm
    sentence: str
    """The alarm in words."""
    events: tuple[AlarmEvent, ...]
    """What happened, the oldest first; of a long log the newest lines."""


@dataclass(config=STRICT, frozen=True)
class WatchedBatches:
    """All batches that were watched."""

    batches: tuple[WatchedStatus, ...]
    """Those with a raised alarm first, then by name."""
    unreadable: tuple[str, ...]
    """A sentence for each folder that cannot be read."""


ORDER = ("raised", "acknowledged", "armed", "cleared")


def watched_status(watches: Path, batch: str) -> WatchedStatus | None:
    """Return how the alarm of a batch stands; None if it was never watched.

    watches: the folder `data/watch`. Raises ScalebridgeError if its files are damaged.
    """
    folder = folder_of(watches, batch)
    found = _status(folder) if folder.is_dir() else None
    return found if found is None or found.alarm.batch == batch else None


def watched_batches(watches: Path) -> WatchedBatches:
    """Return all batches that were watched, and what cannot be read."""
    found, problems = [], []
    for folder in sorted(watches.iterdir()) if watches.is_dir() else ():
        if not folder.is_dir():
            continue
        try:
            status = _status(folder)
        except ScalebridgeError as problem:
            problems.append(str(problem))
        else:
            found += [] if status is None else [status]
    ordered = sorted(found, key=lambda one: (ORDER.index(one.alarm.state), one.alarm.batch))
    return WatchedBatches(tuple(ordered), tuple(problems))


def stamp(watches: Path, batch: str) -> tuple[tuple[int, int], ...]:
    """Return times and sizes of the files of a watched batch. They differ after each change."""
    return tuple(_stamp(folder_of(watches, batch) / name) for name in (ALARM, LOG))


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _status(folder: Path) -> WatchedStatus | None:
    """Return the alarm in a folder; None while a watch has written nothing yet. A batch that never deviated has no file."""
    file = folder / ALARM
    if not file.is_file():
        return None
    alarm: Alarm = parse(Alarm, read_json(file, damaged=REPAIR), str(file))
    return WatchedStatus(alarm, alarm_sentence(alarm), _events(folder / LOG))


def _events(file: Path) -> tuple[AlarmEvent, ...]:
    """Return the newest lines of a log. A last line that is still being written is left out."""
    if not file.is_file():
        return ()
    lines = file.read_text(encoding="utf-8").splitlines()[-MOST_EVENTS:]
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(TypeAdapter(AlarmEvent).validate_python(json.loads(line)))
        except (ValueError, ValidationError):
            if number < len(lines):
                raise ScalebridgeError(f"{file} holds a line that is no event of an alarm: {line[:60]!r}") from None
    return tuple(found)
