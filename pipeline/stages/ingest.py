"""Stage `ingest`: raw exports and snapshots to typed rows in SI units."""

import polars as pl

from pipeline.domain.config_files import load
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.history.ingest import ingest as read_all
from pipeline.stages.run import run, write


def ingest(places: Places) -> None:
    """Read every source by its declared rules. Rows with an unreadable cell are kept apart."""
    process = load(places.config, "process", Process)
    typed = read_all(process, places.raw / process.name, places.snapshots / process.name)
    for name, source in typed.items():
        write(source.rows, places.sources / "rows" / f"{name}.parquet")
    write(pl.concat([source.quarantine for source in typed.values()]), places.sources / "quarantine.parquet")
    write(pl.concat([source.ledger for source in typed.values()]), places.sources / "ledger.parquet")


if __name__ == "__main__":
    run(ingest)
