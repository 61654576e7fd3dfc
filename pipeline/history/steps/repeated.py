"""Transfers that repeat another row of their file. They are added up, since a batch may take the same amount twice."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.domain.sources import TransferRows
from pipeline.history.connectors.files import FILE


def repeated_transfers(process: Process, typed: Mapping[str, pl.DataFrame]) -> list[str]:
    """Say how many transfers of each source repeat another row of their file, one sentence per source.

    A source with a `booking` is left out: its rows are told apart.
    """
    found = []
    for name, source in process.sources_that_give("transfers").items():
        assert isinstance(source, TransferRows)
        same = [FILE, "from_batch", "to_batch", "quantity", *([] if source.unit is None else ["unit"])]
        rows = typed[name].drop_nulls(["from_batch", "to_batch", "quantity"])
        count = rows.height - rows.unique(same).height
        if source.booking is None and count:
            found.append(
                f"Source '{name}': {count:,} {'row repeats' if count == 1 else 'rows repeat'} another row of the same file. "
                "Each counts as a transfer of its own, so the amounts are added up. "
                "If a transfer was written twice, remove one of its rows, or declare the column with its number as `booking`."
            )
    return found
