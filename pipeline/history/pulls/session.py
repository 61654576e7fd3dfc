"""What a database gives to a pull, whichever driver reads it."""

from collections.abc import Iterator, Mapping
from typing import Protocol

import polars as pl

from pipeline.domain.pulls import SqlPull


class Session(Protocol):
    """A read-only session of a database. All statements of it see the database at one moment, where the database can do that."""

    @property
    def versions(self) -> Mapping[str, str]:
        """Versions of the driver and of the server."""

    def frames(self, pull: SqlPull, since: object, *, nothing: bool = False) -> Iterator[pl.DataFrame]:
        """Yield the rows of a pull as they arrive, at least one frame, all with the same columns.

        since: watermark from which rows are asked for, as a value of Python; None for all rows. nothing: ask for the columns alone.
        """
