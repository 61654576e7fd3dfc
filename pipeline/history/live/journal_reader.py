"""Read the journal of a feed while another program may write it. Only what was added since the last look is read."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from pipeline.history.live.journal import ENDING, Event
from pipeline.history.live.record import GOOD, MOMENT, RECORDS, each_once

AT = "at"
"""Column with the time at which a record was received."""
_TEXTS = ("at", "tag", "time", "quality", "equipment", "batch", "event", "why", "begin", "end")
_LINE = {"value": pl.Float64(), **dict.fromkeys(_TEXTS, pl.String())}


@dataclass
class JournalReader:
    """A journal that is read again and again."""

    folder: Path
    read_until: dict[Path, int] = field(default_factory=dict)
    """File → bytes that were read."""
    unreadable: int = 0
    """Whole lines that are no line of a journal."""
    _parts: list[pl.DataFrame] = field(default_factory=list)
    _records: pl.DataFrame | None = None

    def look(self) -> bool:
        """Read what was added. Return whether there was anything. Half a last line waits for the next look."""
        added = [part for path in self._files() if (part := self._added(path)) is not None]
        if added:
            self._parts = [pl.concat([*self._parts, *added])]
            self._records = None
        return bool(added)

    def records(self) -> pl.DataFrame:
        """Return each record that was received once, with the columns of `RECORDS`."""
        if self._records is None:
            self._records = each_once(self.received().select(*RECORDS))
        return self._records

    def received(self) -> pl.DataFrame:
        """Return all records in the order of their arrival, copies included, with `at`, the time of arrival."""
        lines = self._lines().filter(pl.col("event").is_null())
        return lines.select(
            _moment("time"),
            "tag",
            "value",
            pl.col("quality").fill_null(GOOD),
            "equipment",
            "batch",
            _moment(AT),
        )

    def events(self) -> tuple[Event, ...]:
        """Return what happened to the feed, the oldest first."""
        found = self._lines().filter(pl.col("event").is_not_null()).select("event", "why", _moment("begin"), _moment("end"))
        return tuple(Event(*row) for row in found.rows())

    def newest(self) -> datetime | None:
        """Return the time of the newest record, by the clock of the source; None without records."""
        newest = self.records()["time"].max()
        assert newest is None or isinstance(newest, datetime)
        return newest

    def _lines(self) -> pl.DataFrame:
        return self._parts[0] if self._parts else pl.DataFrame(schema=_LINE)

    def _files(self) -> Iterable[Path]:
        return sorted(self.folder.glob(f"*{ENDING}")) if self.folder.is_dir() else ()

    def _added(self, path: Path) -> pl.DataFrame | None:
        begin = self.read_until.get(path, 0)
        with path.open("rb") as file:
            file.seek(begin)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        if not whole:
            return None
        self.read_until[path] = begin + len(whole)
        return self._parsed(whole)

    def _parsed(self, data: bytes) -> pl.DataFrame:
        try:
            return _checked(_table(data))
        except (pl.exceptions.PolarsError, ValueError):
            good = [line for line in data.splitlines() if _is_line(line)]
            self.unreadable += data.count(b"\n") - len(good)
            return _table(b"\n".join([*good, b""]))


def _table(data: bytes) -> pl.DataFrame:
    if not data.strip():
        return pl.DataFrame(schema=_LINE)
    return pl.read_ndjson(io.BytesIO(data), schema=_LINE)


def _checked(lines: pl.DataFrame) -> pl.DataFrame:
    """Refuse lines that are neither a record nor an event."""
    whole = pl.col("event").is_not_null() | (pl.col("tag").is_not_null() & pl.col("time").is_not_null())
    if not lines.select((whole & pl.col("at").is_not_null()).all()).item():
        raise ValueError("a line is no record")
    lines.select(_moment("at"), _moment("time"), _moment("begin"), _moment("end"))
    return lines


def _is_line(line: bytes) -> bool:
    try:
        _checked(_table(line + b"\n"))
    except (pl.exceptions.PolarsError, ValueError):
        return False
    return True


def _moment(column: str) -> pl.Expr:
    return pl.col(column).str.to_datetime("%+", time_unit="us", time_zone="UTC").cast(MOMENT).alias(column)
