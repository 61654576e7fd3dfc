"""One record of a feed, as it is received and as it lies in the journal."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

GOOD = "Good"
"""Quality of a record that its source trusts. Other qualities keep the name that the source gives."""
TEXT = "Bad (no number: {})"
"""Quality of a record whose value is no number."""
MOMENT = pl.Datetime("us", "UTC")
RECORDS = {
    "time": MOMENT,
    "tag": pl.String(),
    "value": pl.Float64(),
    "quality": pl.String(),
    "equipment": pl.String(),
    "batch": pl.String(),
}
"""Columns of received records: time of the source, tag, value, quality, and the vessel and the batch where the feed names them."""
KEY = ("tag", "equipment", "batch", "time", "value", "quality")
"""Two records with the same values of these are one record that was received twice."""


@dataclass(frozen=True)
class Record:
    """One value of one tag at one time."""

    tag: str
    time: datetime
    """Time of the source, with a time zone."""
    value: float | None
    """None where the value is missing or no number; `quality` then says why."""
    quality: str = GOOD
    equipment: str | None = None
    batch: str | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What is the same in two copies of one record."""
        return (self.tag, self.equipment, self.batch, self.time, self.value, self.quality)


def record_of(
    tag: str, time: datetime, value: object, quality: str = GOOD, equipment: str | None = None, batch: str | None = None
) -> Record:
    """Make a record of a value of any type. A yes or no becomes 1 or 0. What is no number keeps its text in the quality.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 1, tzinfo=UTC)
    >>> record_of("TI", at, "36.5").value, record_of("TI", at, True).value, record_of("TI", at, "off").quality
    (36.5, 1.0, "Bad (no number: 'off')")
    """
    number = number_of(value)
    if number is None and value is not None and quality == GOOD:
        quality = TEXT.format(repr(str(value)[:60]))
    return Record(tag, time, number, quality, equipment, batch)


def number_of(value: object) -> float | None:
    """Return a value as a finite number; None if it is none."""
    if not isinstance(value, bool | int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def frame_of(records: Iterable[Record]) -> pl.DataFrame:
    """Return records as a table with the columns of `RECORDS`."""
    rows = list(records)
    return pl.DataFrame({name: [getattr(one, name) for one in rows] for name in RECORDS}, schema=RECORDS)


def each_once(records: pl.DataFrame) -> pl.DataFrame:
    """Return each record once, in the order of time, tag and the other columns: the order of their arrival does not count."""
    return records.unique(KEY).sort("time", "tag", "equipment", "batch", "value", "quality", nulls_last=True)
