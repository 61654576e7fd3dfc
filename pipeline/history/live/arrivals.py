"""When records of each tag arrived, and which tags have fallen silent. The clock is that of this computer."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

import polars as pl

from pipeline.history.live.record import Record

FEWEST, MOST = 5, 50
"""Fewest intervals of which a usual one is known, and most that are kept."""
USUAL, LONGEST = 5.0, 2.0
"""A tag is silent after five usual intervals, and after twice its longest interval so far."""
SHORTEST = timedelta(seconds=10)
"""No tag counts as silent sooner, unless its source declares it."""


def of_one(received: pl.DataFrame, of: str | None) -> pl.DataFrame:
    """Return the records of one vessel or batch, and those that name none; all records if `of` is None."""
    if of is None:
        return received
    unnamed = pl.col("equipment").is_null() & pl.col("batch").is_null()
    return received.filter((pl.col("equipment") == of).fill_null(False) | (pl.col("batch") == of).fill_null(False) | unnamed)


@dataclass(frozen=True)
class Silent:
    """A tag without a record for too long."""

    tag: str
    since: datetime
    """When its newest record arrived."""
    newest: datetime
    """Time of its newest record, by the clock of the source."""


@dataclass
class _OfTag:
    """Arrivals of one tag."""

    last: datetime
    newest: datetime
    gaps: deque[float] = field(default_factory=lambda: deque(maxlen=MOST))


@dataclass
class Arrivals:
    """Times of arrival of the newest records of each tag, and the usual intervals between them."""

    of: str | None = None
    """The vessel or batch whose records count; None for all. Otherwise a tag of another vessel would hide that this is silent."""
    connected: datetime | None = None
    """Since when records can arrive; an interval that began before is none of the source."""
    _tags: dict[str, _OfTag] = field(default_factory=dict)

    def add(self, records: Iterable[Record], now: datetime) -> None:
        """Take records that arrived now. Records of one tag that arrive together are one arrival."""
        for one in records:
            if self.of is None or self.of in (one.equipment, one.batch) or (one.equipment is None and one.batch is None):
                self._add(one.tag, one.time, now)

    def restore(self, received: pl.DataFrame) -> None:
        """Take the records of a journal, with their times of arrival, in `at`."""
        newest = of_one(received, self.of).group_by("tag").agg(pl.col("time").max(), pl.col("at").max())
        for tag, time, at in newest.iter_rows():
            self._tags[tag] = _OfTag(at, time)

    def silent(self, now: datetime, declared: timedelta | None) -> tuple[Silent, ...]:
        """Return the tags that are silent, the longest first. declared: the time that the source allows."""
        found = [
            Silent(tag, one.last, one.newest)
            for tag, one in self._tags.items()
            if (allowed := self.allowed(tag, declared)) is not None and now - self._from(one) > allowed
        ]
        return tuple(sorted(found, key=lambda one: (one.since, one.tag)))

    def allowed(self, tag: str, declared: timedelta | None) -> timedelta | None:
        """Return the time without a record after which a tag is silent; None while its usual interval is not known."""
        if declared is not None:
            return declared
        gaps = self._tags[tag].gaps
        if len(gaps) < FEWEST:
            return None
        return max(SHORTEST, timedelta(seconds=max(USUAL * median(gaps), LONGEST * max(gaps))))

    def tags(self) -> tuple[str, ...]:
        """Return the tags of which a record has arrived."""
        return tuple(sorted(self._tags))

    def newest(self, tag: str) -> datetime | None:
        """Return the time of the newest record of a tag, by the clock of the source; None without one."""
        return self._tags[tag].newest if tag in self._tags else None

    def last(self) -> datetime | None:
        """Return when the newest record of any tag arrived."""
        return max((one.last for one in self._tags.values()), default=None)

    def _add(self, tag: str, time: datetime, now: datetime) -> None:
        one = self._tags.get(tag)
        if one is None:
            self._tags[tag] = _OfTag(now, time)
            return
        if now > one.last:
            if self.connected is None or one.last >= self.connected:
                one.gaps.append((now - one.last).total_seconds())
            one.last = now
        one.newest = max(one.newest, time)

    def _from(self, one: _OfTag) -> datetime:
        return one.last if self.connected is None else max(one.last, self.connected)
