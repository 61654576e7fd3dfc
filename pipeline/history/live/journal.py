"""The journal of a feed: what was received is on the disk before anybody sees it. Files that only grow, one per day."""

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from pipeline.domain.config_files import as_json
from pipeline.domain.errors import ScalebridgeError, first_line
from pipeline.history.live.record import Record

ENDING = ".jsonl"
REMEMBERED = 5_000
"""Newest records of each tag that a writer compares with. A reader compares all, so an older copy does no harm."""


@dataclass(frozen=True)
class Event:
    """What happened to a feed, beside its records."""

    what: str
    """`connected`, `lost`, `gap` or `torn`."""
    why: str
    """A sentence."""
    begin: datetime | None = None
    """Of a gap: the time of its beginning."""
    end: datetime | None = None


@dataclass
class Journal:
    """A journal that is open for writing. The caller sees to it that one program at a time writes."""

    folder: Path
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    torn: int = 0
    """Bytes of half a last line, left by a killed program, that were removed."""
    _file: FileIO | None = None
    _day: str = ""
    _number: int = 0
    _seen: dict[str, "OrderedDict[tuple[object, ...], None]"] = field(default_factory=dict)

    def append(self, records: Iterable[Record]) -> int:
        """Write the records that are new, and return their number. When this returns, they are on the disk.

        Raises ScalebridgeError where the disk is full or the folder cannot be written; nothing of these records is then kept.
        """
        new = [one for one in dict.fromkeys(records) if one.key not in self._seen.get(one.tag, ())]
        if new:
            self._write([_record_fields(one) for one in new])
            for one in new:
                self._remember(one)
        return len(new)

    def remember(self, records: Iterable[Record]) -> None:
        """Take records that the journal already holds as known, so that a copy of one is not written again."""
        for one in records:
            self._remember(one)

    def note(self, event: Event) -> None:
        """Write what happened to the feed."""
        fields: dict[str, object] = {"event": event.what, "why": event.why}
        fields |= {name: when.isoformat() for name, when in (("begin", event.begin), ("end", event.end)) if when is not None}
        self._write([fields])

    def close(self) -> None:
        """Close the file of the day."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _remember(self, one: Record) -> None:
        seen = self._seen.setdefault(one.tag, OrderedDict())
        seen[one.key] = None
        while len(seen) > REMEMBERED:
            seen.popitem(last=False)

    def _write(self, lines: list[dict[str, object]]) -> None:
        now = self.clock()
        try:
            file = self._opened(now.date().isoformat())
            at = now.isoformat(timespec="microseconds")
            numbered = ({"n": self._number + nth, "at": at} | fields for nth, fields in enumerate(lines))
            data = "".join(as_json(one, indent=None) for one in numbered).encode()
            _write_all(file, data)
        except OSError as error:
            raise ScalebridgeError(
                f"The journal of the feed in {self.folder} cannot be written: {first_line(error)}; free space or correct the "
                "rights of the folder. What was received since is not kept"
            ) from None
        self._number += len(lines)

    def _opened(self, day: str) -> FileIO:
        if self._file is not None and self._day == day:
            return self._file
        self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{day}{ENDING}"
        is_new = not path.exists()
        file = FileIO(path, "a+")
        self.torn += _without_torn_line(file)
        if is_new:
            _flush_folder(self.folder)
        self._file, self._day = file, day
        return file


def _record_fields(one: Record) -> dict[str, object]:
    fields = {"tag": one.tag, "time": one.time.isoformat(), "value": one.value, "quality": one.quality}
    return fields | {name: text for name in ("equipment", "batch") if (text := getattr(one, name)) is not None}


def _write_all(file: FileIO, data: bytes) -> None:
    """Write data at the end of a file and flush it to the disk, or leave the file as it was."""
    before = file.seek(0, os.SEEK_END)
    try:
        written = 0
        while written < len(data):
            written += file.write(data[written:]) or 0
        os.fsync(file.fileno())
    except OSError:
        file.truncate(before)
        raise


def _without_torn_line(file: FileIO) -> int:
    """Remove half a last line. Return its length in bytes."""
    size = file.seek(0, os.SEEK_END)
    begin, block = size, 65_536
    while begin > 0:
        start = max(0, begin - block)
        file.seek(start)
        found = file.read(begin - start).rfind(b"\n")
        if found >= 0:
            begin = start + found + 1
            break
        begin = start
    if begin < size:
        file.truncate(begin)
    return size - begin


def _flush_folder(folder: Path) -> None:
    """Flush the name of a new file to the disk, where the system can do this."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
