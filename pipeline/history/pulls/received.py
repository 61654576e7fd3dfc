"""Take what was received of a feed into a snapshot: a broker has no history, so the journals on the disk are the source."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.feeds import MqttFeed
from pipeline.history.live.journal import ENDING
from pipeline.history.live.journal_reader import JournalReader
from pipeline.history.live.record import RECORDS
from pipeline.history.pulls.record_rows import no_rows, with_numbers


@dataclass(frozen=True)
class ReceivedRecords:
    """The records of the journals of a source, as frames."""

    folder: Path
    versions: Mapping[str, str]

    def frames(self, pull: MqttFeed, since: object, *, nothing: bool = False) -> Iterator[pl.DataFrame]:
        """Yield what was received. since: leave out older records. nothing: only the columns."""
        yield no_rows()
        if nothing:
            return
        rows = pl.concat([pl.DataFrame(schema=RECORDS), *(self._journal(one, pull) for one in self._folders())])
        wanted = rows if not isinstance(since, datetime) else rows.filter(pl.col("time") >= since)
        yield with_numbers(wanted)

    def _folders(self) -> list[Path]:
        return sorted({path.parent for path in self.folder.glob(f"*/*{ENDING}")})

    def _journal(self, folder: Path, pull: MqttFeed) -> pl.DataFrame:
        reader = JournalReader(folder)
        reader.look()
        if reader.unreadable:
            raise ScalebridgeError(
                f"The journal in {folder} of connection '{pull.connection}' has {reader.unreadable} damaged lines, so that records "
                "may be missing; move the damaged lines into another file, and take the snapshot again"
            )
        return reader.received().select(*RECORDS)


@contextmanager
def received_records(folder: Path) -> Iterator[ReceivedRecords]:
    """Open the journals of a source. folder: `data/received/<process>/<source>`."""
    yield ReceivedRecords(folder, {})
