"""Raw exports to typed rows in SI units."""

from pathlib import Path

import polars as pl

from pipeline.domain.config_files import load
from pipeline.domain.process.process import Process
from pipeline.history.ingest import ingest as read_all
from pipeline.stages.run import run, write


def ingest(config: Path, raw: Path, sources: Path) -> None:
    """Read every source by its declared rules."""
    typed = read_all(load(config, "process", Process), raw)
    for name, source in typed.items():
        write(source.rows, sources / "rows" / f"{name}.parquet")
    write(pl.concat([source.quarantine for source in typed.values()]), sources / "quarantine.parquet")
    write(pl.concat([source.ledger for source in typed.values()]), sources / "ledger.parquet")


if __name__ == "__main__":
    run(ingest)
