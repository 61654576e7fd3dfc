"""A running batch: the feature row of its plan, and its records so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.tables import Batches
from pipeline.features.table import build
from pipeline.history.tables import History
from pipeline.monitoring.known import HOUR


@dataclass(frozen=True)
class Clock:
    """The time of the clock at hour 0 of a batch."""

    start: datetime
    """Without a time zone."""
    utc: bool
    """The time is known in UTC; if not, it is that of the files."""

    def at(self, hours: float) -> str:
        """Return the time of an hour, ISO 8601.

        >>> Clock(datetime(2026, 3, 1, 8), True).at(25.5)
        '2026-03-02T09:30:00+00:00'
        """
        moment = self.start + timedelta(seconds=round(hours * HOUR))
        return moment.isoformat(timespec="seconds") + ("+00:00" if self.utc else "")


@dataclass(frozen=True)
class RunningBatch:
    """What is known of a batch while it runs."""

    batch: str
    product: str
    row: pl.DataFrame
    """One feature row: what is known when the batch is planned, SI."""
    records: pl.DataFrame
    """batch_id, tag, time [s since the start] and value [SI]: all records that are there."""
    clock: Clock | None
    ended: float | None
    """Hour of the end of the batch; None where nothing says that it has ended."""
    notes: tuple[str, ...] = ()
    vessels: Mapping[str, str] = field(default_factory=dict)
    """Source of series that names no batch → the vessel in which the batch is."""
    started: datetime | None = None
    """Start of the batch by the clock of these series, without a time zone."""


def plan_row(process: Process, history: History, batch: str) -> pl.DataFrame:
    """Return the feature row of a batch with what is known when it is planned. What is measured later is missing in it."""
    one = pl.col("batch_id") == batch
    keys = Batches.column_names()
    later = [n for n in history.batches.columns if n in process.attributes and n not in keys and _is_later(process, n)]
    batches = history.batches.filter(one).with_columns(pl.lit(None, history.batches.schema[n]).alias(n) for n in later)
    planned = [name for name in process.attributes if not _is_later(process, name)]
    results = history.results.filter(one & pl.col("attribute").cast(pl.String).is_in(planned))
    genealogy = history.genealogy.filter(one)
    return build(process, replace(history, batches=batches, results=results, genealogy=genealogy, trajectories=_NONE))


def _is_later(process: Process, attribute: str) -> bool:
    return process.attributes[attribute].horizon != "plan"


_NONE = pl.DataFrame(schema={"batch_id": pl.String, "tag": pl.String, "time": pl.Float64, "value": pl.Float64})
"""No record."""
