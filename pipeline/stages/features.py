"""Canonical tables to one row of features per batch."""

from pathlib import Path

import polars as pl

from pipeline.domain.config_files import load
from pipeline.domain.process.process import Process
from pipeline.domain.scale import scale_levels
from pipeline.features.catalogue import catalogue_table
from pipeline.features.table import build
from pipeline.history.store import read_history
from pipeline.stages.run import run, write


def features(config: Path, history: Path, table: Path, catalogue: Path) -> None:
    """Make the feature table and its catalogue."""
    process = load(config, "process", Process)
    rows = build(process, read_history(history))
    levels = scale_levels(rows["scale"], process.scale.tolerance)
    write(rows.insert_column(4, levels.alias("scale_level")), table)
    write(catalogue_table(process).with_columns(pl.col("inputs").list.join(", ")), catalogue)


if __name__ == "__main__":
    run(features)
