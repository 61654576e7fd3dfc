"""Typed rows to canonical tables, quarantine, and the report of data quality."""

import json
from pathlib import Path

import polars as pl

from pipeline.domain.config_files import load
from pipeline.domain.process.process import Process
from pipeline.history.assemble import assemble
from pipeline.history.quality_report import profile, render, summary
from pipeline.stages.run import run, write, write_text


def validate(config: Path, sources: Path, history: Path, report: Path, metrics: Path) -> None:
    """Keep what holds the contracts, set aside what does not, and account for every row."""
    process = load(config, "process", Process)
    rows = {name: pl.read_parquet(sources / "rows" / f"{name}.parquet") for name in process.sources}
    quarantine, ledger = (pl.read_parquet(sources / f"{name}.parquet") for name in ("quarantine", "ledger"))
    found = assemble(process, rows, quarantine, ledger)
    for name, table in found.tables().items():
        write(table, history / f"{name}.parquet")
    write(profile(process, found), history / "profile.parquet")
    write_text(render(process, found), report)
    write_text(json.dumps(summary(process, found), indent=2) + "\n", metrics)


if __name__ == "__main__":
    run(validate)
